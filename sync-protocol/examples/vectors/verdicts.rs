//! Texts of operations and what reading and typing them against the built-in catalogue says.

use serde_json::{Value as Json, json};
use sync_protocol::catalog::Catalog;

use super::{file, names};

/// An operation that passes; the cases change it.
fn good() -> String {
    let set = format!(
        "\"volunteer\":\"{}\",\"service_kind\":\"traffic\",\"started_at\":\"2026-11-22T08:00:00+08:00\"",
        names::member(1)
    );
    format!(
        "{{\"seq\":1,\"salt\":\"00112233445566778899aabbccddeeff\",\"gen\":\"g\",\"cat\":1,\"by\":\"{}\",\"as\":\"{}\",\
         \"at\":\"2026-11-22T08:00:00.123+08:00\",\"boot\":\"b\",\"uptime_ms\":5,\"record\":\"{}\",\
         \"kind\":\"volunteer_session\",\"unit\":\"{}\",\"seen\":{{}},\"set\":{{{set}}}}}",
        names::member(1),
        names::member(2),
        names::record(1),
        names::UNIT
    )
}

fn changed(from: &str, to: &str) -> String {
    good().replacen(from, to, 1)
}

fn with(member: &str) -> String {
    changed("\"started_at\"", &format!("{member},\"started_at\""))
}

/// A text whose arrays and objects are nested `depth` deep, the operation itself and `set` counted.
fn nested(depth: usize) -> String {
    let inner = depth - 2;
    with(&format!("\"content\":{}1{}", "[".repeat(inner), "]".repeat(inner)))
}

pub fn make() -> Result<Json, Box<dyn std::error::Error>> {
    let point = |point: &str| with(&format!("\"start_point\":{point}"));
    let absent =
        |cat: &str, why: &str| with(&format!("\"start_point_absent\":\"{why}\"")).replacen("\"cat\":1", cat, 1);
    let cases: Vec<(&str, String, Option<&str>)> = vec![
        ("good", good(), None),
        (
            "white space and escapes are of no account",
            changed("{\"seq\":1", "{ \"se\\u0071\" : 1 "),
            None,
        ),
        ("absent members have their defaults", changed("\"seen\":{},", ""), None),
        (
            "null for an absent act and reason",
            changed("\"seen\":{}", "\"seen\":{},\"act\":null,\"reason\":null"),
            None,
        ),
        ("a cleared field", with("\"content\":null"), None),
        (
            "a point",
            point("{\"lng\":119.33,\"lat\":26.08,\"datum\":\"gcj02\",\"accuracy_m\":12.5,\"source\":\"gps\"}"),
            None,
        ),
        (
            "a photo",
            changed(
                "\"seen\":{}",
                &format!("\"seen\":{{}},\"add\":{{\"photos\":[\"{}\"]}}", "ab".repeat(32)),
            ),
            None,
        ),
        ("not an object", "5".into(), Some("malformed")),
        ("cut off", good()[..200].into(), Some("malformed")),
        ("a member is missing", changed("\"seq\":1,", ""), Some("malformed")),
        (
            "numbers begin at 1",
            changed("\"seq\":1,", "\"seq\":0,"),
            Some("malformed"),
        ),
        (
            "a number beyond 2^53 - 1",
            changed("\"seq\":1,", "\"seq\":9007199254740992,"),
            Some("malformed"),
        ),
        ("a fraction", changed("\"seq\":1,", "\"seq\":1.0,"), Some("malformed")),
        (
            "a time that is none",
            changed("2026-11-22T08:00:00.123+08:00", "yesterday"),
            Some("malformed"),
        ),
        (
            "an identifier in capitals",
            changed(
                &names::record(1).to_string(),
                &names::record(1).to_string().to_uppercase(),
            ),
            Some("malformed"),
        ),
        (
            "a unit of eleven digits",
            changed(names::UNIT, &names::UNIT[1..]),
            Some("malformed"),
        ),
        (
            "a short salt",
            changed("00112233445566778899aabbccddeeff", "00"),
            Some("malformed"),
        ),
        (
            "a reason of more than 1000 characters",
            changed(
                "\"seen\":{}",
                &format!("\"seen\":{{}},\"reason\":\"{}\"", "由".repeat(1001)),
            ),
            Some("malformed"),
        ),
        (
            "a reason of 1000 characters",
            changed(
                "\"seen\":{}",
                &format!("\"seen\":{{}},\"reason\":\"{}\"", "由".repeat(1000)),
            ),
            None,
        ),
        ("nested 127 deep: it can be read", nested(127), Some("wrong_type")),
        ("nested 128 deep", nested(128), Some("malformed")),
        ("nested too deeply", nested(202), Some("malformed")),
        (
            "a key twice",
            changed("\"seq\":1,", "\"seq\":1,\"seq\":1,"),
            Some("duplicate_key"),
        ),
        (
            "a key twice, once escaped",
            changed("\"seq\":1,", "\"seq\":1,\"se\\u0071\":1,"),
            Some("duplicate_key"),
        ),
        (
            "a field twice",
            with("\"content\":\"a\",\"content\":\"b\""),
            Some("duplicate_key"),
        ),
        (
            "a key twice inside a value",
            point("{\"lng\":1,\"lng\":2}"),
            Some("duplicate_key"),
        ),
        ("NUL", with("\"content\":\"a\\u0000b\""), Some("bad_text")),
        ("half a character", with("\"content\":\"\\ud842\""), Some("bad_text")),
        ("the other half", with("\"content\":\"\\udfb7\""), Some("bad_text")),
        (
            "both halves are a character",
            with("\"content\":\"\\ud842\\udfb7\""),
            None,
        ),
        (
            "an unknown member",
            changed("\"seq\":1,", "\"seq\":1,\"extra\":1,"),
            Some("unknown_member"),
        ),
        (
            "over 65536 bytes",
            with(&format!("\"content\":\"{}\"", "a".repeat(65_536))),
            Some("too_large"),
        ),
        (
            "a newer catalogue",
            changed("\"cat\":1", "\"cat\":9999"),
            Some("cat_newer"),
        ),
        (
            "an unknown kind",
            changed("volunteer_session", "flying_visit"),
            Some("unknown_kind"),
        ),
        ("an unknown field", with("\"altitude\":1"), Some("unknown_field")),
        (
            "the state is written by transitions only",
            with("\"state\":\"approved\""),
            Some("field_forbidden"),
        ),
        ("a number for a text", with("\"content\":1"), Some("wrong_type")),
        (
            "a text for a number",
            with("\"claimed_minutes\":\"30\""),
            Some("wrong_type"),
        ),
        ("negative minutes", with("\"claimed_minutes\":-1"), Some("wrong_type")),
        (
            "a fraction of minutes",
            with("\"claimed_minutes\":30.0"),
            Some("wrong_type"),
        ),
        (
            "a day that is none",
            with("\"evaluated_on\":\"2026-02-30\""),
            Some("wrong_type"),
        ),
        (
            "a moment without an offset",
            changed("2026-11-22T08:00:00+08:00", "2026-11-22T08:00:00"),
            Some("wrong_type"),
        ),
        (
            "an unknown choice",
            changed("\"traffic\"", "\"flying\""),
            Some("wrong_type"),
        ),
        (
            "a point without a datum",
            point("{\"lng\":119.33,\"lat\":26.08,\"source\":\"gps\"}"),
            Some("wrong_type"),
        ),
        (
            "a point off the earth",
            point("{\"lng\":119.33,\"lat\":96.08,\"datum\":\"wgs84\",\"source\":\"gps\"}"),
            Some("wrong_type"),
        ),
        ("why there is no point", absent("\"cat\":3", "denied"), None),
        (
            "a reason that came after the catalogue of the text",
            absent("\"cat\":2", "denied"),
            Some("unknown_field"),
        ),
        (
            "no reason for a missing point",
            absent("\"cat\":3", "forgotten"),
            Some("wrong_type"),
        ),
        ("a set is not written", with("\"photos\":\"ab\""), Some("wrong_type")),
        (
            "a register is not added to",
            changed("\"seen\":{}", "\"seen\":{},\"add\":{\"content\":[\"x\"]}"),
            Some("wrong_type"),
        ),
        (
            "an empty addition",
            changed("\"seen\":{}", "\"seen\":{},\"add\":{\"photos\":[]}"),
            Some("wrong_type"),
        ),
        (
            "a hash in capitals",
            changed(
                "\"seen\":{}",
                &format!("\"seen\":{{}},\"add\":{{\"photos\":[\"{}\"]}}", "AB".repeat(32)),
            ),
            Some("wrong_type"),
        ),
    ];
    let case = |(name, text, code): &(&str, String, Option<&str>)| json!({ "name": name, "text": text, "code": code });
    let about = "The first of the four questions, shape: what reading the text and typing it against `catalog`, in the \
                 form of GET /v1/catalog, says. `code` null: the shape is good. Rights, workflow and causality are the \
                 server's.";
    let mut whole = file(about, cases.iter().map(case).collect());
    let mut catalog: Json = serde_json::from_str(Catalog::builtin()?.to_json().0)?;
    if let Some(kinds) = catalog["kinds"].as_object_mut() {
        kinds.retain(|kind, _| kind == "volunteer_session");
    }
    whole["catalog"] = catalog;
    Ok(whole)
}
