//! The grid in a server's memory.

use std::time::Instant;

use wuyuan_server::accounts::scope::Grid;
use wuyuan_server::query;
use wuyuan_server::store::{Store, StoreResult};

use super::meter;

/// What a server pays for the grid.
#[derive(Debug, Clone, Copy)]
pub struct GridCost {
    /// Units.
    pub units: usize,
    /// Seconds to read it from the database.
    pub read_s: f64,
    /// Seconds to build the tree.
    pub build_s: f64,
    /// Bytes of the tree, by what this process holds more with it than without.
    pub bytes: f64,
}

/// Reads and builds it as a server does.
pub fn measure(store: &Store) -> GridCost {
    let started = Instant::now();
    let read: StoreResult<Vec<(String, Option<String>)>> = store.read(|db| query!(db, units::parents()));
    let rows = read.expect("the grid can be read");
    let read_s = started.elapsed().as_secs_f64();
    let before = meter::own_memory();
    let started = Instant::now();
    let grid = Grid::new(&rows);
    let build_s = started.elapsed().as_secs_f64();
    let bytes = meter::own_memory() - before;
    assert!(
        rows.first()
            .is_some_and(|(code, _)| code.parse().is_ok_and(|code| grid.knows(&code)))
    );
    GridCost {
        units: rows.len(),
        read_s,
        build_s,
        bytes,
    }
}
