//! A backup of a district in which everything of the desk is, made while phones push and put into either kind of database:
//! nothing of it is another afterwards, all of it can still be proven, and people go on where they were.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};
use sync_protocol::decision::{Conclusion, Decides};
use sync_protocol::log::{Consistency, Inclusion, VerifierKey, check_consistency, check_inclusion};
use sync_protocol::op::Act;
use sync_protocol::role::Role;
use tempfile::TempDir;
use wuyuan_tests::api::Api;
use wuyuan_tests::backend::{Backend, Place};
use wuyuan_tests::behind::caught_up;
use wuyuan_tests::command::done;
use wuyuan_tests::crew::Hand;
use wuyuan_tests::crowd::Crowd;
use wuyuan_tests::district::{World, with_usual};
use wuyuan_tests::office::Person;
use wuyuan_tests::on_both_backends;
use wuyuan_tests::server::Server;

use crate::desk_life::{Life, QUICK, live, write};

const PHONES: usize = 8;

/// What is asked of a server before and after, and must be answered alike: nothing that the crowd changes.
const ASKED: &[(Role, &str)] = &[
    (Role::Prosecutor, "/v1/hours?by=person"),
    (Role::Prosecutor, "/v1/hours?by=day"),
    (Role::Prosecutor, "/v1/hours/postings?limit=200"),
    (Role::Prosecutor, "/v1/hours/claims?limit=200"),
    (Role::ConflictAdmin, "/v1/findings?state=open&limit=200"),
    (Role::ConflictAdmin, "/v1/findings?state=closed&limit=200"),
    (Role::ConflictAdmin, "/v1/findings?state=decided&limit=200"),
    (Role::Prosecutor, "/v1/deadlines?kind=volunteer_session&limit=500"),
    (Role::ChiefProcurator, "/v1/figures"),
    (Role::ChiefProcurator, "/v1/figures/2026-10/issued"),
    (Role::ChiefProcurator, "/v1/figures/2026-10?issued=true"),
];

fn of(world: &World, role: Role) -> Api {
    world.sign_in(world.holder(role, 0))
}

/// What a server says of the desk, the ledger, the draws and the reports.
fn said(world: &World, life: &Life) -> BTreeMap<String, Value> {
    let mut said = BTreeMap::new();
    for (role, path) in ASKED {
        said.insert((*path).to_owned(), of(world, *role).get(path).ok());
    }
    let officer = of(world, Role::ConflictAdmin);
    for path in [
        "/v1/findings?state=open&limit=200",
        "/v1/findings?state=closed&limit=200",
    ] {
        for finding in said[path]["findings"].as_array().cloned().expect("a list") {
            let path = format!("/v1/findings/{}", finding["id"].as_str().expect("an id"));
            said.insert(path.clone(), officer.get(&path).ok());
        }
    }
    let drawn = format!("/v1/draws/{}", life.draw);
    said.insert(drawn.clone(), of(world, Role::Prosecutor).get(&drawn).ok());
    said
}

/// A proof of an operation of the leader's, and what is signed over it.
fn proof(world: &World, life: &Life) -> Inclusion {
    let phone = &life.phones[&Person::Leader];
    let path = format!("/v1/log/proof/inclusion?device={}&seq=1", phone.device);
    serde_json::from_value(of(world, Role::Prosecutor).get(&path).ok()).expect("a proof")
}

/// Writes a form's export into a file and checks it offline.
fn form_holds(world: &World, life: &Life, file: &Path) {
    let export = of(world, Role::Prosecutor).get(&format!("/v1/forms/{}/export", life.form));
    export.ok();
    fs::write(file, &export.body).expect("a file can be written");
    verified_form(file);
}

fn verified_form(file: &Path) {
    let told = done(&["verify", file.to_str().expect("text")]);
    assert!(
        told.contains("2小时 · 120 minutes") && told.ends_with("all is right\n"),
        "{told}"
    );
}

fn draw_holds(place: &Place, life: &Life) {
    let told = done(&["verify-draw", "--database", &place.url(), &life.draw.to_string()]);
    assert!(told.ends_with("all is right\n"), "{told}");
}

/// The log that the backup holds has ended and is still proven; the one that goes on names it.
fn log_goes_on(world: &World, old: &Inclusion, life: &Life) {
    let reader = of(world, Role::Prosecutor);
    let origins = reader.get("/v1/log/origins").ok();
    let logs = origins["origins"].as_array().expect("logs");
    assert_eq!(logs.len(), 2, "{origins}");
    let key = |nth: usize| VerifierKey::parse(logs[nth]["vkey"].as_str().expect("a key")).expect("a key");
    let (ended, grows) = (key(0), key(1));
    assert_ne!(ended.origin(), grows.origin());
    let last = ended
        .open(logs[0]["checkpoint"].as_str().expect("a note"))
        .expect("signed");
    let seen = ended.open(&old.checkpoint).expect("signed");
    let path = format!("/v1/log/proof/consistency?log=1&from={}&to={}", seen.size, last.size);
    let grown: Consistency = serde_json::from_value(reader.get(&path).ok()).expect("a proof");
    assert!(check_consistency(
        &grown.proof,
        seen.size,
        &seen.root,
        last.size,
        &last.root
    ));
    let again = proof(world, life);
    assert_eq!(
        (again.index, again.leaf_hash, &again.origin),
        (old.index, old.leaf_hash, &old.origin)
    );
    let head = ended.open(&again.checkpoint).expect("signed");
    assert!(check_inclusion(
        &again.proof,
        again.index,
        again.size,
        &again.leaf_hash,
        &head.root
    ));
}

/// People do what was left to do: the leader approves, the officer confirms a correction and decides a finding. Each posts.
fn people_go_on(world: &World, life: &Life) {
    let place = world.server.place();
    let count = || place.number("SELECT COUNT(*) FROM posting");
    let before = count();
    let (session, seen, digest) = life.waiting.clone();
    let mut leader = life.take(world, Person::Leader);
    let mut approval = leader.phone.draft("volunteer_session", session);
    approval.seen = seen;
    approval.act = Some(Act {
        name: "approve".to_owned(),
    });
    approval.approves = Some(digest);
    write(&mut leader, &approval);
    caught_up(place);
    assert_eq!(count(), before + 1, "approved");

    let (session, seen, proposal) = life.proposed.clone();
    let mut officer = life.take(world, Person::Officer);
    let mut confirmation = officer.phone.draft("volunteer_session", session);
    confirmation.seen = seen;
    confirmation.act = Some(Act {
        name: "correct".to_owned(),
    });
    confirmation.reason = Some("演示".to_owned());
    confirmation.confirms = Some(proposal);
    write(&mut officer, &confirmation);
    caught_up(place);
    assert_eq!(count(), before + 2, "taken back");

    let (session, seen) = life.too_long.clone();
    let open = officer.api.get("/v1/findings?rule=day_hours&limit=200").ok();
    let open = open["findings"].as_array().cloned().expect("a list");
    let text = |finding: &Value, part: &str| finding[part].as_str().expect("a text").to_owned();
    let found = open.iter().filter(|finding| finding["record"] == json!(session));
    let mut decision = officer.phone.draft("volunteer_session", session);
    decision.seen = seen;
    decision.reason = Some("演示".to_owned());
    decision.decides = Some(Decides {
        conclusion: Conclusion::KeepBoth,
        findings: found
            .map(|finding| (text(finding, "id"), text(finding, "basis")))
            .collect(),
    });
    write(&mut officer, &decision);
    caught_up(place);
    assert_eq!(count(), before + 3, "decided");
    assert_eq!(
        place.number("SELECT MAX(number) FROM posting"),
        before + 3,
        "without a hole"
    );
}

on_both_backends! {
    fn a_backup_has_all_of_the_desk_and_people_go_on_from_it(backend) {
        let (mut world, life) = live(backend);
        let before = said(&world, &life);
        let old = proof(&world, &life);
        let folder = TempDir::new().expect("a temporary folder");
        let file = |name: &str| folder.path().join(name).to_str().expect("text").to_owned();
        form_holds(&world, &life, Path::new(&file("before.json")));
        draw_holds(world.server.place(), &life);
        let mut reader = Hand::enrol(&world.server.url(), world.holder(Role::Prosecutor, 0));
        assert!(reader.look_at_log().head.is_some());

        let place = Arc::clone(world.server.place());
        let backup = file("desk.backup");
        Crowd::enrol(&world, PHONES).push_while(|progress| {
            progress.wait_for(PHONES * 2);
            done(&["backup", "--to", &backup, "--database", &place.url(), "--blobs", &place.blobs()]);
            progress.wait_for(PHONES);
        });
        assert!(done(&["verify", "--from", &backup]).ends_with("all is right\n"));
        caught_up(&place);
        assert_eq!(said(&world, &life), before, "the crowd changes none of it");
        assert!(world.server.stop().success());
        let district = world.district.clone();
        drop(world);

        for to in [Backend::Sqlite, Backend::Postgres] {
            let place = Arc::new(to.place());
            let (url, blobs) = (place.url(), place.blobs());
            done(&["restore", "--from", &backup, "--database", &url, "--blobs", &blobs]);
            assert!(done(&["verify", "--database", &url, "--blobs", &blobs]).ends_with("all is right\n"));
            draw_holds(&place, &life);
            let mut world = World {
                server: Server::on(Arc::clone(&place), &with_usual(&[QUICK])),
                district: district.clone(),
            };
            caught_up(&place);
            assert_eq!(said(&world, &life), before);
            verified_form(Path::new(&file("before.json")));
            form_holds(&world, &life, Path::new(&file("after.json")));
            log_goes_on(&world, &old, &life);
            if to == backend {
                reader.turn_to(&world.server.url());
                let log = reader.look_at_log();
                assert!(log.warning.is_none() && log.restores.len() == 1, "{log:?}");
            }
            people_go_on(&world, &life);
            assert!(world.server.stop().success());
            let told = done(&["verify", "--database", &url, "--blobs", &blobs]);
            assert!(told.ends_with("all is right\n") && !told.contains("wait to be sealed"), "{told}");
        }
    }
}
