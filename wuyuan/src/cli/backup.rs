//! `wuyuan backup`.

use std::path::PathBuf;

use clap::Args;
use sync_protocol::catalog::Catalog;
use wuyuan_server::backup;
use wuyuan_server::clock::{Clock, SystemClock};
use wuyuan_server::config::SettingsArgs;

use super::Failure;
use super::database::existing;
use super::verify::Findings;

/// Back up the whole database into one new file, while the server goes on.
#[derive(Args)]
pub struct Backup {
    /// The file to write; it must not exist. It holds the server's keys
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
    #[command(flatten)]
    settings: SettingsArgs,
}

impl Backup {
    /// Writes, reads back, verifies, and only then tells phones that they may drop what it contains.
    pub fn run(self) -> Result<(), Failure> {
        let store = existing(self.settings)?;
        let catalog = Catalog::builtin()?;
        let file = self.to.display();
        let mut progress = |table: &str, rows: u64| eprintln!("{table}: {rows}");
        let saved = backup::save(&store, &self.to, SystemClock.now_ms(), &mut progress)?;
        let rows: u64 = saved.rows.values().sum();
        eprintln!("written; reading it back");
        let mut findings = Findings::default();
        let proof = backup::prove(&self.to, &catalog, &mut findings.teller())?;
        if proof.report.faults > 0 {
            return Err(format!(
                "{file} is a true copy, but what it contains does not verify ({} faults, above): nothing was marked as durable",
                proof.report.faults
            )
            .into());
        }
        let raised = backup::mark_durable(&store, &proof)?;
        let bytes = std::fs::metadata(&self.to)
            .map_err(|error| format!("{file}: {error}"))?
            .len();
        println!("{file}: {rows} rows, {bytes} bytes, verified");
        println!(
            "generation {}; durable for {raised} more devices",
            proof.header.generation
        );
        Ok(())
    }
}
