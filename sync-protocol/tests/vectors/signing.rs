//! Chains, signatures, receipts and tallies.

use ed25519_dalek::{SigningKey, Verifier, VerifyingKey};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use sync_protocol::id::{DeviceId, MemberId, RecordId};
use sync_protocol::sum::{Tally, element};
use sync_protocol::wire::VerdictLine;
use sync_protocol::{draw, feed, op, receipt};

use crate::{bytes, cases, load, parse};

#[test]
fn chain() {
    let file = load("chain.json");
    let (_, case) = cases(&file)[0];
    let device: DeviceId = parse(&case["device"]);
    assert_eq!(feed::genesis(&device), bytes(&case["genesis"]));
    let mut chain = feed::genesis(&device);
    for step in case["ops"].as_array().unwrap() {
        let text = step["text"].as_str().unwrap();
        let body = op::read(text).1;
        assert_eq!(body, bytes(&step["body_hash"]), "{text}");
        chain = feed::link(&chain, &body);
        assert_eq!(chain, bytes(&step["chain_hash"]), "{text}");
    }
}

/// The same by the definition alone, without this crate.
#[test]
fn chain_by_the_definition() {
    let file = load("chain.json");
    let (_, case) = cases(&file)[0];
    let device = hex::decode(case["device"].as_str().unwrap().replace('-', "")).unwrap();
    let mut chain: Vec<u8> = Sha256::digest([b"wuyuan-feed-v1", device.as_slice()].concat()).to_vec();
    for step in case["ops"].as_array().unwrap() {
        let text = step["text"].as_str().unwrap();
        let stub = serde_json::from_str::<Json>(text)
            .unwrap()
            .get("withheld")
            .map(|h| hex::decode(h.as_str().unwrap()));
        let body = stub.map_or_else(|| Sha256::digest(text).to_vec(), Result::unwrap);
        chain = Sha256::digest([chain, body].concat()).to_vec();
        assert_eq!(hex::encode(&chain), step["chain_hash"].as_str().unwrap(), "{text}");
    }
}

#[test]
fn signatures() {
    let file = load("signatures.json");
    let key = SigningKey::from_bytes(&bytes(&file["seed"]));
    assert_eq!(key.verifying_key().to_bytes(), bytes(&file["public_key"]));
    for (name, case) in cases(&file) {
        let key = VerifyingKey::from_bytes(&bytes(&case["public_key"])).unwrap();
        let (device, seq) = (parse(&case["device"]), case["seq"].as_u64().unwrap());
        let valid = feed::verify_head(&key, &device, seq, &bytes(&case["hash"]), &bytes(&case["signature"]));
        assert_eq!(valid, case["valid"].as_bool().unwrap(), "{name}");
    }
    let enrolment = &file["enrolment"];
    let (device, member): (DeviceId, MemberId) = (parse(&enrolment["device"]), parse(&enrolment["member"]));
    let message = feed::enrolment_message(&device, &member);
    assert_eq!(hex::encode(&message), enrolment["message"].as_str().unwrap());
    let signature = ed25519_dalek::Signature::from_bytes(&bytes(&enrolment["signature"]));
    assert!(key.verifying_key().verify(&message, &signature).is_ok());
}

#[test]
fn receipts() {
    let file = load("receipts.json");
    let key = SigningKey::from_bytes(&bytes(&file["seed"])).verifying_key();
    assert_eq!(key.to_bytes(), bytes(&file["public_key"]));
    for (name, case) in cases(&file) {
        let device: DeviceId = parse(&case["device"]);
        let lines: Vec<VerdictLine> = parse(&case["lines"]);
        assert_eq!(receipt::text(&device, &lines), case["text"].as_str().unwrap(), "{name}");
        let valid = receipt::verify(&key, &device, &lines, &bytes(&case["signature"]));
        assert_eq!(valid, case["valid"].as_bool().unwrap(), "{name}");
    }
}

#[test]
fn tally() {
    let file = load("tally.json");
    for case in file["elements"].as_array().unwrap() {
        let value = element(&parse(&case["record"]), case["pos"].as_u64().unwrap());
        assert_eq!(format!("{value:032x}"), case["element"].as_str().unwrap());
    }
    for (name, case) in cases(&file) {
        let mut tally = Tally::default();
        for held in case["held"].as_array().unwrap() {
            tally.add(&parse::<RecordId>(&held["record"]), held["pos"].as_u64().unwrap());
        }
        assert_eq!(tally, parse(&case["tally"]), "{name}");
    }
}

#[test]
fn draws() {
    let file = load("draw.json");
    let key = SigningKey::from_bytes(&bytes(&file["seed_key"])).verifying_key();
    assert_eq!(key.to_bytes(), bytes(&file["public_key"]));
    for (name, case) in cases(&file) {
        let request = draw::Request {
            order: parse(&case["order"]),
            hash: bytes(&case["request"]),
            checkpoint: case["checkpoint"].as_str().unwrap(),
        };
        let roster = draw::Roster::parse(case["roster"].as_str().unwrap()).expect("a roster");
        assert_eq!(roster.hash(), bytes(&case["roster_hash"]), "{name}");
        let beacon: [u8; 64] = bytes(&case["beacon"]);
        let signature = ed25519_dalek::Signature::from_bytes(&beacon);
        assert!(key.verify(&request.beacon_message(), &signature).is_ok(), "{name}");
        let seed = request.seed(&beacon);
        assert_eq!(seed, bytes(&case["seed"]), "{name}");
        let drawn: Vec<MemberId> = parse(&case["drawn"]);
        assert_eq!(draw::order(&seed, roster.pool()), drawn, "{name}");
        assert_eq!(
            parse::<Vec<MemberId>>(&case["observers"]),
            drawn[..draw::OBSERVERS],
            "{name}"
        );
    }
}
