//! What a printed form shows, as one reader may see it.

use std::collections::{BTreeMap, BTreeSet};

use sync_protocol::catalog::{Kind, STATE_FIELD};
use sync_protocol::feed::Hash;
use sync_protocol::form::{self, KIND, Sessions};
use sync_protocol::id::{MemberId, RecordId};
use sync_protocol::log::Checkpoint;
use sync_protocol::op::{self, Parsed};
use sync_protocol::record::Record;
use sync_protocol::value::Value;

use super::replay::Replay;
use super::{link, mask, number, settled, text};
use crate::blobs::right;
use crate::query;
use crate::store::rows::AccessRow;
use crate::store::{Db, StoreError, StoreResult};
use crate::sync::desk::Looker;
use crate::sync::effect::{self, Effect};
use crate::sync::opened::{self, Opened};
use crate::sync::{ACCEPTED, SyncError};

/// A form that may be printed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Page {
    /// The record.
    pub id: String,
    /// Its state, in words.
    pub state: String,
    /// It was issued and not taken back.
    pub is_issued: bool,
    /// It was taken back.
    pub is_taken_back: bool,
    /// It does not say what was reviewed and issued.
    pub is_rewritten: bool,
    /// A session that it froze has changed since.
    pub has_changed: bool,
    /// Its number; `None`: nothing was entered, or people have not decided. So with every text below.
    pub form_no: Option<String>,
    /// The unit.
    pub unit: String,
    /// Who served, by surname; `None` also where the reader does not read the person's record.
    pub subject: Option<String>,
    /// First and last day.
    pub period: Option<(String, String)>,
    /// Minutes in all.
    pub total: Option<u64>,
    /// The sessions; `None`: the list cannot be read.
    pub sessions: Option<Vec<Session>>,
    /// The observers, by surname.
    pub observers: Vec<String>,
    /// What they saw.
    pub observers_opinion: Option<String>,
    /// The grade, in words.
    pub grade: Option<String>,
    /// What the supervisor says.
    pub opinion: Option<String>,
    /// The supervisor.
    pub supervisor: Option<String>,
    /// The picture of his signature.
    pub signature: Option<Hash>,
    /// The day of issue.
    pub issued_on: Option<String>,
    /// The form that this one replaces.
    pub replaces: Option<String>,
    /// SHA-256 of the list of sessions.
    pub list_hash: Option<String>,
    /// The form's own hash.
    pub form_hash: Option<Hash>,
    /// The newest checkpoint of the log.
    pub checkpoint: Option<Checkpoint>,
}

/// One session on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The day.
    pub day: String,
    /// The kind of service, in words; empty where the reader may not read the session.
    pub service: String,
    /// Minutes.
    pub minutes: u64,
    /// The number of the posting.
    pub posting: u64,
    /// The first digits of what was approved.
    pub digest: String,
}

/// Reads a form for printing, with the entry of the access log that is written before it is sent.
///
/// # Errors
/// `NotFound` when it is no form, or not for the reader.
pub fn page(db: &mut Db<'_>, looker: Looker<'_>, id: RecordId, now_ms: i64) -> Result<(Page, AccessRow), SyncError> {
    let opened = opened::open(db, looker, id)?;
    if opened.row.kind != KIND {
        return Err(SyncError::NotFound);
    }
    let record = visible(&opened)?;
    let state = text(&record, STATE_FIELD).unwrap_or_default();
    let words = |field: &str| text(&record, field).map(str::to_owned);
    let list = text(&record, "sessions").and_then(Sessions::parse);
    let order = match link(&record, "order") {
        Some(order) => query!(db, records::by_ids(&[order.0.as_slice()]))?.pop(),
        None => None,
    };
    let arrangement = order.map(|row| unpack(&row.state)).transpose()?.unwrap_or_default();
    let mut page = Page {
        id: id.to_string(),
        state: label(opened.kind, state),
        is_issued: !matches!(state, "draft" | "reviewed" | "taken_back" | ""),
        is_taken_back: state == "taken_back",
        is_rewritten: is_rewritten(db, looker, &opened)?,
        has_changed: query!(db, findings::is_open(id, "changed_after_freeze"))?,
        form_no: words("form_no"),
        unit: unit(db, &opened)?,
        subject: subject(db, looker, list.as_ref().map(|list| list.subject))?,
        period: words("period_from").zip(words("period_until")),
        total: number(&record, "total_minutes").and_then(|minutes| u64::try_from(minutes).ok()),
        sessions: None,
        observers: observers(db, &arrangement)?,
        observers_opinion: words("observers_opinion"),
        grade: choice(opened.kind, "grade", text(&record, "grade")),
        opinion: words("opinion"),
        supervisor: names(db, &[opened.row.creator])?.pop(),
        signature: match settled(&record, "signature") {
            Some(Value::Hash(hash)) => Some(*hash),
            _ => None,
        },
        issued_on: words("issued_on"),
        replaces: link(&record, "replaces").map(|id| id.to_string()),
        list_hash: words("list_hash"),
        form_hash: form::hash(opened.kind, id, &record),
        checkpoint: newest(db)?,
    };
    if let Some(list) = list {
        page.sessions = Some(sessions(db, looker, &list)?);
    }
    let fields: BTreeSet<&str> = record
        .registers()
        .map(|(name, _)| name)
        .filter(|name| *name != STATE_FIELD)
        .collect();
    let printed: Vec<&str> = ["page"].into_iter().chain(fields).collect();
    Ok((page, right::entry(&opened, looker.member, &printed, now_ms)))
}

/// Whether the form's operations tell another story than that it was reviewed and issued as it is.
fn is_rewritten(db: &mut Db<'_>, looker: Looker<'_>, opened: &Opened<'_>) -> StoreResult<bool> {
    let mut replay = Replay::new(opened.kind, opened.row.id);
    for row in query!(db, feeds::of_record(opened.row.id))? {
        if row.state != ACCEPTED {
            continue;
        }
        let body = std::str::from_utf8(&row.body).map_err(|_| StoreError::Corrupt)?;
        let Parsed::Op(op) = op::read(body).0 else {
            return Ok(true);
        };
        let effect = Effect::from_text(row.effect.as_deref())?;
        let pos = row.pos.ok_or(StoreError::Corrupt)?;
        match effect::change(looker.catalog, &op, row.device, pos, &effect) {
            Ok(change) => replay.take(&op, change),
            Err(_) => return Ok(true),
        }
    }
    Ok(!replay.faults().is_empty())
}

/// The record without the fields that the reader does not read.
fn visible(opened: &Opened<'_>) -> StoreResult<Record> {
    let whole = unpack(&opened.row.state)?;
    let reads = |name: &str| name == STATE_FIELD || opened.kind.field(name).is_some_and(|field| opened.reads(field));
    Ok(whole.only(reads))
}

fn unpack(state: &[u8]) -> StoreResult<Record> {
    Record::unpack(state).map_err(|_| StoreError::Corrupt)
}

fn label(kind: &Kind, state: &str) -> String {
    kind.workflow
        .states
        .get(state)
        .map(|state| state.label.zh_hans.clone())
        .unwrap_or_default()
}

fn choice(kind: &Kind, field: &str, code: Option<&str>) -> Option<String> {
    let choices = &kind.field(field)?.values;
    choices
        .iter()
        .find(|choice| Some(choice.code.as_str()) == code)
        .map(|choice| choice.label.zh_hans.clone())
}

fn unit(db: &mut Db<'_>, opened: &Opened<'_>) -> StoreResult<String> {
    let rows = query!(db, units::by_codes(&[opened.row.unit.as_str()]))?;
    Ok(rows.into_iter().next().map(|row| row.name).unwrap_or_default())
}

/// The surname of who served, for whoever reads his record.
fn subject(db: &mut Db<'_>, looker: Looker<'_>, subject: Option<RecordId>) -> Result<Option<String>, SyncError> {
    let Some(subject) = subject else {
        return Ok(None);
    };
    let opened = match opened::open(db, looker, subject) {
        Err(SyncError::NotFound) => return Ok(None),
        opened => opened?,
    };
    Ok(text(&visible(&opened)?, "alias").map(mask::name))
}

fn observers(db: &mut Db<'_>, arrangement: &Record) -> StoreResult<Vec<String>> {
    let ids = arrangement.elements("observers").filter_map(|(value, _)| match value {
        Value::Id(id) => Some(MemberId(*id)),
        _ => None,
    });
    let ids: Vec<MemberId> = ids.collect();
    Ok(names(db, &ids)?.iter().map(|name| mask::name(name)).collect())
}

fn names(db: &mut Db<'_>, ids: &[MemberId]) -> StoreResult<Vec<String>> {
    let ids: Vec<&[u8]> = ids.iter().map(|id| id.0.as_slice()).collect();
    Ok(query!(db, members::names(&ids))?
        .into_iter()
        .map(|(_, _, name)| name)
        .collect())
}

fn sessions(db: &mut Db<'_>, looker: Looker<'_>, list: &Sessions) -> Result<Vec<Session>, SyncError> {
    let ids: Vec<&[u8]> = list.lines.iter().map(|line| line.session.0.as_slice()).collect();
    let mut services: BTreeMap<RecordId, String> = BTreeMap::new();
    for row in query!(db, records::by_ids(&ids))? {
        let opened = match opened::open_row(db, looker, row) {
            Err(SyncError::NotFound) => continue,
            opened => opened?,
        };
        let service = choice(opened.kind, "service_kind", text(&visible(&opened)?, "service_kind"));
        services.extend(service.map(|service| (opened.row.id, service)));
    }
    let session = |line: &form::Line| Session {
        day: line.day.clone(),
        service: services.get(&line.session).cloned().unwrap_or_default(),
        minutes: line.minutes,
        posting: line.number,
        digest: hex::encode(&line.digest[..6]),
    };
    let mut sessions: Vec<Session> = list.lines.iter().map(session).collect();
    // People read them by the day; the ledger has them as they were approved.
    sessions.sort_by(|a, b| (&a.day, a.posting).cmp(&(&b.day, b.posting)));
    Ok(sessions)
}

fn newest(db: &mut Db<'_>) -> StoreResult<Option<Checkpoint>> {
    let Some(log) = query!(db, logs::newest())? else {
        return Ok(None);
    };
    let note = query!(db, logs::last_checkpoint(log.number))?;
    Ok(note.and_then(|(_, note)| Checkpoint::of_note(&note)))
}
