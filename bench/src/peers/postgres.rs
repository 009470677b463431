//! PostgreSQL beside a server: the tests' shared cluster where figures are taken, one of its own where it is killed.

use std::fs;

use wuyuan_tests::postgres::Database;
use wuyuan_tests::postgres::private::Private;

use super::process;

/// What a server is started for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To be measured.
    Measure,
    /// To be killed.
    Kill,
}

/// An empty database on a running cluster.
pub struct Postgres {
    /// Dropped before its cluster.
    database: Database,
    own: Option<Private>,
}

impl Postgres {
    /// Makes a database.
    pub fn start(purpose: Purpose) -> Postgres {
        match purpose {
            Purpose::Measure => Postgres {
                database: Database::create(),
                own: None,
            },
            Purpose::Kill => {
                let cluster = Private::start();
                Postgres {
                    database: cluster.create(),
                    own: Some(cluster),
                }
            }
        }
    }

    /// How to connect to it.
    pub fn url(&self) -> &str {
        self.database.url()
    }

    /// The postmaster and all its children, but for the one that this question itself makes.
    pub fn processes(&self) -> Vec<u32> {
        let query = "SELECT pid, pg_backend_pid() FROM pg_stat_activity WHERE backend_type = 'checkpointer'";
        let answer = self.database.sql(query);
        let (checkpointer, asking) = answer.split_once('|').expect("two numbers");
        let stat = fs::read_to_string(format!("/proc/{checkpointer}/stat")).expect("the checkpointer runs here");
        let postmaster = process::parent(&stat).expect("a process has a parent");
        let mut found = process::tree(postmaster);
        found.retain(|process| process.to_string() != asking);
        found
    }

    /// `kill -9` of the postmaster.
    ///
    /// # Panics
    /// When others use the cluster as well.
    pub fn kill(&mut self) {
        self.own.as_ref().expect("a cluster of its own").kill();
    }

    /// Starts it again after it was killed.
    pub fn run(&mut self) {
        self.own.as_ref().expect("a cluster of its own").run();
    }
}
