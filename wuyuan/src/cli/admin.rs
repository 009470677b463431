//! `wuyuan admin`: what must work before anybody can sign in, or when nobody can any more.

use std::sync::Arc;

use clap::{Args, Subcommand};
use wuyuan_server::accounts::{AccountError, appointments, members};
use wuyuan_server::app::App;
use wuyuan_server::clock::SharedClock;
use wuyuan_server::config::SettingsArgs;

use super::Failure;

/// What an administrator at the machine can do.
#[derive(Subcommand)]
pub enum Admin {
    /// Add a system administrator of the whole grid and print an activation code
    Create(Create),
    /// Print a new activation code for a member who lost the password
    ResetPassword(Reset),
    /// Forget a member's one-time codes (TOTP) and print a new activation code
    ResetTotp(Reset),
}

/// The administrator to be.
#[derive(Args)]
pub struct Create {
    /// What the administrator will sign in with
    number: String,
    /// Name
    name: String,
    #[command(flatten)]
    settings: SettingsArgs,
}

/// Whose account.
#[derive(Args)]
pub struct Reset {
    /// The member's number
    number: String,
    #[command(flatten)]
    settings: SettingsArgs,
}

impl Admin {
    /// Runs it.
    pub fn run(self) -> Result<(), Failure> {
        match self {
            Admin::Create(create) => {
                let app = open(create.settings)?;
                let (_, code) = appointments::first_admin(&app, &create.number, &create.name).map_err(explain)?;
                show(&app, &code);
            }
            Admin::ResetPassword(reset) => self::reset(reset, false)?,
            Admin::ResetTotp(reset) => self::reset(reset, true)?,
        }
        Ok(())
    }
}

fn reset(reset: Reset, totp: bool) -> Result<(), Failure> {
    let app = open(reset.settings)?;
    let code = members::reset(&app, &reset.number, totp).map_err(explain)?;
    show(&app, &code);
    Ok(())
}

fn open(settings: SettingsArgs) -> Result<App, Failure> {
    Ok(App::start(settings.resolve()?, Arc::new(SharedClock::default()))?)
}

fn show(app: &App, code: &str) {
    println!("activation code: {code}");
    eprintln!("it serves once, within {} hours", app.settings.activation_hours);
}

fn explain(error: AccountError) -> Failure {
    match error {
        AccountError::UnitUnknown => "there is no district yet: import units first (wuyuan unit import FILE)".into(),
        AccountError::NotFound => "no member has this number".into(),
        other => other.into(),
    }
}
