//! The subcommands, a file each.

mod admin;
mod backup;
mod collect;
mod database;
mod demo;
mod documents;
mod import;
mod phone;
mod restore;
mod serve;
mod verify;
mod verify_draw;
mod verify_form;

use clap::Parser;

/// What a subcommand fails with: one line for the person at the terminal.
pub type Failure = Box<dyn std::error::Error>;

/// Wuyuan 五员: phones record offline, one server merges, nothing is lost.
#[derive(Parser)]
#[command(name = "wuyuan", version)]
pub enum Command {
    /// Run the server
    Serve(serve::Serve),
    /// Import the grid
    #[command(subcommand)]
    Unit(import::Unit),
    /// Import members and their appointments
    #[command(subcommand)]
    Member(import::Member),
    /// Add an administrator, reset a password
    #[command(subcommand)]
    Admin(admin::Admin),
    /// Back up the whole database into one new file, and photos into a folder beside it, while the server goes on
    Backup(backup::Backup),
    /// Put a backup into an empty database, all or nothing, and begin a new generation
    Restore(restore::Restore),
    /// Check every chain and signature, merge every record anew and compare, hash every photo; in the database or in a backup
    Verify(verify::Verify),
    /// Draw two observers anew from a draw's seed and roster, and compare; from a file or from the database
    VerifyDraw(verify_draw::VerifyDraw),
    /// Remove what nobody needs of uploads and photos, as a running server does by itself
    Collect(collect::Collect),
    /// A phone in the terminal
    Phone(phone::PhoneArgs),
    /// Print the API as OpenAPI 3.1 (openapi.yaml)
    Openapi,
    /// Print the page of all settings (docs/SETTINGS.md)
    Settings,
    /// Print the page of all error codes (docs/PROBLEMS.md)
    Problems,
}

impl Command {
    /// Runs it.
    pub fn run(self) -> Result<(), Failure> {
        match self {
            Command::Serve(command) => command.run(),
            Command::Unit(command) => command.run(),
            Command::Member(command) => command.run(),
            Command::Admin(command) => command.run(),
            Command::Backup(command) => command.run(),
            Command::Restore(command) => command.run(),
            Command::Verify(command) => command.run(),
            Command::VerifyDraw(command) => command.run(),
            Command::Collect(command) => command.run(),
            Command::Phone(command) => command.run(),
            Command::Openapi => documents::openapi(),
            Command::Settings => documents::settings(),
            Command::Problems => documents::problems(),
        }
    }
}
