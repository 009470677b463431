//! `test-postgres stop` ends the PostgreSQL that tests share; `test-postgres start` prints where it runs.

use std::process::ExitCode;

use wuyuan_tests::postgres::cluster::Cluster;

fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        Some("start") => println!("{}", Cluster::shared().url()),
        Some("stop") => Cluster::stop_shared(),
        _ => {
            eprintln!("usage: test-postgres start|stop");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
