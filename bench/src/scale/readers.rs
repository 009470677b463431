//! What four readers of different width pay: a volunteer, a community's leader, a street's manager, a district's
//! prosecutor.

use std::collections::BTreeMap;
use std::time::Instant;

use serde_json::json;
use sync_protocol::id::UnitCode;
use sync_protocol::role::Role;
use wuyuan_server::demo::{DemoMember, District};

use super::crowd::{self, CLIENTS};
use super::meter::{self, Spent};
use super::stage::Stage;
use super::writers::{self, Veteran};
use crate::cast::SignedIn;
use crate::http::{Connection, post};
use crate::latency::Steady;
use crate::pull::records::{self, Pulled, report};
use crate::timing::middle;

/// Syncs of one reader that are timed, one after the other; the first twentieth is for warming up.
const SYNCS: usize = 200;

/// Syncs of each client when all sync at once.
const EACH: usize = 40;

/// First pulls of one reader.
const FIRSTS: usize = 3;

/// New records between two pulls.
pub const CHANGES: usize = 10;

/// A reader with his phone.
pub struct Reader {
    /// Who, for people.
    pub who: &'static str,
    /// His phone.
    pub phone: SignedIn,
}

/// What one reader paid.
#[derive(Debug, Clone)]
pub struct Reading {
    /// Who, for people.
    pub who: &'static str,
    /// Units in his scope.
    pub units: usize,
    /// Records that his first pull brought.
    pub records: usize,
    /// Seconds of his first pull.
    pub first_s: f64,
    /// Bytes of its answers as they travelled.
    pub first_bytes: f64,
    /// A sync that brings and fetches nothing: p50 and p99, ms.
    pub empty_ms: (f64, f64),
    /// Bytes of such a request and of its answer.
    pub empty_bytes: (f64, f64),
    /// A pull of [`CHANGES`] new records: p50 and p99, ms.
    pub ten_ms: (f64, f64),
}

/// The four readers of a district, all of the same community, and a volunteer there who writes.
pub fn cast(stage: &Stage, district: &District) -> (Vec<Reader>, SignedIn) {
    let with = |role: Role, unit: Option<&UnitCode>| -> (DemoMember, UnitCode) {
        let fits = |m: &&DemoMember| {
            m.appointments[0].role == role && unit.is_none_or(|unit| m.appointments.iter().any(|a| a.unit == *unit))
        };
        let member = district.members.iter().find(fits).expect("every role has somebody");
        let own = unit.unwrap_or(&member.appointments[0].unit).clone();
        (member.clone(), own)
    };
    let volunteer = with(Role::Volunteer, None);
    let community = volunteer.1.clone();
    let street = district
        .units
        .iter()
        .find(|u| u.code == community)
        .and_then(|u| u.parent.clone());
    let leader = with(Role::GroupLeader, Some(&community));
    let manager = with(Role::AreaManager, street.as_ref());
    let prosecutor = with(Role::Prosecutor, None);
    let holders = [&volunteer, &volunteer, &leader, &manager, &prosecutor].map(|(member, unit)| (member, unit.clone()));
    let mut phones = stage.phones(&holders).into_iter();
    let writer = phones.next().expect("a phone each");
    let who = [
        "a volunteer",
        "a community's leader",
        "a street's manager",
        "a district's prosecutor",
    ];
    (
        who.into_iter()
            .zip(phones)
            .map(|(who, phone)| Reader { who, phone })
            .collect(),
        writer,
    )
}

/// Measures each reader; `writer` writes what they then pull.
pub fn measure(stage: &Stage, readers: &[Reader], writer: &mut SignedIn) -> Vec<Reading> {
    let firsts: Vec<(f64, Pulled)> = readers.iter().map(|reader| first(stage, reader)).collect();
    let empties: Vec<Vec<u8>> = readers
        .iter()
        .zip(&firsts)
        .map(|(reader, (_, pulled))| pull(&reader.phone, &pulled.cursors))
        .collect();
    let empty_ms: Vec<(f64, f64)> = empties.iter().map(|request| timed(stage, request)).collect();
    let sizes: Vec<f64> = empties.iter().map(|request| answer(stage, request).0).collect();
    let first = writer.phone.seq() + 1;
    for _ in 0..CHANGES {
        report(&mut writer.phone);
    }
    crowd::accepted(Connection::open(&stage.server.url()).send(&writers::request(writer, first)));
    let reading = |(at, reader): (usize, &Reader)| {
        let (first_s, pulled) = &firsts[at];
        let (_, brought) = answer(stage, &empties[at]);
        assert_eq!(brought, CHANGES, "{}", reader.who);
        Reading {
            who: reader.who,
            units: pulled.cursors.len(),
            records: pulled.records,
            first_s: *first_s,
            first_bytes: pulled.travelled as f64,
            empty_ms: empty_ms[at],
            empty_bytes: (empties[at].len() as f64, sizes[at]),
            ten_ms: timed(stage, &empties[at]),
        }
    };
    readers.iter().enumerate().map(reading).collect()
}

/// Many volunteers at once sync nothing: syncs a second, and what one costs.
pub fn crowd_of_empties(stage: &Stage, veterans: &[Veteran]) -> (f64, Spent) {
    let url = stage.server.url();
    let clients: Vec<Vec<Vec<u8>>> = veterans
        .iter()
        .take(CLIENTS)
        .map(|veteran| {
            let pulled = records::pull(&mut Connection::open(&url), &veteran.signed_in);
            vec![pull(&veteran.signed_in, &pulled.cursors); EACH]
        })
        .collect();
    let before = meter::spent(stage);
    let crowd = crowd::all_at_once(&url, &clients);
    let each = meter::spent(stage).each(before, clients.len() * EACH);
    (Steady::of(&crowd.times, EACH / 10).rate, each)
}

/// A sync that pushes nothing and pulls from `cursors`.
pub fn pull(signed_in: &SignedIn, cursors: &BTreeMap<UnitCode, String>) -> Vec<u8> {
    let body = json!({"device": signed_in.phone.device, "pull": {"cursors": cursors}}).to_string();
    post("/v1/sync", &signed_in.token, Some("zstd"), &body)
}

/// p50 and p99 of a request, ms.
pub fn timed(stage: &Stage, request: &[u8]) -> (f64, f64) {
    let times = crowd::alone(&stage.server.url(), request, SYNCS);
    let steady = Steady::of(&[times], SYNCS / 20);
    (steady.percentile(50.0), steady.percentile(99.0))
}

/// Bytes of an answer as it travelled, and how many changes it brought.
pub fn answer(stage: &Stage, request: &[u8]) -> (f64, usize) {
    let answer = Connection::open(&stage.server.url()).send(request);
    let bytes = answer.body.len() as f64;
    let answer: sync_protocol::wire::SyncAnswer = serde_json::from_slice(&answer.ok()).expect("an answer");
    (bytes, answer.units.iter().map(|page| page.changes.len()).sum())
}

/// Seconds of a first pull, and what it brought.
pub fn first(stage: &Stage, reader: &Reader) -> (f64, Pulled) {
    let url = stage.server.url();
    let mut times = Vec::with_capacity(FIRSTS);
    let mut pulled = Pulled::default();
    for _ in 0..FIRSTS {
        let started = Instant::now();
        pulled = records::pull(&mut Connection::open(&url), &reader.phone);
        times.push(started.elapsed().as_secs_f64());
    }
    (middle(times), pulled)
}
