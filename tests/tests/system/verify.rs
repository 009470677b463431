//! `wuyuan verify` names what was altered behind the server's back, and nothing else.

use wuyuan_tests::backend::Place;
use wuyuan_tests::command::{done, refused};
use wuyuan_tests::district::World;
use wuyuan_tests::on_both_backends;

use crate::history;

/// The lines of faults, without the closing ones.
fn faults(place: &Place) -> Vec<String> {
    let (out, err) = refused(&["verify", "--database", &place.url()]);
    assert!(err.contains("fault"), "{err}");
    out.lines()
        .filter(|line| !line.starts_with("checked: ") && !line.ends_with(" wait to be sealed"))
        .map(str::to_owned)
        .collect()
}

on_both_backends! {
    fn every_alteration_is_named(backend) {
        // What is derived and sealed afterwards is bent elsewhere (log/tampering.rs); here nothing of it may be there, or more
        // or less of it is when the server stops.
        let mut world = World::with(backend, &[("follow", "false"), ("seal_interval_ms", "0")]);
        let lived = history::write(&world);
        assert!(world.server.stop().success());
        let place = world.server.place();
        let verify = ["verify", "--database", &place.url()];
        let clean = done(&verify);
        assert!(clean.ends_with("all is right\n"), "{clean}");
        for what in ["operations", "head signatures", "records", "viewers", "visibility changes", "re-issues", "held operations"] {
            let count = clean.split([':', ',', '\n']).find_map(|part| part.trim().strip_suffix(what));
            assert!(count.is_some_and(|count| count.trim() != "0"), "nothing was checked of the {what}: {clean}");
        }

        let device = lived.volunteer.phone.device;
        let op = |seq: u64| format!("device = {} AND seq = {seq}", place.literal(&device.0));
        let record = |id: sync_protocol::id::RecordId| format!("id = {}", place.literal(&id.0));
        let at = |seq: u64| format!("device {device} seq {seq}:");
        let flips: &[(&str, &str, String, &[String])] = &[
            ("op", "body", op(1), &[format!("op_hash {}", at(1))]),
            ("op", "body", op(3), &[format!("op_hash {}", at(3))]),
            ("op", "hash", op(5), &[format!("op_hash {}", at(5))]),
            ("op", "chain", op(4), &[format!("op_chain {}", at(4))]),
            // The last of a feed is the device's head as well.
            ("op", "chain", op(5), &[format!("op_chain {}", at(5))]),
            ("op", "member", op(5), &[format!("op_author {}", at(5))]),
            ("op", "record", op(5), &[format!("op_place {}", at(5)), format!("record_state record {}", lived.report)]),
            ("head_signature", "signature", op(5), &[format!("head_signature {}", at(5))]),
            ("device", "head_hash", format!("id = {}", place.literal(&device.0)), &[format!("device_head device {device}:")]),
            ("record", "state", record(lived.report), &[format!("record_state record {}", lived.report)]),
            ("record", "creator", record(lived.report), &[format!("record_identity record {}", lived.report)]),
            (
                "viewer",
                "member",
                format!("record = {}", place.literal(&lived.report.0)),
                &[format!("record_viewers record {}", lived.report)],
            ),
            (
                "record_link",
                "target",
                format!("source = {}", place.literal(&lived.visit.0)),
                &[format!("record_links record {}", lived.visit)],
            ),
            (
                "unit_sum",
                "sum",
                format!("kind = 'subject' AND unit = '{}'", lived.desk.phone.holder.unit),
                &[format!("unit_sum unit {} kind subject", lived.desk.phone.holder.unit)],
            ),
            ("reissue", "hash", "1 = 1".to_owned(), &[format!("reissue {}", at(2)), "reissue_missing".to_owned()]),
            ("catalog_version", "sha256", "1 = 1".to_owned(), &["catalog_hash catalogue 3".to_owned()]),
        ];
        for (table, column, condition, expected) in flips {
            place.flip(table, column, condition);
            let named = faults(place);
            for start in *expected {
                assert!(named.iter().any(|line| line.starts_with(start)), "{table}.{column}: no {start} in {named:#?}");
            }
            // What an operation says is nobody's to read here.
            assert!(!named.iter().any(|line| line.contains("different things")), "{named:#?}");
            // One alteration does not drag a feed of faults behind it.
            assert!(named.len() <= 4, "{table}.{column}: {named:#?}");
            place.flip(table, column, condition);
        }

        let unit = lived.volunteer.phone.holder.unit.clone();
        let head = place.number(&format!("SELECT head FROM unit WHERE code = '{unit}'"));
        let second = lived.second.phone.device;
        let changes: &[(String, String, String)] = &[
            (
                format!("UPDATE unit SET head = head + 1 WHERE code = '{unit}'"),
                format!("UPDATE unit SET head = head - 1 WHERE code = '{unit}'"),
                format!("log_hole unit {unit} pos {}", head + 1),
            ),
            (
                format!("UPDATE op SET pos = pos - 1 WHERE {}", op(5)),
                format!("UPDATE op SET pos = pos + 1 WHERE {}", op(5)),
                format!("log_twice unit {unit}"),
            ),
            (
                format!("UPDATE op SET state = 2, code = 'malformed' WHERE {}", op(5)),
                format!("UPDATE op SET state = 0, code = NULL WHERE {}", op(5)),
                format!("op_verdict {}", at(5)),
            ),
            (
                format!("UPDATE device SET durable_seq = 99 WHERE id = {}", place.literal(&second.0)),
                format!("UPDATE device SET durable_seq = 0 WHERE id = {}", place.literal(&second.0)),
                format!("device_durable device {second}"),
            ),
            (
                "UPDATE held SET seq = seq - 1".to_owned(),
                "UPDATE held SET seq = seq + 1".to_owned(),
                format!("held_missing device {} seq 2", lived.supervisor.phone.device),
            ),
            (
                format!("UPDATE op SET seq = 6 WHERE {}", op(5)),
                format!("UPDATE op SET seq = 5 WHERE {}", op(6)),
                format!("op_missing device {device} seq 5"),
            ),
            (
                format!("UPDATE record SET unit = 'elsewhere' WHERE {}", record(lived.subject)),
                format!("UPDATE record SET unit = '{}' WHERE {}", lived.desk.phone.holder.unit, record(lived.subject)),
                format!("record_identity record {}", lived.subject),
            ),
        ];
        for (change, back, expected) in changes {
            place.change(change);
            let named = faults(place);
            assert!(named.iter().any(|line| line.starts_with(expected.as_str())), "{change}: no {expected} in {named:#?}");
            place.change(back);
        }
        assert_eq!(done(&verify), clean, "everything was put right again");
    }
}
