//! schemathesis calls every operation of `openapi.yaml`, rightly and wrongly, and holds each answer to what is written.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use sync_protocol::role::Role;
use tempfile::TempDir;
use wuyuan_tests::district::World;
use wuyuan_tests::on_both_backends;
use wuyuan_tests::workspace;

use crate::world;

/// The seed of everything that is generated. It is part of the command that a failure prints.
const SEED: &str = "20261124";

/// Operations that schemathesis is not given, each with the reason.
const LEFT_OUT: &[(&str, &str)] = &[(
    "GET /v1/events",
    "its answer never ends; the test below and the system's `events.rs` look at it",
)];

/// Operations that may refuse what the description allows, with which status and why. Everywhere else data that is
/// made after the description must be taken.
const MAY_REFUSE: &[(&str, u16, &str)] = &[
    (
        "GET /v1/hours/claims",
        400,
        "a page of claims begins behind a session, of postings behind a number",
    ),
    (
        "GET /v1/hours/postings",
        400,
        "a page of postings begins behind a number, of claims behind a session",
    ),
    (
        "GET /v1/log/proof/inclusion",
        400,
        "what is to be proven is named in one of three ways",
    ),
    ("POST /v1/appointments/{id}/end", 400, "the end may not lie in the past"),
    ("POST /v1/devices", 400, "a made-up proof is wrong"),
    (
        "POST /v1/exports",
        400,
        "what is exported may need a period, a kind or a ledger",
    ),
    (
        "POST /v1/figures/{month}/issue",
        409,
        "a made-up month may lie ahead or before an issued one",
    ),
    ("POST /v1/imports/members", 422, "a text is seldom a file of members"),
    ("POST /v1/imports/units", 422, "a text is seldom a file of units"),
    (
        "POST /v1/members/{id}/appointments",
        400,
        "a made-up unit or time does not exist",
    ),
    ("POST /v1/sync", 400, "a made-up signature or cursor is wrong"),
];

/// Operations of the upload protocol. Which of their headers go together OpenAPI cannot say, and tus wants 412 for a
/// missing version and 409, 410 or 460 before anything else is looked at.
const TUS: &[&str] = &[
    "POST /v1/blobs",
    "HEAD /v1/blobs/uploads/{id}",
    "PATCH /v1/blobs/uploads/{id}",
    "DELETE /v1/blobs/uploads/{id}",
    "POST /v1/blobs/uploads/{id}",
];

/// How often an operation was answered with which status.
type Calls = BTreeMap<String, BTreeMap<u64, usize>>;

/// Runs schemathesis against the server of a world as `description` tells `hooks.py`.
fn run(world: &World, description: &Value, phases: &str, examples: u32) -> Calls {
    let folder = TempDir::new().expect("a temporary folder");
    let place = |name: &str| folder.path().join(name);
    fs::write(place("world.json"), description.to_string()).expect("a file can be written");
    let program = workspace::target().join("python/bin/schemathesis");
    assert!(program.is_file(), "{} is missing: run scripts/setup", program.display());
    let left_out = LEFT_OUT.iter().flat_map(|(name, _)| ["--exclude-name", name]);
    fs::write(place("schemathesis.toml"), settings()).expect("a file can be written");
    let mut command = Command::new(program);
    command
        .arg("run")
        .arg(workspace::root().join("openapi.yaml"))
        .args(["--url", &world.server.url(), "--seed", SEED])
        .args(["--phases", phases, "--max-examples", &examples.to_string()])
        .args(["--checks", "all"])
        .args(left_out)
        .args(["--workers", "1", "--request-timeout", "30", "--no-shrink", "--no-color"])
        .args(["--continue-on-failure", "--generation-database", "none"])
        .args(["--generation-with-security-parameters", "false", "--warnings", "off"])
        .env("SCHEMATHESIS_HOOKS", "hooks")
        .env("PYTHONPATH", world::hooks().parent().expect("a file lies in a folder"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("WUYUAN_CONTRACT", place("world.json"))
        .env("WUYUAN_CONTRACT_CALLS", place("calls"))
        .current_dir(folder.path());
    let output = command.output().expect("schemathesis starts");
    let words = String::from_utf8_lossy(&output.stdout);
    println!("{command:?}\n{words}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(
        output.status.success(),
        "schemathesis found something ({}); see above",
        output.status
    );
    calls(&place("calls"))
}

/// The settings that have no flag.
fn settings() -> String {
    let one = |(name, status, _): &(&str, u16, &str)| {
        let statuses = format!("[\"2xx\", {status}, 401, 403, 404, 409, 413, 429]");
        format!(
            "[[operations]]\ninclude-name = \"{name}\"\n[operations.checks.positive_data_acceptance]\nexpected-statuses = {statuses}\n"
        )
    };
    let tus = |name: &&str| {
        let refused = "400, 401, 403, 404, 405, 406, 409, 410, 412, 413, 415, 422, 423, 429, 460";
        format!(
            "[[operations]]\ninclude-name = \"{name}\"\n\
             [operations.checks.positive_data_acceptance]\nexpected-statuses = [\"2xx\", {refused}]\n\
             [operations.checks.negative_data_rejection]\nexpected-statuses = [{refused}]\n\
             [operations.checks.missing_required_header]\nexpected-statuses = [{refused}]\n"
        )
    };
    MAY_REFUSE.iter().map(one).chain(TUS.iter().map(tus)).collect()
}

fn calls(file: &Path) -> Calls {
    let mut calls = Calls::new();
    for line in fs::read_to_string(file).expect("calls were noted").lines() {
        let (name, status): (String, u64) = serde_json::from_str(line).expect("a call is noted as it should be");
        *calls.entry(name).or_default().entry(status).or_default() += 1;
    }
    calls
}

/// Every operation of the description, as `METHOD /path`, but those that are left out.
fn documented() -> BTreeSet<String> {
    let api = serde_json::to_value(wuyuan_server::api::openapi()).expect("the API can be written down");
    let mut all = BTreeSet::new();
    for (path, methods) in api["paths"].as_object().expect("an API has paths") {
        for method in methods.as_object().expect("a path has methods").keys() {
            all.insert(format!("{} {path}", method.to_uppercase()));
        }
    }
    for (name, _) in LEFT_OUT {
        assert!(all.remove(*name), "{name} is left out and does not exist");
    }
    all
}

/// Fails when an operation was never called.
fn all_called(calls: &Calls) {
    let missed: Vec<String> = documented()
        .into_iter()
        .filter(|name| !calls.contains_key(name))
        .collect();
    assert!(missed.is_empty(), "never called: {missed:?}");
}

on_both_backends! {
    fn whoever_may_call_a_route_is_answered_as_it_is_written(backend) {
        let prepared = world::prepare(backend);
        let calls = run(&prepared.world, &prepared.description, "coverage,fuzzing,stateful", 20);
        all_called(&calls);
        let good = |statuses: &BTreeMap<u64, usize>| statuses.keys().any(|status| (200..300).contains(status));
        let mut never = Vec::new();
        for name in documented() {
            println!("{name}: {:?}", calls[&name]);
            if !good(&calls[&name]) {
                never.push(name);
            }
        }
        assert!(never.is_empty(), "never carried out: {never:?}");
    }

    fn whoever_may_not_is_refused_as_it_is_written(backend) {
        let world = world::start(backend);
        let officer = world.sign_in(world.holder(Role::InfoOfficer, 0));
        let ended = world::ended(&world);
        for token in [officer.token(), ended.token(), None] {
            let tokens = token.map_or_else(|| json!({}), |token| json!({ "*": token }));
            let description = json!({ "tokens": tokens, "good": {}, "kept": [] });
            let calls = run(&world, &description, "fuzzing", 3);
            all_called(&calls);
        }
    }

    fn the_answer_that_never_ends_begins_as_it_is_written(backend) {
        let world = world::start(backend);
        let volunteer = world.sign_in(world.holder(Role::Volunteer, 0));
        let ended = world::ended(&world);
        let nobody = world.api();
        let problem = "application/problem+json";
        for (api, status, media) in [(&volunteer, 200, "text/event-stream"), (&ended, 403, problem), (&nobody, 401, problem)] {
            let url = format!("{}/v1/events", world.server.url());
            let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
            let bearer = api.token().map(|token| format!("Bearer {token}"));
            let mut request = agent.get(&url);
            if let Some(bearer) = bearer {
                request = request.header("authorization", bearer);
            }
            let answer = request.call().expect("an answer begins");
            let given = answer.headers()["content-type"].to_str().expect("a media type");
            assert_eq!(answer.status().as_u16(), status);
            assert_eq!(given.split(';').next(), Some(media));
            let documented = &serde_json::to_value(wuyuan_server::api::openapi()).expect("JSON")["paths"]["/v1/events"]["get"];
            assert!(documented["responses"][status.to_string()]["content"][media].is_object(), "{status} {media}");
        }
    }
}
