//! Any byte of what is sealed, changed behind the server's back, is found and named.

use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::json;
use sync_protocol::role::Role;
use uuid::Uuid;
use wuyuan_tests::arrangements;
use wuyuan_tests::backend::Place;
use wuyuan_tests::command::{done, refused};
use wuyuan_tests::district::World;
use wuyuan_tests::office;
use wuyuan_tests::reports::{record, verdicts};
use wuyuan_tests::{on_both_backends, seed};

use super::QUICK;
use crate::history;

/// A table, the columns of its key and of the rest, and how a fault names a row: each `{}` is the next value of the key.
struct Sealed {
    table: &'static str,
    key: &'static [&'static str],
    columns: &'static [&'static str],
    named: &'static str,
}

#[rustfmt::skip]
const SEALED: &[Sealed] = &[
    Sealed { table: "op", key: &["device", "seq"], named: "device {} seq {}", columns: &["hash", "chain", "arrival_ms", "written_ms", "member", "record", "kind", "unit", "state", "code", "pos", "effect", "body"] },
    Sealed { table: "verdict_change", key: &["device", "seq", "number"], named: "device {} seq {}", columns: &["at_ms", "was_state", "was_code", "state", "code"] },
    Sealed { table: "visibility", key: &["unit", "pos"], named: "unit {} pos {}", columns: &["member", "record", "present"] },
    Sealed { table: "journal", key: &["id"], named: "journal {}", columns: &["at_ms", "actor", "event", "subject", "detail"] },
    Sealed { table: "catalog_version", key: &["version"], named: "catalogue {}", columns: &["sha256", "body", "at_ms"] },
    Sealed { table: "log", key: &["number"], named: "log {}", columns: &["origin", "opened_ms", "size", "root"] },
    Sealed { table: "log_tile", key: &["log", "level", "position"], named: "log {} tile {}/{}:", columns: &["hashes"] },
    Sealed { table: "log_entries", key: &["log", "position"], named: "log {} leaf ", columns: &["entries"] },
    Sealed { table: "log_checkpoint", key: &["log", "size"], named: "log {} checkpoint {}:", columns: &["note"] },
    Sealed { table: "sealed", key: &["source", "key", "first"], named: "", columns: &["last", "log", "leaf"] },
    Sealed { table: "device", key: &["id"], named: "device {}", columns: &["member", "suite", "public_key", "key_storage", "head_hash"] },
    Sealed { table: "head_signature", key: &["device", "seq"], named: "device {} seq {}", columns: &["signature"] },
    Sealed { table: "record", key: &["id"], named: "record {}", columns: &["kind", "unit", "creator", "pos", "state"] },
    // What is worked out is not sealed, and follows from what is.
    Sealed { table: "draw", key: &["record"], named: "draw {}", columns: &["service_order", "number", "device", "seq", "checkpoint", "beacon", "public_key", "pool", "roster", "drawn_ms"] },
    Sealed { table: "fact", key: &["number"], named: "fact {}:", columns: &["record", "code", "unit", "day", "dim", "who", "value", "sign", "at_ms", "pos"] },
    Sealed { table: "dense", key: &["name"], named: "fact ", columns: &["number"] },
    Sealed { table: "deadline", key: &["record", "code"], named: "record {}", columns: &["unit", "kind", "start_day", "due_day", "met_day", "provisional"] },
    Sealed { table: "report", key: &["month"], named: "report {}", columns: &["issued_ms", "issued_by", "definitions", "fact_number", "posting_number", "sha256", "body"] },
    Sealed { table: "report_head", key: &["month", "unit"], named: "report {}", columns: &["pos"] },
];

/// Bytes that are bent in one run.
const ROUNDS: usize = 38;

/// The tables of which a row is taken away, in this order.
const GONE: &[&str] = &[
    "draw",
    "fact",
    "dense",
    "deadline",
    "log_checkpoint",
    "sealed",
    "visibility",
    "journal",
    "catalog_version",
    "verdict_change",
    "op",
    "log_entries",
    "log_tile",
    "log",
];

/// The row number `nth` of a table: a condition for it alone, and how a fault names it.
fn row(place: &Place, sealed: &Sealed, nth: i64) -> (String, String) {
    let mut conditions = Vec::new();
    let mut name = sealed.named.to_owned();
    for column in sealed.key {
        let of = format!(
            "FROM {} ORDER BY {} LIMIT 1 OFFSET {nth}",
            sealed.table,
            sealed.key.join(", ")
        );
        let is_bytes = matches!(*column, "device" | "id" | "key" | "record");
        let (literal, text) = if is_bytes {
            let hex = match place {
                Place::Sqlite(_) => format!("SELECT hex({column}) {of}"),
                Place::Postgres(_) => format!("SELECT encode({column}, 'hex') {of}"),
            };
            let bytes = hex::decode(place.text(&hex)).expect("hexadecimal digits");
            let text = Uuid::from_slice(&bytes).map_or_else(|_| hex::encode(&bytes), |id| id.to_string());
            (place.literal(&bytes), text)
        } else if matches!(*column, "unit" | "month" | "name" | "code") {
            let text = place.text(&format!("SELECT {column} {of}"));
            (format!("'{text}'"), text)
        } else {
            let number = place.number(&format!("SELECT {column} {of}")).to_string();
            (number.clone(), number)
        };
        conditions.push(format!("{column} = {literal}"));
        name = name.replacen("{}", &text, 1);
    }
    (conditions.join(" AND "), name)
}

fn random_row(place: &Place, sealed: &Sealed, rng: &mut StdRng) -> (String, String) {
    let count = place.number(&format!("SELECT COUNT(*) FROM {}", sealed.table));
    assert!(count > 0, "nothing of {} is there to be altered", sealed.table);
    row(place, sealed, rng.random_range(0..count))
}

/// What a history lacks: a verdict that changed, a draw with its result, a session with its deadline, and an issued
/// report, before which everything that was written is told. Postings have a test beside the ledger's.
fn complete(world: &World, lived: &history::History) {
    let device = lived.supervisor.phone.device;
    let path = format!("/v1/ops/{device}/2/release");
    lived.desk.api.post(&path, &json!({})).ok();
    let place = world.server.place();
    assert_eq!(place.number("SELECT COUNT(*) FROM verdict_change"), 1);
    let mut prosecutor = world.handset(world.holder(Role::Prosecutor, 0));
    let (order, _) = arrangements::arrange(&mut prosecutor, None);
    arrangements::draw(&mut prosecutor, order);
    let mut volunteer = world.handset(world.holder(Role::Volunteer, 0));
    let mut session = volunteer.phone.draft("volunteer_session", record());
    let who = volunteer.phone.holder.member;
    let hour = |hour: u32| json!(office::at(20, hour, 0));
    let values = [
        ("volunteer", json!(who)),
        ("started_at", hour(9)),
        ("ended_at", hour(10)),
        ("claimed_minutes", json!(60)),
    ];
    office::put(&mut session, &values);
    office::put(&mut session, &[("service_kind", json!("home_repair"))]);
    for field in [
        "activity_name",
        "place_text",
        "content",
        "organising_unit",
        "person_in_charge",
    ] {
        office::put(&mut session, &[(field, json!("演示"))]);
    }
    office::take(&mut session, "submit");
    let seq = volunteer.phone.record(&session);
    assert_eq!(verdicts(&volunteer.push_from(seq)), ["accepted"]);
    let chief = world.handset(world.holder(Role::ChiefProcurator, 0));
    let last = chrono::Utc::now() - chrono::Months::new(1);
    chief
        .api
        .post(&format!("/v1/figures/{}/issue", last.format("%Y-%m")), &json!({}))
        .ok();
    for table in ["draw", "fact", "report"] {
        place.unlock(table);
    }
}

on_both_backends! {
    fn any_bent_value_is_found_and_named(backend) {
        let mut rng = seed::rng("any_bent_value_is_found_and_named");
        let mut world = World::with(backend, &[QUICK]);
        let lived = history::write(&world);
        complete(&world, &lived);
        assert!(world.server.stop().success());
        let place = world.server.place();
        let verify = ["verify", "--database", &place.url()];
        let clean = done(&verify);
        assert!(clean.ends_with("all is right\n") && !clean.contains("wait to be sealed"), "{clean}");
        let mut bent = 0;
        while bent < seed::rounds(ROUNDS) {
            // Every table in turn, so that a run leaves none out.
            let sealed = &SEALED[bent % SEALED.len()];
            let (condition, name) = random_row(place, sealed, &mut rng);
            let column = sealed.columns[rng.random_range(0..sealed.columns.len())];
            let Some(back) = place.bend(sealed.table, column, &condition, &mut rng) else { continue };
            let (out, _) = refused(&verify);
            assert!(out.contains(&name), "{}.{column} of {condition}: no {name} in\n{out}", sealed.table);
            place.change(&back);
            bent += 1;
        }
        assert_eq!(done(&verify), clean, "everything was put right again");

        // A row that is gone is named as well. Leaves and tiles go last: without them there is little to compare with.
        for table in GONE {
            let sealed = SEALED.iter().find(|sealed| sealed.table == *table).expect("a sealed table");
            let (condition, name) = random_row(place, sealed, &mut rng);
            place.change(&format!("DELETE FROM {} WHERE {condition}", sealed.table));
            let (out, _) = refused(&verify);
            // A checkpoint names the one before it; of the last one the log itself tells.
            let of_the_last = *table == "log_checkpoint" && out.contains("log_unsigned log ");
            assert!(out.contains(&name) || of_the_last, "{} of {condition}: no {name} in\n{out}", sealed.table);
        }
    }
}
