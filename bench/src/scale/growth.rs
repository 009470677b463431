//! What grows with one thing while the rest stays: records of a unit, history of a record, devices that write on it,
//! units in a scope.

use std::collections::BTreeMap;
use std::time::Instant;

use serde_json::json;
use sync_protocol::id::{RecordId, UnitCode};
use sync_protocol::role::Role;
use wuyuan_server::accounts::unit::Level;
use wuyuan_server::demo::{DemoMember, District};

use super::crowd;
use super::readers::{self, Reader, Reading};
use super::sizes;
use super::stage::Stage;
use super::writers;
use crate::cast::SignedIn;
use crate::http::{Connection, request};
use crate::pull::records::report;
use crate::push::feed;
use crate::timing::middle;

/// Most operations in one push.
const PUSH: usize = 500;

/// Pushes that are timed, one after the other.
const TIMED: usize = 50;

/// A unit with many records, all of one volunteer.
pub struct Full {
    /// What its leader pays.
    pub leader: Reading,
    /// What the volunteer pays, whose they all are.
    pub volunteer: Reading,
    /// Half of the pushes of ten operations there take less, ms.
    pub push_ms: f64,
}

/// A record with a long history.
pub struct Long {
    /// Operations on it.
    pub ops: usize,
    /// Devices that wrote them.
    pub devices: usize,
    /// Bytes of its merged state.
    pub state: f64,
    /// Bytes of one more operation.
    pub op: f64,
    /// Half of the pushes of one more take less, ms.
    pub push_ms: f64,
    /// Half of the pulls of the record take less, ms.
    pub pull_ms: f64,
    /// Seconds of its whole history, and the bytes of that.
    pub history: (f64, f64),
}

/// Who is what in a community.
fn holder<'d>(district: &'d District, role: Role, unit: &UnitCode) -> (&'d DemoMember, UnitCode) {
    let fits = |m: &&DemoMember| m.appointments.iter().any(|a| a.role == role && a.unit == *unit);
    let member = district.members.iter().find(fits).expect("every community has one");
    (member, unit.clone())
}

/// The communities of a district.
fn communities(district: &District) -> Vec<&UnitCode> {
    let own = district.units.iter().filter(|u| u.level == Level::Community);
    own.map(|u| &u.code).collect()
}

/// Units of a district with so many records.
pub fn records(stage: &Stage, district: &District, counts: &[usize]) -> Vec<Full> {
    let units = communities(district);
    let one = |(at, count): (usize, &usize)| {
        let volunteer = holder(district, Role::Volunteer, units[at]);
        let holders = [
            volunteer.clone(),
            volunteer,
            holder(district, Role::GroupLeader, units[at]),
        ];
        let mut phones = stage.phones(&holders);
        let leader = phones.pop().expect("three phones");
        let reader = phones.pop().expect("three phones");
        let mut writer = phones.pop().expect("three phones");
        several(stage, &mut writer, *count, |phone| {
            report(&mut phone.phone);
        });
        let readers = [("leader", leader), ("volunteer", reader)].map(|(who, phone)| Reader { who, phone });
        let mut readings = readers::measure(stage, &readers, &mut writer).into_iter();
        let mut bytes = Vec::new();
        let requests = feed::requests(&mut writer, TIMED, &mut bytes);
        Full {
            leader: readings.next().expect("two readings"),
            volunteer: readings.next().expect("two readings"),
            push_ms: each(stage, &requests),
        }
    };
    counts.iter().enumerate().map(one).collect()
}

/// Records with so many operations of one device.
pub fn history(stage: &Stage, district: &District, counts: &[usize]) -> Vec<Long> {
    let unit = communities(district)[counts.len()];
    let holders = [
        holder(district, Role::Volunteer, unit),
        holder(district, Role::GroupLeader, unit),
    ];
    let mut phones = stage.phones(&holders);
    let leader = phones.pop().expect("two phones");
    let mut writer = phones.pop().expect("two phones");
    let one = |count: &usize| {
        let (record, mut seen) = report(&mut writer.phone);
        push(stage, &writer, seen);
        several(stage, &mut writer, count - 1 - TIMED, |phone| {
            seen = writers::edit(phone, record, seen, seen % 2 == 0);
        });
        let first = writer.phone.seq() + 1;
        let requests: Vec<Vec<u8>> = (0..TIMED)
            .map(|_| {
                seen = writers::edit(&mut writer, record, seen, seen % 2 == 0);
                writers::request(&writer, seen)
            })
            .collect();
        let op = writer.phone.text(first).len() as f64;
        long(stage, &leader, record, (*count, 1), op, &requests)
    };
    counts.iter().map(one).collect()
}

/// Records on which so many devices wrote, one operation each, each having seen all before it.
pub fn devices(stage: &Stage, district: &District, counts: &[usize]) -> Vec<Long> {
    let unit = communities(district)[counts.len() + 4];
    let most = counts.iter().max().copied().unwrap_or(1);
    let mut holders = vec![holder(district, Role::Volunteer, unit); most];
    holders.push(holder(district, Role::GroupLeader, unit));
    let mut phones = stage.phones(&holders);
    let leader = phones.pop().expect("the leader's phone");
    let one = |count: &usize| {
        let (record, first) = report(&mut phones[0].phone);
        push(stage, &phones[0], first);
        let mut seen = BTreeMap::from([(phones[0].phone.device, first)]);
        let mut write = |signed_in: &mut SignedIn, value: bool| {
            let mut draft = signed_in.phone.draft("photo_report", record);
            draft.seen = seen.clone();
            draft.set = BTreeMap::from([("still_going_on".to_owned(), json!(value))]);
            let seq = signed_in.phone.record(&draft);
            seen.insert(signed_in.phone.device, seq);
            seq
        };
        for phone in &mut phones[1..*count] {
            let seq = write(phone, true);
            push(stage, phone, seq);
        }
        let last = &mut phones[count - 1];
        let requests: Vec<Vec<u8>> = (0..TIMED)
            .map(|turn| {
                let seq = write(last, turn % 2 == 0);
                writers::request(last, seq)
            })
            .collect();
        let op = last.phone.text(last.phone.seq()).len() as f64;
        long(stage, &leader, record, (count + TIMED, *count), op, &requests)
    };
    counts.iter().map(one).collect()
}

/// Sends the last pushes of a record and looks at it.
fn long(
    stage: &Stage,
    leader: &SignedIn,
    record: RecordId,
    (ops, devices): (usize, usize),
    op: f64,
    requests: &[Vec<u8>],
) -> Long {
    let url = stage.server.url();
    let (last, before) = requests.split_last().expect("some pushes");
    let push_ms = each(stage, before);
    let pulled = crate::pull::records::pull(&mut Connection::open(&url), leader);
    crowd::accepted(Connection::open(&url).send(last));
    let pull = readers::pull(leader, &pulled.cursors);
    assert_eq!(readers::answer(stage, &pull).1, 1, "the record alone has changed");
    Long {
        ops,
        devices,
        state: sizes::state(&stage.place, &record.to_string()),
        op,
        push_ms,
        pull_ms: readers::timed(stage, &pull).0,
        history: told(&url, leader, record),
    }
}

/// The whole history of a record: seconds and bytes.
fn told(url: &str, leader: &SignedIn, record: RecordId) -> (f64, f64) {
    let head = format!("authorization: Bearer {}\r\n", leader.token);
    let request = request("GET", &format!("/v1/records/{record}/history"), &head, b"");
    let mut bytes = 0;
    let once = |_| {
        let started = Instant::now();
        bytes = Connection::open(url).send(&request).ok().len();
        started.elapsed().as_secs_f64()
    };
    let times: Vec<f64> = (0..3).map(once).collect();
    (middle(times), bytes as f64)
}

/// A reader of several districts: what a sync of nothing costs, and the directory.
pub struct Wide {
    /// The reading.
    pub reading: Reading,
    /// Seconds of his directory.
    pub directory_s: f64,
}

/// Prosecutors of so many districts each, the last ones of the country, where there are no records.
pub fn scopes(stage: &Stage, districts: u32, counts: &[u32]) -> Vec<Wide> {
    let one = |count: &u32| {
        let member = stage.prosecutor(districts - count..districts);
        let unit = member.appointments[0].unit.clone();
        let phone = stage.phones(&[(&member, unit)]).pop().expect("a phone");
        let reader = Reader {
            who: "a prosecutor",
            phone,
        };
        let (first_s, pulled) = readers::first(stage, &reader);
        let empty = readers::pull(&reader.phone, &pulled.cursors);
        let head = format!("authorization: Bearer {}\r\n", reader.phone.token);
        let directory = request("GET", "/v1/directory", &head, b"");
        let mut connection = Connection::open(&stage.server.url());
        let ask = |_| {
            let started = Instant::now();
            connection.send(&directory).ok();
            started.elapsed().as_secs_f64()
        };
        Wide {
            reading: Reading {
                who: reader.who,
                units: pulled.cursors.len(),
                records: pulled.records,
                first_s,
                first_bytes: pulled.travelled as f64,
                empty_ms: readers::timed(stage, &empty),
                empty_bytes: (empty.len() as f64, readers::answer(stage, &empty).0),
                ten_ms: (0.0, 0.0),
            },
            directory_s: middle((0..5).map(ask).collect()),
        }
    };
    counts.iter().filter(|count| **count <= districts).map(one).collect()
}

/// Writes `count` operations and pushes them, as many at once as may be.
fn several(stage: &Stage, signed_in: &mut SignedIn, count: usize, mut write: impl FnMut(&mut SignedIn)) {
    let mut left = count;
    while left > 0 {
        let now = left.min(PUSH);
        let first = signed_in.phone.seq() + 1;
        (0..now).for_each(|_| write(signed_in));
        push(stage, signed_in, first);
        left -= now;
    }
}

fn push(stage: &Stage, signed_in: &SignedIn, first: u64) {
    crowd::accepted(Connection::open(&stage.server.url()).send(&writers::request(signed_in, first)));
}

/// Half of the requests take less, ms; one after the other.
fn each(stage: &Stage, requests: &[Vec<u8>]) -> f64 {
    let mut connection = Connection::open(&stage.server.url());
    let mut times = Vec::with_capacity(requests.len());
    for request in requests {
        let started = Instant::now();
        let answer = connection.send(request);
        times.push(started.elapsed().as_secs_f64() * 1e3);
        crowd::accepted(answer);
    }
    middle(times)
}
