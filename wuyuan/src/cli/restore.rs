//! `wuyuan restore`.

use std::path::PathBuf;

use clap::Args;
use wuyuan_server::backup;
use wuyuan_server::clock::{Clock, SystemClock};
use wuyuan_server::config::SettingsArgs;

use super::Failure;
use super::database::open;

/// Put a backup into an empty database, all or nothing, and begin a new generation.
#[derive(Args)]
pub struct Restore {
    /// The backup
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    #[command(flatten)]
    settings: SettingsArgs,
}

impl Restore {
    /// Restores.
    pub fn run(self) -> Result<(), Failure> {
        let store = open(self.settings)?;
        let done = backup::restore(&store, &self.from, SystemClock.now_ms())?;
        println!("{} rows restored", done.rows);
        println!("generation {} (before: {})", done.generation, done.earlier);
        eprintln!("everybody signs in again; phones push what this backup lacks at their next sync");
        Ok(())
    }
}
