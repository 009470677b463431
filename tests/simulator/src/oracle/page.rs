//! What a reader holds after each page, worked out from the answers alone: a cursor stands for everything that was
//! sent up to it, whatever the phone does with it. Whenever a page finishes a unit, it is held against what the
//! reader should hold.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value as Json;
use sync_protocol::id::MemberId;

use super::reader::{Records, reads_field};
use super::record::{Field, Worked};
use super::{Oracle, Violation, broken};
use crate::cast::Book;

/// Records as sent, by id.
type Held = BTreeMap<String, Json>;

/// What each cursor of each reader and unit stands for.
#[derive(Debug, Default)]
pub struct Pages(BTreeMap<(String, String, String), Held>);

impl Pages {
    /// Takes an answer.
    pub fn hear(
        &mut self,
        oracle: &Oracle,
        book: &Book,
        member: MemberId,
        now_ms: i64,
        sent: &Json,
        answer: &Json,
    ) -> Result<(), Violation> {
        // A cursor outlives the device that got it: after a fork the same replica goes on under another.
        let reader = member.to_string();
        for page in answer["units"].as_array().into_iter().flatten() {
            let unit = page["unit"].as_str().unwrap_or_default();
            let cursor = sent["pull"]["cursors"][unit].as_str();
            let before = cursor.filter(|_| page["restart"] != true);
            let key = |cursor: &str| (reader.clone(), unit.to_owned(), cursor.to_owned());
            let mut held = match before {
                Some(cursor) => match self.0.get(&key(cursor)) {
                    Some(held) => held.clone(),
                    // Every answer of the present history was heard.
                    None => {
                        return Err(broken(
                            "a cursor of an earlier history starts anew",
                            format!("{member} in {unit}"),
                        ));
                    }
                },
                None => Held::new(),
            };
            for change in page["changes"].as_array().into_iter().flatten() {
                if let Some(id) = change["gone"].as_str() {
                    held.remove(id);
                }
                if let Some(id) = change["put"]["id"].as_str() {
                    may_be_read(oracle, book, member, now_ms, unit, &change["put"])?;
                    held.insert(id.to_owned(), change["put"].clone());
                }
            }
            let Some(after) = page["cursor"].as_str().or(cursor) else {
                continue;
            };
            if page["tally"].is_object() {
                let expected = oracle.sight(book, member, unit, Some(place(after)?), now_ms);
                same(&held, &expected, oracle).map_err(|why| {
                    broken(
                        "a reader holds exactly what he may read",
                        format!("{member} in {unit}: {why}"),
                    )
                })?;
            }
            self.0.insert(key(after), held);
        }
        Ok(())
    }
}

/// The place in the unit's log up to which a cursor stands. Clients must not look; the oracle may.
fn place(cursor: &str) -> Result<u64, Violation> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).unwrap_or_default();
    let place = bytes
        .get(25..33)
        .and_then(|part| Some(u64::from_be_bytes(part.try_into().ok()?)));
    place.ok_or_else(|| broken("a cursor names a place", cursor))
}

/// Nobody is sent a field that he may not read, not even for a moment.
fn may_be_read(
    oracle: &Oracle,
    book: &Book,
    member: MemberId,
    now_ms: i64,
    unit: &str,
    view: &Json,
) -> Result<(), Violation> {
    let rule = "nobody is ever sent what he may not read";
    let roles = book.roles(&member, unit, now_ms);
    let kind = view["kind"].as_str().and_then(|kind| oracle.catalog.kinds().get(kind));
    let kind = kind.ok_or_else(|| broken(rule, "a record of no kind"))?;
    let creator = view["creator"] == member.to_string();
    if !roles
        .iter()
        .any(|role| kind.read.unit.contains(role) || kind.read.own.contains(role))
    {
        return Err(broken(rule, format!("{member} as {roles:?} was sent a {}", kind.kind)));
    }
    let proposed = view["proposals"].as_array().into_iter().flatten();
    let parts = proposed.flat_map(|proposal| ["set", "add", "remove"].map(|part| &proposal[part]));
    let shown = parts.chain([&view["fields"]]);
    for name in shown.filter_map(Json::as_object).flat_map(|fields| fields.keys()) {
        let reads = name == "state"
            || kind
                .field(name)
                .is_some_and(|field| reads_field(field, &roles, creator));
        if !reads {
            return Err(broken(
                rule,
                format!("{member} as {roles:?} was sent {name} of a {}", kind.kind),
            ));
        }
    }
    Ok(())
}

fn same(held: &Held, expected: &Records, oracle: &Oracle) -> Result<(), String> {
    for id in held.keys() {
        if !expected.contains_key(id) {
            return Err(format!("he holds {id} and should not"));
        }
    }
    for (id, worked) in expected {
        let view = held
            .get(id)
            .ok_or_else(|| format!("he lacks {id}, a {} at {}", worked.kind, worked.pos))?;
        same_record(view, worked, oracle).map_err(|why| format!("{id}, a {}: {why}", worked.kind))?;
    }
    Ok(())
}

/// Whether a view shows the record, dot by dot.
pub fn same_record(view: &Json, worked: &Worked, oracle: &Oracle) -> Result<(), String> {
    let told = |what: &str, is: &Json, should: String| Err(format!("{what} is {is} and should be {should}"));
    if view["pos"] != worked.pos {
        return told("its place", &view["pos"], worked.pos.to_string());
    }
    if view["creator"] != worked.creator.to_string() {
        return told("its creator", &view["creator"], worked.creator.to_string());
    }
    if view["clock"] != serde_json::json!(worked.clock) {
        return told("its clock", &view["clock"], format!("{:?}", worked.clock));
    }
    let fields = view["fields"].as_object().ok_or("it has no fields")?;
    for (name, shown) in fields {
        let field = worked
            .fields
            .get(name)
            .ok_or_else(|| format!("{name} should not be there"))?;
        let is = match field {
            Field::Register(_) => register(shown, oracle)?,
            Field::Set(_) => set(shown)?,
        };
        let should = match field {
            Field::Register(values) => values
                .iter()
                .map(|w| (w.value.to_string(), vec![w.dot.clone()]))
                .collect(),
            Field::Set(elements) => elements
                .iter()
                .map(|(e, dots)| (e.clone(), dots.clone()))
                .collect::<Vec<_>>(),
        };
        if is != should {
            return Err(format!("{name} is {is:?} and should be {should:?}"));
        }
    }
    match worked.fields.keys().find(|name| !fields.contains_key(*name)) {
        Some(name) => Err(format!("{name} is missing")),
        None => Ok(()),
    }
}

type Values = Vec<(String, Vec<super::Dot>)>;

fn register(shown: &Json, oracle: &Oracle) -> Result<Values, String> {
    let values = shown.as_array().ok_or("a register is no list")?;
    let contested = values.iter().any(|v| v["value"] != values[0]["value"]);
    let mut read = Values::new();
    for value in values {
        let dot = dot(&value["dot"])?;
        let author = oracle.log.get(&dot.0, dot.1).map(|op| op.member.to_string());
        if contested && value["by"].as_str() != author.as_deref() {
            return Err(format!("{dot:?} is said to be by {}", value["by"]));
        }
        read.push((value["value"].to_string(), vec![dot]));
    }
    Ok(read)
}

fn set(shown: &Json) -> Result<Values, String> {
    let items = shown["items"].as_array().ok_or("a set has no items")?;
    let mut read = Values::new();
    for item in items {
        let mut dots = Vec::new();
        for one in item["dots"].as_array().into_iter().flatten() {
            dots.push(dot(one)?);
        }
        dots.sort();
        read.push((item["value"].to_string(), dots));
    }
    read.sort();
    Ok(read)
}

fn dot(json: &Json) -> Result<super::Dot, String> {
    let device = json[0].as_str().ok_or("a dot names no device")?;
    let seq = json[1].as_u64().ok_or("a dot has no number")?;
    Ok((device.to_owned(), seq))
}
