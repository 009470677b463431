//! Whether what an issued form froze still stands: looked at behind the write path, whenever a session, a form or an arrangement
//! has changed. A difference is a finding about the form; it closes by itself when the cause is gone or the form is taken back.

use std::collections::BTreeSet;

use serde_json::json;
use sha2::{Digest, Sha256};
use sync_protocol::catalog::{Catalog, STATE_FIELD};
use sync_protocol::form::{KIND, Line, Sessions};
use sync_protocol::hours;
use sync_protocol::id::RecordId;
use sync_protocol::record::Record;

use super::{link, standing, text};
use crate::query;
use crate::reconcile::step::{Step, Turn};
use crate::store::bulk::{Bulk, Column, Verb};
use crate::store::rows::RecordRow;
use crate::store::{Db, StoreError, StoreResult};
use crate::sync::record_finding_id;

/// The finding's code.
pub const CHANGED: &str = "changed_after_freeze";

/// Looks at issued forms.
pub struct Frozen;

impl Step for Frozen {
    fn name(&self) -> &'static str {
        "forms"
    }

    fn derive(&self, db: &mut Db<'_>, turn: &Turn<'_>, records: &[RecordRow]) -> StoreResult<()> {
        let mut orders = BTreeSet::new();
        for row in records {
            match row.kind.as_str() {
                "service_order" => drop(orders.insert(row.id)),
                "service_session" => {
                    let links = query!(db, records::links(&[row.id.0.as_slice()]))?;
                    orders.extend(links.into_iter().map(|(_, order)| order));
                }
                KIND => orders.extend(link(&unpack(row)?, "order")),
                _ => {}
            }
        }
        for order in orders {
            look(db, turn, order)?;
        }
        Ok(())
    }
}

fn unpack(row: &RecordRow) -> StoreResult<Record> {
    Record::unpack(&row.state).map_err(|_| StoreError::Corrupt)
}

/// What no longer is as a form has it. Ids and figures only.
#[derive(Debug, Default, PartialEq, Eq)]
struct Difference {
    /// Postings that were taken back.
    reversed: Vec<u64>,
    /// Postings that came afterwards.
    added: Vec<u64>,
    /// Sessions whose hours, or whose state, are others than were approved.
    moved: Vec<RecordId>,
}

fn look(db: &mut Db<'_>, turn: &Turn<'_>, order: RecordId) -> StoreResult<()> {
    let dependents = query!(db, records::dependents(order))?;
    let forms: Vec<&RecordRow> = dependents.iter().filter(|row| row.kind == KIND).collect();
    if forms.is_empty() {
        return Ok(());
    }
    let row = query!(db, records::by_ids(&[order.0.as_slice()]))?.pop();
    let arrangement = row.as_ref().map(unpack).transpose()?.unwrap_or_default();
    let stands = standing::of(db, order, &arrangement)?.ok();
    for row in forms {
        let form = unpack(row)?;
        let issued = !matches!(
            text(&form, STATE_FIELD),
            None | Some("draft" | "reviewed" | "taken_back")
        );
        let list = text(&form, "sessions").and_then(Sessions::parse);
        let difference = match (issued, list) {
            (true, Some(list)) => {
                let lines = stands.as_ref().map_or(&[][..], |stands| &stands.lines);
                compare(&list.lines, lines, &moved(turn.catalog, &list, &dependents)?)
            }
            _ => Difference::default(),
        };
        settle(db, turn.now_ms, row, &difference)?;
    }
    Ok(())
}

fn compare(frozen: &[Line], stands: &[Line], moved: &[RecordId]) -> Difference {
    let numbers = |lines: &[Line]| lines.iter().map(|line| line.number).collect::<BTreeSet<u64>>();
    let (before, now) = (numbers(frozen), numbers(stands));
    Difference {
        reversed: before.difference(&now).copied().collect(),
        added: now.difference(&before).copied().collect(),
        moved: moved.to_vec(),
    }
}

/// The sessions of a list whose hours are not those that were approved, or that do not count any more.
pub(super) fn moved(catalog: &Catalog, list: &Sessions, rows: &[RecordRow]) -> StoreResult<Vec<RecordId>> {
    let mut moved = Vec::new();
    for line in &list.lines {
        let row = rows.iter().find(|row| row.id == line.session);
        let Some((row, kind)) = row.and_then(|row| Some((row, catalog.kinds().get(&row.kind)?))) else {
            moved.push(line.session);
            continue;
        };
        let record = unpack(row)?;
        let counts = text(&record, STATE_FIELD) == Some("approved");
        if !counts || hours::digest(kind, &record) != Some(line.digest) {
            moved.push(line.session);
        }
    }
    Ok(moved)
}

/// Opens, changes or closes the finding about a form. Running again changes nothing.
fn settle(db: &mut Db<'_>, now_ms: i64, form: &RecordRow, difference: &Difference) -> StoreResult<()> {
    let id = record_finding_id(CHANGED, form.id);
    let known = query!(db, findings::by_ids(&[id.as_slice()]))?.pop();
    let is_open = known.as_ref().is_some_and(|row| row.closed_ms.is_none());
    if *difference == Difference::default() {
        return if is_open { close(db, now_ms, &id) } else { Ok(()) };
    }
    let saw = json!({
        "figures": { "added": difference.added, "reversed": difference.reversed },
        "limits": {},
        "sides": { form.id.to_string(): { "moved": difference.moved } },
    });
    let detail = saw.to_string();
    let basis: [u8; 32] = Sha256::new()
        .chain_update(b"wuyuan-basis-v1\n")
        .chain_update(id)
        .chain_update(detail.as_bytes())
        .finalize()
        .into();
    let fact = query!(db, findings::fact(&id))?;
    if fact.is_some_and(|fact| fact.basis == basis) && (is_open || query!(db, findings::was_decided(&id, &basis))?) {
        return Ok(());
    }
    let columns = vec![
        ("id", Column::Bytes(vec![Some(id.as_slice())])),
        ("code", Column::Text(vec![Some(CHANGED)])),
        ("unit", Column::Text(vec![Some(form.unit.as_str())])),
        ("record", Column::Bytes(vec![Some(form.id.0.as_slice())])),
        ("opened_ms", Column::Long(vec![Some(now_ms)])),
    ];
    query!(db, locks::write(&Bulk::new(Verb::InsertMissing, "finding", 1, columns)))?;
    write_closing(db, &id, None)?;
    let columns = vec![
        ("finding", Column::Bytes(vec![Some(id.as_slice())])),
        ("basis", Column::Bytes(vec![Some(basis.as_slice())])),
        ("detail", Column::Text(vec![Some(detail.as_str())])),
        ("updated_ms", Column::Long(vec![Some(now_ms)])),
        ("closed_why", Column::Text(vec![None])),
    ];
    query!(db, locks::write(&Bulk::new(Verb::Upsert, "finding_fact", 1, columns)))
}

fn close(db: &mut Db<'_>, now_ms: i64, id: &[u8; 16]) -> StoreResult<()> {
    write_closing(db, id, Some(now_ms))?;
    let columns = vec![
        ("finding", Column::Bytes(vec![Some(id.as_slice())])),
        ("updated_ms", Column::Long(vec![Some(now_ms)])),
        ("closed_why", Column::Text(vec![Some("gone")])),
    ];
    query!(db, locks::write(&Bulk::new(Verb::Update, "finding_fact", 1, columns)))
}

fn write_closing(db: &mut Db<'_>, id: &[u8; 16], closed_ms: Option<i64>) -> StoreResult<()> {
    let columns = vec![
        ("id", Column::Bytes(vec![Some(id.as_slice())])),
        ("closed_ms", Column::Long(vec![closed_ms])),
    ];
    query!(db, locks::write(&Bulk::new(Verb::Update, "finding", 1, columns)))
}
