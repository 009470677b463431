//! The draw of two observers for an arrangement of social service.
//!
//! Who asks for a draw pushes a request, an operation like any other. [`make`] holds it to the rules, takes the roster as
//! of the request's arrival ([`pool`]), and keeps what the draw was made from; everything else follows from that
//! (`sync_protocol::draw`). Then who asked pushes the result, which must be exactly what was kept ([`result`]).

mod checkpoint;
mod error;
mod exclusions;
mod pool;
mod request;
pub(crate) mod result;

use ed25519_dalek::Signer;
use sync_protocol::catalog::STATE_FIELD;
use sync_protocol::draw::{Asked, Drawn, OBSERVERS, Proof, Request, Roster};
use sync_protocol::feed;
use sync_protocol::id::{RecordId, UnitCode};
use sync_protocol::record::Record;
use sync_protocol::value::Value;

pub use error::DrawError;

use self::request::Filed;
use crate::accounts::scope::Grid;
use crate::blobs::right;
use crate::keys::{self, NamedKey};
use crate::query;
use crate::store::rows::{AccessRow, DrawRow};
use crate::store::{Db, StoreError, StoreResult};
use crate::sync::desk::Looker;
use crate::sync::opened::{self, Opened};

/// The kind of record that asks for a draw.
pub(crate) const KIND: &str = "observer_draw";

/// What a draw is made with.
#[derive(Clone, Copy)]
pub struct Maker<'m> {
    /// Who asks.
    pub looker: Looker<'m>,
    /// The grid.
    pub grid: &'m Grid,
    /// The server's key.
    pub key: &'m NamedKey,
    /// Now, ms.
    pub now_ms: i64,
}

/// A draw that may be shown.
pub struct Shown {
    /// The draw.
    pub proof: Proof,
    /// What showing it discloses of somebody else's sensitive fields.
    pub reading: Option<AccessRow>,
}

/// Draws for the request in record `id`; a second time it answers what was drawn. `db` writes.
///
/// # Errors
/// Why there is no draw. Nothing is kept then.
pub fn make(db: &mut Db<'_>, maker: Maker<'_>, id: RecordId) -> Result<Shown, DrawError> {
    let opened = opened::open(db, maker.looker, id)?;
    if opened.row.kind != KIND {
        return Err(DrawError::NotRequest);
    }
    // One draw at a time in a unit, so nobody draws twice for one arrangement.
    query!(db, locks::units(&[opened.row.unit.as_str()]))?;
    if let Some(row) = query!(db, draws::by_record(id))? {
        return shown(db, maker.looker, &opened, row, maker.now_ms);
    }
    let filed = request::read(db, maker.looker, &opened)?;
    filed.may_draw(maker.looker, &opened)?;
    if states(&filed.state).any(|state| state != "requested") {
        return Err(DrawError::NotOpen);
    }
    checkpoint::check(db, &filed.checkpoint, filed.arrival_ms)?;
    let number = next_number(db, &filed)?;
    let (pool, roster, leaves_out_many) = pool::gather(db, maker.grid, &filed)?;
    if roster.pool().count() < OBSERVERS {
        return Err(DrawError::PoolSmall);
    }
    if leaves_out_many && !filed.is_of_a_prosecutor(db, maker.grid)? {
        return Err(DrawError::ExclusionsMany);
    }
    let request = Request {
        order: filed.order,
        hash: filed.hash,
        checkpoint: &filed.checkpoint,
    };
    let row = DrawRow {
        record: id,
        service_order: filed.order,
        number,
        device: filed.device,
        seq: filed.seq,
        checkpoint: filed.checkpoint.clone(),
        beacon: maker.key.key.sign(&request.beacon_message()).to_bytes(),
        public_key: maker.key.key.verifying_key().to_bytes(),
        pool: pool.as_str().to_owned(),
        roster: roster.text(),
        drawn_ms: maker.now_ms,
    };
    query!(db, draws::insert(row.clone()))?;
    shown(db, maker.looker, &opened, row, maker.now_ms)
}

/// The draw of record `id` for a reader who reads whom the request excludes.
///
/// # Errors
/// [`DrawError::Sync`] with `NotFound` when there is none, or not for him.
pub fn find(db: &mut Db<'_>, looker: Looker<'_>, id: RecordId, now_ms: i64) -> Result<Shown, DrawError> {
    let opened = opened::open(db, looker, id)?;
    let row = query!(db, draws::by_record(id))?.ok_or(DrawError::NotFound)?;
    shown(db, looker, &opened, row, now_ms)
}

/// A draw with everything that it was made from, whoever looks.
pub fn proof(db: &mut Db<'_>, row: &DrawRow) -> StoreResult<Proof> {
    let op = query!(db, feeds::op(row.device, row.seq))?.ok_or(StoreError::Corrupt)?;
    let text = String::from_utf8(op.body).map_err(|_| StoreError::Corrupt)?;
    Ok(Proof {
        record: row.record,
        order: row.service_order,
        number: row.number as u64,
        pool: row.pool.parse::<UnitCode>().map_err(|_| StoreError::Corrupt)?,
        drawn: drawn(row, text.as_bytes())?,
        request: Asked {
            device: row.device,
            seq: row.seq as u64,
            text,
            arrival: op.arrival_ms,
        },
        checkpoint: row.checkpoint.clone(),
        beacon: row.beacon,
        public_key: keys::public(&row.public_key),
        roster: row.roster.clone(),
        drawn_ms: row.drawn_ms,
    })
}

/// The draw of record `id` and the server's key, for whoever has the database itself.
pub fn stored(db: &mut Db<'_>, id: RecordId) -> StoreResult<Option<(Proof, String)>> {
    let Some(row) = query!(db, draws::by_record(id))? else {
        return Ok(None);
    };
    let key = keys::receipt_key(db)?.ok_or(StoreError::Corrupt)?;
    Ok(Some((proof(db, &row)?, key)))
}

/// What follows from a kept draw, `request` being the text that asked.
fn drawn(row: &DrawRow, request: &[u8]) -> StoreResult<Drawn> {
    let roster = Roster::parse(&row.roster).ok_or(StoreError::Corrupt)?;
    let request = Request {
        order: row.service_order,
        hash: feed::body_hash(request),
        checkpoint: &row.checkpoint,
    };
    Ok(Drawn::work_out(&request, &row.beacon, &roster))
}

fn shown(
    db: &mut Db<'_>,
    looker: Looker<'_>,
    opened: &Opened<'_>,
    row: DrawRow,
    now_ms: i64,
) -> Result<Shown, DrawError> {
    // The roster tells who was excluded and why.
    let excluded: Vec<&str> = request::EXCLUDED.to_vec();
    let reads = |name: &&str| opened.kind.field(name).is_some_and(|field| opened.reads(field));
    if !excluded.iter().all(reads) {
        return Err(DrawError::NotFound);
    }
    let fields = excluded.into_iter().collect();
    Ok(Shown {
        reading: right::disclosed(opened, looker.member, &fields, now_ms),
        proof: proof(db, &row)?,
    })
}

/// The number of the next draw for an arrangement. Another one is only made when those before were set aside and the
/// request says why it is drawn anew.
fn next_number(db: &mut Db<'_>, filed: &Filed) -> Result<i64, DrawError> {
    let earlier = query!(db, draws::of_order(filed.order))?;
    for draw in &earlier {
        let row = query!(db, records::by_ids(&[draw.record.0.as_slice()]))?.pop();
        let state = Record::unpack(&row.ok_or(StoreError::Corrupt)?.state).map_err(|_| StoreError::Corrupt)?;
        if states(&state).any(|state| state != "set_aside") {
            return Err(DrawError::Exists);
        }
    }
    if !earlier.is_empty() && !filed.says_why_anew {
        return Err(DrawError::ReasonMissing);
    }
    Ok(earlier.last().map_or(0, |draw| draw.number) + 1)
}

fn states(record: &Record) -> impl Iterator<Item = &str> {
    record
        .values(STATE_FIELD)
        .iter()
        .filter_map(|entry| match &entry.value {
            Value::Text(text) => Some(text.as_str()),
            _ => None,
        })
}
