//! What hours may not stand on: words in another's hand, an approval of one's own, an arrangement at rest, a day over the limit.

use serde_json::{Value, json};
use sync_protocol::feed;
use sync_protocol::id::{MemberId, RecordId};
use sync_protocol::op::{OpDraft, OpName};
use sync_protocol::role::Role;
use wuyuan_server::query;
use wuyuan_tests::engine::word;
use wuyuan_tests::office::{Office, Person, at, leave, put, take};
use wuyuan_tests::on_both_backends;

use Person::{Leader, Officer, Prosecutor, Supervisor, Volunteer};

/// What is attested of an hour from nine on the twentieth.
fn an_hour(session: RecordId) -> Vec<(&'static str, Value)> {
    vec![
        ("session", json!(session)),
        ("present_from", json!(at(20, 9, 0))),
        ("present_until", json!(at(20, 9, 60))),
        ("attitude", json!("earnest")),
        ("punctuality", json!("on_time")),
        ("effort", json!("steady")),
    ]
}

/// Somebody hands in hours of a member's own.
fn enter(office: &mut Office, by: Person, whose: MemberId, hour: u32, minutes: i64) -> RecordId {
    office.create(by, "volunteer_session", |draft| {
        let times = [("started_at", at(19, hour, 0)), ("ended_at", at(19, hour, minutes))];
        times
            .into_iter()
            .for_each(|(field, time)| put(draft, &[(field, json!(time))]));
        put(
            draft,
            &[
                ("volunteer", json!(whose)),
                ("service_kind", json!("home_repair")),
                ("claimed_minutes", json!(minutes)),
            ],
        );
        for field in [
            "activity_name",
            "place_text",
            "content",
            "organising_unit",
            "person_in_charge",
        ] {
            put(draft, &[(field, json!("演示"))]);
        }
        take(draft, "submit");
    })
}

fn is_open(office: &Office, code: &str) -> bool {
    office.engine.findings().iter().any(|open| open == code)
}

on_both_backends! {
    fn what_the_desk_issues_in_an_observers_name_does_not_count(backend) {
        let mut office = Office::open(backend);
        let order = office.order();
        let session = office.session(order, 20, 9, 60);
        office.attest(0, session);
        // An observer forgets the minutes; the desk issues his statement again, with minutes of its own.
        let (id, said) = office.begin(Volunteer(1), "attestation", |draft| {
            put(draft, &an_hour(session));
            take(draft, "submit");
        });
        assert_eq!(said, "transition_incomplete");
        let phone = &office.phones[&Volunteer(1)];
        let refused = OpName { device: phone.device, seq: phone.seq(), hash: feed::body_hash(phone.text(phone.seq()).as_bytes()) };
        let again = office.write(Officer, id, |draft| {
            put(draft, &an_hour(session));
            put(draft, &[("minutes_seen", json!(60))]);
            take(draft, "submit");
            draft.reissues = Some(refused);
        });
        assert_eq!(again, "accepted");
        assert_eq!(office.approve(Supervisor, session), "accepted");
        office.follow();
        assert_eq!(office.waits(session), "attestations_missing,attestation_not_own");
        // He puts it into his own words.
        assert_eq!(office.act(Officer, id, "return"), "accepted");
        assert_eq!(office.act(Volunteer(1), id, "submit"), "accepted");
        office.follow();
        assert_eq!(office.waits(session), "attestations_missing,attestation_not_own", "the words are still the desk's");
        assert_eq!(office.act(Officer, id, "return"), "accepted");
        let own = |draft: &mut OpDraft| {
            put(draft, &an_hour(session));
            put(draft, &[("minutes_seen", json!(60))]);
            take(draft, "submit");
        };
        assert_eq!(office.write(Volunteer(1), id, own), "accepted");
        office.follow();
        assert_eq!(office.posted(session), 60);
    }

    fn nobody_approves_or_decides_in_his_own_matter(backend) {
        let mut office = Office::open(backend);
        let leader = office.member(Leader);
        let own = enter(&mut office, Leader, leader, 8, 60);
        assert_eq!(office.approve(Leader, own), "accepted");
        let volunteer = office.member(Volunteer(0));
        let entered = enter(&mut office, Leader, volunteer, 8, 60);
        assert_eq!(office.approve(Leader, entered), "accepted");
        office.follow();
        assert_eq!(office.waits(own), "approved_by_claimant");
        assert_eq!(office.waits(entered), "approved_by_claimant", "who entered it does not approve it");
        // The officer's own long day.
        let officer = office.member(Officer);
        office.engine.appoint(officer, Role::Volunteer, &office.unit);
        let long = enter(&mut office, Volunteer(1), officer, 8, 540);
        assert_eq!(office.approve(Leader, long), "accepted");
        office.follow();
        assert_eq!(office.waits(long), "finding.day_hours");
        assert_eq!(office.dismiss(Officer, long, "day_hours"), "decision_by_party");
        office.follow();
        assert_eq!(office.waits(long), "finding.day_hours");
        // It is kept like everything that was refused, and somebody else decides, on the same screen.
        assert!(is_open(&office, "day_hours") && is_open(&office, "quarantined_op"));
        assert_eq!(office.dismiss(Prosecutor, long, "day_hours"), "accepted");
        office.follow();
        assert_eq!(office.posted(long), 540);
    }

    fn neither_who_proposes_nor_who_confirms_a_decision_has_a_part_in_the_hours(backend) {
        let mut office = Office::open(backend);
        let officer = office.member(Officer);
        office.engine.appoint(officer, Role::Volunteer, &office.unit);
        let long = enter(&mut office, Volunteer(1), officer, 8, 540);
        office.follow();
        let found = office.found(long, "day_hours");
        let decide = |draft: &mut OpDraft| leave(draft, found.clone());
        assert_eq!(office.agree_to(Officer, Prosecutor, long, decide), "decision_by_party");
        assert_eq!(office.agree_to(Prosecutor, Officer, long, decide), "decision_by_party");
        assert_eq!(office.dismiss(Prosecutor, long, "day_hours"), "accepted");
    }

    fn who_got_a_part_after_he_proposed_decides_by_nobodys_hand(backend) {
        let mut office = Office::open(backend);
        let (officer, volunteer) = (office.member(Officer), office.member(Volunteer(2)));
        let long = enter(&mut office, Volunteer(1), volunteer, 8, 540);
        office.follow();
        let found = office.found(long, "day_hours");
        let proposed = office.write(Officer, long, |draft| {
            leave(draft, found.clone());
            draft.proposes = true;
        });
        assert_eq!(proposed, "accepted");
        let proposal = office.last_of(Officer);
        assert_eq!(office.set(Volunteer(1), long, "volunteer", json!(officer)), "accepted");
        office.follow();
        let confirmed = office.write(Prosecutor, long, |draft| {
            leave(draft, found.clone());
            draft.confirms = Some(proposal);
        });
        assert_eq!(confirmed, "decision_by_party");
    }

    fn who_approves_in_the_same_push_decides_nothing(backend) {
        let mut office = Office::open(backend);
        let (officer, unit) = (office.member(Officer), office.unit.clone());
        let leads = office.engine.appoint(officer, Role::GroupLeader, &unit);
        office.engine.clock.advance(1_000);
        let long = office.volunteering(0, 19, 8, 540);
        office.follow();
        let (found, digest, seen) = (office.found(long, "day_hours"), office.digest(long), office.seen(long));
        let phone = office.phones.get_mut(&Officer).expect("a phone");
        let mut approval = phone.draft("volunteer_session", long);
        (approval.appointment, approval.seen, approval.approves) = (leads, seen.clone(), digest);
        take(&mut approval, "approve");
        let first = phone.record(&approval);
        let mut decision = phone.draft("volunteer_session", long);
        decision.seen = seen;
        decision.seen.insert(phone.device, first);
        leave(&mut decision, found);
        phone.record(&decision);
        let said = office.engine.push_from(&office.phones[&Officer], first).expect("an answer");
        assert_eq!([word(&said, 0), word(&said, 1)], ["accepted", "decision_by_party"]);
        office.follow();
        assert_eq!(office.waits(long), "finding.day_hours");
    }

    fn a_days_limit_holds_in_whichever_order_it_is_entered(backend) {
        let mut office = Office::open(backend);
        let evening = office.volunteering(0, 19, 12, 480);
        assert_eq!(office.approve(Leader, evening), "accepted");
        office.follow();
        assert_eq!(office.posted(evening), 480);
        let morning = office.volunteering(0, 19, 6, 360);
        assert_eq!(office.approve(Leader, morning), "accepted");
        office.follow();
        assert_eq!((office.posted(morning), office.waits(morning).as_str()), (0, "finding.day_hours"));
        assert_eq!(office.posted(evening), 480);
        assert_eq!(office.dismiss(Officer, morning, "day_hours"), "accepted");
        office.follow();
        assert_eq!(office.posted(morning), 360);
    }

    fn what_is_decided_about_two_sessions_frees_both(backend) {
        let mut office = Office::open(backend);
        let both = [9, 10].map(|hour| office.volunteering(0, 19, hour, 90));
        for session in both {
            assert_eq!(office.approve(Leader, session), "accepted");
        }
        office.follow();
        assert_eq!(both.map(|session| office.waits(session)), ["finding.overlap", "finding.overlap"]);
        assert_eq!(office.dismiss(Officer, both[0].max(both[1]), "overlap"), "accepted");
        office.follow();
        assert_eq!(both.map(|session| office.posted(session)), [90, 90]);
    }

    fn a_time_that_cannot_be_is_found_and_put_right(backend) {
        let mut office = Office::open(backend);
        let years = [("1970", 1), ("2030", 1), ("2026", 0)];
        for (nth, (year, many)) in years.into_iter().enumerate() {
            let session = office.volunteering(nth, 19, 9, 60);
            let moved = |draft: &mut OpDraft| {
                let day = |hour: u32| json!(format!("{year}-11-19T{hour:02}:00:00.000+08:00"));
                put(draft, &[("started_at", day(9)), ("ended_at", day(10))]);
            };
            assert_eq!(office.write(Volunteer(nth), session, moved), "accepted", "what a phone with a wrong clock recorded is kept");
            assert_eq!(office.approve(Leader, session), "accepted");
            office.follow();
            assert_eq!(office.found(session, "date_impossible").len(), many, "{year}");
            assert_eq!(office.posted(session), if many == 0 { 60 } else { 0 });
            if many == 0 { continue; }
            assert!(office.waits(session).contains("finding.date_impossible"), "{year}");
            // Put right, it closes by itself.
            assert_eq!(office.agree(Leader, Officer, session, "correct"), "accepted");
            let right = |draft: &mut OpDraft| put(draft, &[("started_at", json!(at(19, 9, 0))), ("ended_at", json!(at(19, 9, 60)))]);
            assert_eq!(office.write(Volunteer(nth), session, right), "accepted");
            assert_eq!(office.act(Volunteer(nth), session, "submit"), "accepted");
            assert_eq!(office.approve(Leader, session), "accepted");
            office.follow();
            assert_eq!((office.found(session, "date_impossible").len(), office.posted(session)), (0, 60), "{year}");
        }
        // No RFC 3339 at all.
        let session = office.volunteering(0, 20, 9, 60);
        assert_eq!(office.set(Volunteer(0), session, "started_at", json!("+10000-01-01T08:00:00.000+08:00")), "wrong_type");
    }

    fn an_account_is_somebody_who_may_claim_hours_there(backend) {
        let mut office = Office::open(backend);
        let nobody = enter(&mut office, Volunteer(0), MemberId([7; 16]), 8, 60);
        let prosecutor = office.member(Prosecutor);
        let other = enter(&mut office, Volunteer(0), prosecutor, 8, 60);
        for session in [nobody, other] {
            assert_eq!(office.approve(Leader, session), "accepted");
            office.follow();
            assert_eq!(office.waits(session), "account_unknown");
        }
    }

    fn what_the_person_says_and_the_arrangements_rest_hold_hours_back(backend) {
        let mut office = Office::open(backend);
        let order = office.order();
        let session = office.session(order, 20, 9, 60);
        assert_eq!(office.set(Volunteer(0), session, "subject_confirmed", json!("objects")), "accepted");
        office.attest(0, session);
        office.attest(1, session);
        assert_eq!(office.approve(Supervisor, session), "accepted");
        office.follow();
        assert_eq!(office.waits(session), "subject_objects");
        assert_eq!(office.set(Supervisor, session, "subject_confirmed", json!("confirmed")), "accepted");
        office.follow();
        assert_eq!(office.waits(session), "approved_by_claimant", "who approves does not speak for the person");
        assert_eq!(office.act(Supervisor, session, "question"), "accepted");
        assert_eq!(office.set(Volunteer(0), session, "subject_confirmed", json!("confirmed")), "accepted");
        assert_eq!(office.approve(Supervisor, session), "accepted");
        // A session that has not begun yet, and a person who wishes to stop after what he has served.
        let day = chrono::DateTime::from_timestamp_millis(office.engine.app.now_ms() + 40 * 86_400_000).expect("a moment");
        let text = |hour: u32| json!(format!("{}T{hour:02}:00:00.000+08:00", day.format("%Y-%m-%d")));
        let early = office.volunteering(2, 20, 8, 60);
        let move_it = |draft: &mut OpDraft| put(draft, &[("started_at", text(9)), ("ended_at", text(10))]);
        assert_eq!(office.write(Volunteer(2), early, move_it), "accepted");
        assert_eq!(office.approve(Leader, early), "accepted");
        assert_eq!(office.act(Prosecutor, order, "withdraw"), "accepted");
        office.follow();
        assert_eq!(office.posted(session), 60, "what was served before stands");
        assert_eq!(office.waits(early), "not_over_yet,finding.date_impossible");
    }

    fn a_posting_whose_ground_is_gone_is_a_finding(backend) {
        let mut office = Office::open(backend);
        let order = office.order();
        let session = office.session(order, 20, 9, 60);
        let first = office.attest(0, session);
        office.attest(1, session);
        assert_eq!(office.approve(Supervisor, session), "accepted");
        office.follow();
        assert!(!is_open(&office, "ground_gone"));
        assert_eq!(office.act(Officer, first, "void"), "accepted");
        office.follow();
        assert!(is_open(&office, "ground_gone"));
        assert_eq!(office.posted(session), 60, "people take it back, nobody else");
        office.attest(0, session);
        office.follow();
        assert!(!is_open(&office, "ground_gone"));
    }

    fn who_could_read_the_others_words_before_his_own_was_not_blind(backend) {
        let mut office = Office::open(backend);
        let order = office.order();
        let session = office.session(order, 20, 9, 60);
        office.attest(0, session);
        let second = office.member(Volunteer(1));
        let led = office.engine.appoint(second, Role::GroupLeader, &office.unit);
        office.engine.clock.advance(1_000);
        let ends_ms = office.engine.app.now_ms();
        office.engine.app.store.write(|db| query!(db, appointments::end(led, ends_ms))).expect("it ends");
        office.engine.clock.advance(1_000);
        office.attest(1, session);
        assert_eq!(office.approve(Supervisor, session), "accepted");
        office.follow();
        assert_eq!(office.waits(session), "attestations_missing,observer_not_blind");
        // Another time he was blind when he handed it in, whatever he becomes and whoever locks it afterwards.
        let session = office.session(order, 21, 9, 60);
        office.attest(0, session);
        let blind = office.attest(1, session);
        office.engine.clock.advance(1_000);
        office.engine.appoint(second, Role::GroupLeader, &office.unit);
        office.engine.clock.advance(1_000);
        assert_eq!(office.act(Supervisor, blind, "lock"), "accepted");
        assert_eq!(office.approve(Supervisor, session), "accepted");
        office.follow();
        assert_eq!(office.posted(session), 60);
    }
}
