//! tuspy, Python's client of tus.

use std::time::Duration;

use rand::RngExt;
use serde_json::{Value, json};
use wuyuan_tests::backend::Backend;
use wuyuan_tests::district::World;
use wuyuan_tests::driven::{Driven, succeeded};
use wuyuan_tests::on_both_backends;
use wuyuan_tests::proxy::Proxy;
use wuyuan_tests::seed;

use crate::kept;
use crate::weather::{answer_among_cuts, until_under_way};

const MIB: usize = 1 << 20;

/// Python's HTTP client takes an answer whose headers are cut off for a whole one, and tuspy gives up when it finds no
/// offset in it. So answers are cut in their first line.
const STATUS_LINE: usize = 8;

fn command(url: &str, token: &str, seed: u32, length: usize, options: Value) -> Value {
    json!({"server": url, "token": token, "seed": seed, "length": length, "options": options})
}

on_both_backends! {
    fn photos_arrive_in_one_piece_and_in_many_with_checksums_and_without(backend) {
        let world = World::start(backend);
        let api = world.sign_in(&world.district.members[0]);
        let mut tuspy = Driven::tuspy();
        let mut sent = Vec::new();
        for (nth, options) in [
            json!({}),
            json!({"chunk_size": 100_000}),
            json!({"upload_checksum": true}),
            json!({"upload_checksum": true, "chunk_size": 333_333}),
        ].into_iter().enumerate() {
            let said = tuspy.ok(&command(&world.server.url(), api.token().unwrap(), nth as u32, MIB + nth, options));
            let hash = said["sha256"].as_str().unwrap().to_owned();
            assert_eq!(said["offset"], MIB + nth);
            let status = api.post("/v1/blobs/status", &json!({"hashes": [hash]})).ok();
            assert_eq!(status["blobs"][0]["state"], "received");
            sent.push(hash);
        }
        sent.sort();
        assert_eq!(kept::hashes(&kept::folder(world.server.place())), sent);
    }

    fn cut_wires_cost_no_byte(backend) {
        let mut rng = seed::rng("tuspy among cuts");
        let world = World::start(backend);
        let api = world.sign_in(&world.district.members[0]);
        let proxy = Proxy::before(&[world.server.address()]);
        let url = format!("http://{}", proxy.address());
        let mut tuspy = Driven::tuspy();
        let mut sent = Vec::new();
        for options in [json!({}), json!({"chunk_size": 400_000, "upload_checksum": true})] {
            tuspy.tell(&command(&url, api.token().unwrap(), rng.random(), 5 * MIB, options));
            let said = succeeded(&answer_among_cuts(&mut tuspy, &proxy, &mut rng, 9, MIB, STATUS_LINE));
            assert_eq!(said["offset"], 5 * MIB);
            sent.push(said["sha256"].as_str().unwrap().to_owned());
        }
        assert!(proxy.cuts() >= 4, "{}", proxy.cuts());
        sent.sort();
        assert_eq!(kept::hashes(&kept::folder(world.server.place())), sent);
    }
}

#[test]
fn a_killed_server_goes_on_where_it_was() {
    let mut rng = seed::rng("tuspy and a killed server");
    let mut world = World::with(Backend::Sqlite, &[("piece_bytes", "262144")]);
    let api = world.sign_in(&world.district.members[0]);
    let place = kept::folder(world.server.place());
    let mut tuspy = Driven::tuspy();
    let command = command(
        &world.server.url(),
        api.token().unwrap(),
        rng.random(),
        24 * MIB,
        json!({}),
    );
    tuspy.tell(&command);
    until_under_way(&place, rng.random_range(2..20));
    world.server.kill();
    assert!(tuspy.answer_within(Duration::ZERO).is_none(), "it was done before");
    world.server.run();
    let said = succeeded(&tuspy.answer());
    assert_eq!(said["offset"], 24 * MIB);
    assert!(kept::hashes(&place).contains(&said["sha256"].as_str().unwrap().to_owned()));
}

#[test]
fn an_upload_is_left_and_taken_up_by_its_address() {
    let world = World::start(Backend::Sqlite);
    let api = world.sign_in(&world.district.members[0]);
    let mut tuspy = Driven::tuspy();
    let mut begin = command(
        &world.server.url(),
        api.token().unwrap(),
        7,
        2 * MIB,
        json!({"chunk_size": 300_000}),
    );
    begin["stop"] = json!(MIB);
    let left = tuspy.ok(&begin);
    assert_eq!(left["offset"], MIB);
    let url = &left["url"];
    let said = tuspy.ok(&command(
        &world.server.url(),
        api.token().unwrap(),
        7,
        2 * MIB,
        json!({"url": url}),
    ));
    assert_eq!((&said["begun_at"], &said["offset"]), (&json!(MIB), &json!(2 * MIB)));
    let sent = said["sha256"].as_str().unwrap().to_owned();
    assert_eq!(kept::hashes(&kept::folder(world.server.place())), [sent]);
}

#[test]
fn an_empty_file_is_refused_at_once() {
    let world = World::start(Backend::Sqlite);
    let api = world.sign_in(&world.district.members[0]);
    let mut tuspy = Driven::tuspy();
    tuspy.tell(&command(&world.server.url(), api.token().unwrap(), 7, 0, json!({})));
    let answer = tuspy.answer();
    assert_eq!(answer["status"], 415, "{answer}");
    assert_eq!(kept::objects(&kept::folder(world.server.place())), 0);
}
