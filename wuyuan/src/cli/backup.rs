//! `wuyuan backup`.

use std::path::{Path, PathBuf};

use clap::Args;
use wuyuan_server::backup;
use wuyuan_server::blobs::shelf::Shelf;
use wuyuan_server::clock::{Clock, SystemClock};
use wuyuan_server::config::SettingsArgs;

use super::Failure;
use super::database::{existing_of, law};
use super::verify::Findings;

/// Back up the whole database into one new file, and photos into a folder beside it, while the server goes on.
#[derive(Args)]
pub struct Backup {
    /// The file to write; it must not exist. It holds the server's keys
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
    /// The folder for the bytes of photos, shared by all backups [default: `blobs` beside FILE]
    #[arg(long, value_name = "FOLDER")]
    blobs_to: Option<PathBuf>,
    #[command(flatten)]
    settings: SettingsArgs,
}

impl Backup {
    /// Writes, reads back, verifies, and only then tells phones that they may drop what it contains.
    pub fn run(self) -> Result<(), Failure> {
        let settings = self.settings.resolve()?;
        let (store, vault) = existing_of(&settings)?;
        let shelf = shelf(self.blobs_to, &self.to);
        let law = law(&settings)?;
        let file = self.to.display();
        let mut progress = |table: &str, rows: u64| eprintln!("{table}: {rows}");
        let saved = backup::save(&store, &self.to, SystemClock.now_ms(), &mut progress)?;
        let rows: u64 = saved.rows.values().sum();
        eprintln!("written; reading it back");
        let mut findings = Findings::default();
        let loaded = backup::Loaded::read(&self.to)?;
        let copied = backup::copy(&loaded, &store, &vault, &shelf, &mut findings.teller())?;
        let proof = backup::prove(&loaded, &law, &mut findings.teller())?;
        let bytes = std::fs::metadata(&self.to)
            .map_err(|error| format!("{file}: {error}"))?
            .len();
        println!("{file}: {rows} rows, {bytes} bytes");
        let folder = shelf.folder().display();
        println!(
            "{folder}: {} photos copied, {} bytes; {} were there",
            copied.copied, copied.bytes, copied.there
        );
        if proof.report.faults > 0 {
            return Err(format!(
                "{file} is a true copy, but what it contains does not verify ({} faults, above): nothing was marked as durable",
                proof.report.faults
            )
            .into());
        }
        if copied.failed > 0 {
            return Err(format!(
                "{} photos could not be copied (above), everything else was: nothing was marked as durable",
                copied.failed
            )
            .into());
        }
        let raised = backup::mark_durable(&store, &proof)?;
        let marked = backup::mark_blobs_durable(&store, &loaded, &copied)?;
        println!(
            "verified; generation {}; durable for {raised} more devices, and {marked} more photos",
            proof.header.generation
        );
        Ok(())
    }
}

/// The folder that was named, or the one beside the backup.
pub fn shelf(named: Option<PathBuf>, file: &Path) -> Shelf {
    named.map_or_else(|| Shelf::beside(file), Shelf::at)
}
