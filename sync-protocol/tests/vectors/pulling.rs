//! The cursor cases, played by the smallest client that holds to the rules: they can be met by reading them alone.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};
use sync_protocol::id::{Pos, RecordId};
use sync_protocol::sum::Tally;
use sync_protocol::wire::{UnitChange, UnitPage};

use crate::{cases, load, parse};

/// How often a unit is pulled anew before the client says that it has diverged.
const MOST_REPULLS: u32 = 3;

#[derive(Default)]
struct Unit {
    cursor: Option<String>,
    records: BTreeMap<RecordId, Pos>,
    repulls: u32,
    state: &'static str,
}

impl Unit {
    /// Takes a page; true: ask again.
    fn take(&mut self, page: UnitPage) -> bool {
        if page.restart {
            self.records.clear();
        }
        for change in page.changes {
            match change {
                UnitChange::Put(view) => drop(self.records.insert(view.id, view.pos)),
                UnitChange::Gone(record) => drop(self.records.remove(&record)),
            }
        }
        if page.cursor.is_some() {
            self.cursor = page.cursor;
        }
        let mut tally = Tally::default();
        self.records.iter().for_each(|(record, pos)| tally.add(record, *pos));
        match page.tally {
            None => self.state = "partial",
            Some(expected) if expected == tally => (self.state, self.repulls) = ("complete", 0),
            Some(_) if self.repulls < MOST_REPULLS => {
                let repulls = self.repulls + 1;
                *self = Unit {
                    repulls,
                    ..Unit::default()
                };
                return true;
            }
            Some(_) => self.state = "diverged",
        }
        false
    }

    fn held(&self) -> Json {
        let records: BTreeMap<String, Pos> = self.records.iter().map(|(r, pos)| (r.to_string(), *pos)).collect();
        json!({ "cursor": self.cursor, "records": records, "state": self.state })
    }
}

#[test]
fn cursors() {
    let file = load("cursors.json");
    for (name, case) in cases(&file) {
        let mut units: BTreeMap<String, Unit> = BTreeMap::new();
        for sync in case["syncs"].as_array().unwrap() {
            let requests = sync["requests"].as_array().unwrap();
            for (number, request) in requests.iter().enumerate() {
                let sends: BTreeMap<&String, &String> = units
                    .iter()
                    .filter_map(|(code, unit)| Some((code, unit.cursor.as_ref()?)))
                    .collect();
                assert_eq!(json!(sends), request["sends"], "{name}");
                let diverged: Vec<&String> = units
                    .iter()
                    .filter(|(_, unit)| unit.state == "diverged")
                    .map(|(code, _)| code)
                    .collect();
                assert_eq!(
                    json!(diverged),
                    request.get("diverged").cloned().unwrap_or(json!([])),
                    "{name}"
                );
                let answer = &request["answer"];
                let mut again = answer["more"].as_bool().unwrap();
                for page in parse::<Vec<UnitPage>>(&answer["units"]) {
                    again |= units.entry(page.unit.to_string()).or_default().take(page);
                }
                let ended: BTreeSet<String> = parse(&answer["ended"]);
                units.retain(|code, _| !ended.contains(code));
                assert_eq!(
                    again,
                    number + 1 < requests.len(),
                    "{name}: the client asks as often as it must"
                );
            }
            let held: BTreeMap<&String, Json> = units.iter().map(|(code, unit)| (code, unit.held())).collect();
            assert_eq!(json!(held), sync["held"], "{name}");
        }
    }
}
