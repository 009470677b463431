//! Backup, verification and restore of what is there.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sync_protocol::catalog::Catalog;
use wuyuan_server::blobs::direct::Direct;
use wuyuan_server::blobs::shelf::Shelf;
use wuyuan_server::derived::Law;
use wuyuan_server::store::{PoolSettings, Store};
use wuyuan_server::{backup, verify};
use wuyuan_tests::backend::Backend;

use super::stage::Stage;
use crate::cast::now_ms;

/// What keeping one database costs.
#[derive(Debug, Clone)]
pub struct Keeping {
    /// Operations in it.
    pub ops: f64,
    /// Rows in its backup.
    pub rows: f64,
    /// Seconds of a backup.
    pub backup_s: f64,
    /// Bytes of the file.
    pub backup_bytes: f64,
    /// Seconds of a verification.
    pub verify_s: f64,
    /// Seconds of a restore into an empty database of the same kind, if it was asked for.
    pub restore_s: Option<f64>,
}

/// Measures it on a database of `ops` operations, while the server stands idle.
pub fn measure(stage: &Stage, backend: Backend, ops: f64, restores: bool) -> Keeping {
    let folder = tempfile::TempDir::new().expect("a temporary folder");
    let file = folder.path().join("backup");
    let started = Instant::now();
    let saved = backup::save(&stage.store, &file, now_ms(), &mut |_, _| {}).expect("a backup is written");
    let backup_s = started.elapsed().as_secs_f64();
    let catalog = Arc::new(Catalog::builtin().expect("the catalogue loads"));
    let law = Law::load(catalog, "").expect("the holidays load");
    let started = Instant::now();
    let report = verify::verify(&stage.store, &law, &mut |fault| panic!("{fault:?}")).expect("it can be read");
    let verify_s = started.elapsed().as_secs_f64();
    assert_eq!(report.faults, 0);
    Keeping {
        ops,
        rows: saved.rows.values().sum::<u64>() as f64,
        backup_s,
        backup_bytes: std::fs::metadata(&file).expect("the backup").len() as f64,
        verify_s,
        restore_s: restores.then(|| restore(backend, &file)),
    }
}

fn restore(backend: Backend, file: &Path) -> f64 {
    let place = backend.place();
    let pool = PoolSettings {
        size: 2,
        wait: Duration::from_secs(60),
    };
    let store = Store::open(&place.url(), pool).expect("an empty database opens");
    let bytes = backup::Bytes {
        shelf: &Shelf::beside(file),
        vault: &Direct::new(place.vault()).expect("a runtime starts"),
        tell: &mut |fault| panic!("{fault}"),
    };
    let started = Instant::now();
    backup::restore(&store, file, bytes, now_ms()).expect("a backup can be restored");
    started.elapsed().as_secs_f64()
}
