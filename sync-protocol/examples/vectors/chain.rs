//! The feed chain over raw bytes.

use serde_json::{Value as Json, json};
use sync_protocol::feed;
use sync_protocol::op;

use super::{file, names};

/// Texts that a parser would make alike and the chain must not.
fn texts() -> Vec<(&'static str, String)> {
    vec![
        ("plain", r#"{"seq":1,"a":1}"#.into()),
        (
            "the same with white space is another text",
            "{ \"seq\": 2,\n\t\"a\": 1 }".into(),
        ),
        (
            "an escape is not the character that it stands for",
            r#"{"seq":3,"name":"\u8d70\u8bbf"}"#.into(),
        ),
        ("the character itself", r#"{"seq":4,"name":"走访"}"#.into()),
        ("an escaped solidus", r#"{"seq":5,"path":"a\/b"}"#.into()),
        ("2^53", r#"{"seq":6,"n":9007199254740992}"#.into()),
        (
            "2^53 + 1, which a double cannot hold",
            r#"{"seq":7,"n":9007199254740993}"#.into(),
        ),
        ("1.0 is not 1", r#"{"seq":8,"n":1.0}"#.into()),
        ("1e0 is not 1.0", r#"{"seq":9,"n":1e0}"#.into()),
        ("keys in another order", r#"{"a":1,"seq":10}"#.into()),
        ("a key twice", r#"{"seq":11,"a":1,"a":2}"#.into()),
        (
            "a character outside the basic plane",
            r#"{"seq":12,"name":"𠮷"}"#.into(),
        ),
        (
            "the same as a pair of escapes",
            r#"{"seq":13,"name":"\ud842\udfb7"}"#.into(),
        ),
        (
            "a stub enters the chain with the hash that it names",
            op::stub(14, &feed::body_hash(b"a large operation")),
        ),
        (
            "a stub with white space is a stub too",
            format!(" {}", op::stub(15, &feed::body_hash(b"another")))
                .trim()
                .replace(',', ", "),
        ),
        ("no operation at all: an array", "[16]".into()),
    ]
}

pub fn make() -> Json {
    let device = names::device(1);
    let mut chain = feed::genesis(&device);
    let mut steps = Vec::new();
    for (name, text) in texts() {
        let (_, body) = op::read(&text);
        chain = feed::link(&chain, &body);
        let (body, chain) = (hex::encode(body), hex::encode(chain));
        steps.push(json!({ "name": name, "text": text, "body_hash": body, "chain_hash": chain }));
    }
    let case = json!({ "device": device, "genesis": hex::encode(feed::genesis(&device)), "ops": steps });
    let about = "Each op's text is hashed as UTF-8 exactly as it stands: body_hash = SHA-256(text), except that a stub \
                 {\"seq\", \"withheld\"} gives the hash it names. genesis = SHA-256(\"wuyuan-feed-v1\" || device), \
                 chain_hash = SHA-256(previous chain_hash || body_hash).";
    file(about, vec![case])
}
