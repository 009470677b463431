//! The list of findings and each of them: everything that is needed to decide, and nothing that the reader may not see.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sync_protocol::decision::{Conclusion, Decides};
use sync_protocol::id::{RecordId, UnitCode};
use sync_protocol::role::Role;
use wuyuan_tests::api::Api;
use wuyuan_tests::district::{Handset, World};
use wuyuan_tests::on_both_backends;
use wuyuan_tests::pictures;
use wuyuan_tests::reports::{edit, record, report, verdicts};

/// Until the rules have looked at what was pushed.
const DEADLINE: Duration = Duration::from_secs(30);

/// The pages of a list, one after another, and the counts of the first.
fn pages(api: &Api, query: &str) -> (Vec<Value>, Value) {
    let (mut all, mut counts, mut after) = (Vec::new(), Value::Null, String::new());
    loop {
        let page = api.get(&format!("/v1/findings?{query}{after}")).ok();
        if after.is_empty() {
            counts = page["counts"].clone();
        } else {
            assert!(page["counts"].is_null(), "counts are for the first page");
        }
        all.extend(page["findings"].as_array().expect("a list").iter().cloned());
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return (all, counts),
        }
    }
}

fn list(api: &Api, query: &str) -> Vec<Value> {
    pages(api, query).0
}

/// Waits until `api` is shown `count` findings.
fn wait_for(api: &Api, query: &str, count: usize) -> Vec<Value> {
    let started = Instant::now();
    loop {
        let found = list(api, query);
        if found.len() >= count {
            assert_eq!(found.len(), count, "{found:?}");
            return found;
        }
        assert!(started.elapsed() < DEADLINE, "{query}: {found:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

/// A point in the small district.
fn point(lat: f64) -> Value {
    json!({ "lng": 119.4, "lat": lat, "datum": "wgs84", "accuracy_m": 10.0, "source": "gps" })
}

/// A handset of another unit: the same member, who is appointed there too.
fn write(
    handset: &mut Handset,
    unit: Option<&UnitCode>,
    fill: impl FnOnce(&mut sync_protocol::op::OpDraft),
) -> RecordId {
    let id = record();
    let mut draft = report(&handset.phone, id, "演示");
    if let Some(unit) = unit {
        draft.unit = unit.clone();
    }
    fill(&mut draft);
    let seq = handset.phone.record(&draft);
    assert_eq!(verdicts(&handset.push_from(seq)), ["accepted"]);
    id
}

/// A report whose creator has changed its field of interest with two phones at once.
struct Conflict {
    author: Handset,
    other: Handset,
    record: RecordId,
    photo: String,
}

fn conflict(world: &World) -> Conflict {
    let mut author = world.handset(world.holder(Role::Volunteer, 0));
    let mut other = world.enrol(author.api.clone(), world.holder(Role::Volunteer, 0));
    let photo = pictures::deliver(&author.api, &pictures::jpeg(64, 48, 1), &[]);
    let record = write(&mut author, None, |draft| {
        draft.add.insert("photos".to_owned(), vec![json!(photo)]);
        draft.set.insert("point".to_owned(), point(26.05));
    });
    let seen = author.phone.device;
    for (handset, interest) in [(&mut author, "women"), (&mut other, "heritage")] {
        let mut draft = edit(&handset.phone, record, 0, interest);
        draft.seen = BTreeMap::from([(seen, 1)]);
        draft.set = serde_json::from_value(json!({ "interest": interest })).expect("fields");
        if interest == "heritage" {
            draft.set.insert("point".to_owned(), point(26.06));
        }
        let seq = handset.phone.record(&draft);
        assert_eq!(verdicts(&handset.push_from(seq)), ["accepted"]);
    }
    Conflict {
        author,
        other,
        record,
        photo,
    }
}

on_both_backends! {
    fn a_conflict_is_shown_with_all_that_is_needed_to_decide_it(backend) {
        let world = World::start(backend);
        let made = conflict(&world);
        let mut desk = world.handset(world.holder(Role::ConflictAdmin, 0));
        let found = wait_for(&desk.api, "rule=contested_field", 1);
        let line = &found[0];
        assert_eq!((text(&line["severity"]), &line["record"]), ("high", &json!(made.record)));
        assert_eq!((&line["kind"], &line["days"]), (&json!("photo_report"), &json!(0)));
        assert!(line.get("hidden").is_none() && line.get("closed_ms").is_none());

        let case = desk.api.get(&format!("/v1/findings/{}", text(&line["id"]))).ok();
        assert_eq!(&case["finding"], line);
        let shown = &case["records"][0];
        assert_eq!(shown["record"]["id"], json!(made.record));
        let beside: BTreeMap<&str, &Value> = shown["beside"].as_array().expect("values").iter()
            .map(|value| (text(&value["value"]), value)).collect();
        assert_eq!(beside.keys().copied().collect::<Vec<_>>(), ["heritage", "women"]);
        for (interest, handset, lat) in [("women", &made.author, 26.05), ("heritage", &made.other, 26.06)] {
            let value = beside[interest];
            assert_eq!(value["field"], "interest");
            assert_eq!(value["device"], json!(handset.phone.device));
            assert_eq!(value["by"], json!(handset.phone.holder.member));
            assert_eq!(value["seen"], json!({ made.author.phone.device.to_string(): 1 }));
            assert_eq!(value["place"]["point"]["lat"], json!(lat));
            assert!(value["arrival"].is_i64() && value["at"].is_i64(), "{value}");
        }
        assert_eq!(shown["photos"][0]["sha256"], json!(made.photo));
        assert_eq!(shown["history"].as_array().map(Vec::len), Some(3));
        assert_eq!((&shown["more_history"], &case["decisions"]), (&json!(false), &json!([])));
        let log = world.sign_in(world.holder(Role::Auditor, 0)).get("/v1/access-log").ok().to_string();
        assert!(!log.contains("heritage"), "the access log names fields, never values");

        // The author knows of it, other volunteers do not.
        let own = list(&made.author.api, "mine=true");
        assert_eq!(own.iter().map(|line| &line["id"]).collect::<Vec<_>>(), [&line["id"]]);
        let stranger = world.sign_in(world.holder(Role::Volunteer, 1));
        assert!(list(&stranger, "").is_empty() && list(&stranger, "mine=true").is_empty());
        let refusal = stranger.get(&format!("/v1/findings/{}", text(&line["id"]))).problem();
        assert_eq!(refusal, (404, "not_found".to_owned()));
        assert_eq!(stranger.get(&format!("/v1/findings/{}", "0".repeat(32))).problem(), refusal);

        // Decided on what was seen: closed, listed as decided, and the case tells by whom and why.
        let mut decision = edit(&desk.phone, made.record, 0, "");
        decision.set = serde_json::from_value(json!({ "interest": "women" })).expect("fields");
        decision.seen = serde_json::from_value(shown["record"]["clock"].clone()).expect("a clock");
        decision.reason = Some("演示：现场核实".to_owned());
        decision.decides = Some(Decides {
            conclusion: Conclusion::KeepOne,
            findings: BTreeMap::from([(text(&line["id"]).to_owned(), text(&line["basis"]).to_owned())]),
        });
        let seq = desk.phone.record(&decision);
        assert_eq!(verdicts(&desk.push_from(seq)), ["accepted"]);
        assert!(list(&desk.api, "").is_empty());
        let decided = list(&desk.api, "state=decided");
        assert_eq!(decided.len(), 1);
        assert!(decided[0]["closed_ms"].is_i64(), "{decided:?}");
        assert_eq!(decided, list(&desk.api, "state=closed"));
        let case = desk.api.get(&format!("/v1/findings/{}", text(&line["id"]))).ok();
        let last = &case["decisions"][0];
        assert_eq!((text(&last["conclusion"]), &last["by"]), ("keep_one", &json!(desk.phone.holder.member)));
        assert_eq!(text(&last["reason"]), "演示：现场核实");
        assert_eq!(case["records"][0]["beside"], json!([]));
    }
}

on_both_backends! {
    fn everybody_sees_just_the_findings_of_what_he_reads(backend) {
        let world = World::start(backend);
        let made = conflict(&world);
        // One photo in two units: a finding about two records.
        let (first, second) = (world.community(0), world.community(9));
        let mut near = world.handset(world.holder(Role::Prosecutor, 0));
        let photo = pictures::deliver(&near.api, &pictures::jpeg(64, 48, 7), &[]);
        for unit in [&first, &second] {
            write(&mut near, Some(unit), |draft| {
                draft.add.insert("photos".to_owned(), vec![json!(photo)]);
            });
        }
        // A refused operation, and one that waits.
        let mut author = made.author;
        let newer = report(&author.phone, record(), "演示").to_text().expect("a draft can be written");
        author.phone.write(newer.replacen("\"cat\":", "\"cat\":9", 1));
        let forbidden = author.phone.draft("service_order", record());
        author.phone.record(&forbidden);
        assert_eq!(author.push_from(3).status, 200);
        let desk = world.sign_in(world.holder(Role::Prosecutor, 0));
        let all = wait_for(&desk, "", 4);
        let codes: BTreeSet<&str> = all.iter().map(|line| text(&line["rule"])).collect();
        assert_eq!(codes, BTreeSet::from(["contested_field", "held_op", "quarantined_op", "same_photo"]));

        let same = all.iter().find(|line| line["rule"] == "same_photo").expect("one");
        let mut refused = 0;
        for member in &world.district.members {
            let api = world.sign_in(member);
            let shown: BTreeSet<String> = list(&api, "").iter().map(|line| text(&line["id"]).to_owned()).collect();
            let mine: BTreeSet<String> = list(&api, "mine=true").iter().map(|line| text(&line["id"]).to_owned()).collect();
            let reads = |record: &Value| {
                record.as_str().is_some_and(|id| api.get(&format!("/v1/records/{id}/history")).status == 200)
            };
            let role = member.appointments[0].role;
            for line in &all {
                let of_the_desk = ["held_op", "quarantined_op"].contains(&text(&line["rule"]));
                let sees = match of_the_desk {
                    true => role.is_desk(),
                    false => reads(&line["record"]) || reads(&line["neighbour"]),
                };
                let id = text(&line["id"]);
                assert_eq!(shown.contains(id), sees, "{role}: {line}");
                let opened = api.get(&format!("/v1/findings/{id}"));
                assert_eq!(opened.status, if sees { 200 } else { 404 }, "{role}: {line}");
                assert!(sees || !mine.contains(id), "{role}: {line}");
                refused += usize::from(!sees);
            }
        }
        assert!(refused > 100, "most people see little: {refused}");

        // Who reads one of two records is told that there is another, and nothing of it.
        let holds = |unit: &UnitCode| {
            let leader = world.district.members.iter()
                .find(|m| m.appointments[0].role == Role::GroupLeader && m.appointments[0].unit == *unit);
            world.sign_in(leader.expect("each community has a leader"))
        };
        for unit in [&first, &second] {
            let api = holds(unit);
            let own = list(&api, "rule=same_photo");
            assert_eq!(own.len(), 1);
            assert_eq!(own[0]["hidden"], true);
            let case = api.get(&format!("/v1/findings/{}", text(&same["id"]))).ok();
            let whole = case.to_string();
            let records = [&same["record"], &same["neighbour"]];
            let named = records.iter().filter(|id| whole.contains(text(id))).count();
            assert_eq!((named, case["records"].as_array().map(Vec::len)), (1, Some(1)), "{whole}");
            assert!(case["saw"]["figures"].as_object().is_none_or(serde_json::Map::is_empty), "{whole}");
            let other = if unit == &first { &second } else { &first };
            assert!(!whole.contains(other.as_str()), "{whole}");
        }
    }
}

on_both_backends! {
    fn what_a_finding_discloses_of_sensitive_fields_is_written_down(backend) {
        let world = World::start(backend);
        let member = world.holder(Role::Prosecutor, 0);
        let mut first = world.handset(member);
        let mut second = world.enrol(first.api.clone(), member);
        let subject = record();
        let own = first.phone.device;
        for category in ["suspect", "bail", "correction"] {
            let handset = if category == "bail" { &mut second } else { &mut first };
            let mut draft = handset.phone.draft("subject", subject);
            draft.set.insert("category".to_owned(), json!(category));
            if category == "suspect" {
                draft.set.insert("alias".to_owned(), json!("演示·陈某"));
            } else {
                draft.seen = BTreeMap::from([(own, 1)]);
            }
            let seq = handset.phone.record(&draft);
            assert_eq!(verdicts(&handset.push_from(seq)), ["accepted"]);
        }
        let desk = world.sign_in(world.holder(Role::ConflictAdmin, 0));
        let found = wait_for(&desk, "rule=contested_field", 1);
        let auditor = world.sign_in(world.holder(Role::Auditor, 0));
        let readings = || {
            let log = auditor.get("/v1/access-log").ok();
            let entries = log.as_array().cloned().expect("a list");
            let about = |entry: &&Value| {
                let fields = entry["fields"].as_array().expect("fields");
                entry["kind"] == "subject" && fields.contains(&json!("category"))
            };
            entries.iter().filter(about).count()
        };
        assert_eq!(readings(), 0, "a list tells no values");
        let case = desk.get(&format!("/v1/findings/{}", text(&found[0]["id"]))).ok();
        assert_eq!(case["records"][0]["beside"].as_array().map(Vec::len), Some(2));
        assert_eq!(readings(), 1);
        // Its creator reads his own.
        first.api.get(&format!("/v1/findings/{}", text(&found[0]["id"]))).ok();
        assert_eq!(readings(), 1);
    }
}

on_both_backends! {
    fn lists_are_filtered_counted_and_paged_without_losing_one(backend) {
        let world = World::start(backend);
        let mut near = world.handset(world.holder(Role::Prosecutor, 0));
        let units: Vec<UnitCode> = (0..3).map(|nth| world.community(nth * 5)).collect();
        // Refused for the reader's own role: each a finding of its unit.
        for nth in 0..7 {
            let mut draft = near.phone.draft("volunteer_session", record());
            draft.unit = units[nth % 3].clone();
            let seq = near.phone.record(&draft);
            assert_eq!(near.push_from(seq).status, 200);
        }
        let (whole, counts) = pages(&near.api, "limit=200");
        assert_eq!(whole.len(), 7);
        assert_eq!(counts["all"], 7);
        assert_eq!(counts["rules"], json!({ "quarantined_op": 7 }));
        assert_eq!(counts["ages"], json!({ "under_3_days": 7, "under_7_days": 0, "under_30_days": 0, "older": 0 }));
        let by_unit = [3, 2, 2];
        for (unit, count) in units.iter().zip(by_unit) {
            assert_eq!(counts["units"][unit.as_str()], count);
            let (some, some_counts) = pages(&near.api, &format!("unit={unit}"));
            assert_eq!((some.len(), &some_counts["all"]), (count, &json!(count)));
        }
        for limit in 1..=4 {
            assert_eq!(list(&near.api, &format!("limit={limit}")), whole, "pages of {limit}");
        }
        let street = &units[0].as_str()[..9];
        let in_street = units.iter().zip(by_unit).filter(|(unit, _)| unit.as_str().starts_with(street));
        let expected: usize = in_street.map(|(_, count)| count).sum();
        assert_eq!(list(&near.api, &format!("unit={street}000")).len(), expected);
        let severity = text(&whole[0]["severity"]);
        assert_eq!(list(&near.api, &format!("severity={severity}")).len(), 7);
        let others = ["low", "medium", "high"].into_iter().filter(|other| *other != severity);
        assert_eq!(others.map(|other| list(&near.api, &format!("severity={other}")).len()).sum::<usize>(), 0);
        let refused: &[(&str, usize)] = &[("rule=overlap", 0), ("rule=quarantined_op", 7), ("days=1", 0), ("days=0", 7),
            ("mine=true", 0), ("state=closed", 0), ("kind=photo_report", 0)];
        for (query, count) in refused {
            assert_eq!(list(&near.api, query).len(), *count, "{query}");
        }
        for query in ["rule=none", "unit=1", "after=1", "after=x.00", "state=gone", "severity=great", "days=-1", "other=1"] {
            assert_eq!(near.api.get(&format!("/v1/findings?{query}")).problem(), (400, "request_invalid".to_owned()), "{query}");
        }
        let rules = near.api.get("/v1/rules");
        let tag = rules.header("etag").expect("a tag").to_owned();
        assert_eq!(rules.ok()["rule"]["overlap"]["blocks_posting"], true);
        assert_eq!(near.api.send("GET", "/v1/rules", &[("if-none-match", &tag)], &[]).status, 304);
    }
}
