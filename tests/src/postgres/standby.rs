//! A primary whose commits are on a second machine's disk before they are answered.

use std::time::{Duration, Instant};

use super::private::Private;

/// The standby's name, as the primary waits for it.
const NAME: &str = "standby";
/// How long the standby may take to come up and to catch up.
const DEADLINE: Duration = Duration::from_secs(60);

/// A primary and its synchronous standby.
pub struct Pair {
    /// Takes writes, each only once the standby has it.
    pub primary: Private,
    /// Follows, until it is promoted.
    pub standby: Private,
}

impl Pair {
    /// Both, running and in step, with an empty database `wuyuan`.
    ///
    /// # Panics
    /// When PostgreSQL's programs are missing, or the standby does not get in step.
    pub fn start() -> Pair {
        let primary = Private::start();
        primary.create();
        let standby = Private::standby_of(&primary, NAME);
        primary.sql(&format!("ALTER SYSTEM SET synchronous_standby_names = '{NAME}'"));
        primary.sql("SELECT pg_reload_conf()");
        let started = Instant::now();
        while primary.sql("SELECT sync_state FROM pg_stat_replication") != "sync" {
            assert!(started.elapsed() < DEADLINE, "the standby does not get in step");
            std::thread::sleep(Duration::from_millis(20));
        }
        Pair { primary, standby }
    }

    /// How a server connects to whichever of the two takes writes.
    pub fn url(&self) -> String {
        format!(
            "postgres://wuyuan@127.0.0.1:{},127.0.0.1:{}/wuyuan?target_session_attrs=read-write",
            self.primary.port(),
            self.standby.port()
        )
    }
}
