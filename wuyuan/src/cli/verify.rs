//! `wuyuan verify`.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use sync_protocol::catalog::Catalog;
use wuyuan_server::config::SettingsArgs;
use wuyuan_server::verify::{Fault, Report};
use wuyuan_server::{backup, verify};

use super::Failure;
use super::database::existing;

/// Faults that are named; of more only the number is told.
const NAMED: u64 = 1_000;

/// Check every chain and signature, merge every record anew and compare, in the database or in a backup.
#[derive(Args)]
pub struct Verify {
    /// Verify this backup instead of the database
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    #[command(flatten)]
    settings: SettingsArgs,
}

/// Writes faults down as they are found.
#[derive(Default)]
pub struct Findings {
    told: u64,
}

impl Findings {
    /// Takes faults.
    pub fn teller(&mut self) -> impl FnMut(&Fault) + '_ {
        |fault| {
            self.told += 1;
            if self.told <= NAMED {
                // Nobody reads any more when this fails; the exit code still tells.
                let _ = writeln!(std::io::stdout(), "{fault}");
            }
        }
    }
}

impl Verify {
    /// Verifies. Success only if all is right.
    pub fn run(self) -> Result<(), Failure> {
        let catalog = Catalog::builtin()?;
        let mut findings = Findings::default();
        let report = match &self.from {
            Some(file) => backup::prove(file, &catalog, &mut findings.teller())?.report,
            None => verify::verify(&existing(self.settings)?, &catalog, &mut findings.teller())?,
        };
        show(&report);
        match report.faults {
            0 => Ok(()),
            1 => Err("1 fault".into()),
            faults => Err(format!("{faults} faults").into()),
        }
    }
}

fn show(report: &Report) {
    let checked: Vec<String> = report
        .checked
        .iter()
        .map(|(what, count)| format!("{count} {what}"))
        .collect();
    println!("checked: {}", checked.join(", "));
    if report.faults == 0 {
        println!("all is right");
    }
}
