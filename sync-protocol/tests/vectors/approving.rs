//! The hours cases, met by reading them alone: the text stands there, and so does its hash.

use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use crate::{cases, load};

#[test]
fn hours() {
    let file = load("hours.json");
    for (name, case) in cases(&file) {
        let hash = case["text"]
            .as_str()
            .map(|text| hex::encode(Sha256::digest(text.as_bytes())));
        assert_eq!(case["digest"], hash.map_or(Json::Null, Json::from), "{name}");
    }
}
