//! The conformance vectors hold for this implementation, and the files are those that the cases make.

mod approving;
mod log;
#[path = "../../examples/vectors/make.rs"]
mod make;
mod merging;
mod pulling;
mod signing;

use std::path::Path;

use serde_json::Value as Json;
use sync_protocol::catalog::Catalog;
use sync_protocol::op::{self, Parsed};
use sync_protocol::shape;

/// A file of `vectors/`.
fn load(name: &str) -> Json {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Its cases, each with its name.
fn cases(file: &Json) -> Vec<(&str, &Json)> {
    let cases = file["cases"].as_array().unwrap();
    assert!(!cases.is_empty());
    cases
        .iter()
        .map(|case| (case["name"].as_str().unwrap_or("the case"), case))
        .collect()
}

/// Bytes from hexadecimal digits.
fn bytes<const N: usize>(json: &Json) -> [u8; N] {
    hex::decode(json.as_str().unwrap()).unwrap().try_into().unwrap()
}

fn parse<T: serde::de::DeserializeOwned>(json: &Json) -> T {
    serde_json::from_value(json.clone()).unwrap()
}

#[test]
fn the_files_are_fresh() {
    for (name, text) in make::files().unwrap() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors").join(name);
        let kept = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            kept == text,
            "vectors/{name} is stale: run `cargo run -p sync-protocol --example vectors`"
        );
    }
}

#[test]
fn verdicts() {
    let catalog = Catalog::builtin().unwrap();
    let file = load("verdicts.json");
    for (name, case) in cases(&file) {
        let code = match op::read(case["text"].as_str().unwrap()).0 {
            Parsed::Op(op) => shape::check(&catalog, &op).err(),
            Parsed::Unreadable(code) => Some(code),
            Parsed::Withheld(_) => panic!("{name}: a stub"),
        };
        assert_eq!(code.map(|c| c.as_str()), case["code"].as_str(), "{name}");
    }
}
