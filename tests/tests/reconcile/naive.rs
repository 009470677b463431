//! What the findings must be, by looking at everything each time: each record against each other.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sync_protocol::catalog::{Policy, STATE_FIELD};
use sync_protocol::feed::Hash;
use sync_protocol::id::{RecordId, Seq};
use sync_protocol::op::{self, Parsed};
use sync_protocol::record::Record;
use wuyuan_server::query;
use wuyuan_server::reconcile::facts::{Known, Subject, Told};
use wuyuan_server::reconcile::near::{Alike, Facts, File, Near};
use wuyuan_server::reconcile::prints::telling;
use wuyuan_server::reconcile::rules::{Lens, RECORD_RULES, examine};
use wuyuan_server::store::rows::{OpRow, RecordRow};
use wuyuan_tests::engine::Engine;

/// A finding: rule, record, neighbour, what it stands on.
pub type Named = (&'static str, RecordId, Option<RecordId>, [u8; 32]);

/// Everything that the rules say of all records now.
pub fn found(engine: &Engine) -> BTreeMap<[u8; 16], Named> {
    let app = &engine.app;
    let (rows, ops, files) = everything(engine);
    let subjects: Vec<Subject<'_>> = rows
        .iter()
        .map(|row| Subject::read(&app.catalog, &app.rules, row).expect("a stored record"))
        .collect();
    let known = known(engine, &subjects, &ops, files);
    let all: Vec<Facts> = subjects.iter().map(|subject| subject.facts(&known)).collect();
    let lens = Lens {
        rules: &app.rules,
        calendar: &app.law.calendar,
        now_ms: app.now_ms(),
    };
    let mut found = BTreeMap::new();
    for facts in &all {
        for one in examine(&lens, facts, &near(facts, &all, &known.files)).found {
            let named = (one.code.code(), one.record, one.neighbour, one.basis());
            let before = found.insert(one.id(), named);
            assert!(
                before.is_none_or(|before| before == named),
                "two sides say two things: {one:?}"
            );
        }
    }
    found
}

/// The findings of rules about records that are stored as open.
pub fn stored(engine: &Engine) -> BTreeMap<[u8; 16], Named> {
    let (rows, _, _) = everything(engine);
    let ids: Vec<&[u8]> = rows.iter().map(|row| row.id.0.as_slice()).collect();
    let codes: Vec<&str> = RECORD_RULES.iter().map(|code| code.code()).collect();
    let mut open = BTreeMap::new();
    for some in ids.chunks(500) {
        for row in engine.read(|db| query!(db, reconciling::findings_about(some, &codes))) {
            if row.closed_ms.is_some() {
                continue;
            }
            let code = RECORD_RULES
                .iter()
                .map(|c| c.code())
                .find(|c| *c == row.code)
                .expect("a known rule");
            let record = row.record.expect("it is about a record").into();
            let unit = rows.iter().find(|r| r.id == record).map(|r| r.unit.clone());
            assert_eq!(row.unit, unit, "{code}");
            let basis = row.basis.expect("it stands on something").0;
            open.insert(row.id, (code, record, row.neighbour.map(RecordId::from), basis));
        }
    }
    open
}

/// A finding that the push itself makes: the rule, and the operation or the record.
pub type Other = (&'static str, [u8; 16], i64);

/// Findings about operations that are refused and that nothing stands for, that wait, and about differing values.
pub fn of_the_write_path(engine: &Engine) -> BTreeSet<Other> {
    let (rows, ops, _) = everything(engine);
    let word = |op: &OpRow| match op.state {
        1 => Some("held_op"),
        2 => Some("quarantined_op"),
        _ => None,
    };
    let mut found: BTreeSet<Other> = ops
        .iter()
        .filter_map(|op| Some((word(op)?, op.device.0, op.seq)))
        .collect();
    for row in &rows {
        let kind = &engine.app.catalog.kinds()[&row.kind];
        let state = Record::unpack(&row.state).expect("a stored record");
        let review = |name: &str| name == STATE_FIELD || kind.field(name).is_some_and(|f| f.policy == Policy::Review);
        if state
            .registers()
            .any(|(name, _)| review(name) && state.is_contested(name))
        {
            found.insert(("contested_field", row.id.0, 0));
        }
    }
    found
}

fn everything(engine: &Engine) -> (Vec<RecordRow>, Vec<OpRow>, HashMap<Hash, File>) {
    engine.read(|db| {
        let rows = query!(db, inspect::records_after(&[], 1_000_000))?;
        let mut ops = Vec::new();
        for device in query!(db, inspect::devices_after(&[], 1_000_000))? {
            ops.extend(query!(db, inspect::ops_after(device.id, 0, 1_000_000))?);
        }
        let mut files = HashMap::new();
        for subject in rows
            .iter()
            .map(|row| Subject::read(&engine.app.catalog, &engine.app.rules, row))
        {
            for hash in subject?.files().keys() {
                for row in query!(db, blob_readers::blobs(&[hash.as_slice()]))? {
                    let file = File {
                        likeness: telling(row.likeness.as_deref()),
                        spot: None,
                    };
                    files.insert(*hash, file);
                }
            }
        }
        Ok((rows, ops, files))
    })
}

fn known(engine: &Engine, subjects: &[Subject<'_>], ops: &[OpRow], files: HashMap<Hash, File>) -> Known {
    let mut known = Known {
        files,
        ..Known::default()
    };
    for op in ops {
        let dot = (op.device, op.seq as Seq);
        let told = Told {
            member: op.member,
            arrival_ms: op.arrival_ms,
        };
        known.ops.insert(dot, told);
        if let (Some(record), Some(_)) = (op.record, op.pos) {
            let entered = known.entered.entry(record.into()).or_insert(op.arrival_ms);
            *entered = (*entered).min(op.arrival_ms);
        }
        let text = std::str::from_utf8(&op.body).expect("text");
        if let Parsed::Op(read) = op::read(text).0 {
            known.approvals.insert(dot, read.approves);
        }
    }
    for subject in subjects {
        let (catalog, rules) = (&engine.app.catalog, &engine.app.rules);
        if let Some(field) = Subject::served(catalog, rules, &subject.row.kind) {
            known
                .subjects
                .extend(subject.id(&field).map(|served| (subject.row.id, served)));
        }
    }
    // Each record's facts hold only what they need; the rest would make no difference.
    for subject in subjects.iter().filter(|subject| !subject.needs_entered()) {
        known.entered.remove(&subject.row.id);
    }
    known
}

/// Everything else, as it lies: the rules pick out what is near.
fn near(facts: &Facts, all: &[Facts], files: &HashMap<Hash, File>) -> Near {
    let others = || all.iter().filter(|other| other.record != facts.record);
    let earlier = || others().filter(|other| other.record < facts.record);
    let standing = |other: &Facts| {
        let record = other.record;
        let stands = other.stands.clone().into_iter();
        stands.map(move |(field, stand)| wuyuan_server::reconcile::near::Standing { record, field, stand })
    };
    let showing = |hash: &Hash| earlier().filter(|o| o.files.contains_key(hash)).map(|o| o.record).min();
    let shown: BTreeSet<Hash> = others().flat_map(|other| other.files.keys().copied()).collect();
    let mut near = Near {
        presences: others()
            .filter(|other| other.attests.is_disjoint(&facts.attests))
            .flat_map(|other| other.presences.iter().copied())
            .collect(),
        stands: others().flat_map(standing).collect(),
        places: earlier().filter_map(|other| other.place.clone()).collect(),
        linked: others()
            .filter(|o| o.links.contains(&facts.record))
            .map(|o| o.record)
            .collect(),
        same: facts
            .files
            .keys()
            .filter_map(|hash| Some((*hash, showing(hash)?)))
            .collect(),
        alike: Vec::new(),
        files: facts
            .files
            .keys()
            .filter_map(|hash| Some((*hash, *files.get(hash)?)))
            .collect(),
    };
    for own in facts.files.keys() {
        for other in shown.iter().filter(|other| *other != own) {
            let likeness = |hash: &Hash| files.get(hash).and_then(|file| file.likeness);
            if let (Some(one), Some(two), Some(record)) = (likeness(own), likeness(other), showing(other)) {
                near.alike.push(Alike {
                    record,
                    bits: (one ^ two).count_ones(),
                    own: *own,
                    other: *other,
                });
            }
        }
    }
    near
}
