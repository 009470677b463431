//! The programme's figures of 2020 as an acceptance test, as far as the kinds of record go: what the office reported
//! then comes out again when the records are there.

use serde_json::json;
use sync_protocol::id::RecordId;
use wuyuan_tests::engine::record;
use wuyuan_tests::on_both_backends;

use crate::office::{Office, act, report as lead, with};
use crate::report::{figure, issue, read};

on_both_backends! {
    fn the_figures_of_2020_come_out_again(backend) {
        let mut office = Office::open(backend, "2026-10-12T09:00:00+08:00");
        let mut prosecutor = office.prosecutor.clone();
        let mut leader = office.leader.clone();
        // 47 suspects, each with an arrangement.
        let orders: Vec<(RecordId, RecordId)> = (0..47).map(|n| {
            let set = [("alias", json!(format!("演示{n}"))), ("category", json!("suspect"))];
            let draft = with(prosecutor.draft("subject", record()), &set);
            let subject = office.write(&mut prosecutor, draft);
            let class = ["illegal_business", "dangerous_driving", "theft"][n % 3];
            let draft = with(prosecutor.draft("service_order", record()), &[
                ("subject", json!(subject)),
                ("case_no", json!(format!("演示-{n}"))),
                ("offence_class", json!(class)),
                ("target_minutes", json!(2_400)),
                ("period_from", json!("2026-10-12")),
                ("period_until", json!("2026-12-12")),
            ]);
            (subject, office.write(&mut prosecutor, draft))
        }).collect();
        // 275 people in correction, none missed, none out of contact; and one minor, who is counted and not listed.
        for n in 0..275 {
            let mut set = vec![
                ("alias", json!(format!("矫正{n}"))),
                ("category", json!("correction")),
                ("period_from", json!("2026-09-01")),
                ("report_due_on", json!("2026-09-11")),
                ("reported_on", json!("2026-09-08")),
            ];
            if n == 0 {
                set.push(("note", json!("演示")));
            }
            let draft = with(leader.draft("subject", record()), &set);
            office.write(&mut leader, draft);
        }
        // 13 suggestions.
        for n in 0..13 {
            let draft = act(lead(&prosecutor, "演示线索"), "submit");
            let report = office.write(&mut prosecutor, draft);
            let draft = with(prosecutor.draft("procuratorial_suggestion", record()), &[
                ("report", json!(report)),
                ("agency", json!("某街道办事处")),
                ("facts", json!("盲道被占")),
                ("law_basis", json!("无障碍环境建设法")),
                ("suggestion", json!("恢复盲道")),
                ("case_no", json!(format!("演示-{n}"))),
            ]);
            let id = office.write(&mut prosecutor, draft);
            let step = |office: &Office, phone: &mut wuyuan_tests::phones::Phone, name: &str, set: &[(&str, serde_json::Value)]| {
                let draft = office.on(phone, "procuratorial_suggestion", id);
                office.write(phone, with(act(draft, name), set));
            };
            step(&office, &mut prosecutor, "propose", &[]);
            let mut head = office.head.clone();
            step(&office, &mut head, "endorse", &[]);
            office.head = head;
            let mut chief = office.chief.clone();
            step(&office, &mut chief, "issue", &[("decided_on", json!("2026-10-12"))]);
            office.chief = chief;
        }
        // 47 services of nearly 1,800 hours, posted.
        office.engine.post_service(&office.unit, &orders, 107_900, "2026-10-20");
        office.be("2026-11-02T09:00:00+08:00");
        let told = read(&issue(&office, "2026-10").expect("it is issued"));
        let happened = |code: &str| figure(&told, code).happened.top;
        assert_eq!(happened("service_arranged"), 47);
        let classes: Vec<i64> = figure(&told, "service_by_case_class").by.iter().map(|cell| cell.number.top).collect();
        assert_eq!((classes.len(), classes.iter().sum::<i64>()), (3, 47));
        assert_eq!(happened("correction_on_register"), 275);
        assert_eq!((happened("correction_lost_contact"), happened("correction_missed_handover")), (0, 0));
        assert_eq!(happened("correction_late_report"), 0);
        assert_eq!(happened("suggestions_sent"), 13);
        assert_eq!(happened("service_confirmed_hours"), 107_900);
        assert_eq!(figure(&told, "service_confirmed_hours").happened.people, Some(47));
        assert_eq!(happened("volunteer_hours"), 0, "the two ledgers never mix");
        assert_eq!(happened("supervision_not_seen_14_days"), 275);
        let rate = &figure(&told, "suggestions_reply_rate").happened;
        assert_eq!((rate.top, rate.bottom), (0, Some(0)));
    }
}
