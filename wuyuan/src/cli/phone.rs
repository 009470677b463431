//! `wuyuan phone`: a phone in the terminal, built on the client crate. Everything but enrolling, signing in and out
//! and syncing works with the server stopped.

mod account;
mod choose;
mod desk;
mod entry;
mod findings;
mod hours;
mod kinds;
mod out;
mod photos;
mod records;
mod status;
mod table;
mod told;
mod value;
mod watch;

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use wuyuan_client::Phone;
use wuyuan_client::env::SystemEnv;
use wuyuan_client::http::Http;
use wuyuan_client::lang::Lang;

use super::Failure;
use told::{Told, told};

/// A phone in the terminal
#[derive(Args)]
pub struct PhoneArgs {
    /// The folder in which the phone is kept
    #[arg(long, global = true, default_value = "phone", env = "WUYUAN_PHONE_HOME")]
    home: PathBuf,
    /// The language of what is printed
    #[arg(long, global = true, default_value = "zh", env = "WUYUAN_PHONE_LANG")]
    lang: LangArg,
    #[command(subcommand)]
    command: PhoneCommand,
}

#[derive(Clone, Copy, ValueEnum)]
enum LangArg {
    Zh,
    En,
}

#[derive(Subcommand)]
enum PhoneCommand {
    /// Make this folder a member's phone
    Enrol(account::Enrol),
    /// Sign in again
    SignIn(account::SignIn),
    /// Deliver what is pending and remove the phone
    SignOut(account::SignOut),
    /// What may be recorded: kinds, and the fields of one
    Kinds(kinds::Kinds),
    /// Record something new
    Record(entry::Record),
    /// Change a record as it was last shown
    Edit(entry::Edit),
    /// Propose a change that another member has to confirm
    Propose(desk::Propose),
    /// Confirm what another member proposes
    Confirm(desk::Confirm),
    /// What waits for somebody to decide, and one finding with all that is needed to decide it
    Findings(findings::Findings),
    /// Decide findings
    Decide(desk::Decide),
    /// List records
    List(records::List),
    /// Show one record
    Show(records::Show),
    /// Photos that this phone took in, and how far each is
    Photos(photos::Photos),
    /// Your own hours: confirmed, and pending with the reasons
    Hours(hours::Hours),
    /// Deliver what is pending and fetch what is new
    Sync(watch::Sync),
    /// How things stand
    Status,
}

/// What every command needs.
struct Context {
    file: PathBuf,
    lang: Lang,
}

impl Context {
    fn open(&self) -> Result<Phone, Told> {
        let env = SystemEnv::new().map_err(|e| told(e.to_string()))?;
        Phone::open(&self.file, Box::new(env)).map_err(|e| Told::phone(&e, self.lang))
    }

    /// The phone and the way to its server.
    fn online(&self) -> Result<(Phone, Http), Told> {
        let phone = self.open()?;
        let server = phone.server().map_err(|e| Told::phone(&e, self.lang))?;
        let net = Http::new(&server).map_err(|e| told(e.to_string()))?;
        Ok((phone, net))
    }
}

impl PhoneArgs {
    /// Runs the command.
    pub fn run(self) -> Result<(), Failure> {
        let lang = match self.lang {
            LangArg::Zh => Lang::Zh,
            LangArg::En => Lang::En,
        };
        let context = Context {
            file: self.home.join("phone.db"),
            lang,
        };
        match self.command {
            PhoneCommand::Enrol(command) => command.run(&context)?,
            PhoneCommand::SignIn(command) => command.run(&context)?,
            PhoneCommand::SignOut(command) => command.run(&context)?,
            PhoneCommand::Kinds(command) => command.run(&context)?,
            PhoneCommand::Record(command) => command.run(&context)?,
            PhoneCommand::Edit(command) => command.run(&context)?,
            PhoneCommand::Propose(command) => command.run(&context)?,
            PhoneCommand::Confirm(command) => command.run(&context)?,
            PhoneCommand::Findings(command) => command.run(&context)?,
            PhoneCommand::Decide(command) => command.run(&context)?,
            PhoneCommand::List(command) => command.run(&context)?,
            PhoneCommand::Show(command) => command.run(&context)?,
            PhoneCommand::Photos(command) => command.run(&context)?,
            PhoneCommand::Hours(command) => command.run(&context)?,
            PhoneCommand::Sync(command) => command.run(&context)?,
            PhoneCommand::Status => status::run(&context)?,
        }
        Ok(())
    }
}
