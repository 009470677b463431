//! The count and sum by which divergence is detected.

use serde_json::{Value as Json, json};
use sync_protocol::sum::{Tally, element};

use super::{file, names};

pub fn make() -> Json {
    let pairs = [(1, 1), (2, 2), (3, 300), (4, (1 << 53) - 1)];
    let element = |(n, pos): &(u8, u64)| {
        let record = names::record(*n);
        json!({ "record": record, "pos": pos, "element": format!("{:032x}", element(&record, *pos)) })
    };
    let elements: Vec<Json> = pairs.iter().map(element).collect();
    let sum = |pairs: &[(u8, u64)]| {
        let mut tally = Tally::default();
        pairs.iter().for_each(|(n, pos)| tally.add(&names::record(*n), *pos));
        json!(tally)
    };
    let case = |name: &str, pairs: &[(u8, u64)]| {
        let held: Vec<Json> = pairs
            .iter()
            .map(|(n, pos)| json!({ "record": names::record(*n), "pos": pos }))
            .collect();
        json!({ "name": name, "held": held, "tally": sum(pairs) })
    };
    let mut backwards = pairs;
    backwards.reverse();
    let about = "element = the first 16 bytes, as a big-endian number, of SHA-256(record (16 bytes) || pos (8 bytes, \
                 big-endian)); the sum is modulo 2^128 and travels as 32 hexadecimal digits.";
    let mut whole = file(
        about,
        vec![
            case("nothing held", &[]),
            case("one", &pairs[..1]),
            case("several: the sum wraps", &pairs),
            case("the order does not matter", &backwards),
            case("a record that moved on", &[(1, 1), (2, 5)]),
        ],
    );
    whole["elements"] = json!(elements);
    whole
}
