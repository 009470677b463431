//! What the server serves of its log, checked by the protocol's own functions.

use serde_json::{Value, json};
use sync_protocol::log::{Consistency, Inclusion, Leaf, VerifierKey, check_consistency, check_inclusion, leaf_hash};
use sync_protocol::op;
use sync_protocol::role::Role;
use sync_protocol::verdict::Fate;
use wuyuan_tests::api::Api;
use wuyuan_tests::district::World;
use wuyuan_tests::on_both_backends;
use wuyuan_tests::reports::{record, report};

use super::{QUICK, await_sealed};

fn key(api: &Api) -> VerifierKey {
    let config = api.get("/v1/config").ok();
    let text = config["log_vkey"].as_str().expect("a log has a key").to_owned();
    VerifierKey::parse(&text).expect("a verifier key")
}

fn read<T: serde::de::DeserializeOwned>(value: &Value) -> T {
    serde_json::from_value(value.clone()).expect("of the protocol's form")
}

on_both_backends! {
    fn an_operation_is_proven_to_be_in_a_log_that_only_grew(backend) {
        let world = World::with(backend, &[QUICK]);
        let mut author = world.handset(world.holder(Role::Volunteer, 0));
        let key = key(&author.api);
        let first = key.open(&author.api.get("/v1/log/checkpoint").text()).expect("signed");
        for _ in 0..300 {
            let draft = report(&author.phone, record(), "sealed");
            author.phone.record(&draft);
        }
        author.push_from(1).ok();
        await_sealed(world.server.place());

        let path = format!("/v1/log/proof/inclusion?device={}&seq=257", author.phone.device);
        let proof: Inclusion = read(&author.api.get(&path).ok());
        let head = key.open(&proof.checkpoint).expect("signed");
        assert_eq!((head.size, &head.origin), (proof.size, &proof.origin));
        let leaf = hex::decode(proof.leaf.expect("its author reads it")).expect("hexadecimal digits");
        assert_eq!(leaf_hash(&leaf), proof.leaf_hash);
        assert!(check_inclusion(&proof.proof, proof.index, proof.size, &proof.leaf_hash, &head.root));
        let Some(Leaf::Operation { device, seq, hash, decided, .. }) = Leaf::decode(&leaf) else {
            panic!("not an operation's leaf")
        };
        assert_eq!((device, seq, hash), (author.phone.device, 257, op::read(author.phone.text(257)).1));
        assert_eq!((decided.fate, decided.code.as_str()), (Fate::Accepted, ""));

        let path = format!("/v1/log/proof/consistency?from={}&to={}", first.size, head.size);
        let grown: Consistency = read(&author.api.get(&path).ok());
        assert!(check_consistency(&grown.proof, first.size, &first.root, head.size, &head.root));

        // The tile holds the leaf's hash, and the bundle, for an auditor, the leaf.
        let position = proof.index / 256;
        let within = (proof.index % 256) as usize;
        let width = (head.size - position * 256).min(256);
        let part = if width == 256 { String::new() } else { format!(".p/{width}") };
        let tile = author.api.get(&format!("/v1/log/tile/0/{position:03}{part}"));
        assert_eq!(tile.status, 200);
        assert_eq!(tile.body.len() as u64, width * 32);
        assert_eq!(tile.body[within * 32..][..32], proof.leaf_hash);
        let auditor = world.sign_in(world.holder(Role::Auditor, 0));
        let bundle = auditor.get(&format!("/v1/log/tile/entries/{position:03}{part}"));
        assert_eq!(bundle.status, 200);
        let mut rest = bundle.body.as_slice();
        let mut leaves = Vec::new();
        while let Some((length, after)) = rest.split_at_checked(2) {
            let (leaf, after) = after.split_at(usize::from(u16::from_be_bytes(length.try_into().expect("two"))));
            leaves.push(leaf);
            rest = after;
        }
        assert_eq!((leaves.len() as u64, leaves[within]), (width, leaf.as_slice()));

        // What is full may be kept for ever, what grows may not.
        let full = author.api.get("/v1/log/tile/0/000");
        assert!(full.header("cache-control").is_some_and(|value| value.contains("immutable")));
        let partial = author.api.get("/v1/log/tile/0/000.p/7");
        assert_eq!((partial.status, partial.body.len()), (200, 7 * 32));
        assert_eq!(partial.header("cache-control"), Some("no-cache"));
        for path in ["tile/0/000.p/0", "tile/0/999", "tile/9/000", "tile/0/0", "tile/0/000.p/256"] {
            assert_eq!(author.api.get(&format!("/v1/log/{path}")).problem(), (404, "not_found".to_owned()), "{path}");
        }
        // A leaf by its number is shown to auditors, its hash to everybody.
        let hidden: Inclusion = read(&author.api.get("/v1/log/proof/inclusion?leaf=5").ok());
        let shown: Inclusion = read(&auditor.get("/v1/log/proof/inclusion?leaf=5").ok());
        assert!(hidden.leaf.is_none() && shown.leaf.is_some() && hidden.leaf_hash == shown.leaf_hash);
        let nonsense = author.api.get("/v1/log/proof/inclusion?seq=1");
        assert_eq!(nonsense.problem(), (400, "request_invalid".to_owned()));
        assert_eq!(json!(hidden.origin), json!(key.origin()));
    }
}
