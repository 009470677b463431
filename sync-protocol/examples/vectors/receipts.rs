//! The server's signature over verdicts.

use ed25519_dalek::SigningKey;
use serde_json::{Value as Json, json};
use sync_protocol::feed;
use sync_protocol::receipt;
use sync_protocol::verdict::{Code, Verdict};
use sync_protocol::wire::VerdictLine;

use super::{file, names};

pub fn make() -> Json {
    let seed = [9u8; 32];
    let key = SigningKey::from_bytes(&seed);
    let device = names::device(1);
    let line = |seq, text: &[u8], verdict| {
        VerdictLine::new(seq, feed::body_hash(text), verdict, 1_795_305_600_123 + seq as i64)
    };
    let lines = vec![
        line(1, b"one", Verdict::Accepted),
        line(2, b"two", Verdict::Refused(Code::LinkMissing)),
        VerdictLine {
            repeat: true,
            ..line(3, b"three", Verdict::Refused(Code::UnitForbidden))
        },
    ];
    let case = |name: &str, lines: &[VerdictLine], signed: &[VerdictLine], valid: bool| {
        json!({
            "name": name, "device": device, "lines": lines, "text": receipt::text(&device, lines),
            "signature": hex::encode(receipt::sign(&key, &device, signed)), "valid": valid,
        })
    };
    let mut later = lines.clone();
    later[0].arrival += 1;
    let about = "Ed25519 over the text: a line \"wuyuan-receipt-v1\", the device, then for each verdict of `verdicts` and \
                 then of `resolved` the line \"seq hash fate code arrival\", the code \"-\" when there is none, every line \
                 ended by a line feed. `repeat` is not signed.";
    let mut whole = file(
        about,
        vec![
            case("the three fates", &lines, &lines, true),
            case("one line", &lines[..1], &lines[..1], true),
            case("another arrival", &later, &lines, false),
            case("a line left out", &lines[..2], &lines, false),
        ],
    );
    whole["seed"] = json!(hex::encode(seed));
    whole["public_key"] = json!(hex::encode(key.verifying_key().to_bytes()));
    whole
}
