//! What the phone shows: records as pulled, with what was written here and not yet pulled back laid over them.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;
use serde::Deserialize;
use serde_json::Value as Json;
use sync_protocol::catalog::{Catalog, STATE_FIELD};
use sync_protocol::id::{DeviceId, MemberId, RecordId, Seq};
use sync_protocol::op::Act;
use sync_protocol::overlay::{self, Own};
use sync_protocol::verdict::{Code, Fate};
use sync_protocol::wire::RecordView;

use crate::error::PhoneError;
use crate::phone::Phone;
use crate::photos::PhotoCount;
use crate::store::outbox::{self, OutRow};
use crate::store::{StoreError, account, photos, replica};

/// A record as shown.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    /// The record with the own operations laid over it.
    pub record: RecordView,
    /// The server has sent it; else it is known from here alone.
    pub pulled: bool,
    /// The own operations that are laid over it.
    pub laid: Vec<Laid>,
    /// The own operations that were quarantined: shown apart, without effect.
    pub apart: Vec<Apart>,
    /// How many photos have arrived, of those that this phone took for the record.
    pub photos: PhotoCount,
}

/// An own operation that the base does not contain yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Laid {
    /// The device.
    pub device: DeviceId,
    /// Its number.
    pub seq: Seq,
    /// It was in a push, whether or not that arrived.
    pub sent: bool,
    /// Its verdict, once there is one.
    pub fate: Option<Fate>,
}

/// An own operation that was quarantined.
#[derive(Debug, Clone, PartialEq)]
pub struct Apart {
    /// The device.
    pub device: DeviceId,
    /// Its number.
    pub seq: Seq,
    /// The record that it was about.
    pub record: RecordId,
    /// The record's kind.
    pub kind: String,
    /// When the server first had it, ms since 1970.
    pub arrival_ms: Option<i64>,
    /// Why. Absent when the server named a code that this program does not know.
    pub code: Option<Code>,
    /// What it would have set, while it may still be read here.
    pub set: BTreeMap<String, Json>,
}

/// As much of an operation's text as showing it needs.
#[derive(Deserialize)]
struct Body {
    cat: u32,
    #[serde(default)]
    seen: BTreeMap<DeviceId, Seq>,
    #[serde(default)]
    set: BTreeMap<String, Json>,
    #[serde(default)]
    add: BTreeMap<String, Vec<Json>>,
    #[serde(default)]
    remove: BTreeMap<String, Vec<Json>>,
    #[serde(default)]
    act: Option<Act>,
    #[serde(default)]
    proposes: bool,
}

fn body(row: &OutRow, key: &[u8; 32]) -> Result<Option<Body>, StoreError> {
    let text = row.text(key)?;
    text.map(|t| serde_json::from_str(&t).map_err(|_| StoreError::Damaged("an operation's text")))
        .transpose()
}

/// What the operation does to the record, the state that its transition leads to included.
fn own(catalog: &Catalog, row: &OutRow, body: Body) -> Own {
    let workflow = catalog.kind(&row.kind, body.cat).map(|kind| &kind.workflow);
    let state = match &body.act {
        Some(act) => workflow.and_then(|w| w.transitions.get(&act.name)).map(|t| &t.to),
        None if body.seen.is_empty() => workflow.map(|w| &w.initial),
        None => None,
    };
    let mut set = body.set;
    if let Some(state) = state {
        set.insert(STATE_FIELD.to_owned(), Json::String(state.clone()));
    }
    Own {
        seq: row.seq,
        seen: body.seen,
        set,
        add: body.add,
        remove: body.remove,
        proposes: body.proposes,
    }
}

pub(crate) fn apart(row: &OutRow, key: &[u8; 32]) -> Result<Apart, StoreError> {
    let set = match row.sealed {
        true => BTreeMap::new(),
        false => body(row, key)?.map(|b| b.set).unwrap_or_default(),
    };
    Ok(Apart {
        device: row.device,
        seq: row.seq,
        record: row.record,
        kind: row.kind.clone(),
        arrival_ms: row.arrival_ms,
        code: row.code,
        set,
    })
}

/// Puts a record together; `None` when nothing is known of it here.
pub(crate) fn build(
    conn: &Connection,
    catalog: &Catalog,
    member: &MemberId,
    key: &[u8; 32],
    record: &RecordId,
) -> Result<Option<View>, StoreError> {
    let base = replica::get(conn, record)?;
    let rows = outbox::of_record(conn, record)?;
    let view = over(catalog, member, key, base, &rows)?;
    let photos = photos::of_record(conn, record)?;
    Ok(view.map(|view| View { photos, ..view }))
}

fn over(
    catalog: &Catalog,
    member: &MemberId,
    key: &[u8; 32],
    base: Option<RecordView>,
    rows: &[OutRow],
) -> Result<Option<View>, StoreError> {
    let pulled = base.is_some();
    let mut record = match (base, rows.first()) {
        (Some(base), _) => base,
        (None, Some(row)) => RecordView {
            id: row.record,
            kind: row.kind.clone(),
            unit: row.unit.parse().map_err(|_| StoreError::Damaged("a unit's code"))?,
            pos: 0,
            creator: *member,
            clock: BTreeMap::new(),
            fields: BTreeMap::new(),
            proposals: Vec::new(),
            decisions: Vec::new(),
        },
        (None, None) => return Ok(None),
    };
    let mut laid = Vec::new();
    let mut aside = Vec::new();
    for row in rows {
        if row.fate == Some(Fate::Quarantined) {
            aside.push(apart(row, key)?);
            continue;
        }
        let covered = record.clock.get(&row.device).copied().unwrap_or(0) >= row.seq;
        if covered || row.settled || row.sealed {
            continue;
        }
        if let Some(body) = body(row, key)? {
            overlay::lay(&mut record, row.device, &[own(catalog, row, body)]);
            laid.push(Laid {
                device: row.device,
                seq: row.seq,
                sent: row.sent,
                fate: row.fate,
            });
        }
    }
    let known = pulled || !laid.is_empty() || !aside.is_empty();
    Ok(known.then_some(View {
        record,
        pulled,
        laid,
        apart: aside,
        photos: PhotoCount::default(),
    }))
}

impl Phone {
    /// One record as shown; `None` when nothing is known of it here.
    pub fn view(&self, record: &RecordId) -> Result<Option<View>, PhoneError> {
        let Some(catalog) = self.catalog() else { return Ok(None) };
        let account = account::load(self.store().read())?;
        Ok(build(
            self.store().read(),
            &catalog,
            &account.member,
            &account.sealing_key,
            record,
        )?)
    }

    /// All records of a kind, or of all kinds: those pulled, the latest first in each unit, then those that only
    /// this phone knows.
    pub fn list(&self, kind: Option<&str>) -> Result<Vec<View>, PhoneError> {
        let Some(catalog) = self.catalog() else {
            return Ok(Vec::new());
        };
        let conn = self.store().read();
        let account = account::load(conn)?;
        let mut own: BTreeSet<RecordId> = outbox::unsettled_records(conn)?.into_iter().collect();
        let counts = photos::by_record(conn)?;
        let mut views = Vec::new();
        for base in replica::list(conn, kind)? {
            let rows = if own.remove(&base.id) {
                outbox::of_record(conn, &base.id)?
            } else {
                Vec::new()
            };
            views.extend(over(
                &catalog,
                &account.member,
                &account.sealing_key,
                Some(base),
                &rows,
            )?);
        }
        for record in own {
            let rows = outbox::of_record(conn, &record)?;
            let pulled = replica::get(conn, &record)?;
            if pulled.is_some() || rows.first().is_none_or(|row| kind.is_some_and(|k| k != row.kind)) {
                continue;
            }
            views.extend(over(&catalog, &account.member, &account.sealing_key, None, &rows)?);
        }
        for view in &mut views {
            view.photos = counts.get(&view.record.id).copied().unwrap_or_default();
        }
        Ok(views)
    }
}
