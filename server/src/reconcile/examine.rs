//! The step that applies the rules.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use sha2::{Digest, Sha256};
use sync_protocol::calendar::Calendar;
use sync_protocol::catalog::Catalog;
use sync_protocol::feed::Hash;
use sync_protocol::id::{DeviceId, RecordId, Seq};
use sync_protocol::op::{self, Parsed};
use sync_protocol::rules::Rules;

use super::facts::{Known, Subject, Told};
use super::gather::Gathering;
use super::geo::degrees;
use super::near::{Facts, File};
use super::prints::{Prints, telling};
use super::rules::{self, Lens, RECORD_RULES};
use super::settle::{Said, settle};
use super::step::{Step, Turn, look_at};
use super::traces::{self, Traces};
use crate::blobs::exif;
use crate::ledger::step::note;
use crate::query;
use crate::store::bulk::{Bulk, Column, Verb};
use crate::store::rows::{BlobRow, RecordRow};
use crate::store::{Db, Store, StoreResult};

/// The fact in `meta` that tells by what rules everything was looked at.
const BASIS: &str = "reconciled_by";

/// Raised when a rule, or what it looks at, is told by other code.
const VERSION: u32 = 2;

/// Applies the rules to records and keeps their findings.
pub struct Examine {
    rules: Arc<Rules>,
    calendar: Arc<Calendar>,
    prints: Prints,
}

impl Examine {
    /// By these rules, on this store.
    pub fn new(store: Store, rules: Arc<Rules>, calendar: Arc<Calendar>) -> Examine {
        Examine {
            rules,
            calendar,
            prints: Prints::new(store),
        }
    }

    /// Lets the follower look at everything again if it was looked at by other rules. Called when a server starts.
    pub fn begin(&self, catalog: &Catalog) -> StoreResult<()> {
        let basis = Sha256::new()
            .chain_update(catalog.to_json().1)
            .chain_update(self.rules.to_json().1)
            .chain_update(self.calendar.hash())
            .chain_update(VERSION.to_be_bytes());
        let basis = hex::encode(basis.finalize());
        let store = self.prints.store();
        if store.read(|db| query!(db, meta::get(BASIS)))?.as_ref() == Some(&basis) {
            return Ok(());
        }
        store.write(|db| {
            query!(db, reconcile::begin_anew())?;
            query!(db, meta::put(BASIS, &basis))
        })
    }
}

impl Step for Examine {
    fn name(&self) -> &'static str {
        "rules"
    }

    fn derive(&self, db: &mut Db<'_>, turn: &Turn<'_>, records: &[RecordRow]) -> StoreResult<()> {
        let subjects: Vec<Subject<'_>> = records
            .iter()
            .map(|row| Subject::read(turn.catalog, &self.rules, row))
            .collect::<StoreResult<_>>()?;
        // Before anything is gathered: of one session, an observer's statements are not near each other.
        for subject in subjects.iter().filter(|subject| subject.attests().is_some()) {
            note(db, subject.row.id, &subject.attested())?;
        }
        let known = known(db, turn, &self.rules, &subjects)?;
        let facts: Vec<Facts> = subjects.iter().map(|subject| subject.facts(&known)).collect();
        let gathering = Gathering {
            rules: &self.rules,
            prints: &self.prints,
        };
        let mut again = self.keep_traces(db, gathering, &facts, &known.files)?;
        again.extend(dependents(db, turn, &self.rules, &subjects)?);
        let lens = Lens {
            rules: &self.rules,
            calendar: &self.calendar,
            now_ms: turn.now_ms,
        };
        let mut said = Said {
            catalog: turn.catalog,
            codes: RECORD_RULES,
            units: records.iter().map(|row| (row.id, row.unit.clone())).collect(),
            found: Vec::new(),
        };
        let mut due = Vec::new();
        for facts in &facts {
            let near = gathering.near(db, facts, &known.files)?;
            let examined = rules::examine(&lens, facts, &near);
            said.found.extend(examined.found);
            due.extend(examined.due_ms.map(|due_ms| (facts.record, due_ms)));
        }
        settle(db, &self.rules, turn.now_ms, &said)?;
        let others = again.into_iter().filter(|record| !said.units.contains_key(record));
        due.extend(others.map(|record| (record, 0)));
        look_at(db, &due)
    }
}

impl Examine {
    /// Brings the tables of neighbours up to date. Answers which neighbours must be looked at again.
    fn keep_traces(
        &self,
        db: &mut Db<'_>,
        gathering: Gathering<'_>,
        facts: &[Facts],
        files: &HashMap<Hash, File>,
    ) -> StoreResult<BTreeSet<RecordId>> {
        let ids: Vec<&[u8]> = facts.iter().map(|facts| facts.record.0.as_slice()).collect();
        let mut before = traces::read(db, &ids)?;
        let pairs: Vec<(RecordId, Traces, Traces)> = facts
            .iter()
            .map(|facts| {
                (
                    facts.record,
                    before.remove(&facts.record).unwrap_or_default(),
                    Traces::of(facts),
                )
            })
            .collect();
        let nothing = BTreeSet::new();
        let mut again = BTreeSet::new();
        // Files that a record showed until now may not be among those it shows.
        let left: BTreeSet<Hash> = pairs
            .iter()
            .flat_map(|(_, old, new)| old.files.difference(&new.files))
            .copied()
            .collect();
        let mut seen = files.clone();
        seen.extend(arrived(db, left.iter())?);
        for (record, old, new) in pairs.iter().filter(|(_, old, new)| old != new) {
            again.extend(gathering.disturbed(db, *record, (old, new), &seen, &nothing)?);
        }
        let changes: Vec<_> = pairs.iter().filter(|p| p.1 != p.2).map(|p| (p.0, &p.1, &p.2)).collect();
        traces::write(db, &changes)?;
        let printed = print(db, facts, files)?;
        for (record, old, new) in &pairs {
            if old != new || !printed.is_disjoint(&new.files) {
                again.extend(gathering.disturbed(db, *record, (new, old), files, &printed)?);
            }
        }
        Ok(again)
    }
}

/// Reads what the records' facts need beside them.
fn known(db: &mut Db<'_>, turn: &Turn<'_>, rules: &Rules, subjects: &[Subject<'_>]) -> StoreResult<Known> {
    let mut known = Known::default();
    let files: BTreeSet<Hash> = subjects.iter().flat_map(|s| s.files().into_keys()).collect();
    known.files = arrived(db, files.iter())?;
    let mut dots: BTreeMap<DeviceId, BTreeSet<Seq>> = BTreeMap::new();
    for subject in subjects {
        let missing = subject
            .files()
            .into_iter()
            .filter(|(hash, _)| !known.files.contains_key(hash));
        for dot in subject
            .pointing()
            .chain(subject.telling())
            .chain(missing.map(|(_, dot)| dot))
        {
            dots.entry(dot.actor).or_default().insert(dot.counter);
        }
    }
    for (device, seqs) in dots {
        let seqs: Vec<i64> = seqs.into_iter().map(|seq| seq as i64).collect();
        for row in query!(db, reconciling::told(device, &seqs))? {
            let told = Told {
                member: row.member,
                arrival_ms: row.arrival_ms,
            };
            known.ops.insert((row.device, row.seq as Seq), told);
        }
    }
    let timeless: Vec<&[u8]> = subjects
        .iter()
        .filter(|s| s.needs_entered())
        .map(|s| s.row.id.0.as_slice())
        .collect();
    if !timeless.is_empty() {
        known.entered = query!(db, reconciling::entered(&timeless))?.into_iter().collect();
    }
    let orders: BTreeSet<RecordId> = subjects.iter().filter_map(Subject::order).collect();
    let ids: Vec<&[u8]> = orders.iter().map(|id| id.0.as_slice()).collect();
    if !ids.is_empty() {
        for row in query!(db, records::by_ids(&ids))? {
            let order = Subject::read(turn.catalog, rules, &row)?;
            let served = Subject::served(turn.catalog, rules, &row.kind).and_then(|field| order.id(&field));
            known.subjects.extend(served.map(|served| (row.id, served)));
        }
    }
    for (device, seq) in subjects.iter().filter_map(Subject::approval) {
        let op = query!(db, feeds::op(device, seq as i64))?;
        known
            .approvals
            .insert((device, seq), op.and_then(|op| approved(&op.body)));
    }
    Ok(known)
}

/// What an operation names as approved.
fn approved(body: &[u8]) -> Option<Hash> {
    match op::read(std::str::from_utf8(body).ok()?).0 {
        Parsed::Op(op) => op.approves,
        _ => None,
    }
}

/// Those of the files that have arrived.
fn arrived<'h>(db: &mut Db<'_>, files: impl Iterator<Item = &'h Hash>) -> StoreResult<HashMap<Hash, File>> {
    let hashes: Vec<&[u8]> = files.map(Hash::as_slice).collect();
    if hashes.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = query!(db, blob_readers::blobs(&hashes))?;
    Ok(rows.iter().map(|row| (row.sha256, file(row))).collect())
}

fn file(row: &BlobRow) -> File {
    let found: Option<exif::Found> = row.exif.as_deref().and_then(|text| serde_json::from_str(text).ok());
    let position = found.and_then(|found| found.position);
    File {
        likeness: telling(row.likeness.as_deref()),
        spot: position
            .filter(|p| p.lng.is_finite() && p.lat.is_finite())
            .map(|p| degrees(p.lng, p.lat)),
    }
}

/// Writes down perceptual hashes that are not yet. Answers of which photos.
fn print(db: &mut Db<'_>, facts: &[Facts], files: &HashMap<Hash, File>) -> StoreResult<BTreeSet<Hash>> {
    let shown: BTreeSet<Hash> = facts.iter().flat_map(|facts| facts.files.keys().copied()).collect();
    let mut new: BTreeMap<Hash, u64> = shown
        .iter()
        .filter_map(|hash| Some((*hash, files.get(hash)?.likeness?)))
        .collect();
    if new.is_empty() {
        return Ok(BTreeSet::new());
    }
    let hashes: Vec<&[u8]> = new.keys().map(Hash::as_slice).collect();
    for known in query!(db, neighbours::printed(&hashes))? {
        new.remove(&known);
    }
    let last = query!(db, neighbours::last_print())?;
    let columns = vec![
        ("number", Column::Long((last + 1..).take(new.len()).map(Some).collect())),
        (
            "sha256",
            Column::Bytes(new.keys().map(|hash| Some(hash.as_slice())).collect()),
        ),
        (
            "bits",
            Column::Long(new.values().map(|bits| Some(*bits as i64)).collect()),
        ),
    ];
    query!(db, locks::write(&Bulk::new(Verb::Insert, "photo_print", 1, columns)))?;
    Ok(new.into_keys().collect())
}

/// The sessions under those of the records that are arrangements: whose they are may have changed.
fn dependents(
    db: &mut Db<'_>,
    turn: &Turn<'_>,
    rules: &Rules,
    subjects: &[Subject<'_>],
) -> StoreResult<BTreeSet<RecordId>> {
    let mut found = BTreeSet::new();
    for subject in subjects {
        if Subject::served(turn.catalog, rules, &subject.row.kind).is_some() {
            found.extend(
                query!(db, records::dependents(subject.row.id))?
                    .into_iter()
                    .map(|row| row.id),
            );
        }
    }
    Ok(found)
}
