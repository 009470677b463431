use super::*;
use crate::accounts::AccountError;
use crate::query;
use crate::testing::{self, TestApp};

const GRID: &str = "code,name,level,parent\n\
    350111001001,演示社区,community,350111001000\n\
    350111001000,演示街道,area,350111000000\n\
    350111000000,演示区,district,\n";

fn refused<T>(result: Result<T, AccountError>) -> Vec<(u64, String, &'static str)> {
    match result {
        Err(AccountError::ImportRefused(rows)) => rows.into_iter().map(|r| (r.line, r.column, r.code)).collect(),
        Err(other) => panic!("{other}"),
        Ok(_) => Vec::new(),
    }
}

fn bad(line: u64, column: &str, code: &'static str) -> (u64, String, &'static str) {
    (line, column.to_owned(), code)
}

fn units(server: &TestApp) -> usize {
    server.app.store.read(|db| query!(db, units::all())).unwrap().len()
}

#[test]
fn the_districts_real_grid_imports_and_imports_again() {
    let server = testing::app(&[]);
    let grid = include_str!("../../../demo/jinan_units.csv");
    let first = units_from_command_line(&server.app, grid).unwrap();
    assert_eq!((first.created, first.renamed, first.unchanged), (222, 0, 0));
    let again = units_from_command_line(&server.app, grid).unwrap();
    assert_eq!((again.created, again.renamed, again.unchanged), (0, 0, 222));
}

#[test]
fn parents_may_come_later_and_a_byte_order_mark_is_fine() {
    let server = testing::app(&[]);
    let text = format!("\u{feff}{}", GRID.replace('\n', "\r\n"));
    assert_eq!(units_from_command_line(&server.app, &text).unwrap().created, 3);
    let renamed = units_from_command_line(&server.app, &GRID.replace("演示街道", "新名街道")).unwrap();
    assert_eq!((renamed.renamed, renamed.unchanged), (1, 2));
}

#[test]
fn wrong_units_are_named_by_line_and_column_and_nothing_is_imported() {
    let server = testing::app(&[]);
    let text = format!(
        "{GRID}35011100100,短,community,350111001000\n\
         350111001003,示范社区,village,350111001000\n\
         350111001001,再来,community,350111001000\n\
         350111001009,,community,350111001000\n\
         350111001013,无上级,community,\n\
         350111001016,不明,community,350111009000\n\
         350111001017,越级,community,350111000000\n\
         350112000000,又一区,district,350111000000\n\
         350111001018,少一格,community\n"
    );
    let mut rows = refused(units_from_command_line(&server.app, &text));
    rows.sort();
    assert_eq!(
        rows,
        [
            bad(5, "code", "code_invalid"),
            bad(6, "level", "level_unknown"),
            bad(7, "code", "code_twice"),
            bad(8, "name", "name_invalid"),
            bad(9, "parent", "parent_missing"),
            bad(10, "parent", "parent_unknown"),
            bad(11, "parent", "parent_level"),
            bad(12, "parent", "parent_unwanted"),
            bad(13, "", "cells_wrong"),
        ]
    );
    assert_eq!(units(&server), 0);
    for (header, code) in [
        ("code,name,level\n", "column_missing"),
        ("code,name,level,parent,extra\n", "column_unknown"),
    ] {
        assert_eq!(refused(units_from_command_line(&server.app, header))[0].2, code);
    }
    assert_eq!(
        refused(units_from_command_line(&server.app, "code,name,level,parent\n"))[0].2,
        "file_empty"
    );
}

#[test]
fn a_unit_is_never_moved() {
    let server = testing::app(&[]);
    units_from_command_line(&server.app, GRID).unwrap();
    let moved = "code,name,level,parent\n\
        350111002000,另一街道,area,350111000000\n\
        350111001001,演示社区,community,350111002000\n";
    assert_eq!(
        refused(units_from_command_line(&server.app, moved)),
        [bad(3, "parent", "unit_moved")]
    );
}

#[test]
fn members_import_with_several_appointments_and_again_without_effect() {
    let server = testing::app(&[]);
    units_from_command_line(&server.app, GRID).unwrap();
    let text = "number,name,role,unit,starts,ends\n\
        JA0001,某人,volunteer,350111001001,2026-01-01,\n\
        JA0002,另一人,area_manager,350111001000,2026-01-01,2026-12-31\n\
        JA0001,某人,supervisor,350111001001,2026-03-01,2026-06-30\n";
    let first = members_from_command_line(&server.app, text).unwrap();
    assert_eq!(
        (first.created, first.appointments, first.unchanged, first.codes.len()),
        (2, 3, 0, 2)
    );
    let again = members_from_command_line(&server.app, text).unwrap();
    assert_eq!(
        (again.created, again.appointments, again.unchanged, again.codes.len()),
        (0, 0, 3, 0)
    );

    let held = server
        .app
        .store
        .read(|db| {
            let member = query!(db, members::by_number("JA0002"))?.unwrap();
            query!(db, appointments::of_member(member.id))
        })
        .unwrap();
    // Midnight in China, which is 16:00 UTC of the day before; the last day is included.
    assert_eq!(held[0].starts_ms, 1_767_196_800_000);
    assert_eq!(held[0].ends_ms, Some(1_798_732_800_000));
}

#[test]
fn wrong_members_are_named_by_line_and_column_and_nothing_is_imported() {
    let server = testing::app(&[]);
    units_from_command_line(&server.app, GRID).unwrap();
    let good = "number,name,role,unit,starts,ends\nJA0001,某人,volunteer,350111001001,2026-01-01,\n";
    let cases = [
        (
            "J 1,某人,volunteer,350111001001,2026-01-01,",
            "number",
            "number_invalid",
        ),
        ("JA0002,,volunteer,350111001001,2026-01-01,", "name", "name_invalid"),
        ("JA0002,某人,wizard,350111001001,2026-01-01,", "role", "role_unknown"),
        ("JA0002,某人,volunteer,3501,2026-01-01,", "unit", "unit_invalid"),
        ("JA0002,某人,volunteer,350111009999,2026-01-01,", "unit", "unit_unknown"),
        ("JA0002,某人,volunteer,350111001001,2026-1-1,", "starts", "date_invalid"),
        (
            "JA0002,某人,volunteer,350111001001,2026-02-30,",
            "starts",
            "date_invalid",
        ),
        (
            "JA0002,某人,volunteer,350111001001,2026-01-01,soon",
            "ends",
            "date_invalid",
        ),
        (
            "JA0002,某人,volunteer,350111001001,2026-01-02,2026-01-01",
            "ends",
            "appointment_dates",
        ),
        (
            "JA0001,某人,volunteer,350111001001,2026-05-01,",
            "starts",
            "appointment_overlap",
        ),
        ("JA0001,某人,auditor,350111001001,2026-05-01,", "role", "roles_conflict"),
        ("JA0001,别人,volunteer,350111001001,2026-05-01,", "name", "name_differs"),
    ];
    for (row, column, code) in cases {
        let rows = refused(members_from_command_line(&server.app, &format!("{good}{row}\n")));
        assert!(rows.contains(&bad(3, column, code)), "{row}: {rows:?}");
        let nobody = server
            .app
            .store
            .read(|db| query!(db, members::by_number("JA0001")))
            .unwrap();
        assert!(nobody.is_none(), "{row}");
    }
}
