//! `wuyuan verify`.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use sync_protocol::catalog::Catalog;
use wuyuan_server::config::SettingsArgs;
use wuyuan_server::derived::Law;
use wuyuan_server::store::Store;
use wuyuan_server::verify::{Fault, Report, Source, VerifyError};
use wuyuan_server::{backup, verify};

use super::Failure;
use super::backup::shelf;
use super::database::{existing_of, law};
use super::verify_form;

/// Faults that are named; of more only the number is told.
const NAMED: u64 = 1_000;

/// Check every chain and signature, merge every record anew and compare, hash every photo; in the database or in a backup.
#[derive(Args)]
pub struct Verify {
    /// Check this form, exported by GET /v1/forms/{id}/export, instead of the database; nothing else is needed for it
    #[arg(value_name = "FORM", conflicts_with_all = ["from", "blobs_from"])]
    form: Option<PathBuf>,
    /// The key of the log, from whom the checker trusts; without it the form's own is taken and told
    #[arg(long, value_name = "KEY", requires = "form")]
    log_key: Option<String>,
    /// Verify this backup instead of the database
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// The folder with the bytes of the backup's photos [default: `blobs` beside FILE]
    #[arg(long, value_name = "FOLDER", requires = "from")]
    blobs_from: Option<PathBuf>,
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
        if let Some(file) = &self.form {
            return verify_form::run(file, self.log_key.as_deref(), &Catalog::builtin()?);
        }
        let settings = self.settings.resolve()?;
        let law = law(&settings)?;
        let mut findings = Findings::default();
        let report = match &self.from {
            Some(file) => {
                let loaded = backup::Loaded::read(file)?;
                let shelf = shelf(self.blobs_from, file);
                whole(&loaded.store, &Source::Shelf(&shelf), &law, &mut findings)?
            }
            None => {
                let (store, vault) = existing_of(&settings)?;
                whole(&store, &Source::Vault(&vault), &law, &mut findings)?
            }
        };
        show(&report);
        match report.faults {
            0 => Ok(()),
            1 => Err("1 fault".into()),
            faults => Err(format!("{faults} faults").into()),
        }
    }
}

/// Rows, then bytes.
fn whole(store: &Store, source: &Source<'_>, law: &Law, findings: &mut Findings) -> Result<Report, VerifyError> {
    let mut report = verify::verify(store, law, &mut findings.teller())?;
    verify::bytes(store, source, &mut report, &mut findings.teller())?;
    Ok(report)
}

fn show(report: &Report) {
    let checked: Vec<String> = report
        .checked
        .iter()
        .map(|(what, count)| format!("{count} {what}"))
        .collect();
    println!("checked: {}", checked.join(", "));
    if report.awaited > 0 {
        println!("{} photos that records refer to have not arrived", report.awaited);
    }
    if report.collected > 0 {
        println!(
            "{} photos that nothing refers to were collected while the backup was made",
            report.collected
        );
    }
    if report.unsealed > 0 {
        println!("{} wait to be sealed", report.unsealed);
    }
    if report.told_otherwise {
        println!(
            "deadlines and figures were told by another catalogue, other deadlines or other holidays than this program's; \
             they were not told again"
        );
    }
    if report.faults == 0 {
        println!("all is right");
    }
}
