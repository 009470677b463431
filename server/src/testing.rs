//! What the unit tests of this crate share.

use std::sync::Arc;
use std::time::Duration;

use crate::app::App;
use crate::clock::ManualClock;
use crate::config::SettingsArgs;
use crate::store::{PoolSettings, Store};

/// An empty SQLite store in a folder that lives as long as the guard.
pub fn sqlite() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("test.db").display());
    let store = Store::open(
        &url,
        PoolSettings {
            size: 4,
            wait: Duration::from_secs(10),
        },
    )
    .unwrap();
    (folder, store)
}

/// A moment in 2026, ms.
pub const NOW: i64 = 1_795_000_000_000;

/// A server's parts on an empty SQLite store, with a clock that stands at [`NOW`].
pub struct TestApp {
    /// The parts.
    pub app: App,
    /// The clock.
    pub clock: Arc<ManualClock>,
    _folder: tempfile::TempDir,
}

/// Puts one together; `flags` are settings as on the command line.
pub fn app(flags: &[&str]) -> TestApp {
    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        settings: SettingsArgs,
    }
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("test.db").display());
    let line = [&["wuyuan", "--database", url.as_str()], flags].concat();
    let settings = <Line as clap::Parser>::parse_from(line).settings.resolve().unwrap();
    let clock = Arc::new(ManualClock::new(NOW));
    TestApp {
        app: App::start(settings, clock.clone()).unwrap(),
        clock,
        _folder: folder,
    }
}
