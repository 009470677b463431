//! Requests that are refused as a whole: each with its status and code, and nothing is stored.

use std::io::Write;

use serde_json::{Value, json};
use sync_protocol::feed::sign_head;
use sync_protocol::role::Role;
use wuyuan_tests::api::Answer;
use wuyuan_tests::district::{Handset, World};
use wuyuan_tests::on_both_backends;

use wuyuan_tests::reports::{record, report, verdicts};

const JSON: (&str, &str) = ("content-type", "application/json");

/// A phone that has delivered one report and written another.
fn ready(world: &World) -> Handset {
    let mut handset = world.handset(world.holder(Role::Volunteer, 0));
    for title in ["delivered", "waiting"] {
        let draft = report(&handset.phone, record(), title);
        handset.phone.record(&draft);
    }
    let first = handset.push_text(&handset.phone.push(1..=1).text());
    assert_eq!(verdicts(&first), ["accepted"]);
    handset
}

/// The number of the last stored operation.
fn stored(handset: &Handset) -> u64 {
    let answer = handset.api.post("/v1/sync", &json!({"device": handset.phone.device}));
    answer.ok()["feed"]["head"]["seq"].as_u64().expect("a feed has a head")
}

fn refused(answer: &Answer, status: u16, code: &str, handset: &Handset) -> Value {
    assert_eq!(answer.problem(), (status, code.to_owned()), "{}", answer.text());
    assert_eq!(stored(handset), 1, "after {code}");
    answer.json()
}

fn sent(handset: &Handset, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    handset.api.send("POST", "/v1/sync", headers, body)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder
        .write_all(bytes)
        .and_then(|()| encoder.finish())
        .expect("memory takes what is written")
}

on_both_backends! {
    fn what_is_no_request(backend) {
        let world = World::start(backend);
        let handset = ready(&world);
        let good = handset.phone.push(2..=2).text();
        let cases = [
            String::new(),
            "{".to_owned(),
            "[]".to_owned(),
            good.replace("\"device\"", "\"apparatus\""),
            good.replacen('{', "{\"surplus\":1,", 1),
            good.replacen("\"seq\":1", "\"seq\":-1", 1),
            good.replacen("\"seq\":1", "\"seq\":18446744073709551615", 1),
            good.replacen("\"sig\":\"", "\"sig\":\"A", 1),
            format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)),
        ];
        for body in cases {
            refused(&handset.push_text(&body), 400, "request_invalid", &handset);
        }
        let mut not_text = good.clone().into_bytes();
        not_text[2] = 0xff;
        refused(&sent(&handset, &[JSON], &not_text), 400, "request_invalid", &handset);
    }

    fn what_is_too_large(backend) {
        let world = World::start(backend);
        let mut handset = ready(&world);

        let travels = sent(&handset, &[JSON], &vec![b' '; (4 << 20) + 1]);
        assert_eq!(refused(&travels, 413, "body_too_large", &handset)["limit"], 4 << 20);

        let bomb = vec![b' '; 64 << 20];
        let zstd = zstd::encode_all(bomb.as_slice(), 19).expect("zeroes compress");
        for (encoding, body) in [("gzip", gzip(&bomb)), ("zstd", zstd)] {
            assert!(body.len() < 100_000);
            let inflates = sent(&handset, &[JSON, ("content-encoding", encoding)], &body);
            assert_eq!(refused(&inflates, 413, "inflate_limit", &handset)["limit"], 16 << 20);
        }

        for _ in 0..500 {
            let draft = report(&handset.phone, record(), "one of many");
            handset.phone.record(&draft);
        }
        let many = handset.push_from(2);
        assert_eq!(refused(&many, 413, "too_many_ops", &handset)["limit"], 500);
        assert_eq!(verdicts(&handset.push_text(&handset.phone.push(2..=501).text())).len(), 500);
    }

    fn what_is_encoded_in_a_way_nobody_announced(backend) {
        let world = World::start(backend);
        let handset = ready(&world);
        let body = handset.phone.push(2..=2).text();
        let odd = sent(&handset, &[JSON, ("content-encoding", "br")], body.as_bytes());
        refused(&odd, 415, "encoding_unsupported", &handset);
        let broken = sent(&handset, &[JSON, ("content-encoding", "gzip")], b"this is no gzip");
        assert_eq!(broken.problem().0, 400);
        let packed = sent(&handset, &[JSON, ("content-encoding", "gzip")], &gzip(body.as_bytes()));
        assert_eq!(verdicts(&packed), ["accepted"]);
    }

    fn what_is_not_signed_by_the_device(backend) {
        let world = World::start(backend);
        let handset = ready(&world);
        let phone = &handset.phone;
        let good = phone.push(2..=2);
        let stranger = world.handset(world.holder(Role::Volunteer, 1)).phone;

        let mut altered = good.clone();
        altered.ops[0] = altered.ops[0].replace("waiting", "altered");
        let mut spaced = good.clone();
        spaced.ops[0].push(' ');
        let mut dropped = good.clone();
        dropped.ops.clear();
        let mut by_another = good.clone();
        let other = sign_head(&stranger.key, &phone.device, 2, &phone.hash(2));
        by_another.sig = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, other);
        let mut of_another_head = good.clone();
        of_another_head.sig = phone.push(1..=1).sig;
        let mut on_another_base = good.clone();
        on_another_base.base_hash = "0".repeat(64);
        for bent in [altered, dropped, by_another, of_another_head, on_another_base] {
            refused(&handset.push_text(&bent.text()), 400, "bad_signature", &handset);
        }
        // White space between operations is the envelope's, not an operation's.
        assert_eq!(verdicts(&handset.push_text(&spaced.text())), ["accepted"]);
    }

    fn what_leaves_something_out(backend) {
        let world = World::start(backend);
        let mut handset = ready(&world);
        let draft = report(&handset.phone, record(), "third");
        handset.phone.record(&draft);
        let gap = refused(&handset.push_text(&handset.phone.push(3..=3).text()), 409, "gap", &handset);
        assert_eq!(gap["expected_seq"], 2);
        assert_eq!(gap["expected_hash"], hex::encode(handset.phone.hash(1)));
    }

    fn what_names_a_device_that_is_not_the_callers(backend) {
        let world = World::start(backend);
        let handset = ready(&world);
        let other = world.handset(world.holder(Role::Volunteer, 1));
        let theirs = other.push_text(&handset.phone.push(2..=2).text());
        assert_eq!(theirs.problem(), (403, "device_not_yours".to_owned()));
        let pulled = other.api.post("/v1/sync", &json!({"device": handset.phone.device, "pull": {}}));
        assert_eq!(pulled.problem(), (403, "device_not_yours".to_owned()));
        let mut unknown = handset.phone.push(2..=2);
        unknown.device = "00000000-0000-4000-8000-000000000000".to_owned();
        refused(&handset.push_text(&unknown.text()), 404, "device_unknown", &handset);
    }

    fn what_carries_a_cursor_that_nobody_gave(backend) {
        let world = World::start(backend);
        let handset = ready(&world);
        let unit = handset.phone.holder.unit.as_str();
        let pull = |cursor: &str| {
            handset.api.post("/v1/sync", &json!({"device": handset.phone.device, "pull": {"cursors": {unit: cursor}}}))
        };
        let first = handset.api.post("/v1/sync", &json!({"device": handset.phone.device, "pull": {}})).ok();
        let page = first["units"].as_array().and_then(|all| all.iter().find(|p| p["unit"] == unit)).expect("the own unit");
        let cursor = page["cursor"].as_str().expect("a first page has a cursor");
        pull(cursor).ok();

        let last = cursor.chars().last().expect("a cursor is not empty");
        let bent = format!("{}{}", &cursor[..cursor.len() - 1], if last == 'A' { 'B' } else { 'A' });
        for forged in ["", "AAAA", "not a cursor", &bent] {
            refused(&pull(forged), 400, "cursor_forged", &handset);
        }
        let elsewhere = world.community(5);
        let moved = json!({"device": handset.phone.device, "pull": {"cursors": {elsewhere.as_str(): cursor}}});
        let answer = handset.api.post("/v1/sync", &moved);
        assert!(answer.status == 400 || answer.ok()["ended"][0] == elsewhere.as_str(), "{}", answer.text());
    }
}
