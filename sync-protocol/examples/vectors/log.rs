//! The transparency log: leaves, roots, proofs, checkpoints, and what may follow on what.
//!
//! Proofs are made here by the definitions of RFC 9162, over all leaves; the crate only checks them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer, SigningKey};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use sync_protocol::feed::Hash;
use sync_protocol::log::{
    Checkpoint, Content, Decided, JOURNAL, Leaf, Opening, Previous, VISIBILITY, VerifierKey, leaf_hash, node_hash,
    row_digest,
};
use sync_protocol::verdict::Fate;

use super::{file, names};

const OPENED_MS: i64 = 1_795_305_600_000;

/// The largest power of two below `n`, which is at least two.
fn split(n: usize) -> usize {
    n.next_power_of_two() / 2
}

fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Sha256::digest([]).into(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            node_hash(&root(left), &root(right))
        }
    }
}

fn inclusion(index: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() < 2 {
        return Vec::new();
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut proof, other) = match index < left.len() {
        true => (inclusion(index, left), root(right)),
        false => (inclusion(index - left.len(), right), root(left)),
    };
    proof.push(other);
    proof
}

fn consistency(from: usize, leaves: &[Hash], whole: bool) -> Vec<Hash> {
    if from == leaves.len() {
        return if whole { Vec::new() } else { vec![root(leaves)] };
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut proof, other) = match from <= left.len() {
        true => (consistency(from, left, whole), root(right)),
        false => (consistency(from - left.len(), right, false), root(left)),
    };
    proof.push(other);
    proof
}

fn hex_of(hashes: &[Hash]) -> Vec<String> {
    hashes.iter().map(hex::encode).collect()
}

/// Signs as C2SP signed-note says.
fn sign(key: &SigningKey, checkpoint: &Checkpoint) -> String {
    let text = checkpoint.text();
    let own = VerifierKey::new(&checkpoint.origin, key.verifying_key()).text();
    let id = own
        .split('+')
        .nth(1)
        .and_then(|id| hex::decode(id).ok())
        .unwrap_or_default();
    let signature = [id, key.sign(text.as_bytes()).to_bytes().to_vec()].concat();
    format!(
        "{text}\n\u{2014} {} {}\n",
        checkpoint.origin,
        STANDARD.encode(signature)
    )
}

fn leaves() -> Vec<(&'static str, Json, Leaf)> {
    let device = names::device(1);
    let decided = |fate, code: &str| Decided {
        fate,
        code: code.to_owned(),
        digest: [9; 32],
    };
    let before = Previous {
        origin: "wuyuan/0011".to_owned(),
        size: 300,
        root: [7; 32],
    };
    let opening = |before: Option<Previous>| {
        Leaf::Opening(Opening {
            origin: "wuyuan/aabb".to_owned(),
            opened_ms: OPENED_MS,
            before,
        })
    };
    let operation = |decided| Leaf::Operation {
        device,
        seq: 17,
        hash: [3; 32],
        arrival_ms: OPENED_MS + 5,
        decided,
    };
    let digest = hex::encode([9; 32]);
    let named = json!({"device": device, "seq": 17, "digest": digest});
    let with = |more: Json| {
        let mut all = named.clone();
        if let (Some(all), Json::Object(more)) = (all.as_object_mut(), more) {
            all.extend(more);
        }
        all
    };
    let said = |before: Json| json!({"origin": "wuyuan/aabb", "opened": OPENED_MS, "before": before});
    let ended = json!({"origin": "wuyuan/0011", "size": 300, "root": hex::encode([7; 32])});
    let row = |kind, id: Vec<u8>| Leaf::Row {
        kind,
        id,
        digest: [9; 32],
    };
    let place = [b"350111001026".as_slice(), &4u64.to_be_bytes()].concat();
    let taken = with(json!({"hash": hex::encode([3; 32]), "arrival": OPENED_MS + 5, "fate": "accepted", "code": ""}));
    let waits =
        with(json!({"hash": hex::encode([3; 32]), "arrival": OPENED_MS + 5, "fate": "held", "code": "link_missing"}));
    let released = with(json!({"number": 1, "at": OPENED_MS + 9, "fate": "quarantined", "code": "unit_forbidden"}));
    vec![
        ("the first log's opening", said(Json::Null), opening(None)),
        ("an opening after a restore", said(ended), opening(Some(before))),
        ("an accepted operation", taken, operation(decided(Fate::Accepted, ""))),
        (
            "a held operation",
            waits,
            operation(decided(Fate::Held, "link_missing")),
        ),
        (
            "a later verdict",
            released,
            Leaf::Verdict {
                device,
                seq: 17,
                number: 1,
                at_ms: OPENED_MS + 9,
                decided: decided(Fate::Quarantined, "unit_forbidden"),
            },
        ),
        (
            "a change of visibility",
            json!({"id": hex::encode(&place), "digest": digest}),
            row(VISIBILITY, place.clone()),
        ),
        (
            "an entry of the journal",
            json!({"id": hex::encode([5; 16]), "digest": digest}),
            row(JOURNAL, vec![5; 16]),
        ),
    ]
}

pub fn make() -> Json {
    let seed = [11u8; 32];
    let key = SigningKey::from_bytes(&seed);
    let mut cases = Vec::new();
    for (name, says, leaf) in leaves() {
        let bytes = leaf.encode();
        cases.push(json!({
            "name": name, "about": "leaf", "kind": leaf.kind(), "says": says, "bytes": hex::encode(&bytes),
            "hash": hex::encode(leaf_hash(&bytes)),
        }));
    }
    let content = Content::default()
        .long(Some(-2))
        .text(None)
        .text(Some("行"))
        .bytes(Some(&[0, 255]));
    cases.push(json!({
        "name": "a row's digest", "about": "digest", "kind": JOURNAL, "salt": hex::encode([8; 32]),
        "values": [{"integer": -2}, null, {"text": "行"}, {"bytes": "00ff"}],
        "content": hex::encode(content.as_bytes()),
        "digest": hex::encode(row_digest(JOURNAL, &[8; 32], &content)),
    }));
    let tree: Vec<Hash> = (0..21u8).map(|n| leaf_hash(&[n])).collect();
    for size in [0, 1, 2, 3, 8, 13, 21] {
        cases.push(json!({
            "name": format!("the root of {size}"), "about": "root", "leaves": hex_of(&tree[..size]),
            "root": hex::encode(root(&tree[..size])),
        }));
    }
    included(&mut cases, &tree);
    grown(&mut cases, &tree);
    signed(&mut cases, &key);
    followed(&mut cases, &key);
    let about = "Leaves, roots and proofs of RFC 9162, checkpoints as signed notes (C2SP), and which log may follow on which. \
                 `about` says what a case is.";
    let mut whole = file(about, cases);
    whole["seed"] = json!(hex::encode(seed));
    whole["public_key"] = json!(hex::encode(key.verifying_key().to_bytes()));
    whole
}

fn included(cases: &mut Vec<Json>, tree: &[Hash]) {
    let mut case = |name: String, index: usize, size: usize, leaf: &Hash, proof: &[Hash], valid: bool| {
        cases.push(json!({
            "name": name, "about": "inclusion", "index": index, "size": size, "leaf_hash": hex::encode(leaf),
            "root": hex::encode(root(&tree[..size])), "proof": hex_of(proof), "valid": valid,
        }));
    };
    for (index, size) in [(0, 1), (0, 2), (6, 13), (12, 13), (20, 21), (7, 8)] {
        let proof = inclusion(index, &tree[..size]);
        case(
            format!("leaf {index} of {size}"),
            index,
            size,
            &tree[index],
            &proof,
            true,
        );
    }
    let proof = inclusion(6, &tree[..13]);
    case("another leaf".to_owned(), 6, 13, &tree[5], &proof, false);
    case("another number".to_owned(), 7, 13, &tree[6], &proof, false);
    case("another size".to_owned(), 6, 21, &tree[6], &proof, false);
    case("a proof cut short".to_owned(), 6, 13, &tree[6], &proof[..3], false);
    case("a number beyond the end".to_owned(), 13, 13, &tree[12], &proof, false);
    let longer = [proof.as_slice(), &[[1; 32]]].concat();
    case("a proof too long".to_owned(), 6, 13, &tree[6], &longer, false);
}

fn grown(cases: &mut Vec<Json>, tree: &[Hash]) {
    let mut case = |name: String, (from, from_root): (usize, Hash), to: usize, proof: &[Hash], valid: bool| {
        cases.push(json!({
            "name": name, "about": "consistency", "from": from, "from_root": hex::encode(from_root), "to": to,
            "to_root": hex::encode(root(&tree[..to])), "proof": hex_of(proof), "valid": valid,
        }));
    };
    let of = |size: usize| (size, root(&tree[..size]));
    for (from, to) in [(0, 5), (1, 2), (3, 7), (4, 7), (6, 7), (8, 21), (13, 21), (21, 21)] {
        let proof = if from == 0 {
            Vec::new()
        } else {
            consistency(from, &tree[..to], true)
        };
        case(format!("from {from} to {to}"), of(from), to, &proof, true);
    }
    let proof = consistency(13, &tree[..21], true);
    case("another past".to_owned(), (13, [1; 32]), 21, &proof, false);
    case("a longer past".to_owned(), of(14), 21, &proof, false);
    case("a proof cut short".to_owned(), of(13), 21, &proof[1..], false);
    case("backwards".to_owned(), of(21), 13, &proof, false);
    case(
        "the same size and another root".to_owned(),
        (21, [1; 32]),
        21,
        &[],
        false,
    );
    case("no proof".to_owned(), of(13), 21, &[], false);
}

fn signed(cases: &mut Vec<Json>, key: &SigningKey) {
    let head = Checkpoint {
        origin: "wuyuan/aabb".to_owned(),
        size: 13,
        root: [4; 32],
        at_ms: Some(OPENED_MS),
        after: Some(12),
    };
    let vkey = VerifierKey::new(&head.origin, key.verifying_key()).text();
    let other = SigningKey::from_bytes(&[12; 32]);
    let note = sign(key, &head);
    let bare = sign(
        key,
        &Checkpoint {
            at_ms: None,
            after: None,
            ..head.clone()
        },
    );
    let witness = format!("{note}\u{2014} witness.example {}\n", STANDARD.encode([0u8; 68]));
    let mut case = |name: &str, note: String, valid: bool| {
        cases.push(json!({
            "name": name, "about": "checkpoint", "vkey": vkey, "note": note, "valid": valid,
            "origin": head.origin, "size": head.size, "root": hex::encode(head.root),
        }));
    };
    case("a checkpoint", note.clone(), true);
    case("without further lines", bare, true);
    case("with a witness's signature", witness, true);
    case("another size", note.replace("\n13\n", "\n14\n"), false);
    case("by another key", sign(&other, &head), false);
    case(
        "of another log",
        sign(
            key,
            &Checkpoint {
                origin: "wuyuan/ccdd".to_owned(),
                ..head.clone()
            },
        ),
        false,
    );
    case("unsigned", format!("{}\n", head.text()), false);
    case("a size in another spelling", note.replace("\n13\n", "\n013\n"), false);
}

/// A log of some leaves after its opening, as `GET /v1/log/origins` gives it.
fn log(key: &SigningKey, number: u64, origin: &str, before: Option<Previous>, more: u8) -> (Json, Previous) {
    let opening = Leaf::Opening(Opening {
        origin: origin.to_owned(),
        opened_ms: OPENED_MS,
        before,
    });
    let mut tree = vec![leaf_hash(&opening.encode())];
    tree.extend((0..more).map(|n| leaf_hash(&[n])));
    let head = Checkpoint {
        origin: origin.to_owned(),
        size: tree.len() as u64,
        root: root(&tree),
        at_ms: Some(OPENED_MS),
        after: Some(1),
    };
    let served = json!({
        "log": number, "vkey": VerifierKey::new(origin, key.verifying_key()).text(),
        "opening": hex::encode(opening.encode()), "proof": hex_of(&inclusion(0, &tree)), "checkpoint": sign(key, &head),
    });
    let end = Previous {
        origin: origin.to_owned(),
        size: head.size,
        root: head.root,
    };
    (served, end)
}

fn followed(cases: &mut Vec<Json>, key: &SigningKey) {
    let other = SigningKey::from_bytes(&[12; 32]);
    let (first, end) = log(key, 1, "wuyuan/0001", None, 4);
    let (second, second_end) = log(key, 2, "wuyuan/0002", Some(end.clone()), 6);
    let (third, _) = log(key, 3, "wuyuan/0003", Some(second_end), 0);
    let (nameless, _) = log(key, 2, "wuyuan/0002", None, 6);
    let (bent, _) = log(
        key,
        2,
        "wuyuan/0002",
        Some(Previous {
            root: [1; 32],
            ..end.clone()
        }),
        6,
    );
    let (shorter, _) = log(key, 2, "wuyuan/0002", Some(Previous { size: 4, ..end.clone() }), 6);
    let (foreign, _) = log(&other, 2, "wuyuan/0002", Some(end.clone()), 6);
    let pinned = VerifierKey::new("wuyuan/0001", key.verifying_key()).text();
    let mut case = |name: &str, origins: Vec<&Json>, refused: Option<&str>| {
        let end = refused
            .is_none()
            .then(|| json!({"log": 1, "size": end.size, "root": hex::encode(end.root)}));
        cases.push(json!({
            "name": name, "about": "succession", "vkey": pinned, "origins": origins, "refused": refused, "end": end,
        }));
    };
    case("one restore", vec![&first, &second], None);
    case("two restores", vec![&first, &second, &third], None);
    case("the new log names none", vec![&first, &nameless], Some("log_unnamed"));
    case("it names another root", vec![&first, &bent], Some("log_unnamed"));
    case("it names another size", vec![&first, &shorter], Some("log_unnamed"));
    case(
        "it is signed by another key",
        vec![&first, &foreign],
        Some("log_other_key"),
    );
    case("the one between is missing", vec![&first, &third], Some("log_unnamed"));
    case(
        "the remembered one is missing",
        vec![&second, &third],
        Some("log_unnamed"),
    );
    case("there is none", vec![], Some("log_gone"));
}
