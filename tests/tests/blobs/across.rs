//! Photos on S3: from a browser, through two servers on one PostgreSQL, and while the store is away.

use std::sync::Arc;
use std::time::Duration;

use rand::RngExt;
use serde_json::{Value, json};
use wuyuan_tests::api::Api;
use wuyuan_tests::backend::Backend;
use wuyuan_tests::district::{World, with_usual};
use wuyuan_tests::driven::{Driven, succeeded};
use wuyuan_tests::proxy::Proxy;
use wuyuan_tests::s3::S3;
use wuyuan_tests::seed;
use wuyuan_tests::server::Server;

use crate::kept;
use crate::weather::until_under_way;

const MIB: usize = 1 << 20;

/// The settings of a server that keeps its photos on `service` and puts pieces down often.
fn settings(service: &S3) -> Vec<(String, String)> {
    let mut all = service.settings();
    all.push(("piece_bytes".to_owned(), "262144".to_owned()));
    all
}

fn borrowed(settings: &[(String, String)]) -> Vec<(&str, &str)> {
    settings
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect()
}

fn upload(api: &Api, seed: u32, length: usize, options: Value) -> Value {
    json!({"do": "upload", "token": api.token(), "seed": seed, "length": length, "options": options})
}

fn received(api: &Api, said: &Value) -> bool {
    let status = api.post("/v1/blobs/status", &json!({"hashes": [said["sha256"]]})).ok();
    status["blobs"][0]["state"] == "received"
}

fn hash(said: &Value) -> String {
    said["sha256"].as_str().expect("a hash").to_owned()
}

#[test]
fn a_browser_uploads_in_every_way_to_s3() {
    let service = S3::start();
    let settings = settings(&service);
    let world = World::with(Backend::Sqlite, &borrowed(&settings));
    let api = world.sign_in(&world.district.members[0]);
    let mut browser = Driven::browser(&world.server.url());
    for (nth, options) in [
        json!({}),
        json!({"chunkSize": 400_000}),
        json!({"uploadDataDuringCreation": true}),
        json!({"parallelUploads": 2}),
    ]
    .into_iter()
    .enumerate()
    {
        let said = browser.ok(&upload(&api, nth as u32, 2 * MIB + nth, options));
        assert!(received(&api, &said));
        assert!(kept::hashes(&service.place()).contains(&hash(&said)));
    }
}

#[test]
fn an_upload_begun_at_one_server_goes_on_at_the_other() {
    let mut rng = seed::rng("a browser before two servers");
    let service = S3::start();
    let settings = settings(&service);
    let mut world = World::with(Backend::Postgres, &borrowed(&settings));
    let other = Server::on(Arc::clone(world.server.place()), &with_usual(&borrowed(&settings)));
    let api = world.sign_in(&world.district.members[0]);
    // Connections go to the two in turn.
    let balancer = Proxy::before(&[world.server.address(), other.address()]);
    let mut browser = Driven::browser(&format!("http://{}", balancer.address()));
    browser.tell(&upload(&api, rng.random(), 24 * MIB, json!({"chunkSize": 1_500_000})));
    until_under_way(&service.place(), rng.random_range(2..20));
    world.server.kill();
    assert!(browser.answer_within(Duration::ZERO).is_none(), "it was done before");
    let said = succeeded(&browser.answer());
    assert!(received(&api.at(&other.url()), &said));
    assert!(kept::hashes(&service.place()).contains(&hash(&said)));
}

#[test]
fn a_store_that_was_away_costs_no_byte() {
    let mut rng = seed::rng("a browser and a store that is away");
    let mut service = S3::start();
    let settings = settings(&service);
    let world = World::with(Backend::Sqlite, &borrowed(&settings));
    let api = world.sign_in(&world.district.members[0]);
    let mut browser = Driven::browser(&world.server.url());
    browser.tell(&upload(&api, rng.random(), 24 * MIB, json!({"chunkSize": 1_500_000})));
    until_under_way(&service.place(), rng.random_range(2..20));
    service.kill();
    assert!(browser.answer_within(Duration::ZERO).is_none(), "it was done before");
    service.run();
    let said = succeeded(&browser.answer());
    assert!(received(&api, &said));
    assert!(kept::hashes(&service.place()).contains(&hash(&said)));
}
