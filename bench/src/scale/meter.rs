//! What work costs besides time: processor, disk, write-ahead log, memory.

use std::fs;

use wuyuan_tests::backend::Place;

use super::stage::Stage;

/// Ticks a second in which Linux counts processor time for people.
const TICKS: f64 = 100.0;

/// Counted since some moment, or between two.
#[derive(Debug, Clone, Copy, Default)]
pub struct Spent {
    /// Processor time of the server, seconds.
    pub server_s: f64,
    /// Processor time of all processes of PostgreSQL, seconds; 0 on SQLite, whose work the server does.
    pub database_s: f64,
    /// Bytes that server and database gave to the disk.
    pub disk: f64,
    /// Bytes of PostgreSQL's write-ahead log; 0 on SQLite.
    pub wal: f64,
}

impl Spent {
    /// What has been spent since `before`, for each of `times` pieces of work.
    pub fn each(self, before: Spent, times: usize) -> Spent {
        let times = times as f64;
        Spent {
            server_s: (self.server_s - before.server_s) / times,
            database_s: (self.database_s - before.database_s) / times,
            disk: (self.disk - before.disk) / times,
            wal: (self.wal - before.wal) / times,
        }
    }
}

/// What server and database have spent since they were started.
pub fn spent(stage: &Stage) -> Spent {
    let server = stage.server.process();
    let mut spent = Spent {
        server_s: cpu_s(server),
        disk: disk(server),
        ..Spent::default()
    };
    if let Place::Postgres(database) = &*stage.place {
        for process in family(postmaster(database)) {
            spent.database_s += cpu_s(process);
            spent.disk += disk(process);
        }
        spent.wal = number(&database.sql("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn"));
    }
    spent
}

fn number(text: &str) -> f64 {
    text.trim().parse().unwrap_or_default()
}

/// The process from which all others of the cluster descend: the first line of its file.
fn postmaster(database: &wuyuan_tests::postgres::Database) -> u32 {
    let pid = database.sql("SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)");
    pid.trim().parse().expect("a process number")
}

/// A process and its children.
fn family(parent: u32) -> Vec<u32> {
    let all = fs::read_dir("/proc").into_iter().flatten().flatten();
    let processes = all.filter_map(|entry| entry.file_name().to_string_lossy().parse::<u32>().ok());
    processes
        .filter(|pid| *pid == parent || field(*pid, 1) == Some(f64::from(parent)))
        .collect()
}

/// User and system time of a process and of its children that have ended.
fn cpu_s(process: u32) -> f64 {
    (11..=14).filter_map(|at| field(process, at)).sum::<f64>() / TICKS
}

/// The number at place `at` after the name in `/proc/PID/stat`: 0 is the state, 1 the parent.
fn field(process: u32, at: usize) -> Option<f64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (_, rest) = stat.rsplit_once(") ")?;
    rest.split(' ').nth(at)?.parse().ok()
}

fn disk(process: u32) -> f64 {
    let io = fs::read_to_string(format!("/proc/{process}/io")).unwrap_or_default();
    let line = io.lines().find_map(|line| line.strip_prefix("write_bytes: "));
    line.map_or(0.0, number)
}

/// The resident memory of this process, bytes.
pub fn own_memory() -> f64 {
    let statm = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = statm.split(' ').nth(1).map_or(0.0, number);
    pages * rustix::param::page_size() as f64
}
