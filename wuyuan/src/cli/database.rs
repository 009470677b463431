//! The database and the blob store that the settings name, without a server around them.

use std::sync::Arc;
use std::time::Duration;

use sync_protocol::catalog::Catalog;
use wuyuan_server::blobs::direct::Direct;
use wuyuan_server::blobs::vault::VaultPlace;
use wuyuan_server::config::{Settings, SettingsArgs};
use wuyuan_server::derived::Law;
use wuyuan_server::store::{PoolSettings, Store};

use super::Failure;

/// One connection for the snapshot and one for writing.
const CONNECTIONS: u32 = 2;

/// Opens the database, which may be new; the blob store is opened when something is needed of it.
pub fn open(settings: SettingsArgs) -> Result<(Store, Direct), Failure> {
    let settings = settings.resolve()?;
    let store = Store::open(settings.database.reveal(), pool(&settings))?;
    Ok((store, Direct::new(VaultPlace::of(&settings))?))
}

/// The same of a database that must exist.
pub fn existing(settings: SettingsArgs) -> Result<(Store, Direct), Failure> {
    existing_of(&settings.resolve()?)
}

/// The same by settings that were resolved.
pub fn existing_of(settings: &Settings) -> Result<(Store, Direct), Failure> {
    let store = Store::open_existing(settings.database.reveal(), pool(settings))?;
    Ok((store, Direct::new(VaultPlace::of(settings))?))
}

/// The catalogue, the holidays and the deadlines by which a server with these settings tells facts.
pub fn law(settings: &Settings) -> Result<Law, Failure> {
    Ok(Law::load(Arc::new(Catalog::builtin()?), &settings.holidays)?)
}

fn pool(settings: &Settings) -> PoolSettings {
    PoolSettings {
        size: CONNECTIONS,
        wait: Duration::from_millis(settings.pool_wait_ms),
    }
}
