//! "Unit X is at pos N": a hint that a pull is worth it. Correctness is the cursor's.

use sync_protocol::id::{Pos, UnitCode};
use tokio::sync::broadcast;

/// Moves that a slow listener may lag behind before it misses some; it then asks for all its units.
const BACKLOG: usize = 1_024;

/// Where moves of unit heads are told. Cloning shares the channel.
#[derive(Debug, Clone)]
pub struct Events {
    moves: broadcast::Sender<(UnitCode, Pos)>,
}

impl Default for Events {
    fn default() -> Self {
        Events {
            moves: broadcast::channel(BACKLOG).0,
        }
    }
}

impl Events {
    /// Tells that units have moved.
    pub fn moved(&self, units: &[(UnitCode, Pos)]) {
        for unit in units {
            // Nobody listening is the usual case.
            let _ = self.moves.send(unit.clone());
        }
    }

    /// Listens from now on.
    pub fn listen(&self) -> broadcast::Receiver<(UnitCode, Pos)> {
        self.moves.subscribe()
    }

    /// Whether anybody listens.
    pub fn has_listeners(&self) -> bool {
        self.moves.receiver_count() > 0
    }
}
