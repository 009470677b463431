//! The draw of observers.

use std::collections::BTreeSet;

use ed25519_dalek::{Signer, SigningKey};
use serde_json::{Value as Json, json};
use sync_protocol::draw::{self, Candidate, Exclusion, Request, Roster};
use sync_protocol::feed;
use sync_protocol::id::{MemberId, RecordId};

use super::file;

const NOTE: &str = "wuyuan.example/log/0001\n1024\nAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\nat 1795305600000\n\n\u{2014} wuyuan.example/log/0001 AQIDBA==\n";

pub fn make() -> Json {
    let seed = [7u8; 32];
    let key = SigningKey::from_bytes(&seed);
    let case = |name: &str, request: Request<'_>, roster: &Roster| {
        let message = request.beacon_message();
        let beacon = key.sign(&message).to_bytes();
        let seed = request.seed(&beacon);
        let order = draw::order(&seed, roster.pool());
        let count = order.len();
        json!({
            "name": name, "order": request.order, "request": hex::encode(request.hash), "checkpoint": request.checkpoint,
            "roster": roster.text(), "roster_hash": hex::encode(roster.hash()), "beacon_message": hex::encode(message),
            "beacon": hex::encode(beacon), "seed": hex::encode(seed), "drawn": order,
            "observers": order[..draw::OBSERVERS.min(count)],
            "substitutes": order[draw::OBSERVERS.min(count)..draw::POOL.min(count)],
        })
    };
    let request = Request {
        order: RecordId([0x11; 16]),
        hash: feed::body_hash(b"a request"),
        checkpoint: NOTE,
    };
    let other = Request {
        hash: feed::body_hash(b"another request"),
        ..request
    };
    let why = |n: u8| match n {
        2 => vec![Exclusion::Kin],
        5 => vec![Exclusion::Serving, Exclusion::Household],
        7 => vec![Exclusion::Ended],
        _ => vec![],
    };
    let nothing = |_: u8| vec![];
    let file_cases = vec![
        case("twelve people of whom three are excluded", request, &roster(12, why)),
        case("another request for the same arrangement", other, &roster(12, why)),
        case("four people", request, &roster(4, nothing)),
        case("three people: one substitute", request, &roster(3, nothing)),
    ];
    let about = "Roster text and hash, the message that the server signs, the seed and the order of the draw: \
                 docs/PROTOCOL.md, section 13. `beacon` is made with `seed_key`'s Ed25519 key.";
    let mut whole = file(about, file_cases);
    whole["seed_key"] = json!(hex::encode(seed));
    whole["public_key"] = json!(hex::encode(key.verifying_key().to_bytes()));
    whole
}

fn roster(people: u8, why: impl Fn(u8) -> Vec<Exclusion>) -> Roster {
    let candidate = |n: u8| Candidate {
        member: MemberId([n; 16]),
        excluded: why(n).into_iter().collect::<BTreeSet<_>>(),
    };
    // Nobody stands in it twice, so it is one.
    Roster::new((1..=people).map(candidate).collect()).unwrap_or_default()
}
