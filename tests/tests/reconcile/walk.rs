//! Random histories: whatever people write, push, decide and take back, and however the followers come to work, the
//! open findings are those of looking at everything anew.
//!
//! Each walk prints its seed; `FAULTS_SEED=n` walks it again.

use std::collections::BTreeMap;

use rand::rngs::StdRng;
use rand::{Rng, RngExt};
use serde_json::{Value, json};
use sync_protocol::clock::Clock;
use sync_protocol::feed::Hash;
use sync_protocol::id::{RecordId, UnitCode};
use sync_protocol::op::{Act, OpDraft};
use sync_protocol::record::Record;
use sync_protocol::role::Role;
use sync_protocol::value::Instant;
use wuyuan_server::query;
use wuyuan_server::reconcile::step::look_at_file;
use wuyuan_server::store::bulk::{Bulk, Column, Verb};
use wuyuan_server::store::rows::{BlobRow, FoundRow};
use wuyuan_tests::backend::Backend;
use wuyuan_tests::engine::{Engine, record};
use wuyuan_tests::on_both_backends;
use wuyuan_tests::phones::Phone;
use wuyuan_tests::seed;

use crate::naive;

/// Photos that may be taken.
const PHOTOS: u8 = 24;

struct Walker {
    /// Two servers on one database.
    engines: [Engine; 2],
    dice: StdRng,
    phones: Vec<Phone>,
    pushed: Vec<u64>,
    /// Records by kind, and by whether they are in the second unit.
    records: BTreeMap<(&'static str, bool), Vec<RecordId>>,
    /// What records looked like at some time.
    seen: BTreeMap<RecordId, Vec<Clock>>,
    began_ms: i64,
}

fn photo(n: u8) -> Hash {
    [n; 32]
}

impl Walker {
    fn meet(backend: Backend, dice: StdRng) -> Walker {
        let engine = Engine::start(backend);
        let wanted = [(Role::GroupLeader, 1), (Role::Supervisor, 1), (Role::Volunteer, 2)];
        let unit = engine.community_with(&wanted);
        let other = engine.district.units.iter().map(|u| &u.code).find(|u| {
            let held = |role| {
                engine
                    .district
                    .members
                    .iter()
                    .any(|m| m.appointments[0].role == role && m.appointments[0].unit == **u)
            };
            **u != unit && held(Role::GroupLeader) && held(Role::Volunteer)
        });
        let other = other.expect("another community").clone();
        let district: UnitCode = "350111000000".parse().expect("a code");
        let mut phones: Vec<Phone> = [
            (Role::GroupLeader, 0),
            (Role::Supervisor, 0),
            (Role::Volunteer, 0),
            (Role::Volunteer, 1),
        ]
        .map(|(role, nth)| engine.phone(engine.member(role, &unit, nth), &unit))
        .into();
        phones.extend(
            [Role::GroupLeader, Role::Volunteer].map(|role| engine.phone(engine.member(role, &other, 0), &other)),
        );
        let prosecutor = engine.member(Role::Prosecutor, &district, 0);
        phones.extend([&unit, &other].map(|unit| engine.phone(prosecutor, unit)));
        let began_ms = engine.app.now_ms();
        Walker {
            engines: [engine.beside(), engine],
            dice,
            pushed: vec![0; phones.len()],
            phones,
            records: BTreeMap::new(),
            seen: BTreeMap::new(),
            began_ms,
        }
    }

    fn roll(&mut self, below: usize) -> usize {
        self.dice.random_range(0..below)
    }

    fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        let at = self.roll(of.len());
        of[at].clone()
    }

    /// A moment within the last days, on the quarter of an hour.
    fn moment(&mut self, days: usize) -> i64 {
        let quarters = self.roll(days * 96) as i64;
        self.began_ms / 900_000 * 900_000 - quarters * 900_000
    }

    fn instant(ms: i64) -> Value {
        json!(Instant { ms, offset_s: 28_800 }.render())
    }

    fn point(&mut self) -> Value {
        // A few places, one of them where another datum puts the first.
        let (lng, lat) = self.pick(&[
            (119.3200, 26.0800),
            (119.3203, 26.0801),
            (119.3249, 26.0770),
            (119.60, 26.40),
        ]);
        let datum = self.pick(&["wgs84", "wgs84", "gcj02"]);
        let source = self.pick(&["gps", "gps", "network", "manual"]);
        let mut point = json!({ "lng": lng, "lat": lat, "datum": datum, "source": source });
        if self.roll(3) > 0 {
            point["accuracy_m"] = json!(self.roll(60));
        }
        point
    }

    fn step(&mut self) {
        let (kind, phones): (_, &[usize]) = match self.roll(14) {
            0 => ("subject", &[6, 6, 7, 0]),
            1 => ("service_order", &[6, 6, 7]),
            2..=4 => ("service_session", &[1, 2, 3]),
            5..=7 => ("volunteer_session", &[0, 2, 3, 4, 5]),
            8..=9 => ("supervision_visit", &[0, 0, 4, 1]),
            12..=13 => ("attestation", &[2, 3, 5]),
            _ => ("photo_report", &[0, 1, 2, 3, 4, 5, 6]),
        };
        // Now and then somebody writes who may not.
        let who = if self.roll(12) == 0 {
            self.roll(self.phones.len())
        } else {
            self.pick(phones)
        };
        match self.roll(16) {
            0..=6 => self.create(who, kind),
            7..=11 => self.edit(who, kind),
            12..=13 => self.leave(who, kind),
            14 => self.photo_comes(),
            _ => self.time_passes(),
        }
        if self.roll(3) > 0 {
            self.push(who);
        }
        match self.roll(8) {
            0 | 1 => {
                let at = self.roll(2);
                self.engines[at].follow();
            }
            2 => self.decide(),
            _ => {}
        }
    }

    fn known(&mut self, who: usize, kind: &'static str) -> Option<RecordId> {
        // A little way back, so that the same ones are met again.
        let of = self
            .records
            .get(&(kind, [4, 5, 7].contains(&who)))
            .cloned()
            .unwrap_or_default();
        let of = of[of.len().saturating_sub(12)..].to_vec();
        (!of.is_empty()).then(|| self.pick(&of))
    }

    fn create(&mut self, who: usize, kind: &'static str) {
        let id = record();
        let mut draft = self.phones[who].draft(kind, id);
        for field in fields(kind) {
            self.fill(who, &mut draft, kind, field, true);
        }
        self.phones[who].record(&draft);
        self.records
            .entry((kind, [4, 5, 7].contains(&who)))
            .or_default()
            .push(id);
    }

    /// Changes something of a record, as it is or as it was some time ago.
    fn edit(&mut self, who: usize, kind: &'static str) {
        let Some(id) = self.known(who, kind) else { return };
        let mut draft = self.phones[who].draft(kind, id);
        let many = 1 + self.roll(3);
        for _ in 0..many {
            let field = self.pick(fields(kind));
            self.fill(who, &mut draft, kind, field, false);
        }
        self.see(&mut draft);
        self.phones[who].record(&draft);
    }

    /// Takes a record back, or moves it on.
    fn leave(&mut self, who: usize, kind: &'static str) {
        let Some(id) = self.known(who, kind) else { return };
        let mut draft = self.phones[who].draft(kind, id);
        let act = match kind {
            "subject" => "watch",
            "service_order" => "pledge",
            "attestation" => self.pick(&["submit", "submit", "discard", "return", "void"]),
            _ => self.pick(&["discard", "discard", "submit", "submit", "merge", "decline"]),
        };
        if act == "merge" {
            self.fill(who, &mut draft, "photo_report", "merged_into", false);
        }
        draft.act = Some(Act { name: act.to_owned() });
        draft.reason = Some("理由".to_owned());
        self.see(&mut draft);
        self.phones[who].record(&draft);
    }

    /// What the author saw: the present record, or an earlier state of it.
    fn see(&mut self, draft: &mut OpDraft) {
        let rows = self.engines[1].read(|db| query!(db, records::by_ids(&[draft.record.0.as_slice()])));
        let Some(row) = rows.first() else { return };
        let clock = Record::unpack(&row.state).expect("a stored record").clock().clone();
        let known = self.seen.entry(draft.record).or_default();
        known.push(clock);
        let known = known.clone();
        let clock = match self.roll(4) {
            0 => self.pick(&known),
            _ => known.last().expect("one was just added").clone(),
        };
        draft.seen = clock.iter().map(|dot| (*dot.actor, dot.counter)).collect();
    }

    fn member(&mut self, phones: &[usize]) -> Value {
        let phone = self.pick(phones);
        json!(self.phones[phone].holder.member)
    }

    fn fill(&mut self, who: usize, draft: &mut OpDraft, kind: &str, field: &str, first: bool) {
        // Optional things are left out now and then.
        let optional = ![
            "started_at",
            "volunteer",
            "service_kind",
            "order",
            "subject",
            "visited_at",
            "session",
            "present_from",
        ]
        .contains(&field);
        if first && optional && self.roll(4) == 0 && !required(field) {
            return;
        }
        let value = match field {
            // Now and then a phone believes that it is another year.
            "started_at" | "visited_at" | "present_from" if self.roll(20) == 0 => {
                json!(self.pick(&["1970-01-01T08:00:00.000+08:00", "2039-01-01T08:00:00.000+08:00"]))
            }
            "started_at" | "visited_at" | "present_from" => Self::instant(self.moment(5)),
            "ended_at" | "present_until" => {
                let from = if field == "ended_at" {
                    "started_at"
                } else {
                    "present_from"
                };
                let began = draft.set.get(from).and_then(Value::as_str).and_then(Instant::parse);
                let began = began.map_or_else(|| self.moment(5), |began| began.ms);
                Self::instant(began + (self.roll(30) as i64 - 1) * 900_000)
            }
            "taken_at" => Self::instant(self.moment(50)),
            "claimed_minutes" => json!(1 + self.roll(700)),
            "break_minutes" => json!(self.roll(60)),
            "volunteer" => self.member(&[2, 3, 5, 5]),
            "service_kind" if kind == "volunteer_session" => json!(self.pick(&["observation", "traffic", "other"])),
            "service_kind" => json!("waste_sorting"),
            "interest" => json!(self.pick(&["work_safety", "women"])),
            "start_point" | "end_point" | "point" => self.point(),
            "subject" | "order" | "session" | "merged_into" => {
                let target = match field {
                    "subject" => "subject",
                    "session" => "service_session",
                    "order" => "service_order",
                    _ => "photo_report",
                };
                match self.known(who, target) {
                    Some(id) => json!(id),
                    None => json!(record()),
                }
            }
            "observers" if first => {
                let members = [2, 3].map(|n| json!(self.phones[n].holder.member));
                draft.add.insert(field.to_owned(), members.into());
                return;
            }
            "observers" | "photos" | "related" => {
                let element = match field {
                    "observers" => self.member(&[2, 3, 5]),
                    "photos" => json!(hex::encode(photo(self.dice.random_range(0..PHOTOS)))),
                    _ => match self.known(who, "photo_report") {
                        Some(id) => json!(id),
                        None => return,
                    },
                };
                let change = if first || self.roll(3) > 0 {
                    &mut draft.add
                } else {
                    &mut draft.remove
                };
                change.entry(field.to_owned()).or_default().push(element);
                return;
            }
            field => fixed(field),
        };
        draft.set.insert(field.to_owned(), value);
    }

    fn push(&mut self, who: usize) {
        let phone = &self.phones[who];
        if phone.seq() == self.pushed[who] {
            return;
        }
        let server = self.dice.random_range(0..2usize);
        self.engines[server]
            .push_from(phone, self.pushed[who] + 1)
            .expect("a push is answered");
        self.pushed[who] = phone.seq();
    }

    fn time_passes(&mut self) {
        let hours = self.pick(&[1, 1, 5, 13, 80]);
        self.engines[1].clock.advance(hours * 3_600_000);
    }

    /// A photo arrives, is looked at, or both.
    fn photo_comes(&mut self) {
        let n = self.dice.random_range(0..PHOTOS);
        // Likenesses of three families, a few bits apart within each.
        let mut bits: u64 = [0x0f0f_0f0f_0f0f_0f0f, 0x3333_cccc_3333_cccc, 0][usize::from(n) % 3];
        for _ in 0..n / 3 {
            bits ^= 1 << self.dice.random_range(0..64u32);
        }
        let row = BlobRow {
            sha256: photo(n),
            bytes: 1,
            media: "image/jpeg".to_owned(),
            sm3: [0; 32],
            object: format!("object {n}"),
            received_ms: 0,
            durable: false,
            condemned_ms: None,
            examined: false,
            likeness: None,
            exif: None,
        };
        let examined = self.roll(2) == 0;
        let write = |db: &mut wuyuan_server::store::Db<'_>| {
            let new = query!(db, blobs::admit(&row))?;
            let unexamined = query!(db, blob_readers::blobs(&[row.sha256.as_slice()]))?
                .iter()
                .any(|b| !b.examined);
            if examined && unexamined {
                query!(db, blob_readers::examined(row.sha256, Some(&bits.to_be_bytes()), None))?;
            }
            if new || (examined && unexamined) {
                look_at_file(db, &row.sha256)?;
            }
            Ok::<_, wuyuan_server::store::StoreError>(())
        };
        self.engines[1].app.store.write(write).expect("written");
    }

    /// Somebody decides on what he sees of a finding.
    fn decide(&mut self) {
        let open: Vec<_> = naive::stored(&self.engines[1]).into_iter().collect();
        if open.is_empty() {
            return;
        }
        let (id, (_, _, _, basis)) = self.pick(&open);
        let now = self.engines[1].app.now_ms();
        let device = [self.dice.next_u32() as u8; 16];
        let decision = vec![
            ("finding", Column::Bytes(vec![Some(&id[..])])),
            ("device", Column::Bytes(vec![Some(&device[..])])),
            ("seq", Column::Long(vec![Some(self.dice.random_range(0..i64::MAX))])),
            ("basis", Column::Bytes(vec![Some(&basis[..])])),
            ("conclusion", Column::Text(vec![Some("keep_both")])),
            ("at_ms", Column::Long(vec![Some(now)])),
        ];
        let closed = vec![
            ("id", Column::Bytes(vec![Some(&id[..])])),
            ("closed_ms", Column::Long(vec![Some(now)])),
        ];
        let why = vec![
            ("finding", Column::Bytes(vec![Some(&id[..])])),
            ("closed_why", Column::Text(vec![Some("decided")])),
        ];
        let bulks = [
            Bulk::new(Verb::Insert, "finding_decision", 3, decision),
            Bulk::new(Verb::Update, "finding", 1, closed),
            Bulk::new(Verb::Update, "finding_fact", 1, why),
        ];
        let write =
            |db: &mut wuyuan_server::store::Db<'_>| bulks.iter().try_for_each(|bulk| query!(db, locks::write(bulk)));
        self.engines[1].app.store.write(write).expect("written");
    }

    fn check(&mut self) {
        (0..self.phones.len()).for_each(|who| self.push(who));
        // Work that a push calls for, such as releases of what waited, is done when the committer answers again.
        for engine in &self.engines {
            for _ in 0..3 {
                let nothing = wuyuan_server::sync::committer::Work::Readings(Vec::new());
                engine
                    .wait(engine.app.sync.committer().commit(nothing))
                    .expect("answered");
            }
        }
        let at = self.roll(2);
        self.engines[at].follow();
        let engine = &self.engines[1];
        let stored = naive::stored(engine);
        let found = naive::found(engine);
        let ids: Vec<&[u8]> = found.keys().map(<[u8; 16]>::as_slice).collect();
        let mut decided = std::collections::BTreeSet::new();
        for some in ids.chunks(500) {
            let rows = engine.read(|db| query!(db, reconciling::decided(some)));
            decided.extend(rows.iter().map(|row| (row.finding, row.basis)));
        }
        let open: BTreeMap<_, _> = found
            .into_iter()
            .filter(|(id, named)| !decided.contains(&(*id, named.3)))
            .collect();
        let missing: Vec<_> = open
            .iter()
            .filter(|(id, named)| stored.get(*id) != Some(named))
            .collect();
        let stray: Vec<_> = stored
            .iter()
            .filter(|(id, named)| open.get(*id) != Some(named))
            .collect();
        assert!(
            missing.is_empty() && stray.is_empty(),
            "not found: {missing:#?}\nfound and not there: {stray:#?}"
        );
        assert_eq!(of_the_write_path(engine), naive::of_the_write_path(engine));
    }
}

/// Open findings about refused operations and about values that differ.
fn of_the_write_path(engine: &Engine) -> std::collections::BTreeSet<naive::Other> {
    let codes = ["contested_field", "held_op", "quarantined_op"];
    let rows = engine.read(|db| query!(db, reconciling::open_of(&codes)));
    let word = |code: &str| codes.into_iter().find(|c| *c == code).expect("a known rule");
    let other = |row: &FoundRow| match row.device {
        Some(device) => (word(&row.code), device.0, row.seq.expect("a number")),
        None => (word(&row.code), row.record.expect("a record").0, 0),
    };
    rows.iter().map(other).collect()
}

fn fields(kind: &str) -> &'static [&'static str] {
    match kind {
        "subject" => &["alias", "category"],
        "service_order" => &["subject", "target_minutes", "period_from", "period_until", "observers"],
        "service_session" => &[
            "order",
            "service_kind",
            "started_at",
            "ended_at",
            "break_minutes",
            "claimed_minutes",
            "start_point",
            "end_point",
            "observers",
            "photos",
            "site",
            "subject_confirmed",
        ],
        "volunteer_session" => &[
            "volunteer",
            "service_kind",
            "started_at",
            "ended_at",
            "break_minutes",
            "claimed_minutes",
            "start_point",
            "end_point",
            "photos",
        ],
        "attestation" => &[
            "session",
            "present_from",
            "present_until",
            "minutes_seen",
            "attitude",
            "punctuality",
            "effort",
        ],
        "supervision_visit" => &[
            "subject",
            "visited_at",
            "mode",
            "seen_in_person",
            "concern",
            "point",
            "photos",
        ],
        _ => &[
            "channel",
            "interest",
            "title",
            "description",
            "taken_at",
            "point",
            "photos",
            "related",
        ],
    }
}

fn required(field: &str) -> bool {
    [
        "alias",
        "category",
        "target_minutes",
        "period_from",
        "period_until",
        "mode",
        "seen_in_person",
        "concern",
        "channel",
        "interest",
        "title",
    ]
    .contains(&field)
}

fn fixed(field: &str) -> Value {
    match field {
        "category" => json!("bail"),
        "target_minutes" => json!(600),
        "period_from" | "period_until" => json!("2026-11-01"),
        "mode" => json!("phone"),
        "seen_in_person" => json!(true),
        "concern" => json!("none"),
        "channel" => json!("app"),
        "subject_confirmed" => json!("confirmed"),
        "minutes_seen" => json!(60),
        "attitude" => json!("earnest"),
        "punctuality" => json!("on_time"),
        "effort" => json!("steady"),
        _ => json!("演示"),
    }
}

on_both_backends! {
    fn the_open_findings_are_those_of_looking_at_everything(backend) {
        let dice = seed::rng("the_open_findings_are_those_of_looking_at_everything");
        let mut walker = Walker::meet(backend, dice);
        for step in 1..=400 {
            walker.step();
            if step % 40 == 0 {
                walker.check();
            }
        }
        // What this walk met, for whoever looks at it; which rules it is differs from walk to walk.
        println!("{:?}", walker.engines[1].read(|db| query!(db, reconciling::codes())));
    }
}
