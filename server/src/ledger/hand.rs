//! In whose hand each operation on a record is: its author's, or, where the desk issued again just what somebody else had
//! written, that person's.

use std::collections::HashMap;

use sync_protocol::clock::OpDot;
use sync_protocol::id::MemberId;
use sync_protocol::op::{self, Op, Parsed};

use super::facts::Dot;
use crate::query;
use crate::store::rows::OpRow;
use crate::store::{Db, StoreError, StoreResult};
use crate::sync::{ACCEPTED, QUARANTINED};

/// Who wrote an operation, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hand {
    /// Whose words it is.
    pub member: MemberId,
    /// When it was written, ms, as far as that is known.
    pub written_ms: Option<i64>,
    /// When it arrived, ms.
    pub arrival_ms: i64,
}

/// The accepted operations of one record.
#[derive(Debug, Default)]
pub struct Hands {
    hands: HashMap<Dot, Hand>,
}

impl Hands {
    /// Reads whose hand each of the accepted operations among `rows` is.
    pub fn of(db: &mut Db<'_>, rows: &[OpRow]) -> StoreResult<Hands> {
        let mut hands = HashMap::new();
        for row in rows.iter().filter(|row| row.state == ACCEPTED) {
            let op = read(row)?;
            let first = original(db, &op)?;
            let whose = first.as_ref().unwrap_or(row);
            let hand = Hand {
                member: whose.member,
                written_ms: whose.written_ms,
                arrival_ms: whose.arrival_ms,
            };
            hands.insert((row.device, op.seq), hand);
        }
        Ok(Hands { hands })
    }

    /// Who wrote an operation; none where it is not among those of the record.
    pub fn get(&self, dot: Dot) -> Option<&Hand> {
        self.hands.get(&dot)
    }

    /// When the first of them arrived, ms.
    pub fn first_ms(&self) -> Option<i64> {
        self.hands.values().map(|hand| hand.arrival_ms).min()
    }

    /// Whose words a value is.
    pub fn wrote(&self, dot: &OpDot) -> Option<MemberId> {
        self.get((dot.actor, dot.counter)).map(|hand| hand.member)
    }
}

/// What `op` issues again, if that says just the same.
fn original(db: &mut Db<'_>, op: &Op) -> StoreResult<Option<OpRow>> {
    let Some(named) = &op.reissues else {
        return Ok(None);
    };
    let stored = query!(db, feeds::op(named.device, named.seq as i64))?;
    let Some(row) = stored.filter(|row| row.hash == named.hash && row.state == QUARANTINED) else {
        return Ok(None);
    };
    Ok(read(&row).is_ok_and(|first| says_the_same(&first, op)).then_some(row))
}

fn says_the_same(one: &Op, other: &Op) -> bool {
    (&one.record, &one.kind, &one.set, &one.add, &one.remove, &one.act)
        == (
            &other.record,
            &other.kind,
            &other.set,
            &other.add,
            &other.remove,
            &other.act,
        )
}

/// The operation of a row.
pub fn read(row: &OpRow) -> StoreResult<Op> {
    let text = std::str::from_utf8(&row.body).map_err(|_| StoreError::Corrupt)?;
    match op::read(text).0 {
        Parsed::Op(op) => Ok(*op),
        Parsed::Withheld(_) | Parsed::Unreadable(_) => Err(StoreError::Corrupt),
    }
}
