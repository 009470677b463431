//! Random histories of people who write, assign, join and leave, pulled in pages of random size, held against an
//! oracle that looks at everything: each reader holds exactly the records and fields that he may read.
//!
//! Each walk prints its seed; `WALK_SEED=n` walks it again.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use sync_protocol::catalog::{Catalog, Kind};
use sync_protocol::id::{MemberId, RecordId, UnitCode};
use sync_protocol::record::Record;
use sync_protocol::role::Role;
use sync_protocol::value::Value;
use wuyuan_server::query;
use wuyuan_server::store::rows::RecordRow;
use wuyuan_tests::engine::{Engine, record, word};
use wuyuan_tests::on_both_backends;
use wuyuan_tests::phones::Phone;
use wuyuan_tests::replica::Replica;

use crate::people::{Cast, report, subject, visit, with};

/// xorshift64*: small, seeded, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % below
    }
}

struct Walker {
    engine: Engine,
    dice: Dice,
    phones: Vec<Phone>,
    replicas: Vec<Replica>,
    /// What each phone has acknowledged.
    pushed: Vec<u64>,
    subjects: Vec<RecordId>,
    others: Vec<(RecordId, &'static str)>,
    extra: Vec<(MemberId, sync_protocol::id::AppointmentId)>,
    unit: UnitCode,
}

impl Walker {
    fn step(&mut self) {
        let who = self.dice.roll(self.phones.len());
        match self.dice.roll(12) {
            0 => self.create_subject(who),
            1 | 2 => self.assign(who),
            3 => self.create_visit(who),
            4 | 5 => self.create_report(who),
            6..=8 => self.edit(who),
            9 => self.promote(who),
            _ => {}
        }
        if self.dice.roll(2) == 0 {
            self.push(who);
        }
        if self.dice.roll(3) == 0 {
            self.pull(who);
        }
    }

    fn create_subject(&mut self, who: usize) {
        let id = record();
        let draft = subject(&self.phones[who], id);
        self.phones[who].record(&draft);
        self.subjects.push(id);
    }

    fn assign(&mut self, who: usize) {
        if self.subjects.is_empty() {
            return;
        }
        let id = self.subjects[self.dice.roll(self.subjects.len())];
        let member = self.phones[self.dice.roll(self.phones.len())].holder.member;
        let mut draft = self.phones[who].draft("subject", id);
        self.see(who, id, &mut draft.seen);
        let change = if self.dice.roll(3) < 2 {
            &mut draft.add
        } else {
            &mut draft.remove
        };
        change.insert("assigned".to_owned(), vec![json!(member)]);
        self.phones[who].record(&draft);
    }

    fn create_visit(&mut self, who: usize) {
        if self.subjects.is_empty() {
            return;
        }
        let person = self.subjects[self.dice.roll(self.subjects.len())];
        let id = record();
        let draft = visit(&self.phones[who], id, person);
        self.phones[who].record(&draft);
        self.others.push((id, "supervision_visit"));
    }

    fn create_report(&mut self, who: usize) {
        let id = record();
        let draft = with(report(&self.phones[who], id, "x"), &[("reporter_name", json!("演示"))]);
        self.phones[who].record(&draft);
        self.others.push((id, "photo_report"));
    }

    fn edit(&mut self, who: usize) {
        if self.others.is_empty() {
            return;
        }
        let (id, kind) = self.others[self.dice.roll(self.others.len())];
        let field = if kind == "photo_report" {
            "place_text"
        } else {
            "concern_text"
        };
        let mut draft = with(
            self.phones[who].draft(kind, id),
            &[(field, json!(format!("{}", self.dice.roll(3))))],
        );
        self.see(who, id, &mut draft.seen);
        self.phones[who].record(&draft);
    }

    /// What the phone shows of the record, its own earlier operations included.
    fn see(&self, who: usize, id: RecordId, seen: &mut BTreeMap<sync_protocol::id::DeviceId, u64>) {
        if let Some(view) = self.replicas[who].record(&id) {
            *seen = view.clock.clone();
        }
    }

    /// A member becomes a leader beside what he is, or ceases to be.
    fn promote(&mut self, who: usize) {
        let member = self.phones[who].holder.member;
        match self.extra.iter().position(|(m, _)| *m == member) {
            Some(at) => {
                let (_, id) = self.extra.remove(at);
                self.engine.end_appointment(id);
            }
            None => {
                let id = self.engine.appoint(member, Role::GroupLeader, &self.unit);
                self.extra.push((member, id));
            }
        }
        self.engine.clock.advance(1);
    }

    fn push(&mut self, who: usize) {
        let phone = &self.phones[who];
        if phone.seq() == self.pushed[who] {
            return;
        }
        // Now and then what was acknowledged is sent again.
        let first = self.pushed[who] + 1 - (self.dice.roll(3) as u64).min(self.pushed[who]);
        let answer = self.engine.push_from(phone, first).expect("a push is answered");
        let repeats = answer.verdicts.iter().filter(|v| v.repeat).count() as u64;
        assert_eq!(repeats, self.pushed[who] + 1 - first);
        assert_eq!(answer.feed.head.seq, phone.seq());
        (0..answer.verdicts.len()).for_each(|n| {
            let known = [
                "accepted",
                "missing_required",
                "role_forbidden",
                "record_unavailable",
                "link_missing",
                "link_invalid",
                "after_held",
                "depends_on_quarantined",
                "seen_unknown",
            ];
            let word = word(&answer, n);
            assert!(
                known.contains(&word.as_str()),
                "{word}: {}",
                phone.text(answer.verdicts[n].seq)
            );
        });
        self.pushed[who] = phone.seq();
    }

    fn pull(&mut self, who: usize) {
        let most = [1, 2, 5, 1_000][self.dice.roll(4)];
        self.replicas[who].pull(&self.engine, &self.phones[who], Some(most));
    }

    /// Everybody pushes and pulls; then each replica is held against the oracle.
    fn check(&mut self) {
        (0..self.phones.len()).for_each(|who| self.push(who));
        for who in 0..self.phones.len() {
            self.pull(who);
            let member = self.phones[who].holder.member;
            let expected = oracle(&self.engine, member);
            let held: BTreeMap<RecordId, (u64, BTreeSet<String>)> = self.replicas[who]
                .records()
                .map(|r| (r.id, (r.pos, r.fields.keys().cloned().collect())))
                .collect();
            assert_eq!(held, expected, "{member} holds something else than he may read");
        }
    }
}

/// Ids, places and readable fields of all records that `member` may read, by looking at everything.
fn oracle(engine: &Engine, member: MemberId) -> BTreeMap<RecordId, (u64, BTreeSet<String>)> {
    let catalog: &Catalog = &engine.app.catalog;
    let now = engine.app.now_ms();
    let (rows, appointments) = engine.read(|db| {
        let kinds: Vec<&str> = catalog.kinds().keys().map(String::as_str).collect();
        let mut rows: Vec<RecordRow> = Vec::new();
        for unit in &engine.district.units {
            rows.extend(query!(db, records::page(unit.code.as_str(), &kinds, 0, 1_000_000))?);
        }
        Ok((rows, query!(db, appointments::of_member(member))?))
    });
    let states: BTreeMap<RecordId, (&RecordRow, Record)> = rows
        .iter()
        .map(|row| (row.id, (row, Record::unpack(&row.state).expect("a stored record"))))
        .collect();
    let members_in = |kind: &Kind, state: &Record| -> BTreeSet<MemberId> {
        kind.read
            .assigned
            .iter()
            .flat_map(|f| ids(state, f))
            .map(MemberId)
            .collect()
    };
    let mut readable = BTreeMap::new();
    for (id, (row, state)) in &states {
        let kind = &catalog.kinds()[&row.kind];
        // The codes nest: a street's begin with its first nine digits, the district's with six.
        let above = |unit: &str| {
            let prefix = if unit.ends_with("000000") {
                &unit[..6]
            } else if unit.ends_with("000") {
                &unit[..9]
            } else {
                unit
            };
            row.unit.starts_with(prefix)
        };
        let roles: BTreeSet<Role> = appointments
            .iter()
            .filter(|a| a.is_active(now) && above(a.unit.as_str()))
            .map(|a| a.role)
            .collect();
        let mut assigned = members_in(kind, state);
        for target in kind.read.via.iter().flat_map(|f| ids(state, f)) {
            if let Some((target_row, target_state)) = states.get(&RecordId(target)) {
                assigned.extend(members_in(&catalog.kinds()[&target_row.kind], target_state));
            }
        }
        let mine = row.creator == member || assigned.contains(&member);
        let wide = roles.iter().any(|r| kind.read.unit.contains(r));
        if !(wide || (mine && roles.iter().any(|r| kind.read.own.contains(r)))) {
            continue;
        }
        let shows = |name: &str| {
            name == "state"
                || row.creator == member
                || kind
                    .field(name)
                    .is_some_and(|f| roles.iter().any(|r| kind.may_read_field(*r, f)))
        };
        let names = state.registers().map(|(n, _)| n).chain(state.sets().map(|(n, _)| n));
        readable.insert(
            *id,
            (row.pos as u64, names.filter(|n| shows(n)).map(str::to_owned).collect()),
        );
    }
    readable
}

fn ids(state: &Record, field: &str) -> Vec<[u8; 16]> {
    let registers = state.values(field).iter().map(|e| &e.value);
    let values = registers.chain(state.elements(field).map(|(v, _)| v));
    values
        .filter_map(|v| if let Value::Id(id) = v { Some(*id) } else { None })
        .collect()
}

on_both_backends! {
    fn every_reader_holds_exactly_what_he_may_read(backend) {
        let seed = std::env::var("WALK_SEED").ok().and_then(|s| s.parse().ok());
        let seed = seed.unwrap_or_else(|| u64::from_le_bytes(uuid::Uuid::new_v4().as_bytes()[..8].try_into().expect("eight")) | 1);
        println!("WALK_SEED={seed}");
        let Cast { engine, unit, leader, volunteers, prosecutor } = Cast::meet(backend);
        let mut phones = vec![leader, prosecutor];
        phones.extend(volunteers);
        let count = phones.len();
        let mut walker = Walker {
            engine,
            dice: Dice(seed),
            phones,
            replicas: vec![Replica::default(); count],
            pushed: vec![0; count],
            subjects: Vec::new(),
            others: Vec::new(),
            extra: Vec::new(),
            unit,
        };
        for step in 1..=400 {
            walker.step();
            if step % 40 == 0 {
                walker.check();
            }
        }
    }
}
