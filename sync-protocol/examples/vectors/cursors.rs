//! Pulling as a client sees it: what it sends, what comes, what it then holds.

use serde_json::{Value as Json, json};
use sync_protocol::sum::Tally;
use sync_protocol::wire::{RecordView, UnitChange};

use super::{file, names};

type Made = Result<Json, Box<dyn std::error::Error>>;

const OTHER: &str = "350111001027";

fn put(n: u8, unit: &str, pos: u64) -> Result<Json, Box<dyn std::error::Error>> {
    let view = RecordView {
        id: names::record(n),
        kind: "volunteer_session".into(),
        unit: unit.parse()?,
        pos,
        creator: names::member(1),
        clock: [(names::device(9), pos)].into(),
        proposals: Vec::new(),
        decisions: Vec::new(),
        fields: [].into(),
    };
    Ok(serde_json::to_value(UnitChange::Put(view))?)
}

fn gone(n: u8) -> Result<Json, serde_json::Error> {
    serde_json::to_value(UnitChange::Gone(names::record(n)))
}

fn tally(held: &[(u8, u64)]) -> Json {
    let mut tally = Tally::default();
    held.iter().for_each(|(n, pos)| tally.add(&names::record(*n), *pos));
    json!(tally)
}

/// A page of the first unit.
fn page(changes: Vec<Json>, cursor: &str, tally: Json) -> Json {
    let mut page = json!({ "unit": names::UNIT, "changes": changes, "cursor": cursor });
    if !tally.is_null() {
        page["tally"] = tally;
    }
    page
}

fn request(sends: Json, units: Vec<Json>, more: bool) -> Json {
    json!({ "sends": sends, "answer": { "units": units, "ended": [], "more": more } })
}

/// What is held of the first unit: its cursor, its records with their places, how it stands.
fn held(cursor: Json, records: &[(u8, u64)], state: &str) -> Json {
    let records: serde_json::Map<String, Json> = records
        .iter()
        .map(|(n, pos)| (names::record(*n).to_string(), json!(pos)))
        .collect();
    json!({ (names::UNIT): { "cursor": cursor, "records": records, "state": state } })
}

fn sync(requests: Vec<Json>, held: Json) -> Json {
    json!({ "requests": requests, "held": held })
}

fn case(name: &str, syncs: Vec<Json>) -> Json {
    json!({ "name": name, "syncs": syncs })
}

fn at(cursor: &str) -> Json {
    json!({ (names::UNIT): cursor })
}

pub fn make() -> Made {
    let none = || json!({});
    let first = || -> Made {
        let page = page(
            vec![put(1, names::UNIT, 1)?, put(2, names::UNIT, 2)?],
            "c2",
            tally(&[(1, 1), (2, 2)]),
        );
        Ok(sync(
            vec![request(none(), vec![page], false)],
            held(json!("c2"), &[(1, 1), (2, 2)], "complete"),
        ))
    };
    let mut restart = page(vec![put(2, names::UNIT, 2)?], "d2", tally(&[(2, 2)]));
    restart["restart"] = json!(true);
    let wrong = || -> Made { Ok(page(vec![put(1, names::UNIT, 1)?], "c1", tally(&[(1, 9)]))) };
    let mut kept = page(vec![], "unused", tally(&[(1, 1), (2, 2)]));
    kept.as_object_mut().ok_or("page")?.remove("cursor");
    let mut ended = request(at("c2"), vec![], false);
    ended["answer"]["ended"] = json!([names::UNIT]);
    let mut second_unit = page(vec![put(7, OTHER, 1)?], "o1", tally(&[(7, 1)]));
    second_unit["unit"] = json!(OTHER);
    let mut both = held(json!("c2"), &[(1, 1), (2, 2)], "complete");
    both[OTHER] = json!({ "cursor": "o1", "records": { (names::record(7).to_string()): 1 }, "state": "complete" });
    let cases = vec![
        case("records come and the cursor is kept", vec![first()?]),
        case(
            "pages are asked for until there is no more",
            vec![sync(
                vec![
                    request(
                        none(),
                        vec![page(vec![put(1, names::UNIT, 1)?], "c1", Json::Null)],
                        true,
                    ),
                    request(
                        at("c1"),
                        vec![page(vec![put(2, names::UNIT, 2)?], "c2", tally(&[(1, 1), (2, 2)]))],
                        false,
                    ),
                ],
                held(json!("c2"), &[(1, 1), (2, 2)], "complete"),
            )],
        ),
        case(
            "a record that moved replaces what was held",
            vec![
                first()?,
                sync(
                    vec![request(
                        at("c2"),
                        vec![page(vec![put(1, names::UNIT, 3)?], "c3", tally(&[(1, 3), (2, 2)]))],
                        false,
                    )],
                    held(json!("c3"), &[(1, 3), (2, 2)], "complete"),
                ),
            ],
        ),
        case(
            "a record that is gone is dropped",
            vec![
                first()?,
                sync(
                    vec![request(
                        at("c2"),
                        vec![page(vec![gone(1)?], "c3", tally(&[(2, 2)]))],
                        false,
                    )],
                    held(json!("c3"), &[(2, 2)], "complete"),
                ),
            ],
        ),
        case(
            "what is gone may come again, and what is not held may go",
            vec![
                first()?,
                sync(
                    vec![request(
                        at("c2"),
                        vec![page(
                            vec![gone(1)?, gone(5)?, put(1, names::UNIT, 4)?],
                            "c4",
                            tally(&[(1, 4), (2, 2)]),
                        )],
                        false,
                    )],
                    held(json!("c4"), &[(1, 4), (2, 2)], "complete"),
                ),
            ],
        ),
        case(
            "no cursor in a page: the one sent still holds",
            vec![
                first()?,
                sync(
                    vec![request(at("c2"), vec![kept], false)],
                    held(json!("c2"), &[(1, 1), (2, 2)], "complete"),
                ),
            ],
        ),
        case(
            "restart drops what was held before it takes the changes",
            vec![
                first()?,
                sync(
                    vec![request(at("c2"), vec![restart], false)],
                    held(json!("d2"), &[(2, 2)], "complete"),
                ),
            ],
        ),
        case(
            "a tally that does not fit: that unit is pulled anew without a cursor",
            vec![sync(
                vec![
                    request(none(), vec![wrong()?], false),
                    request(
                        none(),
                        vec![page(vec![put(1, names::UNIT, 1)?], "c1", tally(&[(1, 1)]))],
                        false,
                    ),
                ],
                held(json!("c1"), &[(1, 1)], "complete"),
            )],
        ),
        case(
            "after three times it says so and keeps what it has",
            vec![
                sync(
                    vec![
                        request(none(), vec![wrong()?], false),
                        request(none(), vec![wrong()?], false),
                        request(none(), vec![wrong()?], false),
                        request(none(), vec![wrong()?], false),
                    ],
                    held(json!("c1"), &[(1, 1)], "diverged"),
                ),
                sync(
                    vec![json!({
                        "sends": at("c1"), "diverged": [names::UNIT],
                        "answer": { "units": [page(vec![put(1, names::UNIT, 2)?], "c2", tally(&[(1, 2)]))], "ended": [], "more": false },
                    })],
                    held(json!("c2"), &[(1, 2)], "complete"),
                ),
            ],
        ),
        case(
            "a unit that has ended is dropped",
            vec![first()?, sync(vec![ended], none())],
        ),
        case(
            "units are apart from each other",
            vec![first()?, sync(vec![request(at("c2"), vec![second_unit], false)], both)],
        ),
    ];
    let about = "Each sync is the requests that a client makes until it has nothing more to ask. `sends` are the cursors \
                 that it must send, `diverged` the units that it must report; `answer` is the pulled part of the answer; \
                 `held` is what it must hold afterwards: for each unit the cursor, the records with their places, and \
                 whether the unit is `complete`, `partial` or `diverged`. Data and cursor are stored together.";
    Ok(file(about, cases))
}
