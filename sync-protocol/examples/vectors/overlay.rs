//! A pulled record with the device's own operations laid over it.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use sync_protocol::id::DeviceId;
use sync_protocol::overlay::{Own, lay};
use sync_protocol::wire::RecordView;

use super::{file, names};

type Made = Result<Json, Box<dyn std::error::Error>>;

fn base(clock: Json, fields: Json) -> Json {
    json!({
        "id": names::record(1), "kind": "volunteer_session", "unit": names::UNIT, "pos": 5, "creator": names::member(1),
        "clock": clock, "fields": fields,
    })
}

fn own(op: &Json) -> Result<Own, Box<dyn std::error::Error>> {
    let part = |name: &str| op.get(name).cloned().unwrap_or_else(|| json!({}));
    let seen: BTreeMap<DeviceId, u64> = serde_json::from_value(part("seen"))?;
    Ok(Own {
        seq: op["seq"].as_u64().ok_or("seq")?,
        seen,
        set: serde_json::from_value(part("set"))?,
        add: serde_json::from_value(part("add"))?,
        remove: serde_json::from_value(part("remove"))?,
        proposes: op["proposes"] == true,
    })
}

/// `values` by hand; `fields` computed. Quarantined operations are left out before laying.
fn case(name: &str, base: Json, ops: Json, values: Json) -> Made {
    let mut record: RecordView = serde_json::from_value(base.clone())?;
    let live = ops
        .as_array()
        .ok_or("ops")?
        .iter()
        .filter(|op| op["verdict"] != "quarantined");
    let live = live.map(own).collect::<Result<Vec<_>, _>>()?;
    lay(&mut record, names::device(1), &live);
    let fields = serde_json::to_value(&record.fields)?;
    Ok(json!({
        "name": name, "device": names::device(1), "base": base, "ops": ops, "values": values, "fields": fields,
    }))
}

pub fn make() -> Made {
    let (me, other) = (names::device(1).to_string(), names::device(2).to_string());
    let register = |value: Json, device: &str, seq: u64| json!([{ "value": value, "dot": [device, seq] }]);
    let seen = |pairs: &[(&str, u64)]| -> Json { pairs.iter().map(|(d, s)| ((*d).to_owned(), json!(s))).collect() };
    let photo = "aa".repeat(32);
    let pulled = || {
        base(
            seen(&[(&other, 3)]),
            json!({ "note": register(json!("pulled"), &other, 3) }),
        )
    };
    let write = |verdict: Json| json!([{ "seq": 7, "verdict": verdict, "seen": seen(&[(&other, 3)]), "set": { "note": "mine" } }]);
    let cases = vec![
        case(
            "a pending write that saw the base replaces it",
            pulled(),
            write(Json::Null),
            json!({ "note": ["mine"] }),
        )?,
        case(
            "an acknowledgement alone removes nothing",
            pulled(),
            write(json!("accepted")),
            json!({ "note": ["mine"] }),
        )?,
        case(
            "a proposal shows nothing, whatever became of it",
            pulled(),
            json!([
                { "seq": 7, "verdict": Json::Null, "seen": seen(&[(&other, 3)]), "set": { "note": "mine" }, "proposes": true },
                { "seq": 8, "verdict": "accepted", "seen": seen(&[(&other, 3)]), "set": { "note": "mine too" }, "proposes": true },
            ]),
            json!({ "note": ["pulled"] }),
        )?,
        case(
            "a held operation stays laid over",
            pulled(),
            write(json!("held")),
            json!({ "note": ["mine"] }),
        )?,
        case(
            "a quarantined operation is not laid over",
            pulled(),
            write(json!("quarantined")),
            json!({ "note": ["pulled"] }),
        )?,
        case(
            "what the base's clock covers is in the base already",
            base(
                seen(&[(&other, 3), (&me, 7)]),
                json!({ "note": register(json!("decided since"), &other, 9) }),
            ),
            write(json!("accepted")),
            json!({ "note": ["decided since"] }),
        )?,
        case(
            "the base moved after the form was opened: both are shown, the own first",
            base(
                seen(&[(&other, 4)]),
                json!({ "note": register(json!("newer"), &other, 4) }),
            ),
            write(Json::Null),
            json!({ "note": ["mine", "newer"] }),
        )?,
        case(
            "the own operations in their order",
            pulled(),
            json!([
                { "seq": 7, "seen": seen(&[(&other, 3)]), "set": { "note": "first" } },
                { "seq": 9, "seen": seen(&[(&other, 3), (&me, 7)]), "set": { "note": "second", "state": "submitted" } },
            ]),
            json!({ "note": ["second"], "state": ["submitted"] }),
        )?,
        case(
            "a field that the base does not have",
            pulled(),
            json!([{ "seq": 7, "seen": seen(&[(&other, 3)]), "set": { "place": "gate" } }]),
            json!({ "note": ["pulled"], "place": ["gate"] }),
        )?,
        case(
            "a removal takes what was seen and leaves what came since",
            base(
                seen(&[(&other, 4)]),
                json!({ "photos": { "items": [
                    { "value": photo, "dots": [[other, 3]] }, { "value": "bb".repeat(32), "dots": [[other, 3], [other, 4]] },
                ] } }),
            ),
            json!([{ "seq": 7, "seen": seen(&[(&other, 3)]), "remove": { "photos": [photo, "bb".repeat(32)] } }]),
            json!({ "photos": ["bb".repeat(32)] }),
        )?,
        case(
            "an addition of what is there adds its dot",
            base(
                seen(&[(&other, 3)]),
                json!({ "photos": { "items": [{ "value": photo, "dots": [[other, 3]] }] } }),
            ),
            json!([{ "seq": 7, "seen": seen(&[(&other, 3)]), "add": { "photos": [photo, "cc".repeat(32)] } }]),
            json!({ "photos": [photo, "cc".repeat(32)] }),
        )?,
    ];
    let about = "What a phone shows: the base as pulled, over it the device's own operations that base.clock does not \
                 cover, by seq, the quarantined ones left out. `set` holds the state that a transition leads to. `values` \
                 is by hand: what each field shows, the own value first.";
    Ok(file(about, cases))
}
