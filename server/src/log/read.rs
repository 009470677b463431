//! What is served of a log.

use sync_protocol::id::{DeviceId, MemberId, RecordId, Seq};
use sync_protocol::log::{Consistency, Inclusion, Origin, Origins};
use sync_protocol::role::Role;
use tlog_tiles::HASH_SIZE;

use super::edge::{WIDTH, first_entries, split};
use super::sign::LogKeys;
use super::{prove, source};
use crate::accounts::{AccountError, standing};
use crate::app::App;
use crate::query;
use crate::store::rows::{LogRow, OpRow};
use crate::store::{Db, StoreError};
use crate::sync::desk::Looker;
use crate::sync::{SyncError, opened};

/// Why nothing of a log is shown.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// No such log, tile, leaf or size; or not his to read.
    #[error("not found")]
    NotFound,
    /// It is there and waits to be sealed.
    #[error("it is not sealed yet: ask again in a moment")]
    NotSealed,
    /// Not for this role.
    #[error("forbidden")]
    Forbidden,
    /// What the caller may see could not be found out.
    #[error(transparent)]
    Sync(#[from] SyncError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

type Answer<T> = Result<T, LogError>;

/// Which leaf a proof is about.
#[derive(Debug, Clone, Copy)]
pub enum Wanted {
    /// An operation's.
    Operation(DeviceId, Seq),
    /// A posting's.
    Posting(u64),
    /// The one with this number in a log.
    Leaf(u64),
}

fn numbered(db: &mut Db<'_>, log: Option<u64>) -> Answer<LogRow> {
    let found = match log {
        None => query!(db, logs::newest())?,
        Some(number) => match i64::try_from(number) {
            Ok(number) => query!(db, logs::numbered(number))?,
            Err(_) => None,
        },
    };
    found.ok_or(LogError::NotFound)
}

/// The last signed checkpoint.
pub fn checkpoint(app: &App, log: Option<u64>) -> Answer<String> {
    app.store.read(|db| {
        let log = numbered(db, log)?;
        let last = query!(db, logs::last_checkpoint(log.number))?;
        last.map(|(_, note)| note).ok_or(LogError::NotFound)
    })
}

/// A tile's hashes: as many as `width` says, all 256 if it does not.
pub fn tile(app: &App, log: Option<u64>, level: u8, position: u64, width: Option<u64>) -> Answer<Vec<u8>> {
    let width = width.unwrap_or(WIDTH) as usize * HASH_SIZE;
    let position = i64::try_from(position).map_err(|_| LogError::NotFound)?;
    app.store.read(|db| {
        let log = numbered(db, log)?;
        let mut stored = query!(db, logs::tile(log.number, level.into(), position))?.ok_or(LogError::NotFound)?;
        if stored.len() < width {
            return Err(LogError::NotFound);
        }
        stored.truncate(width);
        Ok(stored)
    })
}

/// A bundle of leaves, for auditors alone.
pub fn entries(app: &App, caller: MemberId, log: Option<u64>, position: u64, width: Option<u64>) -> Answer<Vec<u8>> {
    let now_ms = app.now_ms();
    let position = i64::try_from(position).map_err(|_| LogError::NotFound)?;
    app.store.read(|db| {
        if !is_auditor(db, caller, now_ms)? {
            return Err(LogError::Forbidden);
        }
        let log = numbered(db, log)?;
        let stored = query!(db, logs::entries(log.number, position))?.ok_or(LogError::NotFound)?;
        let part = first_entries(&stored, width.unwrap_or(WIDTH) as usize).ok_or(LogError::NotFound)?;
        Ok(part.to_vec())
    })
}

fn is_auditor(db: &mut Db<'_>, caller: MemberId, now_ms: i64) -> Answer<bool> {
    match standing::require(db, caller, &[Role::Auditor], now_ms) {
        Ok(()) => Ok(true),
        Err(AccountError::Store(error)) => Err(error.into()),
        Err(_) => Ok(false),
    }
}

/// Every log with its first leaf and its last checkpoint.
pub fn origins(app: &App) -> Answer<Origins> {
    app.store.read(|db| {
        let mut origins = Vec::new();
        for log in query!(db, logs::all())? {
            origins.push(origin(db, &app.keys.log, &log)?);
        }
        Ok(Origins { origins })
    })
}

fn origin(db: &mut Db<'_>, keys: &LogKeys, log: &LogRow) -> Answer<Origin> {
    let (size, checkpoint) = query!(db, logs::last_checkpoint(log.number))?.ok_or(StoreError::Corrupt)?;
    Ok(Origin {
        log: log.number as u64,
        vkey: keys.verifier(&log.origin).text(),
        opening: hex::encode(leaf(db, log, 0)?),
        proof: prove::inclusion(db, log.number, 0, size as u64)?,
        checkpoint,
    })
}

fn leaf(db: &mut Db<'_>, log: &LogRow, index: u64) -> Result<Vec<u8>, StoreError> {
    let bundle = query!(db, logs::entries(log.number, (index / WIDTH) as i64))?.ok_or(StoreError::Corrupt)?;
    let leaves = split(&bundle).ok_or(StoreError::Corrupt)?;
    let found = leaves.get((index % WIDTH) as usize).ok_or(StoreError::Corrupt)?;
    Ok(found.to_vec())
}

/// The proof that a log only grew from `from` to `to` leaves; without `to` up to its last checkpoint.
pub fn consistency(app: &App, log: Option<u64>, from: u64, to: Option<u64>) -> Answer<Consistency> {
    app.store.read(|db| {
        let log = numbered(db, log)?;
        let to = to.unwrap_or(log.size as u64);
        if from > to || to > log.size as u64 {
            return Err(LogError::NotFound);
        }
        Ok(Consistency {
            origin: log.origin,
            from,
            to,
            proof: prove::consistency(db, log.number, from, to)?,
        })
    })
}

/// The proof that a leaf is in its log. An operation is proven to its author, to auditors and to whom the record's history
/// shows it; they get its leaf's bytes too. A posting's leaf tells nothing but its number. Other leaves are shown to
/// auditors.
pub fn inclusion(
    db: &mut Db<'_>,
    looker: Looker<'_>,
    now_ms: i64,
    log: Option<u64>,
    wanted: Wanted,
) -> Answer<Inclusion> {
    let (log, index, shown) = match wanted {
        Wanted::Leaf(index) => (numbered(db, log)?, index, is_auditor(db, looker.member, now_ms)?),
        Wanted::Posting(number) => {
            let number = i64::try_from(number).map_err(|_| LogError::NotFound)?;
            let found = place(db, source::POSTINGS, &[], number)?;
            let there = !query!(db, sealing::postings(number, number, 1))?.is_empty();
            let (log, index) = found.ok_or(if there { LogError::NotSealed } else { LogError::NotFound })?;
            (log, index, true)
        }
        Wanted::Operation(device, seq) => {
            let seq = i64::try_from(seq).map_err(|_| LogError::NotFound)?;
            let op = query!(db, feeds::op(device, seq))?.ok_or(LogError::NotFound)?;
            if !sees(db, looker, now_ms, &op)? {
                return Err(LogError::NotFound);
            }
            let found = place(db, source::OPERATIONS, &device.0, seq)?;
            let (log, index) = found.ok_or(LogError::NotSealed)?;
            (log, index, true)
        }
    };
    let (size, checkpoint) = query!(db, logs::last_checkpoint(log.number))?.ok_or(StoreError::Corrupt)?;
    let size = size as u64;
    if index >= size {
        return Err(LogError::NotFound);
    }
    let leaf = if shown { Some(leaf(db, &log, index)?) } else { None };
    Ok(Inclusion {
        index,
        size,
        leaf_hash: prove::leaf_hash(db, log.number, index)?,
        leaf: leaf.map(hex::encode),
        proof: prove::inclusion(db, log.number, index, size)?,
        checkpoint,
        origin: log.origin,
    })
}

fn sees(db: &mut Db<'_>, looker: Looker<'_>, now_ms: i64, op: &OpRow) -> Answer<bool> {
    if op.member == looker.member || is_auditor(db, looker.member, now_ms)? {
        return Ok(true);
    }
    let Some(record) = op.record else { return Ok(false) };
    match opened::open(db, looker, RecordId(record.0)) {
        Ok(opened) => Ok(opened.shows(op)),
        Err(SyncError::NotFound) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// The log and the leaf of a number of a key.
fn place(db: &mut Db<'_>, source: i32, key: &[u8], number: i64) -> Answer<Option<(LogRow, u64)>> {
    let run = query!(db, sealing::run_at(source, key, number))?;
    let Some(run) = run.filter(|run| number <= run.last) else {
        return Ok(None);
    };
    let log = query!(db, logs::numbered(run.log))?.ok_or(StoreError::Corrupt)?;
    Ok(Some((log, (run.leaf + number - run.first) as u64)))
}
