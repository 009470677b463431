//! The transparency log.

use serde_json::{Value as Json, json};
use sync_protocol::feed::Hash;
use sync_protocol::log::{
    Compact, Content, Leaf, Origins, VerifierKey, check_consistency, check_inclusion, follow, leaf_hash, row_digest,
};
use sync_protocol::verdict::Fate;

use crate::{bytes, cases, load, parse};

fn hashes(list: &Json) -> Vec<Hash> {
    list.as_array().unwrap().iter().map(bytes).collect()
}

fn number(json: &Json) -> u64 {
    json.as_u64().unwrap()
}

#[test]
fn log() {
    let file = load("log.json");
    for (name, case) in cases(&file) {
        match case["about"].as_str().unwrap() {
            "leaf" => leaf(name, case),
            "digest" => digest(name, case),
            "root" => {
                let mut tree = Compact::default();
                hashes(&case["leaves"]).into_iter().for_each(|leaf| tree.push(leaf));
                assert_eq!(tree.root(), bytes(&case["root"]), "{name}");
            }
            "inclusion" => {
                let valid = check_inclusion(
                    &hashes(&case["proof"]),
                    number(&case["index"]),
                    number(&case["size"]),
                    &bytes(&case["leaf_hash"]),
                    &bytes(&case["root"]),
                );
                assert_eq!(valid, case["valid"], "{name}");
            }
            "consistency" => {
                let valid = check_consistency(
                    &hashes(&case["proof"]),
                    number(&case["from"]),
                    &bytes(&case["from_root"]),
                    number(&case["to"]),
                    &bytes(&case["to_root"]),
                );
                assert_eq!(valid, case["valid"], "{name}");
            }
            "checkpoint" => checkpoint(name, case),
            "succession" => succession(name, case),
            other => panic!("{name}: {other}"),
        }
    }
}

fn leaf(name: &str, case: &Json) {
    let stored = hex::decode(case["bytes"].as_str().unwrap()).unwrap();
    assert_eq!(leaf_hash(&stored), bytes(&case["hash"]), "{name}");
    let leaf = Leaf::decode(&stored).unwrap();
    assert_eq!(leaf.encode(), stored, "{name}");
    assert_eq!(u64::from(leaf.kind()), case["kind"], "{name}");
    assert_eq!(says(&leaf), case["says"], "{name}");
    for cut in 0..stored.len() {
        assert_eq!(Leaf::decode(&stored[..cut]), None, "{name}");
    }
    assert_eq!(Leaf::decode(&[stored.as_slice(), &[0]].concat()), None, "{name}");
}

fn says(leaf: &Leaf) -> Json {
    let fate = |fate: Fate| serde_json::to_value(fate).unwrap();
    match leaf {
        Leaf::Opening(opening) => json!({
            "origin": opening.origin, "opened": opening.opened_ms,
            "before": opening.before.as_ref().map(|before| json!({
                "origin": before.origin, "size": before.size, "root": hex::encode(before.root),
            })),
        }),
        Leaf::Operation {
            device,
            seq,
            hash,
            arrival_ms,
            decided,
        } => json!({
            "device": device, "seq": seq, "hash": hex::encode(hash), "arrival": arrival_ms, "fate": fate(decided.fate),
            "code": decided.code, "digest": hex::encode(decided.digest),
        }),
        Leaf::Verdict {
            device,
            seq,
            number,
            at_ms,
            decided,
        } => json!({
            "device": device, "seq": seq, "number": number, "at": at_ms, "fate": fate(decided.fate),
            "code": decided.code, "digest": hex::encode(decided.digest),
        }),
        Leaf::Row { id, digest, .. } => json!({"id": hex::encode(id), "digest": hex::encode(digest)}),
    }
}

fn digest(name: &str, case: &Json) {
    let mut content = Content::default();
    for value in case["values"].as_array().unwrap() {
        content = match value.as_object().and_then(|one| one.iter().next()) {
            None => content.bytes(None),
            Some((of, value)) => match of.as_str() {
                "integer" => content.long(value.as_i64()),
                "text" => content.text(value.as_str()),
                _ => content.bytes(Some(&hex::decode(value.as_str().unwrap()).unwrap())),
            },
        };
    }
    assert_eq!(
        hex::encode(content.as_bytes()),
        case["content"].as_str().unwrap(),
        "{name}"
    );
    let made = row_digest(number(&case["kind"]) as u8, &bytes(&case["salt"]), &content);
    assert_eq!(made, bytes(&case["digest"]), "{name}");
}

fn checkpoint(name: &str, case: &Json) {
    let text = case["vkey"].as_str().unwrap();
    let key = VerifierKey::parse(text).unwrap();
    assert_eq!(key.text(), text, "{name}");
    let read = key.open(case["note"].as_str().unwrap());
    assert_eq!(read.is_ok(), case["valid"], "{name}");
    if let Ok(read) = read {
        assert_eq!(read.origin, case["origin"], "{name}");
        assert_eq!(
            (read.size, read.root),
            (number(&case["size"]), bytes(&case["root"])),
            "{name}"
        );
    }
}

fn succession(name: &str, case: &Json) {
    let pinned = VerifierKey::parse(case["vkey"].as_str().unwrap()).unwrap();
    let origins: Origins = parse(&json!({"origins": case["origins"]}));
    match follow(&pinned, &origins) {
        Ok(next) => {
            let end = json!({"log": next.ended, "size": next.end.size, "root": hex::encode(next.end.root)});
            assert_eq!(end, case["end"], "{name}");
        }
        Err(why) => assert_eq!(Some(why.code()), case["refused"].as_str(), "{name}"),
    }
}
