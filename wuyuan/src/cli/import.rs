//! `wuyuan unit import` and `wuyuan member import`.

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, Subcommand};
use wuyuan_server::accounts::AccountError;
use wuyuan_server::accounts::import::{members_from_command_line, units_from_command_line};
use wuyuan_server::app::App;
use wuyuan_server::clock::SharedClock;
use wuyuan_server::config::SettingsArgs;

use super::Failure;

/// What can be done with units.
#[derive(Subcommand)]
pub enum Unit {
    /// Import units from a CSV file: code,name,level,parent. All or nothing
    Import(File),
}

/// What can be done with members.
#[derive(Subcommand)]
pub enum Member {
    /// Import members from a CSV file: number,name,role,unit,starts,ends. All or nothing.
    /// Prints the new members' activation codes as CSV
    Import(File),
}

/// A file and the settings that say where the database is.
#[derive(Args)]
pub struct File {
    /// The CSV file, UTF-8
    file: PathBuf,
    #[command(flatten)]
    settings: SettingsArgs,
}

impl File {
    fn read(self) -> Result<(App, String), Failure> {
        let text = std::fs::read_to_string(&self.file)
            .map_err(|error| format!("cannot read {}: {error}", self.file.display()))?;
        Ok((
            App::start(self.settings.resolve()?, Arc::new(SharedClock::default()))?,
            text,
        ))
    }
}

impl Unit {
    /// Runs it.
    pub fn run(self) -> Result<(), Failure> {
        let Unit::Import(file) = self;
        let (app, text) = file.read()?;
        let done = units_from_command_line(&app, &text).map_err(explain)?;
        println!(
            "units: {} new, {} renamed, {} unchanged",
            done.created, done.renamed, done.unchanged
        );
        Ok(())
    }
}

impl Member {
    /// Runs it.
    pub fn run(self) -> Result<(), Failure> {
        let Member::Import(file) = self;
        let (app, text) = file.read()?;
        let done = members_from_command_line(&app, &text).map_err(explain)?;
        println!("number,code");
        for new in &done.codes {
            println!("{},{}", new.number, new.code);
        }
        eprintln!(
            "members: {} new; appointments: {} new, {} unchanged",
            done.created, done.appointments, done.unchanged
        );
        Ok(())
    }
}

/// Every wrong cell on a line of its own.
fn explain(error: AccountError) -> Failure {
    match error {
        AccountError::ImportRefused(rows) => {
            let lines: Vec<_> = rows.iter().map(ToString::to_string).collect();
            format!("nothing was imported:\n{}", lines.join("\n")).into()
        }
        other => other.into(),
    }
}
