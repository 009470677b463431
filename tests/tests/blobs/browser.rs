//! tus-js-client in a headless Chromium.

use std::time::Duration;

use rand::RngExt;
use serde_json::{Value, json};
use wuyuan_tests::api::Api;
use wuyuan_tests::backend::Backend;
use wuyuan_tests::district::World;
use wuyuan_tests::driven::{Driven, succeeded};
use wuyuan_tests::on_both_backends;
use wuyuan_tests::proxy::Proxy;
use wuyuan_tests::seed;

use crate::kept;
use crate::weather::{answer_among_cuts, until_under_way};

const MIB: usize = 1 << 20;

fn command(api: &Api, seed: u32, length: usize, options: Value) -> Value {
    json!({"do": "upload", "token": api.token(), "seed": seed, "length": length, "options": options})
}

fn with(mut command: Value, more: Value) -> Value {
    let fields = command.as_object_mut().expect("a command is an object");
    fields.extend(more.as_object().expect("fields").clone());
    command
}

fn hash(said: &Value) -> String {
    said["sha256"].as_str().expect("a hash").to_owned()
}

/// The methods and statuses of what it asked, in order.
fn requests(said: &Value) -> Vec<(String, u64)> {
    let all = said["requests"].as_array().expect("a list").iter();
    all.map(|one| (one[0].as_str().unwrap().to_owned(), one[1].as_u64().unwrap()))
        .collect()
}

on_both_backends! {
    fn photos_arrive_in_every_way_that_it_knows(backend) {
        let world = World::start(backend);
        let api = world.sign_in(&world.district.members[0]);
        let mut browser = Driven::browser(&world.server.url());
        let chunks = json!({"chunkSize": 400_000});
        let during = json!({"uploadDataDuringCreation": true});
        let over = json!({"overridePatchMethod": true, "chunkSize": 700_000});
        let deferred = json!({"uploadLengthDeferred": true, "chunkSize": 300_000});
        // Beside each way: how many requests follow the creation, and their method.
        for (nth, (options, stream, method, times)) in [
            (json!({}), false, "PATCH", 1),
            (chunks, false, "PATCH", 3),
            (during, false, "PATCH", 0),
            (over, false, "POST", 2),
            // It finds the end of a stream with a request of its own, which brings the length and no byte.
            (deferred, true, "PATCH", 5),
        ].into_iter().enumerate() {
            let sent = with(command(&api, nth as u32, MIB + nth, options), json!({"stream": stream}));
            let said = browser.ok(&sent);
            let mut expected = vec![("POST".to_owned(), 201)];
            expected.extend(vec![(method.to_owned(), 204); times]);
            assert_eq!(requests(&said), expected, "{}", sent["options"]);
            let status = api.post("/v1/blobs/status", &json!({"hashes": [hash(&said)]})).ok();
            assert_eq!(status["blobs"][0]["state"], "received");
            assert_eq!(kept::objects(&kept::folder(world.server.place())), nth + 1);
            assert!(kept::hashes(&kept::folder(world.server.place())).contains(&hash(&said)));
        }
    }

    fn parts_sent_side_by_side_become_one_photo(backend) {
        let world = World::start(backend);
        let api = world.sign_in(&world.district.members[0]);
        let mut browser = Driven::browser(&world.server.url());
        for options in [
            json!({"parallelUploads": 3}),
            json!({"parallelUploads": 4, "chunkSize": 200_000, "overridePatchMethod": true}),
        ] {
            let said = browser.ok(&command(&api, 1, 2 * MIB + 3, options));
            let status = api.post("/v1/blobs/status", &json!({"hashes": [hash(&said)]})).ok();
            assert_eq!(status["blobs"][0]["state"], "received");
            assert!(kept::hashes(&kept::folder(world.server.place())).contains(&hash(&said)));
        }
    }

    fn nine_cuts_and_a_page_that_is_left_cost_no_byte(backend) {
        let mut rng = seed::rng("a browser among cuts");
        let world = World::start(backend);
        let api = world.sign_in(&world.district.members[0]);
        let proxy = Proxy::before(&[world.server.address()]);
        let mut browser = Driven::browser(&format!("http://{}", proxy.address()));
        let mut sent = Vec::new();
        for options in [json!({}), json!({"uploadDataDuringCreation": true}), json!({"chunkSize": 700_000})] {
            let mut first = command(&api, rng.random(), 4 * MIB, options);
            // Once there is something to go on with, the page is left and comes back.
            let left = browser.ok(&with(first.clone(), json!({
                "leave": 1, "options": {"chunkSize": rng.random_range(1..MIB)},
            })));
            browser.ok(&json!({"do": "reload"}));
            first = with(first, json!({"resume": true}));
            browser.tell(&first);
            let said = succeeded(&answer_among_cuts(&mut browser, &proxy, &mut rng, 9, MIB, 1_000));
            assert_eq!((&said["resumed"], &said["url"]), (&json!(true), &left["url"]));
            sent.push(hash(&said));
        }
        assert!(proxy.cuts() >= 6, "{}", proxy.cuts());
        sent.sort();
        assert_eq!(kept::hashes(&kept::folder(world.server.place())), sent);
    }
}

#[test]
fn a_killed_server_goes_on_where_it_was() {
    let mut rng = seed::rng("a browser and a killed server");
    let mut world = World::with(Backend::Sqlite, &[("piece_bytes", "262144")]);
    let api = world.sign_in(&world.district.members[0]);
    let place = kept::folder(world.server.place());
    let mut browser = Driven::browser(&world.server.url());
    for options in [json!({}), json!({"parallelUploads": 2})] {
        let before = kept::objects(&place);
        browser.tell(&command(&api, rng.random(), 24 * MIB, options));
        until_under_way(&place, before + rng.random_range(2..20));
        world.server.kill();
        assert!(browser.answer_within(Duration::ZERO).is_none(), "it was done before");
        world.server.run();
        let said = succeeded(&browser.answer());
        let goes_on = said["requests"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one[0] == "HEAD" && one[2] != "0");
        assert!(goes_on, "{said}");
        assert!(kept::hashes(&place).contains(&hash(&said)));
    }
}

#[test]
fn an_upload_that_is_ended_leaves_nothing() {
    let world = World::start(Backend::Sqlite);
    let api = world.sign_in(&world.district.members[0]);
    let place = kept::folder(world.server.place());
    let mut browser = Driven::browser(&world.server.url());
    let begun = command(&api, 5, MIB, json!({"chunkSize": 300_000}));
    let said = browser.ok(&with(begun, json!({"leave": 300_000, "end": true})));
    assert_eq!(said["accepted"], 300_000);
    let path = said["url"]
        .as_str()
        .unwrap()
        .strip_prefix(&world.server.url())
        .unwrap()
        .to_owned();
    let answer = api.send("HEAD", &path, &[("tus-resumable", "1.0.0")], &[]);
    assert!(matches!(answer.status, 404 | 410), "{}", answer.status);
    assert_eq!(kept::objects(&place), 0);
}

#[test]
fn an_empty_file_is_refused_at_once() {
    let world = World::start(Backend::Sqlite);
    let api = world.sign_in(&world.district.members[0]);
    let mut browser = Driven::browser(&world.server.url());
    browser.tell(&command(&api, 5, 0, json!({})));
    let answer = browser.answer();
    let error = answer["error"].as_str().unwrap_or_default();
    assert!(
        error.contains("415") && error.contains("blob_media_refused"),
        "{answer}"
    );
}
