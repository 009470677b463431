//! The database that the settings name, without a server around it.

use std::time::Duration;

use wuyuan_server::config::SettingsArgs;
use wuyuan_server::store::{PoolSettings, Store};

use super::Failure;

/// One connection for the snapshot and one for writing.
const CONNECTIONS: u32 = 2;

/// Opens the database, which may be new.
pub fn open(settings: SettingsArgs) -> Result<Store, Failure> {
    let (url, pool) = named(settings)?;
    Ok(Store::open(&url, pool)?)
}

/// Opens the database, which must exist.
pub fn existing(settings: SettingsArgs) -> Result<Store, Failure> {
    let (url, pool) = named(settings)?;
    Ok(Store::open_existing(&url, pool)?)
}

fn named(settings: SettingsArgs) -> Result<(String, PoolSettings), Failure> {
    let settings = settings.resolve()?;
    let pool = PoolSettings {
        size: CONNECTIONS,
        wait: Duration::from_millis(settings.pool_wait_ms),
    };
    Ok((settings.database.reveal().to_owned(), pool))
}
