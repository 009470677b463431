//! A life of a district in which everything happens that the desk, the ledger and the reports leave in the database.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::json;
use sync_protocol::feed::{self, Hash};
use sync_protocol::id::{DeviceId, RecordId, Seq};
use sync_protocol::op::{Act, OpDraft, OpName};
use sync_protocol::role::Role;
use wuyuan_server::demo::DemoMember;
use wuyuan_tests::arrangements;
use wuyuan_tests::backend::Backend;
use wuyuan_tests::behind::caught_up;
use wuyuan_tests::district::{Handset, World};
use wuyuan_tests::office::{Office, Person, put, take};
use wuyuan_tests::phones::Phone;
use wuyuan_tests::pictures;
use wuyuan_tests::reports::{record, report, verdicts};

use crate::history;

use Person::{Leader, Officer, Prosecutor, Supervisor, Volunteer};

/// Seals at once, so that nobody waits.
pub const QUICK: (&str, &str) = ("seal_interval_ms", "20");

/// How long a released operation may take. It needs milliseconds.
const DEADLINE: Duration = Duration::from_secs(60);

/// What its author had seen of a record.
type Seen = BTreeMap<DeviceId, Seq>;

/// The people's phones, and what is not done yet.
#[derive(Clone)]
pub struct Life {
    /// Everybody's phone, all of it delivered.
    pub phones: BTreeMap<Person, Phone>,
    /// A session that only waits for its approval, what is there of it, and the digest of its hours.
    pub waiting: (RecordId, Seen, Hash),
    /// A posted session, what is there of it, and what was proposed: to hand it back.
    pub proposed: (RecordId, Seen, OpName),
    /// An approved session of more than a day's hours, and what is there of it. Nobody has decided about it.
    pub too_long: (RecordId, Seen),
    /// A draw whose result was entered.
    pub draw: RecordId,
    /// A form that was issued and delivered.
    pub form: RecordId,
}

/// Lives it, on an empty database, to the point at which everything that is due is derived and sealed.
pub fn live(backend: Backend) -> (World, Life) {
    let mut office = Office::open(backend);
    let order = office.order();
    for day in [18, 19] {
        let session = office.session(order, day, 9, 60);
        office.attest(0, session);
        office.attest(1, session);
        assert_eq!(office.approve(Supervisor, session), "accepted");
    }
    let mut own = |nth, day, minutes| {
        let session = office.volunteering(nth, day, 8, minutes);
        assert_eq!(office.approve(Leader, session), "accepted");
        office.follow();
        session
    };
    let [gone, proposed] = [own(1, 18, 45), own(1, 17, 60)];
    let [decided, too_long] = [own(2, 10, 540), own(2, 11, 540)];
    assert_eq!(office.act(Leader, gone, "question"), "accepted");
    assert_eq!(office.agree(Leader, Officer, gone, "void"), "accepted");
    assert_eq!(office.dismiss(Officer, decided, "day_hours"), "accepted");
    let propose = |draft: &mut OpDraft| {
        take(draft, "correct");
        draft.proposes = true;
    };
    let seen = office.seen(proposed);
    assert_eq!(office.write_as_of(Leader, proposed, seen.clone(), propose), "accepted");
    let leader = &office.phones[&Leader];
    let proposal = OpName {
        device: leader.device,
        seq: leader.seq(),
        hash: feed::body_hash(leader.text(leader.seq()).as_bytes()),
    };
    for decided in [false, true] {
        contest(&mut office, decided);
    }
    // In the afternoon: in the morning he observed.
    let waiting = office.volunteering(1, 19, 13, 90);
    office.follow();
    let mut life = Life {
        waiting: (
            waiting,
            office.seen(waiting),
            office.digest(waiting).expect("it is not contested"),
        ),
        proposed: (proposed, seen, proposal),
        too_long: (too_long, office.seen(too_long)),
        phones: BTreeMap::new(),
        draw: record(),
        form: record(),
    };
    let Office { engine, phones, .. } = office;
    life.phones = phones;
    let world = World::after(engine, &[QUICK]);
    life.by_http(&world, order);
    caught_up(world.server.place());
    (world, life)
}

/// Two say different things of one report, and perhaps somebody decides.
fn contest(office: &mut Office, decided: bool) {
    let report = office.create(Volunteer(0), "photo_report", |draft| {
        put(
            draft,
            &[
                ("channel", json!("app")),
                ("interest", json!("women")),
                ("title", json!("演示")),
            ],
        );
    });
    let before = office.seen(report);
    for (person, interest) in [(Volunteer(0), "heritage"), (Prosecutor, "heroes")] {
        let change = |draft: &mut OpDraft| put(draft, &[("interest", json!(interest))]);
        assert_eq!(office.write_as_of(person, report, before.clone(), change), "accepted");
    }
    if decided {
        assert_eq!(office.dismiss(Officer, report, "contested_field"), "accepted");
    }
}

impl Life {
    /// What goes by HTTP alone: a draw, a form, photos, a report that is kept, exports, and what people read.
    fn by_http(&mut self, world: &World, order: RecordId) {
        history::write(world);
        let mut prosecutor = self.take(world, Prosecutor);
        let (other, _) = arrangements::arrange(&mut prosecutor, None);
        self.draw = arrangements::draw(&mut prosecutor, other);
        reports(world, &mut prosecutor);
        let (mut supervisor, mut leader) = (self.take(world, Supervisor), self.take(world, Leader));
        released(&mut supervisor, &mut prosecutor);
        forked(world);
        self.form = arrangements::issue_form(&mut supervisor, &mut leader, order);
        let mut deliver = supervisor.phone.draft("evaluation_form", self.form);
        for handset in [&supervisor, &leader] {
            deliver.seen.insert(handset.phone.device, handset.phone.seq());
        }
        deliver.act = Some(Act {
            name: "deliver".to_owned(),
        });
        write(&mut supervisor, &deliver);

        let chief = world.sign_in(world.holder(Role::ChiefProcurator, 0));
        chief.post("/v1/figures/2026-10/issue", &json!({})).ok();
        let export = json!({"what": "hours", "ledger": "social_service", "period": "2026-11", "format": "csv", "purpose": "演示例会"});
        assert_eq!(prosecutor.api.post("/v1/exports", &export).status, 200);
        prosecutor.api.get("/v1/hours?by=person").ok();
        for (person, handset) in [(Prosecutor, prosecutor), (Supervisor, supervisor), (Leader, leader)] {
            self.phones.insert(person, handset.phone);
        }
    }

    /// Somebody's phone with a connection.
    pub fn take(&self, world: &World, person: Person) -> Handset {
        let phone = self.phones[&person].clone();
        Handset {
            api: world.sign_in(member(world, &phone)),
            phone,
        }
    }
}

/// One photo at two places of two units, the later report naming the earlier.
fn reports(world: &World, prosecutor: &mut Handset) {
    let picture = pictures::deliver(&prosecutor.api, &pictures::jpeg(64, 48, 1), &[]);
    let mut earlier = None;
    for unit in [world.community(0), world.community(9)] {
        let mut draft = report(&prosecutor.phone, record(), "演示");
        let point = json!({"lng": 119.4, "lat": 26.05, "datum": "wgs84", "accuracy_m": 10.0, "source": "gps"});
        draft.unit = unit;
        draft.set.insert("point".to_owned(), point);
        draft.add.insert("photos".to_owned(), vec![json!(picture)]);
        let related = earlier
            .replace(draft.record)
            .map(|id| ("related".to_owned(), vec![json!(id)]));
        draft.add.extend(related);
        write(prosecutor, &draft);
    }
}

/// A visit waits for its subject and is released when that comes: its verdict changes.
fn released(supervisor: &mut Handset, prosecutor: &mut Handset) {
    let subject = record();
    let draft = history::visit(supervisor, record(), subject);
    let seq = supervisor.phone.record(&draft);
    assert_eq!(verdicts(&supervisor.push_from(seq)), ["link_missing"]);
    let mut draft = prosecutor.phone.draft("subject", subject);
    draft.unit = supervisor.phone.holder.unit.clone();
    draft.set.insert("alias".to_owned(), json!("演示某甲"));
    draft.set.insert("category".to_owned(), json!("bail"));
    draft
        .add
        .insert("assigned".to_owned(), vec![json!(supervisor.phone.holder.member)]);
    write(prosecutor, &draft);
    let started = Instant::now();
    let asked = json!({"device": supervisor.phone.device, "held": [seq]});
    while supervisor.api.post("/v1/sync", &asked).ok()["resolved"][0]["fate"] != "accepted" {
        assert!(started.elapsed() < DEADLINE, "it stays held");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// A phone that was restored from a backup writes another history.
fn forked(world: &World) {
    let mut handset = world.handset(world.holder(Role::InfoOfficer, 0));
    let draft = report(&handset.phone, record(), "演示");
    write(&mut handset, &draft);
    handset.phone.rewind(0);
    let draft = report(&handset.phone, record(), "演示");
    handset.phone.record(&draft);
    assert_eq!(handset.push_from(1).problem(), (409, "forked".to_owned()));
}

fn member<'w>(world: &'w World, phone: &Phone) -> &'w DemoMember {
    let mut members = world.district.members.iter();
    members
        .find(|member| member.id == phone.holder.member)
        .expect("he is of the district")
}

/// Writes an operation and pushes it; it must be accepted.
pub fn write(handset: &mut Handset, draft: &OpDraft) {
    let seq = handset.phone.record(draft);
    assert_eq!(verdicts(&handset.push_from(seq)), ["accepted"]);
}
