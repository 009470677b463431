//! `wuyuan collect`.

use clap::Args;
use wuyuan_server::blobs::collect::{Collecting, collect};
use wuyuan_server::clock::{Clock, SystemClock};
use wuyuan_server::config::SettingsArgs;

use super::Failure;
use super::database::existing_of;

/// Remove what nobody needs of uploads and photos, as a running server does by itself.
#[derive(Args)]
pub struct Collect {
    #[command(flatten)]
    settings: SettingsArgs,
}

impl Collect {
    /// Collects once, thoroughly.
    pub fn run(self) -> Result<(), Failure> {
        let settings = self.settings.resolve()?;
        let (store, direct) = existing_of(&settings)?;
        let vault = direct.existing()?;
        let by = Collecting {
            now_ms: SystemClock.now_ms(),
            orphan_days: settings.orphan_days,
            thorough: true,
        };
        let done = direct.runtime().block_on(collect(&store, vault.vault(), by))?;
        println!(
            "{} expired uploads, {} photos that nothing refers to and {} leftovers removed",
            done.uploads, done.blobs, done.leftovers
        );
        println!(
            "{} photos go in an hour unless something refers to them; {} that were about to go stay",
            done.condemned, done.spared
        );
        Ok(())
    }
}
