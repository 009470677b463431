//! The deadline board: what records set going, who knows of it, and what it says.

use std::collections::BTreeSet;

use serde_json::json;
use sync_protocol::calendar::{Calendar, china_date, date_of, day_of};
use sync_protocol::id::{MemberId, RecordId, UnitCode};
use sync_protocol::role::Role;
use wuyuan_server::accounts::scope;
use wuyuan_server::deadlines::{Asked, Band, Board, Standing, board};
use wuyuan_server::derived::{self, Tell};
use wuyuan_server::query;
use wuyuan_server::reconcile::follow::Follower;
use wuyuan_server::store::StoreResult;
use wuyuan_server::sync::desk::Looker;
use wuyuan_tests::engine::record;
use wuyuan_tests::on_both_backends;

use crate::office::{Office, act, report, session, with};

fn shown(office: &Office, member: MemberId, asked: &Asked) -> Board {
    let app = &office.engine.app;
    let now_ms = app.now_ms();
    let read: StoreResult<Board> = app.store.read(|db| {
        let appointments = query!(db, appointments::of_member(member))?;
        let scope = scope::scope(&*app.grid.get(db, now_ms)?, &appointments, now_ms);
        let looker = Looker {
            catalog: &app.catalog,
            member,
            scope: &scope,
        };
        board(db, &app.law, looker, asked, day_of(china_date(now_ms)), now_ms)
    });
    read.expect("the board is shown")
}

/// Record, code and due day of each line.
fn lines(board: &Board) -> Vec<(RecordId, &str, String)> {
    let line = |line: &wuyuan_server::deadlines::Line| {
        (
            line.row.record,
            line.row.code.clone(),
            date_of(line.row.due_day).to_string(),
        )
    };
    let lines: Vec<_> = board.lines.iter().map(line).collect();
    let codes: BTreeSet<&str> = board.lines.iter().map(|line| line.row.code.as_str()).collect();
    lines
        .into_iter()
        .map(|(record, code, due)| (record, *codes.get(code.as_str()).expect("a code"), due))
        .collect()
}

fn all() -> Asked {
    Asked {
        limit: 500,
        ..Asked::default()
    }
}

/// A suggestion that was delivered on a day.
fn delivered(office: &mut Office, on: &str, urgent: bool) -> RecordId {
    let mut prosecutor = office.prosecutor.clone();
    let draft = report(&prosecutor, "消防通道");
    let lead = office.write(&mut prosecutor, draft);
    let draft = with(
        prosecutor.draft("procuratorial_suggestion", record()),
        &[
            ("report", json!(lead)),
            ("agency", json!("某街道办事处")),
            ("urgent", json!(urgent)),
            ("decided_on", json!(on)),
            ("delivered_on", json!(on)),
        ],
    );
    let id = office.write(&mut prosecutor, draft);
    office.prosecutor = prosecutor;
    id
}

on_both_backends! {
    fn hours_wait_to_be_entered_and_are_met_or_missed(backend) {
        let mut office = Office::open(backend, "2026-09-28T18:00:00+08:00");
        let mut phone = office.volunteer.clone();
        let me = phone.holder.member;
        let draft = session(&phone, me, "2026-09-28T17:30:00+08:00");
        let id = office.write(&mut phone, draft);
        assert_eq!(office.catch_up(), 1);
        let seen = shown(&office, me, &all());
        assert_eq!(lines(&seen), [(id, "volunteer_entry", "2026-10-16".to_owned())]);
        assert_eq!((seen.lines[0].standing, seen.lines[0].band), (Standing::Open, Some(Band::Green)));
        assert!(!seen.lines[0].row.provisional);
        office.be("2026-10-10T09:00:00+08:00");
        let soon = shown(&office, me, &all());
        assert_eq!((soon.lines[0].band, soon.lines[0].days_left), (Some(Band::Red), Some(6)));
        let counts = &soon.counts["volunteer_entry"];
        assert_eq!((counts.open, counts.red, counts.overdue), (1, 1, 0));
        // The leader reads the whole unit; the other volunteer knows nothing of it.
        assert_eq!(shown(&office, office.leader.holder.member, &all()).lines.len(), 1);
        let other = office.engine.member(Role::Volunteer, &office.unit, 1).id;
        assert!(shown(&office, other, &all()).lines.is_empty());
        assert!(shown(&office, other, &all()).counts.is_empty());
        office.be("2026-10-19T09:00:00+08:00");
        let missed = |office: &Office| shown(office, me, &Asked { standing: Some(Standing::Missed), ..all() });
        assert_eq!(missed(&office).lines[0].days_left, Some(-3));
        let draft = act(office.on(&phone, "volunteer_session", id), "submit");
        office.write(&mut phone, draft);
        assert_eq!(office.catch_up(), 1);
        let late = missed(&office);
        assert_eq!((late.lines[0].band, late.lines[0].row.met_day), (None, Some(day_of("2026-10-19".parse().unwrap()))));
        assert!(late.counts.is_empty(), "nothing is open");
        assert!(shown(&office, me, &Asked { standing: Some(Standing::Met), ..all() }).lines.is_empty());
    }

    fn a_suggestion_is_due_by_what_it_says_now_and_by_urgency(backend) {
        let mut office = Office::open(backend, "2026-05-08T09:00:00+08:00");
        let calm = delivered(&mut office, "2026-05-08", false);
        let urgent = delivered(&mut office, "2026-05-08", true);
        office.catch_up();
        let prosecutor = office.prosecutor.holder.member;
        let reply = |office: &Office| -> Vec<(RecordId, String)> {
            let seen = shown(office, prosecutor, &Asked { kind: Some("procuratorial_suggestion".to_owned()), ..all() });
            let lines = lines(&seen).into_iter();
            lines.filter(|line| line.1 == "suggestion_reply").map(|line| (line.0, line.2)).collect()
        };
        assert_eq!(reply(&office), [(urgent, "2026-05-25".to_owned()), (calm, "2026-07-08".to_owned())]);
        // Corrected: it was delivered a week later, and answered.
        let mut phone = office.prosecutor.clone();
        let draft = office.on(&phone, "procuratorial_suggestion", calm);
        office.write(&mut phone, with(draft, &[("delivered_on", json!("2026-05-15")), ("replied_on", json!("2026-07-15"))]));
        let draft = act(office.on(&phone, "procuratorial_suggestion", urgent), "withdraw");
        office.write(&mut phone, with_reason(draft, "重复"));
        office.catch_up();
        assert_eq!(reply(&office), [(calm, "2026-07-15".to_owned())], "what was withdrawn has no deadline");
        let within = |days| {
            let asked = Asked { within_days: Some(days), ..all() };
            shown(&office, prosecutor, &asked).lines.len()
        };
        // Filing upward is due on 20 May; it is the 8th.
        assert_eq!((within(11), within(12)), (0, 1));
        // Neither volunteers nor leaders read suggestions.
        assert!(shown(&office, office.leader.holder.member, &all()).lines.iter().all(|l| l.row.kind == "photo_report"));
    }

    fn pages_miss_and_repeat_nothing(backend) {
        let mut office = Office::open(backend, "2026-05-08T09:00:00+08:00");
        for day in ["2026-05-06", "2026-05-07", "2026-05-08", "2026-05-08"] {
            delivered(&mut office, day, false);
        }
        office.catch_up();
        let prosecutor = office.prosecutor.holder.member;
        let whole = shown(&office, prosecutor, &all());
        assert_eq!(whole.lines.len(), 8);
        for limit in [1, 3, 5] {
            let mut paged = Vec::new();
            let mut asked = Asked { limit, ..Asked::default() };
            loop {
                let page = shown(&office, prosecutor, &asked);
                let last = page.lines.last().expect("a page is not empty").row.clone();
                asked.after = Some((last.due_day, last.record, last.code));
                paged.extend(page.lines);
                assert_eq!(page.counts, whole.counts);
                if !page.more {
                    break;
                }
            }
            assert_eq!(paged, whole.lines, "{limit}");
        }
        let elsewhere = office.engine.community_with(&[(Role::Supervisor, 1)]);
        let units = |unit: &UnitCode| Asked { units: Some(BTreeSet::from([unit.clone()])), ..all() };
        assert_eq!(shown(&office, prosecutor, &units(&office.unit)).lines.len(), 8);
        if elsewhere != office.unit {
            assert!(shown(&office, prosecutor, &units(&elsewhere)).lines.is_empty());
        }
    }

    fn sensitive_deadlines_are_for_few_and_their_reading_is_told(backend) {
        let office = Office::open(backend, "2026-11-10T09:00:00+08:00");
        let mut leader = office.leader.clone();
        let mut draft = with(
            leader.draft("subject", record()),
            &[
                ("alias", json!("演示某乙")),
                ("category", json!("correction")),
                ("report_due_on", json!("2026-11-20")),
            ],
        );
        draft.add.insert("assigned".to_owned(), vec![json!(office.volunteer.holder.member)]);
        let id = office.write(&mut leader, draft);
        office.catch_up();
        // He is assigned and sees the alias, but not when the person is due.
        assert!(shown(&office, office.volunteer.holder.member, &all()).lines.is_empty());
        // He entered it himself: nothing is disclosed.
        let own = shown(&office, leader.holder.member, &all());
        assert_eq!((own.lines.len(), own.readings.len()), (1, 0));
        let seen = shown(&office, office.prosecutor.holder.member, &all());
        assert_eq!(lines(&seen), [(id, "report_in", "2026-11-20".to_owned())]);
        let reading = &seen.readings[0];
        assert_eq!((reading.kind.as_str(), reading.records), ("subject", 1));
        assert_eq!(reading.fields, "category,report_due_on,reported_on");
        let draft = office.on(&office.prosecutor, "subject", id);
        let mut prosecutor = office.prosecutor.clone();
        office.write(&mut prosecutor, with(draft, &[("sealed_minor", json!(true))]));
        office.catch_up();
        assert!(shown(&office, prosecutor.holder.member, &all()).lines.is_empty(), "minors stand in no list");
    }

    fn everything_is_read_again_under_another_calendar(backend) {
        let office = Office::open(backend, "2026-12-28T09:00:00+08:00");
        let mut phone = office.volunteer.clone();
        let me = phone.holder.member;
        let draft = session(&phone, me, "2026-12-28T08:30:00+08:00");
        office.write(&mut phone, draft);
        office.catch_up();
        let before = shown(&office, me, &all()).lines[0].row.clone();
        assert_eq!((date_of(before.due_day).to_string(), before.provisional), ("2027-01-11".to_owned(), true));
        let table = "year = 2027\ndocument = \"d\"\nissued_on = \"2026-11-20\"\nsource = \"s\"\n[[holiday]]\n\
            name = { zh-Hans = \"元旦\", en = \"New Year\" }\nfrom = \"2027-01-01\"\nto = \"2027-01-03\"\n";
        let mut law = office.engine.app.law.clone();
        let calendar = Calendar::builtin().and_then(|c| c.with([("2027.toml", table)])).expect("a calendar");
        law.calendar = std::sync::Arc::new(calendar);
        let app = &office.engine.app;
        let anew = Follower::new(
            app.store.clone(),
            app.catalog.clone(),
            app.clock.clone(),
            app.sync.moved().clone(),
            vec![Box::new(Tell(law.clone()))],
        );
        derived::begin(&app.store, &law).expect("it begins anew");
        assert_eq!(anew.catch_up(), Ok(1));
        let after = shown(&office, me, &all()).lines[0].row.clone();
        assert_eq!((date_of(after.due_day).to_string(), after.provisional), ("2027-01-12".to_owned(), false));
        derived::begin(&app.store, &law).expect("it goes on");
        assert_eq!(anew.catch_up(), Ok(0), "nothing is read twice by one law");
    }
}

fn with_reason(mut draft: sync_protocol::op::OpDraft, reason: &str) -> sync_protocol::op::OpDraft {
    draft.reason = Some(reason.to_owned());
    draft
}
