//! Taking pages of units: data and cursor together, checked against the server's count and sum.

use rusqlite::Connection;
use sync_protocol::wire::{UnitChange, UnitPage};

use crate::store::{StoreError, cache, outbox, photos, replica};

/// How often one unit is pulled anew because it does not fit, before somebody must look at it.
pub(crate) const MOST_REPULLS: u32 = 3;

/// What became of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PageTaken {
    /// The unit must be asked for again.
    pub again: bool,
    /// The page brought something.
    pub moved: bool,
}

/// Takes a page of the server's history `generation` that answers a request with the cursor `sent`.
pub(super) fn take_page(
    conn: &Connection,
    page: &UnitPage,
    sent: Option<&String>,
    generation: &str,
) -> Result<PageTaken, StoreError> {
    let mut unit = replica::unit(conn, &page.unit)?;
    if unit.cursor.as_ref() != sent {
        // Another process has pulled meanwhile; this page would set the unit back.
        return Ok(PageTaken {
            again: true,
            moved: true,
        });
    }
    if page.restart || sent.is_none() {
        replica::clear_unit(conn, &page.unit)?;
        // A cursor of another history restarts its unit, so this holds for every record that follows.
        unit.generation = Some(generation.to_owned());
    }
    for change in &page.changes {
        match change {
            UnitChange::Put(view) => {
                replica::put(conn, view)?;
                outbox::settle(conn, &view.id, &view.clock)?;
            }
            UnitChange::Gone(record) => {
                replica::remove(conn, record)?;
                outbox::settle_gone(conn, record)?;
            }
        }
    }
    let moved = page.restart || !page.changes.is_empty() || page.cursor.as_ref().is_some_and(|c| Some(c) != sent);
    if page.cursor.is_some() {
        unit.cursor.clone_from(&page.cursor);
    }
    unit.ending = false;
    let mut again = false;
    match &page.tally {
        None => unit.finished = false,
        Some(tally) if replica::tally(conn, &page.unit)? == *tally => {
            unit.finished = true;
            unit.diverged = false;
            unit.repulls = 0;
            outbox::settle_unit(conn, &page.unit)?;
        }
        Some(_) if unit.repulls < MOST_REPULLS => {
            replica::clear_unit(conn, &page.unit)?;
            unit.cursor = None;
            unit.finished = false;
            unit.repulls += 1;
            again = true;
        }
        Some(_) => {
            unit.finished = true;
            unit.diverged = true;
        }
    }
    replica::save_unit(conn, &unit)?;
    Ok(PageTaken {
        again,
        moved: moved || again,
    })
}

/// Drops the data of units that have ended, each once nothing of it is pending. What was written there and is not
/// in the server's backup yet stays, encrypted.
pub(super) fn end_units(conn: &Connection, push_only: bool, key: &[u8; 32]) -> Result<(), StoreError> {
    for unit in replica::units(conn)? {
        if (unit.ending || push_only) && !outbox::unit_has_pending(conn, &unit.code)? {
            replica::forget_unit(conn, &unit.code)?;
            outbox::seal_unit(conn, &unit.code, key)?;
            photos::seal_unit(conn, &unit.code)?;
            cache::expire(conn, cache::DIRECTORY)?;
        }
    }
    Ok(())
}
