//! A cluster of one test's own, which that test may kill, fill and promote.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::programs::{INIT, Ordinary, USER, give, must, ordinary_user};
use super::{Database, psql};
use crate::ports;

/// How long the processes of a killed postmaster may take to notice.
const DEADLINE: Duration = Duration::from_secs(60);

/// A cluster that stops and disappears with this value.
pub struct Private {
    folder: TempDir,
    data: PathBuf,
    user: Option<Ordinary>,
    port: u16,
}

impl Private {
    /// A running cluster in a temporary folder.
    ///
    /// # Panics
    /// When PostgreSQL's programs are missing or it does not start.
    pub fn start() -> Private {
        let cluster = Private::prepared(None);
        let data = cluster.text(&cluster.data);
        cluster.must("initdb", &[["-D", data.as_str()].as_slice(), INIT.as_slice()].concat());
        cluster.configure("");
        cluster.run();
        cluster
    }

    /// A running cluster whose tables lie on the small filesystem `tables`. Its write-ahead log lies elsewhere: where
    /// that cannot be written PostgreSQL ends itself, and this is to be the other case.
    pub fn with_tables_on(tables: &Path) -> Private {
        let cluster = Private::prepared(Some(tables));
        let (data, log) = (
            cluster.text(&cluster.data),
            cluster.text(&cluster.folder.path().join("wal")),
        );
        cluster.must(
            "initdb",
            &[["-D", data.as_str(), "-X", &log].as_slice(), INIT.as_slice()].concat(),
        );
        cluster.configure("");
        cluster.run();
        cluster
    }

    /// A standby of `primary`, running, which calls itself `name`.
    pub(super) fn standby_of(primary: &Private, name: &str) -> Private {
        let cluster = Private::prepared(None);
        let data = cluster.text(&cluster.data);
        let from = format!("postgres://{USER}@127.0.0.1:{}", primary.port);
        let arguments = [
            "-D",
            &data,
            "-R",
            "-X",
            "stream",
            "-c",
            "fast",
            "--no-sync",
            "-d",
            &from,
        ];
        cluster.must("pg_basebackup", &arguments);
        cluster.configure(&format!("cluster_name = '{name}'\n"));
        cluster.run();
        cluster
    }

    fn prepared(data: Option<&Path>) -> Private {
        let folder = TempDir::new().expect("a temporary folder");
        let user = ordinary_user();
        give(folder.path(), user);
        let log = folder.path().join("log");
        File::create(&log).expect("a log can be made");
        give(&log, user);
        let data = data.map_or_else(|| folder.path().join("data"), |place| place.join("data"));
        Private {
            folder,
            data,
            user,
            port: ports::free(),
        }
    }

    fn configure(&self, more: &str) {
        let settings = format!(
            "listen_addresses = '127.0.0.1'\nport = {}\nunix_socket_directories = ''\nmax_connections = 60\n\
             fsync = on\nshared_buffers = 32MB\nmax_wal_size = 1GB\ncheckpoint_timeout = 1h\nautovacuum = off\n\
             log_min_messages = warning\n{more}",
            self.port
        );
        let path = self.data.join("postgresql.conf");
        let file = File::options().append(true).open(&path);
        file.and_then(|mut file| file.write_all(settings.as_bytes()))
            .unwrap_or_else(|e| panic!("cannot write {}: {e}", path.display()));
    }

    /// Starts it, after [`Private::kill`] too, and waits until it takes connections.
    pub fn run(&self) {
        let (data, log) = (self.text(&self.data), self.text(&self.folder.path().join("log")));
        self.must("pg_ctl", &["start", "-D", &data, "-l", &log, "-w", "-t", "60"]);
    }

    /// `kill -9` of the postmaster, and waits until the processes that it left behind have noticed: until then it
    /// cannot be started again.
    pub fn kill(&self) {
        let text = fs::read_to_string(self.data.join("postmaster.pid")).expect("the cluster runs");
        let pid: i32 = text
            .lines()
            .next()
            .and_then(|line| line.trim().parse().ok())
            .expect("a process number");
        let children = children(pid);
        kill_process(Pid::from_raw(pid).expect("a process number"), Signal::KILL).expect("a process of ours");
        let started = Instant::now();
        while children
            .iter()
            .any(|child| Path::new("/proc").join(child.to_string()).exists())
        {
            assert!(
                started.elapsed() < DEADLINE,
                "the processes of a killed postmaster go on"
            );
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Makes a standby the primary, and waits until it is.
    pub fn promote(&self) {
        self.must("pg_ctl", &["promote", "-D", &self.text(&self.data), "-w", "-t", "60"]);
    }

    /// Makes an empty database and says how to reach it.
    pub fn create(&self) -> Database {
        psql(&self.url("postgres"), "CREATE DATABASE wuyuan");
        Database::at(&self.url("wuyuan"))
    }

    /// Runs one statement as the superuser.
    pub fn sql(&self, statement: &str) -> String {
        psql(&self.url("postgres"), statement)
    }

    /// How to connect to a database of it.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://{USER}@127.0.0.1:{}/{database}", self.port)
    }

    /// The port on which it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    fn text(&self, path: &Path) -> String {
        path.to_string_lossy().into_owned()
    }

    fn must(&self, program: &str, arguments: &[&str]) {
        must(
            program,
            arguments,
            self.user,
            self.folder.path(),
            &self.folder.path().join("log"),
        );
    }
}

/// The processes whose parent is `parent`.
fn children(parent: i32) -> Vec<i32> {
    let all = fs::read_dir("/proc").expect("Linux shows its processes").flatten();
    all.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok())
        .filter(|pid| {
            let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            // The name, in brackets, may hold blanks.
            let after = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
            after.split_whitespace().nth(1) == Some(&parent.to_string())
        })
        .collect()
}

impl Drop for Private {
    fn drop(&mut self) {
        if self.data.join("postmaster.pid").exists() {
            let data = self.text(&self.data);
            let stop = || self.must("pg_ctl", &["stop", "-D", &data, "-m", "immediate", "-w"]);
            // It may have been killed: then there is nothing to stop.
            let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(stop));
        }
        if std::thread::panicking() {
            let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
            let end = log.len().saturating_sub(4_000);
            eprintln!(
                "--- the end of PostgreSQL's log ---\n{}",
                log.get(end..).unwrap_or(&log)
            );
        }
    }
}
