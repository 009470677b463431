//! A form with all that somebody needs to check it without this server: the texts of its operations, the postings that it
//! lists, and of both the proofs that they are sealed. It discloses the salts of just these leaves.

use serde::{Deserialize, Serialize};
use sync_protocol::feed::Hash;
use sync_protocol::form::{self, KIND, Sessions};
use sync_protocol::id::{DeviceId, MemberId, RecordId, Seq};
use sync_protocol::log::{self, VerifierKey};
use sync_protocol::record::Record;
use sync_protocol::wire::hex32;
use utoipa::ToSchema;

use super::text;
use crate::blobs::right;
use crate::log::leaves::Salted;
use crate::log::source::{self, verdict_key};
use crate::log::{prove, sign::LogKeys};
use crate::query;
use crate::store::rows::{AccessRow, LogRow, OpRow, PostingSealRow};
use crate::store::{Db, StoreError, StoreResult};
use crate::sync::desk::Looker;
use crate::sync::{ACCEPTED, SyncError, opened};

/// The form of an export that this program writes and checks.
pub const FORMAT: u32 = 1;

/// An exported form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Exported {
    /// 1.
    pub format: u32,
    /// The form's record.
    #[schema(value_type = String, format = Uuid)]
    pub form: RecordId,
    /// The form's hash, as it is printed, hexadecimal.
    #[serde(with = "hex32")]
    #[schema(value_type = String)]
    pub hash: Hash,
    /// The logs in which something of it is sealed: nearly always one.
    pub logs: Vec<LogHead>,
    /// The accepted operations on the form's record, in the order of the unit's log.
    pub ops: Vec<SealedOp>,
    /// The postings that the form lists, in its order.
    pub postings: Vec<SealedPosting>,
}

/// A log's key and newest checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LogHead {
    /// The key (C2SP signed-note), whose name is the log's origin.
    pub vkey: String,
    /// The signed checkpoint.
    pub checkpoint: String,
}

/// That a leaf is sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Sealed {
    /// In which log.
    pub origin: String,
    /// The leaf's number, from 0.
    pub index: u64,
    /// The salt of its digest, hexadecimal.
    #[serde(with = "hex32")]
    #[schema(value_type = String)]
    pub salt: Hash,
    /// The hashes on the way to the root, hexadecimal.
    pub proof: Vec<String>,
}

/// An operation on the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SealedOp {
    /// Its device.
    #[schema(value_type = String, format = Uuid)]
    pub device: DeviceId,
    /// Its number.
    pub seq: Seq,
    /// Its author.
    #[schema(value_type = String, format = Uuid)]
    pub member: MemberId,
    /// Its text, as the phone wrote it.
    pub text: String,
    /// First arrival, ms since 1970.
    pub arrival: i64,
    /// When it was written, by the best estimate, ms since 1970.
    pub written: Option<i64>,
    /// Its place in the unit's log.
    pub pos: i64,
    /// What it did that its text does not say, as JSON.
    pub effect: Option<String>,
    /// Where it is sealed.
    pub sealed: Sealed,
    /// For one that had waited: why, and its later verdict.
    pub waited: Option<Waited>,
}

/// How an operation that had waited was accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Waited {
    /// Why it waited.
    pub code: String,
    /// Which change of its verdict this is.
    pub number: i64,
    /// When, ms since 1970.
    pub at: i64,
    /// Where that is sealed.
    pub sealed: Sealed,
}

/// A posting that the form lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SealedPosting {
    /// Its number in the ledger.
    pub number: i64,
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: RecordId,
    /// Whose account.
    #[schema(value_type = String, format = Uuid)]
    pub subject: RecordId,
    /// The session.
    #[schema(value_type = String, format = Uuid)]
    pub session: RecordId,
    /// Which entry of the session it is.
    pub round: i64,
    /// Minutes.
    pub minutes: i64,
    /// Unit.
    pub unit: String,
    /// The session's kind.
    pub kind: String,
    /// Day.
    pub day: String,
    /// What was approved, hexadecimal.
    #[serde(with = "hex32")]
    #[schema(value_type = String)]
    pub digest: Hash,
    /// The approval's device.
    #[schema(value_type = String, format = Uuid)]
    pub approved_device: DeviceId,
    /// The approval's number.
    pub approved_seq: i64,
    /// When it was posted, ms since 1970.
    pub posted: i64,
    /// Where it is sealed.
    pub sealed: Sealed,
}

/// Why a form is not exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// Something of it waits to be sealed.
    #[error("the form is not sealed yet: ask again in a moment")]
    NotSealed,
    /// It was never issued, or people have not decided between differing values.
    #[error("the form was not issued, or has differing values")]
    NotIssued,
    /// No form, or not for the reader.
    #[error(transparent)]
    Sync(#[from] SyncError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Exports a form for a reader of all of it, with the entry of the access log.
///
/// # Errors
/// `NotFound` when it is no form, or the reader does not read every field of it.
pub fn export(
    db: &mut Db<'_>,
    looker: Looker<'_>,
    keys: &LogKeys,
    id: RecordId,
    now_ms: i64,
) -> Result<(Exported, AccessRow), ExportError> {
    let opened = opened::open(db, looker, id)?;
    if opened.row.kind != KIND || !opened.kind.fields.values().all(|field| opened.reads(field)) {
        return Err(SyncError::NotFound.into());
    }
    let record = Record::unpack(&opened.row.state).map_err(|_| StoreError::Corrupt)?;
    let hash = form::hash(opened.kind, id, &record);
    let list = text(&record, "sessions").and_then(Sessions::parse);
    let (Some(hash), Some(list)) = (hash, list) else {
        return Err(ExportError::NotIssued);
    };
    let mut sealer = Sealer {
        salted: Salted(&keys.salt),
        keys,
        heads: Vec::new(),
    };
    let mut ops = Vec::new();
    for row in query!(db, feeds::of_record(id))? {
        if row.state == ACCEPTED {
            ops.push(sealer.op(db, row)?);
        }
    }
    let mut postings = Vec::with_capacity(list.lines.len());
    for line in &list.lines {
        let number = i64::try_from(line.number).map_err(|_| StoreError::Corrupt)?;
        let row = query!(db, sealing::postings(number, number, 1))?.pop();
        postings.push(sealer.posting(db, row.ok_or(ExportError::NotIssued)?)?);
    }
    let exported = Exported {
        format: FORMAT,
        form: id,
        hash,
        logs: sealer.heads.into_iter().map(|head| head.2).collect(),
        ops,
        postings,
    };
    Ok((exported, right::entry(&opened, looker.member, &["export"], now_ms)))
}

/// Finds leaves and proves them, each log's against one checkpoint.
struct Sealer<'k> {
    salted: Salted<'k>,
    keys: &'k LogKeys,
    heads: Vec<(i64, u64, LogHead)>,
}

impl Sealer<'_> {
    fn op(&mut self, db: &mut Db<'_>, row: OpRow) -> Result<SealedOp, ExportError> {
        let seq = row.seq as u64;
        let key = verdict_key(row.device, seq);
        let sealed = self.leaf(db, source::OPERATIONS, &row.device.0, row.seq, log::OPERATION, &key)?;
        let waited = match query!(db, sealing::changes_of(row.device, row.seq))?.pop() {
            None => None,
            Some(change) => {
                let id = [key.as_slice(), &change.number.to_be_bytes()].concat();
                Some(Waited {
                    code: change.was_code.unwrap_or_default(),
                    number: change.number,
                    at: change.at_ms,
                    sealed: self.leaf(db, source::VERDICTS, &key, change.number, log::VERDICT, &id)?,
                })
            }
        };
        Ok(SealedOp {
            device: row.device,
            seq,
            member: row.member,
            text: String::from_utf8(row.body).map_err(|_| StoreError::Corrupt)?,
            arrival: row.arrival_ms,
            written: row.written_ms,
            pos: row.pos.ok_or(StoreError::Corrupt)?,
            effect: row.effect,
            sealed,
            waited,
        })
    }

    fn posting(&mut self, db: &mut Db<'_>, row: PostingSealRow) -> Result<SealedPosting, ExportError> {
        let id = |bytes: &[u8]| bytes.try_into().map(RecordId).map_err(|_| StoreError::Corrupt);
        Ok(SealedPosting {
            number: row.number,
            id: id(&row.id)?,
            subject: id(row.subject.as_deref().ok_or(StoreError::Corrupt)?)?,
            session: id(&row.session)?,
            round: row.round,
            minutes: row.minutes,
            unit: row.unit,
            kind: row.kind,
            day: row.day,
            digest: row.digest.try_into().map_err(|_| StoreError::Corrupt)?,
            approved_device: DeviceId(id(&row.approved_device)?.0),
            approved_seq: row.approved_seq,
            posted: row.posted_ms,
            sealed: self.leaf(
                db,
                source::POSTINGS,
                &[],
                row.number,
                log::POSTING,
                &row.number.to_be_bytes(),
            )?,
        })
    }

    fn leaf(
        &mut self,
        db: &mut Db<'_>,
        source: i32,
        key: &[u8],
        number: i64,
        kind: u8,
        id: &[u8],
    ) -> Result<Sealed, ExportError> {
        let run = query!(db, sealing::run_at(source, key, number))?.filter(|run| number <= run.last);
        let run = run.ok_or(ExportError::NotSealed)?;
        let index = (run.leaf + number - run.first) as u64;
        let (origin, size) = self.head(db, run.log)?;
        if index >= size {
            return Err(ExportError::NotSealed);
        }
        let proof = prove::inclusion(db, run.log, index, size)?;
        Ok(Sealed {
            origin,
            index,
            salt: self.salted.salt(kind, id)?,
            proof: proof.iter().map(hex::encode).collect(),
        })
    }

    /// The origin of a log, and the size of the checkpoint against which its leaves are proven.
    fn head(&mut self, db: &mut Db<'_>, number: i64) -> StoreResult<(String, u64)> {
        let row: LogRow = query!(db, logs::numbered(number))?.ok_or(StoreError::Corrupt)?;
        if let Some((_, size, _)) = self.heads.iter().find(|head| head.0 == number) {
            return Ok((row.origin, *size));
        }
        let (size, checkpoint) = query!(db, logs::last_checkpoint(number))?.ok_or(StoreError::Corrupt)?;
        let vkey = VerifierKey::new(&row.origin, self.keys.key.verifying_key()).text();
        self.heads.push((number, size as u64, LogHead { vkey, checkpoint }));
        Ok((row.origin, size as u64))
    }
}
