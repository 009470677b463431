//! A phone's full storage. SQLite itself refuses to make its file any larger, as it does when the medium is full.

use std::collections::BTreeSet;
use std::ffi::{c_char, c_int};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use rusqlite::auto_extension::{init_auto_extension, register_auto_extension};
use rusqlite::{Connection, ffi};

/// Files on full media. SQLite's hook for new connections is a plain function, so this cannot be handed to it.
static FULL: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
static HOOK: Once = Once::new();

fn full() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    FULL.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From the next opening of `file` on, its medium is full, or has room again.
pub fn set_full(file: &Path, is_full: bool) {
    HOOK.call_once(|| {
        // SAFETY: the hook only reads and sets a pragma of the connection that it is given, opens and closes none, and
        // leaves the list of hooks alone.
        let registered = unsafe { register_auto_extension(at_open) };
        registered.expect("SQLite takes a hook for new connections");
    });
    match is_full {
        true => full().insert(file.to_owned()),
        false => full().remove(file),
    };
}

unsafe extern "C" fn at_open(
    db: *mut ffi::sqlite3,
    error: *mut *mut c_char,
    _: *const ffi::sqlite3_api_routines,
) -> c_int {
    // SAFETY: SQLite hands over a connection that is open, and `limit` keeps what `init_auto_extension` asks for.
    unsafe { init_auto_extension(db, error, limit) }
}

fn limit(conn: Connection) -> rusqlite::Result<()> {
    let is_full = conn.path().is_some_and(|path| full().contains(Path::new(path)));
    if is_full {
        // A limit below the present size means: not one page more.
        conn.pragma_update_and_check(None, "max_page_count", 1, |_| Ok(()))?;
    }
    Ok(())
}
