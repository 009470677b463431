//! The replica is what the server says, unit by unit, and says so when it is not.

use serde_json::json;
use wuyuan_client::Outcome;

use crate::server::{Fault, UNIT};
use crate::{Rig, values};

#[test]
fn pages_are_pulled_until_the_unit_is_whole() {
    let mut rig = Rig::enrolled();
    rig.record_many(7);
    rig.sync();
    rig.server.with(|s| {
        s.limits.page_records = 2;
        s.generation = "generation-2".into();
    });
    assert_eq!(rig.sync(), Outcome::UpToDate);
    let status = rig.phone.status().unwrap();
    assert_eq!((status.units[0].records, status.units[0].complete), (7, true));
    assert_eq!(status.generation.as_deref(), Some("generation-2"));
}

#[test]
fn power_lost_between_two_pages_loses_nothing() {
    let mut rig = Rig::enrolled();
    rig.record_many(5);
    rig.sync();
    rig.server.with(|s| {
        s.limits.page_records = 2;
        s.generation = "generation-2".into();
        s.faults.push_back(("/v1/config", Fault::LoseRequest));
    });
    // The first page comes, then the connection breaks on the way to the new history's limits.
    assert!(matches!(rig.sync(), Outcome::Wait { .. }));
    assert!(!rig.phone.status().unwrap().units[0].complete);
    rig.restart();
    assert_eq!(rig.sync(), Outcome::UpToDate);
    assert_eq!(rig.phone.list(None).unwrap().len(), 5);
}

#[test]
fn a_restart_keeps_what_is_pending() {
    let mut rig = Rig::enrolled();
    let saved = rig.record("one");
    rig.sync();
    rig.edit(&saved.record, "content", json!("pending"));
    let fresh = rig.record("two");
    rig.server.with(|s| s.generation = "generation-2".into());
    rig.server.fault("/v1/sync", Fault::LoseRequest);
    rig.sync();
    // The new history answers the push with a restart of the unit.
    assert_eq!(values(&rig.view(&saved.record), "content"), ["pending"]);
    assert_eq!(rig.sync(), Outcome::UpToDate);
    assert_eq!(values(&rig.view(&saved.record), "content"), ["pending"]);
    assert_eq!(values(&rig.view(&fresh.record), "activity_name"), ["two"]);
    assert!(rig.view(&fresh.record).pulled);
}

#[test]
fn a_unit_that_does_not_fit_is_pulled_anew_three_times_and_then_reported() {
    let mut rig = Rig::enrolled();
    rig.record("one");
    rig.server.with(|s| s.wrong_tallies = 2);
    assert_eq!(rig.sync(), Outcome::UpToDate);
    let unit = rig.phone.status().unwrap().units[0].clone();
    assert_eq!((unit.records, unit.complete, unit.diverged), (1, true, false));

    rig.server.with(|s| s.wrong_tallies = 4);
    assert_eq!(rig.sync(), Outcome::UpToDate);
    let status = rig.phone.status().unwrap();
    assert!(status.units[0].diverged && status.attention() == 1);
    assert_eq!(rig.phone.list(None).unwrap().len(), 1, "what is held is still shown");

    assert_eq!(rig.sync(), Outcome::UpToDate);
    rig.server
        .with(|s| assert_eq!(s.diverged_heard, [UNIT.parse().unwrap()]));
    assert!(!rig.phone.status().unwrap().units[0].diverged, "it fits again");
}

#[test]
fn a_record_that_goes_away_goes_here_too() {
    let mut rig = Rig::enrolled();
    let saved = rig.record("one");
    let kept = rig.record("two");
    rig.sync();
    rig.server.with(|s| s.take_away(&saved.record));
    assert_eq!(rig.sync(), Outcome::UpToDate);
    assert!(rig.phone.view(&saved.record).unwrap().is_none());
    assert_eq!(rig.phone.list(None).unwrap().len(), 1);
    assert!(rig.view(&kept.record).pulled);
}

#[test]
fn an_ended_unit_is_delivered_first_and_then_dropped() {
    let mut rig = Rig::enrolled();
    let old = rig.record("old");
    rig.sync();
    let pending = rig.record("pending");
    rig.server.with(|s| s.scope.clear());
    assert_eq!(rig.sync(), Outcome::UpToDate);
    assert_eq!(rig.server.texts(&pending.device).len(), 2);
    assert!(rig.phone.status().unwrap().units.is_empty());
    assert!(rig.phone.view(&old.record).unwrap().is_none() && rig.phone.list(None).unwrap().is_empty());
    // The bytes stay until they are durable, and cannot be read in the file.
    let conn = rusqlite::Connection::open(rig.path()).unwrap();
    let kept = || -> Vec<Option<Vec<u8>>> {
        let mut rows = conn.prepare("SELECT bytes FROM outbox ORDER BY seq").unwrap();
        rows.query_map([], |r| r.get(0))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap()
    };
    let readable = |bytes: &[u8]| bytes.windows(8).any(|w| w == b"activity");
    assert!(kept().iter().all(|b| b.as_ref().is_some_and(|b| !readable(b))));
    // A restored server that has lost them gets the very same bytes again.
    let texts = rig.server.texts(&old.device);
    rig.server
        .with(|s| s.data.feeds.get_mut(&old.device).unwrap().ops.clear());
    rig.server.with(|s| s.generation = "generation-2".into());
    assert_eq!(rig.sync(), Outcome::UpToDate);
    assert_eq!(rig.server.texts(&old.device), texts);
    rig.server
        .with(|s| s.data.feeds.get_mut(&old.device).unwrap().durable = 2);
    assert_eq!(rig.sync(), Outcome::UpToDate);
    assert!(kept().iter().all(Option::is_none));
}

#[test]
fn a_member_who_may_only_deliver_delivers_and_holds_nothing_more() {
    let mut rig = Rig::enrolled();
    rig.record("one");
    rig.sync();
    let late = rig.record("late");
    rig.server.with(|s| s.push_only = true);
    assert_eq!(rig.sync(), Outcome::UpToDate);
    assert_eq!(rig.server.texts(&late.device).len(), 2);
    let status = rig.phone.status().unwrap();
    assert!(status.push_only && status.units.is_empty());
    assert!(rig.phone.list(None).unwrap().is_empty());
}

#[test]
fn a_cursor_that_the_server_calls_forged_starts_anew() {
    let mut rig = Rig::enrolled();
    rig.record("one");
    rig.sync();
    let conn = rusqlite::Connection::open(rig.path()).unwrap();
    conn.execute("UPDATE unit SET cursor = 'nonsense'", []).unwrap();
    assert_eq!(rig.sync(), Outcome::UpToDate);
    assert!(rig.phone.status().unwrap().units[0].complete);
    assert_eq!(rig.phone.list(None).unwrap().len(), 1);
}
