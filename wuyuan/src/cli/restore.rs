//! `wuyuan restore`.

use std::path::PathBuf;

use clap::Args;
use wuyuan_server::backup;
use wuyuan_server::clock::{Clock, SystemClock};
use wuyuan_server::config::SettingsArgs;

use super::Failure;
use super::backup::shelf;
use super::database::open;
use super::verify::Findings;

/// Put a backup into an empty database, all or nothing, and begin a new generation.
#[derive(Args)]
pub struct Restore {
    /// The backup
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    /// The folder with the bytes of photos [default: `blobs` beside FILE]
    #[arg(long, value_name = "FOLDER")]
    blobs_from: Option<PathBuf>,
    #[command(flatten)]
    settings: SettingsArgs,
}

impl Restore {
    /// Restores.
    pub fn run(self) -> Result<(), Failure> {
        let (store, vault) = open(self.settings)?;
        let shelf = shelf(self.blobs_from, &self.from);
        let mut findings = Findings::default();
        let bytes = backup::Bytes {
            shelf: &shelf,
            vault: &vault,
            tell: &mut findings.teller(),
        };
        let done = backup::restore(&store, &self.from, bytes, SystemClock.now_ms())?;
        println!("{} rows restored, {} photos", done.rows, done.blobs);
        if done.left_out > 0 {
            println!(
                "{} photos left out (above): {} does not have them; phones that still keep them send them again",
                done.left_out,
                shelf.folder().display()
            );
        }
        println!("generation {} (before: {})", done.generation, done.earlier);
        eprintln!("everybody signs in again; phones push what this backup lacks at their next sync");
        Ok(())
    }
}
