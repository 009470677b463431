//! Three servers on one PostgreSQL whose machines disagree by hours: only the database's clock counts.

use serde_json::{Value, json};
use sync_protocol::role::Role;
use wuyuan_server::demo;
use wuyuan_tests::api::Api;
use wuyuan_tests::backend::Backend;
use wuyuan_tests::command::done;
use wuyuan_tests::crowd::pull_all;
use wuyuan_tests::district::{World, with_usual};
use wuyuan_tests::reports::{edit, record, report, verdicts};
use wuyuan_tests::server::Server;
use wuyuan_tests::skew;

/// Seconds by which answers may differ that are given one after the other on a loaded machine.
const TOGETHER_S: i64 = 60;

fn skewed(world: &World, offset: &str) -> Server {
    let variables = skew::variables(offset);
    let variables: Vec<_> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Server::with_variables(world.server.place().clone(), &with_usual(&[]), &variables)
}

/// The hour of the machine's clock as the first line of the log says it, in ms since 1970.
fn machine_ms(server: &Server) -> i64 {
    let log = server.log();
    let line: Value = serde_json::from_str(log.lines().next().expect("a line")).expect("JSON");
    let text = line["timestamp"].as_str().expect("a time");
    chrono::DateTime::parse_from_rfc3339(text)
        .expect("RFC 3339")
        .timestamp_millis()
}

#[test]
fn servers_whose_clocks_differ_by_hours_judge_alike() {
    let world = World::start(Backend::Postgres);
    let servers = [skewed(&world, "+1h"), skewed(&world, "-2h")];
    let (here, ahead, behind) = (
        machine_ms(&world.server),
        machine_ms(&servers[0]),
        machine_ms(&servers[1]),
    );
    assert!(
        ahead - here > 3_000_000 && here - behind > 6_000_000,
        "the clocks are not bent: {here} {ahead} {behind}"
    );
    let urls = [world.server.url(), servers[0].url(), servers[1].url()];

    let times: Vec<i64> = urls
        .iter()
        .map(|url| {
            Api::new(url).get("/v1/config").ok()["server_time"]
                .as_i64()
                .expect("a time")
        })
        .collect();
    assert!(
        times.iter().all(|time| (time - times[0]).abs() < TOGETHER_S * 1_000),
        "{times:?}"
    );

    // Whoever signed in at one is known to the others, and goes on at another.
    let member = world.holder(Role::Volunteer, 0).clone();
    let sign_in = json!({"number": member.number, "password": demo::PASSWORD});
    for at in &urls {
        let mut session = Api::new(at).post("/v1/auth/sign-in", &sign_in).ok();
        for other in &urls {
            let token = session["access_token"].as_str().expect("a token").to_owned();
            assert_eq!(
                Api::new(other).with_token(&token).get("/v1/me").status,
                200,
                "{at} {other}"
            );
            let refresh = json!({"refresh_token": session["refresh_token"]});
            session = Api::new(other).post("/v1/auth/refresh", &refresh).ok();
        }
    }

    // One phone at each in turn: order and verdicts are the same, and its clock is not suspected.
    let mut handset = world.handset(&member);
    let id = record();
    let draft = report(&handset.phone, id, "the first");
    handset.phone.record(&draft);
    assert_eq!(verdicts(&handset.push_from(1)), ["accepted"]);
    let mut told = vec![handset.push_from(1).ok()["verdicts"][0].clone()];
    for (turn, url) in urls.iter().cycle().take(9).enumerate() {
        handset.api = handset.api.at(url);
        let seen = handset.phone.seq();
        let draft = edit(&handset.phone, id, seen, &format!("turn {turn}"));
        let seq = handset.phone.record(&draft);
        assert_eq!(verdicts(&handset.push_from(seq)), ["accepted"]);
        told.push(handset.push_from(seq).ok()["verdicts"][0].clone());
    }
    let arrivals: Vec<i64> = told
        .iter()
        .map(|line| line["arrival"].as_i64().expect("a time"))
        .collect();
    assert!(
        arrivals.is_sorted_by(|a, b| a - TOGETHER_S * 1_000 <= *b),
        "{arrivals:?}"
    );
    for url in &urls {
        handset.api = handset.api.at(url);
        assert_eq!(
            handset.push_from(1).ok()["verdicts"],
            json!(told),
            "a verdict is the same wherever it is asked for"
        );
    }
    let reader = world.handset(world.holder(Role::Prosecutor, 0));
    let shown = &pull_all(&reader)[&id.to_string()];
    assert_eq!(
        shown["fields"]["description"][0]["value"], "turn 8",
        "the last in the log"
    );
    assert_eq!(shown["fields"]["description"].as_array().map(Vec::len), Some(1));
    assert_eq!(shown["pos"], 10);
    assert_eq!(
        world.server.place().number("SELECT COUNT(*) FROM finding"),
        0,
        "nobody's clock is suspected"
    );

    // An appointment that ends in half an hour is in force everywhere, one that has ended nowhere, and one that
    // began a moment ago has begun everywhere.
    let admin = world.sign_in(world.holder(Role::SysAdmin, 0));
    let appointment = handset.phone.holder.appointment;
    let end = |at: &str, ends: Value| admin.at(at).post(&format!("/v1/appointments/{appointment}/end"), &ends);
    end(&urls[2], json!({"ends_ms": times[0] + 1_800_000})).ok();
    let push = |handset: &mut wuyuan_tests::district::Handset, url: &str| {
        handset.api = handset.api.at(url);
        let draft = report(&handset.phone, record(), "near the end");
        let seq = handset.phone.record(&draft);
        verdicts(&handset.push_from(seq))
    };
    for url in &urls {
        assert_eq!(push(&mut handset, url), ["accepted"], "{url}");
    }
    let begun = world.holder(Role::Volunteer, 1).clone();
    let mut fresh = world.handset(&begun);
    fresh.phone.holder.unit = world.community(15);
    // A second earlier: these phones write that long before they push.
    let starts_ms = times[0] - 1_000;
    let body = json!({"role": "volunteer", "unit": fresh.phone.holder.unit, "starts_ms": starts_ms});
    let made = admin
        .at(&urls[1])
        .post(&format!("/v1/members/{}/appointments", begun.id), &body)
        .ok();
    fresh.phone.holder.appointment = made["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
    for url in &urls {
        assert_eq!(push(&mut fresh, url), ["accepted"], "{url}");
    }
    end(&urls[1], json!({})).ok();
    for url in &urls {
        assert_eq!(push(&mut handset, url), ["appointment_ended"], "{url}");
    }
    assert!(done(&["verify", "--database", &world.server.place().url()]).ends_with("all is right\n"));
}
