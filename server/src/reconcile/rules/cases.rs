//! Made-up records for the rules' tests.

use std::collections::{BTreeMap, BTreeSet};

use sync_protocol::calendar::Calendar;
use sync_protocol::catalog::Catalog;
use sync_protocol::id::{MemberId, RecordId};
use sync_protocol::rules::Rules;
use sync_protocol::value::Instant;

use super::super::geo::degrees;
use super::super::near::{Facts, Near, Part, Presence, Stand, Standing};
use super::{Examined, Lens, examine};

/// Milliseconds of a moment.
pub fn at(text: &str) -> i64 {
    Instant::parse(text).unwrap().ms
}

pub fn id(n: u8) -> RecordId {
    RecordId([n; 16])
}

/// A record that says nothing.
pub fn record(n: u8) -> Facts {
    Facts {
        record: id(n),
        kind: "kind".to_owned(),
        unit: "350111001026".to_owned(),
        counts: true,
        happened_ms: at("2026-11-24T08:00:00+08:00"),
        past: BTreeMap::new(),
        entered_ms: None,
        session: None,
        presences: Vec::new(),
        attests: BTreeSet::new(),
        stands: BTreeMap::new(),
        place: None,
        links: BTreeSet::new(),
        files: BTreeMap::new(),
        approval: None,
    }
}

pub fn presence(n: u8, person: u8, part: Part, from: &str, until: &str) -> Presence {
    let (from_ms, until_ms) = (at(from), at(until));
    Presence {
        record: id(n),
        person: [person; 16],
        part,
        from_ms,
        until_ms,
        minutes: (until_ms - from_ms) / 60_000,
    }
}

/// A session with one person in it.
pub fn session(n: u8, person: u8, part: Part, from: &str, until: &str) -> Facts {
    Facts {
        session: Some((Some(at(from)), Some(at(until)))),
        happened_ms: at(from),
        presences: vec![presence(n, person, part, from, until)],
        ..record(n)
    }
}

/// A point of a member, exact to the metre.
pub fn stand(member: u8, when: &str, lng: f64, lat: f64) -> Stand {
    Stand {
        member: MemberId([member; 16]),
        at_ms: at(when),
        spot: degrees(lng, lat),
        accuracy_m: 1,
        matter: id(200),
        moves: true,
    }
}

pub fn standing(n: u8, stand: Stand) -> Standing {
    Standing {
        record: id(n),
        field: "point".to_owned(),
        stand,
    }
}

/// What all rules say at a moment.
pub fn examined(now: &str, facts: &Facts, near: &Near) -> Examined {
    let rules = Rules::builtin(&Catalog::builtin().unwrap()).unwrap();
    let calendar = Calendar::builtin().unwrap();
    let lens = Lens {
        rules: &rules,
        calendar: &calendar,
        now_ms: at(now),
    };
    examine(&lens, facts, near)
}

/// The codes that all rules find at a moment.
pub fn codes(now: &str, facts: &Facts, near: &Near) -> Vec<&'static str> {
    let found = examined(now, facts, near).found;
    found.iter().map(|found| found.code.code()).collect()
}

/// A moment after all that these records tell.
pub const NOW: &str = "2026-11-24T12:00:00+08:00";
