//! Forms: what an operation names as seen, and what is refused before it is saved.

use serde_json::json;
use sync_protocol::op::{self, Op, Parsed};
use sync_protocol::verdict::Code;
use wuyuan_client::form::{Entry, IfMoved};
use wuyuan_client::{Outcome, SaveError};

use crate::server::{APPOINTMENT, UNIT};
use crate::{KIND, Rig, save, session, set, values};

fn parse(text: &str) -> Op {
    match op::read(text).0 {
        Parsed::Op(op) => *op,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_edit_names_what_was_shown_and_only_what_changed() {
    let mut rig = Rig::enrolled();
    let saved = rig.record("one");
    rig.sync();
    let form = rig.phone.open_form(&saved.record).unwrap().unwrap();
    let mut entry = session("two");
    // The same moment under another offset is no change.
    entry.set.insert("started_at".into(), json!("2026-11-21T23:00:00Z"));
    save(&mut rig.phone, &form, entry).unwrap();
    let again = rig.edit(&saved.record, "content", json!("swept the road"));
    rig.sync();
    let texts = rig.server.texts(&saved.device);
    let edit = parse(&texts[1]);
    assert_eq!(edit.set.keys().collect::<Vec<_>>(), ["activity_name"]);
    assert_eq!(edit.seen.get(&saved.device), 1);
    // The second edit was opened on the first, which nobody had pulled back.
    assert_eq!(parse(&texts[2]).seen.get(&saved.device), 2);
    assert_eq!(again.seq, 3);
    let view = rig.view(&saved.record);
    assert_eq!(values(&view, "activity_name"), ["two"]);
    let form = rig.phone.open_form(&saved.record).unwrap().unwrap();
    assert!(matches!(
        save(&mut rig.phone, &form, session("two")),
        Err(SaveError::NothingChanged)
    ));
}

#[test]
fn a_pull_does_not_move_an_open_form_and_saving_asks_first() {
    let mut rig = Rig::enrolled();
    let saved = rig.record("one");
    rig.sync();
    let form = rig.phone.open_form(&saved.record).unwrap().unwrap();
    rig.phone.remember_form(&form).unwrap();
    let other = "01970000-0000-7000-8000-0000000000dd".parse().unwrap();
    rig.server.with(|s| {
        let text = s.data.feeds[&saved.device].ops[0]
            .text
            .replace("\"one\"", "\"from elsewhere\"");
        let mut op = parse(&text);
        op.seen = sync_protocol::clock::clock_of([(saved.device, 1)]);
        s.accept(&other, &op);
    });
    assert_eq!(rig.sync(), Outcome::UpToDate);
    assert_eq!(values(&rig.view(&saved.record), "activity_name"), ["from elsewhere"]);
    rig.restart();
    let remembered = rig.phone.remembered_form(&saved.record).unwrap().unwrap();
    assert_eq!(remembered, form);
    let entry = set(&[("activity_name", json!("mine"))]);
    let Err(SaveError::Moved(Some(now))) = save(&mut rig.phone, &form, entry.clone()) else {
        panic!("not asked")
    };
    assert_eq!(values(&now, "activity_name"), ["from elsewhere"]);
    assert_eq!(rig.phone.status().unwrap().counts.waiting, 0);
    rig.phone
        .save(&form, &APPOINTMENT.parse().unwrap(), &entry, IfMoved::Save)
        .unwrap();
    assert!(rig.phone.remembered_form(&saved.record).unwrap().is_none());
    // What came meanwhile was not seen, so it stays beside what was saved: here, and on the server.
    assert_eq!(
        values(&rig.view(&saved.record), "activity_name"),
        ["mine", "from elsewhere"]
    );
    rig.sync();
    assert_eq!(
        values(&rig.view(&saved.record), "activity_name"),
        ["mine", "from elsewhere"]
    );
    rig.edit(&saved.record, "activity_name", json!("mine"));
    rig.sync();
    assert_eq!(values(&rig.view(&saved.record), "activity_name"), ["mine"]);
}

#[test]
fn a_quarantined_save_still_counts_as_seen() {
    let mut rig = Rig::enrolled();
    rig.server.with(|s| {
        s.verdicts.insert(
            "bad".into(),
            sync_protocol::verdict::Verdict::Refused(Code::RoleForbidden),
        )
    });
    let saved = rig.record("one");
    rig.sync();
    rig.edit(&saved.record, "activity_name", json!("bad"));
    rig.sync();
    assert_eq!(values(&rig.view(&saved.record), "activity_name"), ["one"]);
    rig.edit(&saved.record, "content", json!("after"));
    rig.sync();
    assert_eq!(parse(&rig.server.texts(&saved.device)[2]).seen.get(&saved.device), 2);
}

#[test]
fn a_transition_shows_its_state_at_once() {
    let mut rig = Rig::enrolled();
    let saved = rig.record("one");
    assert_eq!(values(&rig.view(&saved.record), "state"), ["draft"]);
    let form = rig.phone.open_form(&saved.record).unwrap().unwrap();
    let mut entry = Entry {
        act: Some("submit".into()),
        ..Entry::default()
    };
    let Err(SaveError::Refused { code, place }) = save(&mut rig.phone, &form, entry.clone()) else {
        panic!()
    };
    assert_eq!(code, Code::TransitionIncomplete);
    entry.set.insert(place.unwrap(), json!("2026-11-22T07:30:00+08:00"));
    loop {
        match save(&mut rig.phone, &form, entry.clone()) {
            Ok(_) => break,
            Err(SaveError::Refused {
                code: Code::TransitionIncomplete,
                place: Some(field),
            }) => {
                let value = match field.as_str() {
                    "claimed_minutes" => json!(30),
                    "organising_unit" => json!(UNIT),
                    _ => json!("said"),
                };
                entry.set.insert(field, value);
            }
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(values(&rig.view(&saved.record), "state"), ["submitted"]);
    rig.sync();
    let view = rig.view(&saved.record);
    assert!(view.laid.is_empty());
    assert_eq!(values(&view, "state"), ["submitted"]);
}

#[test]
fn what_the_server_would_refuse_is_refused_before_it_is_saved() {
    let mut rig = Rig::enrolled();
    let form = rig.phone.new_form(KIND, UNIT.parse().unwrap()).unwrap();
    let with = |field: &str, value| {
        let mut entry = session("x");
        entry.set.insert(field.into(), value);
        entry
    };
    let mut without = session("x");
    without.set.remove("service_kind");
    let acting = |act: &str| Entry {
        act: Some(act.into()),
        ..session("x")
    };
    let cases = [
        (with("nothing", json!(1)), Code::UnknownField, Some("nothing")),
        (
            with("claimed_minutes", json!(-1)),
            Code::WrongType,
            Some("claimed_minutes"),
        ),
        (
            with("started_at", json!("yesterday")),
            Code::WrongType,
            Some("started_at"),
        ),
        (with("activity_name", json!("a\0b")), Code::BadText, None),
        (without, Code::MissingRequired, Some("service_kind")),
        (acting("approve"), Code::TransitionForbidden, Some("approve")),
        (acting("fly"), Code::TransitionUnknown, Some("fly")),
    ];
    for (entry, expected, field) in cases {
        let Err(SaveError::Refused { code, place }) = save(&mut rig.phone, &form, entry) else {
            panic!("{expected}")
        };
        assert_eq!((code, place.as_deref()), (expected, field));
    }
    let photos: Vec<_> = (0..1_000).map(|n| json!(format!("{n:064x}"))).collect();
    let large = Entry {
        add: [("photos".to_owned(), photos)].into(),
        ..session("x")
    };
    let Err(SaveError::TooLarge { bytes, limit, fields }) = save(&mut rig.phone, &form, large) else {
        panic!()
    };
    assert!(
        bytes > limit && fields[0].0 == "photos" && fields[0].1 > 60_000,
        "{bytes} {limit} {fields:?}"
    );
    let unknown = "01970000-0000-7000-8000-0000000000ab".parse().unwrap();
    let refused = rig.phone.save(&form, &unknown, &session("x"), IfMoved::Ask);
    assert!(matches!(refused, Err(SaveError::AppointmentUnknown)));
    assert_eq!(rig.phone.status().unwrap().head_seq, 0);
}
