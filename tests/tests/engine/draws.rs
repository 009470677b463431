//! Two observers and two substitutes: who is drawn, who is not, and that nothing else can be entered.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sync_protocol::draw::{Exclusion, Fault, Proof, Roster};
use sync_protocol::id::{MemberId, RecordId, UnitCode};
use sync_protocol::op::{Act, OpDraft};
use sync_protocol::role::Role;
use wuyuan_server::draw::DrawError;
use wuyuan_server::query;
use wuyuan_server::store::StoreError;
use wuyuan_tests::backend::Backend;
use wuyuan_tests::draws;
use wuyuan_tests::engine::{Engine, record};
use wuyuan_tests::on_both_backends;
use wuyuan_tests::phones::Phone;

use crate::people::{subject, with};

/// A community with an arrangement in it, its supervisor and a prosecutor.
struct Court {
    engine: Engine,
    unit: UnitCode,
    prosecutor: Phone,
    supervisor: Phone,
    order: RecordId,
}

fn act(name: &str) -> Option<Act> {
    Some(Act { name: name.to_owned() })
}

impl Court {
    fn sit(backend: Backend) -> Court {
        let engine = Engine::start(backend);
        let unit = engine.community_with(&[(Role::Supervisor, 1), (Role::Volunteer, 3)]);
        let district: UnitCode = "350111000000".parse().expect("a code");
        let prosecutor = engine.phone(engine.member(Role::Prosecutor, &district, 0), &unit);
        let supervisor = engine.phone(engine.member(Role::Supervisor, &unit, 0), &unit);
        let mut court = Court {
            engine,
            unit,
            prosecutor,
            supervisor,
            order: record(),
        };
        court.order = court.arrange("2026-11-01", "2026-12-31");
        court.engine.seal();
        court
    }

    /// A new arrangement under the supervisor.
    fn arrange(&mut self, from: &str, until: &str) -> RecordId {
        let (who, order) = (record(), record());
        self.prosecutor.record(&subject(&self.prosecutor, who));
        assert_eq!(self.engine.push_last(&self.prosecutor), "accepted");
        let set = [
            ("subject", json!(who)),
            ("target_minutes", json!(1_200)),
            ("period_from", json!(from)),
            ("period_until", json!(until)),
            ("supervisor", json!(self.supervisor.holder.member)),
            ("prosecutor", json!(self.prosecutor.holder.member)),
        ];
        self.prosecutor
            .record(&with(self.prosecutor.draft("service_order", order), &set));
        assert_eq!(self.engine.push_last(&self.prosecutor), "accepted");
        order
    }

    fn request(&self, phone: &Phone, id: RecordId) -> OpDraft {
        draws::request(&self.engine, phone, id, self.order)
    }

    /// The supervisor asks and gets an answer.
    fn ask(&mut self, change: impl FnOnce(&mut OpDraft)) -> (RecordId, Result<Proof, DrawError>) {
        let id = record();
        let mut draft = self.request(&self.supervisor, id);
        change(&mut draft);
        self.supervisor.record(&draft);
        assert_eq!(self.engine.push_last(&self.supervisor), "accepted");
        (id, self.draw(&self.supervisor, id))
    }

    fn draw(&self, by: &Phone, id: RecordId) -> Result<Proof, DrawError> {
        draws::made(&self.engine, by, id)
    }

    /// The supervisor takes a transition on a draw's record, having seen everything.
    fn take(&mut self, id: RecordId, name: &str, set: &[(&str, Value)], add: &[(&str, MemberId)]) -> String {
        let mut draft = with(self.supervisor.draft("observer_draw", id), set);
        draft.add = add
            .iter()
            .map(|(field, member)| ((*field).to_owned(), vec![json!(member)]))
            .collect();
        draft.act = act(name);
        draft.reason = Some("已核对".to_owned());
        draft.seen = self.seen(id);
        self.supervisor.record(&draft);
        self.engine.push_last(&self.supervisor)
    }

    fn seen(&self, id: RecordId) -> BTreeMap<sync_protocol::id::DeviceId, u64> {
        let row = self
            .engine
            .read(|db| query!(db, records::by_ids(&[id.0.as_slice()])))
            .remove(0);
        let state = sync_protocol::record::Record::unpack(&row.state).expect("a record");
        state.clock().iter().map(|dot| (*dot.actor, dot.counter)).collect()
    }

    fn set_aside(&mut self, id: RecordId) {
        let mut draft = self.prosecutor.draft("observer_draw", id);
        draft.act = act("set_aside");
        draft.reason = Some("两名候补均不能到场".to_owned());
        draft.seen = self.seen(id);
        self.prosecutor.record(&draft);
        assert_eq!(self.engine.push_last(&self.prosecutor), "accepted");
    }

    fn why(&self, proof: &Proof, member: MemberId) -> Vec<Exclusion> {
        let roster = Roster::parse(&proof.roster).expect("a roster");
        let found = roster
            .candidates()
            .iter()
            .find(|c| c.member == member)
            .expect("on the roster");
        found.excluded.iter().copied().collect()
    }
}

fn entered(proof: &Proof, unit: &UnitCode) -> Vec<(&'static str, Value)> {
    vec![
        ("roster_hash", json!(hex::encode(proof.drawn.roster_hash))),
        ("pool_size", json!(proof.drawn.pool_size)),
        ("widened", json!(proof.pool != *unit)),
        ("seed", json!(hex::encode(proof.drawn.seed))),
        ("observer_1", json!(proof.drawn.observers[0])),
        ("observer_2", json!(proof.drawn.observers[1])),
        ("substitute_1", json!(proof.drawn.substitutes[0])),
        ("substitute_2", json!(proof.drawn.substitutes[1])),
    ]
}

on_both_backends! {
    fn what_was_drawn_and_nothing_else_can_be_entered(backend) {
        let mut court = Court::sit(backend);
        let (id, proof) = court.ask(|_| ());
        let proof = proof.expect("drawn");
        assert_eq!(proof.faults(), []);
        assert_eq!(court.draw(&court.prosecutor, id).expect("the same"), proof);
        assert_eq!(proof.number, 1);
        let right = entered(&proof, &court.unit);
        for nth in 0..right.len() {
            let mut wrong = right.clone();
            wrong[nth].1 = match &wrong[nth].1 {
                Value::String(text) if text.len() == 36 => json!(court.prosecutor.holder.member),
                Value::String(text) => json!(text.replace(|c: char| c.is_ascii_digit(), "f")),
                Value::Number(_) => json!(99),
                _ => json!(proof.pool == court.unit),
            };
            assert_eq!(court.take(id, "draw", &wrong, &[]), "draw_differs", "{}", right[nth].0);
            let mut less = right.clone();
            less.remove(nth);
            assert_ne!(court.take(id, "draw", &less, &[]), "accepted", "{}", right[nth].0);
        }
        assert_eq!(court.take(id, "draw", &right, &[]), "accepted");
        let [first, next] = [proof.drawn.observers[0], proof.drawn.substitutes[0]];
        for (set, add) in [
            (vec![("observer_1", json!(proof.drawn.substitutes[1]))], vec![("replaced", first)]),
            (vec![("observer_1", json!(next))], vec![]),
            (vec![("observer_1", json!(next))], vec![("replaced", next)]),
            (vec![("observer_2", json!(next))], vec![("replaced", first)]),
            (vec![("observer_1", json!(next)), ("seed", json!("00"))], vec![("replaced", first)]),
        ] {
            assert_eq!(court.take(id, "replace", &set, &add), "draw_differs", "{set:?} {add:?}");
        }
        assert_eq!(court.take(id, "confirm", &[], &[]), "accepted");
        assert_eq!(court.take(id, "replace", &[("observer_1", json!(next))], &[("replaced", first)]), "accepted");
        let last = proof.drawn.substitutes[1];
        assert_eq!(court.take(id, "replace", &[("observer_1", json!(last))], &[("replaced", next)]), "accepted");
        assert_eq!(court.take(id, "replace", &[("observer_1", json!(first))], &[("replaced", last)]), "draw_differs", "nobody is left");
        let mut edit = with(court.supervisor.draft("observer_draw", id), &[("order", json!(court.order))]);
        edit.seen = court.seen(id);
        court.supervisor.record(&edit);
        assert_eq!(court.engine.push_last(&court.supervisor), "draw_differs", "what it was asked for with stays");
    }

    fn one_arrangement_is_drawn_once_unless_that_draw_is_set_aside_with_a_reason(backend) {
        let mut court = Court::sit(backend);
        let (first, proof) = court.ask(|_| ());
        let proof = proof.expect("drawn");
        let right = entered(&proof, &court.unit);
        assert_eq!(court.take(first, "draw", &right, &[]), "accepted");
        assert_eq!(court.ask(|_| ()).1, Err(DrawError::Exists));
        let gone = proof.drawn.observers[1];
        let next = json!(proof.drawn.substitutes[0]);
        assert_eq!(court.take(first, "replace", &[("observer_2", next)], &[("replaced", gone)]), "accepted");
        court.set_aside(first);
        assert_eq!(court.ask(|_| ()).1, Err(DrawError::ReasonMissing));
        let why = |draft: &mut OpDraft| { draft.set.insert("redraw_reason".to_owned(), json!("前次抽取的志愿者均不能到场")); };
        let (_, again) = court.ask(why);
        let again = again.expect("drawn anew");
        assert_eq!((again.number, again.faults()), (2, vec![]));
        assert_eq!(court.why(&again, gone), [Exclusion::Earlier]);
        assert_ne!(again.drawn.seed, proof.drawn.seed);
        assert_eq!(court.ask(why).1, Err(DrawError::Exists), "and that one stands");
    }

    fn those_with_an_interest_and_those_bound_elsewhere_are_not_drawn(backend) {
        let mut court = Court::sit(backend);
        let people: Vec<MemberId> = (0..3).map(|n| court.engine.member(Role::Volunteer, &court.unit, n).id).collect();
        let other = court.arrange("2026-12-31", "2027-03-01");
        let mut bound = court.prosecutor.draft("service_order", other);
        bound.add = BTreeMap::from([("observers".to_owned(), vec![json!(people[1])])]);
        bound.seen = court.seen(other);
        court.prosecutor.record(&bound);
        assert_eq!(court.engine.push_last(&court.prosecutor), "accepted");
        let now_ms = court.engine.app.now_ms();
        draws::among(&court.engine, &mut court.prosecutor, other, &people[1..], now_ms);
        let supervisor = court.supervisor.holder.member;
        let unit = court.unit.clone();
        court.engine.appoint(supervisor, Role::Volunteer, &unit);
        for appointment in court.engine.member(Role::Volunteer, &unit, 2).appointments.clone() {
            court.engine.end_appointment(appointment.id);
        }
        court.engine.clock.advance(1_000);
        let kin = people[0];
        let name = move |draft: &mut OpDraft| { draft.add.insert("excluded_kin".to_owned(), vec![json!(kin)]); };
        assert_eq!(court.ask(name).1, Err(DrawError::ReasonMissing));
        let (_, proof) = court.ask(|draft| {
            name(draft);
            draft.set.insert("exclusion_note".to_owned(), json!("与服务人为表亲"));
        });
        let proof = proof.expect("drawn");
        assert_eq!(court.why(&proof, kin), [Exclusion::Kin]);
        assert_eq!(court.why(&proof, people[1]), [Exclusion::Serving]);
        assert_eq!(court.why(&proof, people[2]), [Exclusion::Ended]);
        assert_eq!(court.why(&proof, supervisor), [Exclusion::Involved]);
        assert_ne!(proof.pool, court.unit, "too few are left in the community");
        let drawn: Vec<_> = proof.drawn.observers.iter().chain(&proof.drawn.substitutes).collect();
        assert_eq!(drawn.len(), 4);
        assert!(drawn.iter().all(|member| !people.contains(member) && **member != supervisor));
        for (change, fault) in [
            (Box::new(|p: &mut Proof| p.roster = p.roster.replace(" kin\n", " -\n")) as Box<dyn Fn(&mut Proof)>, Fault::ExclusionsDiffer),
            (Box::new(|p: &mut Proof| p.checkpoint.push('\n')), Fault::RequestDiffers),
            (Box::new(|p: &mut Proof| p.beacon[0] ^= 1), Fault::BeaconInvalid),
            (Box::new(|p: &mut Proof| p.drawn.observers.swap(0, 1)), Fault::ResultDiffers),
            (Box::new(|p: &mut Proof| p.request.text = p.request.text.replace("\"salt\":\"", "\"salt\":\"00")), Fault::BeaconInvalid),
            (Box::new(|p: &mut Proof| p.roster.push(' ')), Fault::RosterUnreadable),
        ] {
            let mut changed = proof.clone();
            change(&mut changed);
            assert!(changed.faults().contains(&fault), "{fault:?} {:?}", changed.faults());
        }
    }

    fn a_supervisor_leaves_out_few_and_a_prosecutor_as_many_as_he_answers_for(backend) {
        let mut court = Court::sit(backend);
        let people: Vec<MemberId> = (0..3).map(|n| court.engine.member(Role::Volunteer, &court.unit, n).id).collect();
        let leave_out = |draft: &mut OpDraft, members: &[MemberId]| {
            draft.add.insert("excluded_conflict".to_owned(), members.iter().map(|id| json!(id)).collect());
            draft.set.insert("exclusion_note".to_owned(), json!("与案件有利害关系"));
        };
        let all_but_two = draws::everybody_but(&court.engine, &people[..2]);
        assert_eq!(court.ask(|draft| leave_out(draft, &all_but_two)).1, Err(DrawError::ExclusionsMany));
        let id = record();
        let mut draft = court.request(&court.prosecutor, id);
        leave_out(&mut draft, &all_but_two);
        court.prosecutor.record(&draft);
        assert_eq!(court.engine.push_last(&court.prosecutor), "accepted");
        // Whose request it is counts, not who has it drawn.
        assert_eq!(court.draw(&court.supervisor, id).expect("drawn").faults(), []);
        let mut court = Court::sit(backend);
        assert!(court.ask(|draft| leave_out(draft, &people[..2])).1.is_ok());
    }

    fn only_a_prosecutor_and_the_arrangements_supervisor_draw(backend) {
        let mut court = Court::sit(backend);
        let id = record();
        let request = court.request(&court.prosecutor, id);
        court.prosecutor.record(&request);
        assert_eq!(court.engine.push_last(&court.prosecutor), "accepted");
        let volunteer = court.engine.phone(court.engine.member(Role::Volunteer, &court.unit, 0), &court.unit);
        assert!(matches!(court.draw(&volunteer, id), Err(DrawError::Sync(_))));
        let district: UnitCode = "350111000000".parse().expect("a code");
        let chief = court.engine.phone(court.engine.member(Role::ChiefProcurator, &district, 0), &court.unit);
        assert_eq!(court.draw(&chief, id), Err(DrawError::Forbidden));
        assert_eq!(court.draw(&court.prosecutor, court.order), Err(DrawError::NotRequest));
        let mut early = court.request(&court.prosecutor, record());
        early.set.insert("seed".to_owned(), json!("00"));
        court.prosecutor.record(&early);
        assert_eq!(court.engine.push_last(&court.prosecutor), "draw_differs", "a request brings no result");
        let proof = court.draw(&court.supervisor, id).expect("drawn");
        assert_eq!(proof.faults(), []);
    }

    fn a_draw_names_a_checkpoint_that_was_there_before_it(backend) {
        let mut court = Court::sit(backend);
        let first = court.engine.checkpoint();
        let forged = first.replacen('\n', "x\n", 1);
        let naming = |note: &str| { let note = note.to_owned(); move |draft: &mut OpDraft| { draft.set.insert("checkpoint".to_owned(), json!(note)); } };
        assert_eq!(court.ask(naming(&forged)).1, Err(DrawError::CheckpointUnknown));
        assert_eq!(court.ask(naming("not a note")).1, Err(DrawError::CheckpointUnknown));
        // Hours later it is still the newest; once there is another it is too old.
        court.engine.clock.advance(3_600_000);
        let late = record();
        let request = court.request(&court.supervisor, late);
        court.supervisor.record(&request);
        assert_eq!(court.engine.push_last(&court.supervisor), "accepted");
        court.engine.seal();
        assert_ne!(court.engine.checkpoint(), first);
        court.engine.clock.advance(1_000);
        assert_eq!(court.ask(naming(&first)).1, Err(DrawError::CheckpointAge));
        let proof = court.draw(&court.supervisor, late).expect("it was the newest when this request came");
        assert_eq!(proof.checkpoint, first);
    }

    fn a_kept_draw_is_never_changed(backend) {
        let mut court = Court::sit(backend);
        court.ask(|_| ()).1.expect("drawn");
        for statement in ["UPDATE draw SET roster = ''", "DELETE FROM draw"] {
            let why = court.engine.place().refusal(statement);
            assert!(why.contains("a draw is never"), "{statement}: {why}");
        }
        let kept: Result<_, StoreError> = court.engine.app.store.read(|db| query!(db, draws::of_order(court.order)));
        assert_eq!(kept.expect("readable").len(), 1);
    }
}
