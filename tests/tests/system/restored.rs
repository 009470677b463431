//! After the restore of an old backup: phones bring back what was lost, and nothing of it is judged anew to anybody's
//! harm.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sync_protocol::op;
use sync_protocol::receipt;
use sync_protocol::role::Role;
use sync_protocol::wire::SyncAnswer;
use tempfile::TempDir;
use wuyuan_server::demo;
use wuyuan_tests::backend::Backend;
use wuyuan_tests::command::done;
use wuyuan_tests::district::{Handset, World};
use wuyuan_tests::on_both_backends;
use wuyuan_tests::server::Server;

use wuyuan_tests::reports::{edit, record, report, verdicts};

/// How long a released operation may take. It needs milliseconds.
const DEADLINE: Duration = Duration::from_secs(60);

/// A backup that was made at some moment of a world.
struct Backup {
    folder: TempDir,
}

impl Backup {
    fn of(world: &World) -> Backup {
        let backup = Backup {
            folder: TempDir::new().expect("a temporary folder"),
        };
        done(&[
            "backup",
            "--to",
            &backup.file(),
            "--database",
            &world.server.place().url(),
        ]);
        backup
    }

    fn file(&self) -> String {
        self.folder.path().join("old.backup").to_str().expect("text").to_owned()
    }

    /// The world after its server burnt down and the backup was put into a new database.
    fn restore(&self, world: World, backend: Backend) -> World {
        let World { mut server, district } = world;
        server.kill();
        let place = Arc::new(backend.place());
        done(&["restore", "--from", &self.file(), "--database", &place.url()]);
        World {
            server: Server::on(place, &[("admin_totp", "false"), ("rate_per_member", "1000000")]),
            district,
        }
    }
}

fn write(handset: &mut Handset, title: &str) -> sync_protocol::id::RecordId {
    let record = record();
    let draft = report(&handset.phone, record, title);
    handset.phone.record(&draft);
    record
}

/// The receipt of an answer as a phone keeps it.
fn kept(handset: &Handset, answer: &[u8]) -> Value {
    let answer: SyncAnswer = serde_json::from_slice(answer).expect("an answer");
    let text = receipt::text(&handset.phone.device, &answer.verdicts);
    let receipt = serde_json::to_value(answer.receipt).expect("a receipt");
    json!({"text": text, "key": receipt["key"], "sig": receipt["sig"]})
}

/// A push of everything from `first` on with `receipts`.
fn push_with(handset: &Handset, first: u64, receipts: &Value) -> wuyuan_tests::api::Answer {
    let body = handset.phone.push(first..=handset.phone.seq()).text();
    handset.push_text(&body.replacen("\"sent_at\"", &format!("\"receipts\":{receipts},\"sent_at\""), 1))
}

on_both_backends! {
    fn phones_bring_back_what_an_old_backup_lacks(backend) {
        let world = World::start(backend);
        let (author, reader) = (world.holder(Role::Volunteer, 0).clone(), world.holder(Role::Prosecutor, 0).clone());
        let mut phone = world.handset(&author);
        let mut desk = world.handset(&reader);
        write(&mut phone, "before the backup");
        write(&mut desk, "also before");
        for handset in [&phone, &desk] {
            assert_eq!(verdicts(&handset.push_from(1)), ["accepted"]);
        }
        let backup = Backup::of(&world);

        let lost = write(&mut phone, "after the backup");
        write(&mut phone, "more");
        assert_eq!(verdicts(&phone.push_from(2)), ["accepted", "accepted"]);
        let mut draft = edit(&desk.phone, lost, 1, "seen while it was there");
        draft.unit = phone.phone.holder.unit.clone();
        draft.seen = [(phone.phone.device, 2)].into();
        desk.phone.record(&draft);
        assert_eq!(verdicts(&desk.push_from(2)), ["accepted"]);
        let mut fresh = world.enrol(phone.api.clone(), &author);
        write(&mut fresh, "on a phone that the backup has never heard of");
        assert_eq!(verdicts(&fresh.push_from(1)), ["accepted"]);
        let generation = phone.phone.generation.clone();

        let world = backup.restore(world, backend);
        for handset in [&mut phone, &mut desk, &mut fresh] {
            handset.api = handset.api.at(&world.server.url());
        }
        let feed = |handset: &Handset| handset.api.post("/v1/sync", &json!({"device": handset.phone.device}));
        let answer = feed(&phone).ok();
        assert_ne!(answer["generation"], generation.as_str());
        assert_eq!(answer["feed"]["head"]["seq"], 1);
        assert_eq!(answer["feed"]["durable_seq"], 0, "as the backup says, which was made before it was verified");

        // The other one comes first, and what he saw is not there yet.
        assert_eq!(verdicts(&desk.push_from(2)), ["seen_earlier_generation"]);
        // Too far ahead: told where to begin.
        write(&mut phone, "after the restore");
        let gap = phone.push_from(4);
        assert_eq!(gap.problem(), (409, "gap".to_owned()));
        assert_eq!(gap.json()["expected_seq"], 2);
        assert_eq!(verdicts(&phone.push_from(2)), ["accepted", "accepted", "accepted"]);

        let started = Instant::now();
        loop {
            let answer = desk.api.post("/v1/sync", &json!({"device": desk.phone.device, "held": [2]})).ok();
            match answer["resolved"][0]["fate"].as_str() {
                Some("accepted") => break,
                Some("held") => assert!(started.elapsed() < DEADLINE, "it stays held"),
                _ => panic!("{answer}"),
            }
        }

        // A device of after the backup enrols again as the same, and brings everything.
        assert_eq!(feed(&fresh).problem(), (404, "device_unknown".to_owned()));
        assert_eq!(fresh.api.post("/v1/devices", &fresh.phone.enrolment()).status, 201);
        assert_eq!(verdicts(&fresh.push_from(1)), ["accepted"]);
        assert!(done(&["verify", "--database", &world.server.place().url()]).ends_with("all is right\n"));
    }

    fn a_refresh_token_of_before_is_refused_and_raises_no_alarm(backend) {
        let world = World::start(backend);
        let member = world.holder(Role::Volunteer, 0).clone();
        let sign_in = json!({"number": member.number, "password": demo::PASSWORD});
        let before = world.api().post("/v1/auth/sign-in", &sign_in).ok();
        let backup = Backup::of(&world);
        let world = backup.restore(world, backend);

        let now = world.api().post("/v1/auth/sign-in", &sign_in).ok();
        let refresh = |session: &Value| {
            world.api().post("/v1/auth/refresh", &json!({"refresh_token": session["refresh_token"]}))
        };
        let (status, code) = refresh(&before).problem();
        assert_eq!(status, 401);
        assert_ne!(code, "refresh_reused");
        refresh(&now).ok();
        let alarms = "SELECT COUNT(*) FROM journal WHERE event = 'refresh_reused'";
        assert_eq!(world.server.place().number(alarms), 0);
    }

    fn with_its_receipt_an_operation_is_judged_as_of_its_first_arrival(backend) {
        let world = World::start(backend);
        let member = world.holder(Role::Volunteer, 0).clone();
        let mut phone = world.handset(&member);
        let backup = Backup::of(&world);
        let mut receipts = Vec::new();
        let mut arrivals = Vec::new();
        for (seq, title) in [(1, "with its receipt"), (2, "with a bent receipt"), (3, "with another's"), (4, "with none")] {
            write(&mut phone, title);
            let answer = phone.push_from(seq);
            assert_eq!(verdicts(&answer), ["accepted"]);
            arrivals.push(answer.json()["verdicts"][0]["arrival"].clone());
            receipts.push(kept(&phone, &answer.body));
        }
        let world = backup.restore(world, backend);
        phone.api = phone.api.at(&world.server.url());
        // Ended after the first arrival and before the second.
        let admin = world.sign_in(world.holder(Role::SysAdmin, 0));
        admin.post(&format!("/v1/appointments/{}/end", member.appointments[0].id), &json!({})).ok();

        let text = receipts[1]["text"].as_str().expect("text").to_owned();
        let arrival = arrivals[1].to_string();
        receipts[1]["text"] = json!(text.replace(&arrival, "1000000000000"));
        let other = op::read(phone.phone.text(3)).1;
        let text = receipts[2]["text"].as_str().expect("text").to_owned();
        receipts[2]["text"] = json!(text.replace(&hex::encode(other), &hex::encode(op::read(phone.phone.text(4)).1)));
        receipts.truncate(3);
        let answer = push_with(&phone, 1, &json!(receipts));
        assert_eq!(verdicts(&answer), ["accepted", "appointment_ended", "appointment_ended", "appointment_ended"]);
        let answer = answer.json();
        assert_eq!(answer["verdicts"][0]["arrival"], arrivals[0], "it keeps its first arrival");
        assert_ne!(answer["verdicts"][1]["arrival"], arrivals[1]);
        assert!(done(&["verify", "--database", &world.server.place().url()]).ends_with("all is right\n"));

        let too_many = push_with(&phone, 4, &json!([receipts[0], receipts[0]]));
        assert_eq!(too_many.problem().0, 400);
    }
}
