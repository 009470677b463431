//! CSV files of units and members, up to the database.

use std::collections::{BTreeSet, HashMap};

use sync_protocol::id::UnitCode;
use sync_protocol::role::Role;
use wuyuan_server::accounts::AccountError;
use wuyuan_server::accounts::import::{self, Errors, Person, RowError};
use wuyuan_server::accounts::members;
use wuyuan_server::accounts::unit::Level;
use wuyuan_server::store::rows::UnitRow;

/// Every code that a wrong cell can have.
const CODES: &[&str] = &[
    "cells_wrong",
    "code_invalid",
    "code_twice",
    "column_missing",
    "column_twice",
    "column_unknown",
    "date_invalid",
    "file_empty",
    "header_unreadable",
    "level_unknown",
    "name_differs",
    "name_invalid",
    "number_invalid",
    "parent_level",
    "parent_missing",
    "parent_unknown",
    "parent_unwanted",
    "role_unknown",
    "row_unreadable",
    "unit_invalid",
    "unit_moved",
];

/// The whole file is read as units and as members.
pub fn check(data: &[u8]) {
    let Some(text) = crate::text(data) else { return };
    units(text);
    people(text);
}

fn units(text: &str) {
    let nobody = HashMap::new();
    let units = match import::read_units(text, &nobody) {
        Ok(units) => units,
        Err(error) => return refused(error),
    };
    let codes: BTreeSet<&UnitCode> = units.iter().map(|unit| &unit.code).collect();
    assert_eq!(codes.len(), units.len());
    let level = |code: &str| {
        units
            .iter()
            .find(|unit| unit.code.as_str() == code)
            .map(|unit| unit.level)
    };
    for unit in &units {
        assert_eq!(
            unit.parent.as_deref().map(level),
            unit.level.above().map(Some),
            "{:?}",
            unit.code
        );
        assert_eq!(members::name(&unit.name).ok().as_ref(), Some(&unit.name));
    }
    let again = written(
        "code,name,level,parent",
        units.iter().map(|unit| {
            let parent = unit.parent.clone().unwrap_or_default();
            vec![
                unit.code.to_string(),
                unit.name.clone(),
                unit.level.code().to_owned(),
                parent,
            ]
        }),
    );
    assert_eq!(import::read_units(&again, &nobody), Ok(units.clone()));

    // Over a grid in which one of them stands elsewhere: nothing is moved.
    if let Some(moved) = units.iter().find(|unit| unit.level == Level::Area) {
        let known = UnitRow {
            parent: Some("990000000000".to_owned()),
            ..moved.clone()
        };
        let known = HashMap::from([(known.code.to_string(), known)]);
        let Err(AccountError::ImportRefused(rows)) = import::read_units(text, &known) else {
            panic!("a unit was moved");
        };
        assert!(rows.iter().any(|row| row.code == "unit_moved"));
    }
}

fn people(text: &str) {
    let mut errors = Errors::default();
    let people = import::read_members(text, &mut errors);
    if let Err(error) = errors.refuse() {
        return refused(error);
    }
    for (number, person) in &people {
        assert_eq!(members::number(number).ok().as_ref(), Some(number));
        assert_eq!(members::name(&person.name).ok().as_ref(), Some(&person.name));
        assert!(!person.posts.is_empty());
    }
    let rows = people.iter().flat_map(|(number, person)| {
        person.posts.iter().map(|(_, post)| {
            let day = |ms: i64| {
                let day = sync_protocol::value::Instant {
                    ms,
                    offset_s: 8 * 3_600,
                };
                day.render()[..10].to_owned()
            };
            // The last day is included: the end is the midnight after it.
            let ends = post.ends_ms.map_or_else(String::new, |end| day(end - 86_400_000));
            let words = [number, &person.name, post.role.code(), post.unit.as_str()];
            let mut row: Vec<String> = words.into_iter().map(str::to_owned).collect();
            row.extend([day(post.starts_ms), ends]);
            row
        })
    });
    let again = written("number,name,role,unit,starts,ends", rows);
    let mut errors = Errors::default();
    let read = import::read_members(&again, &mut errors);
    assert_eq!(errors.refuse(), Ok(()), "{again}");
    assert_eq!(meaning(&read), meaning(&people), "{again}");
}

type Meaning<'p> = Vec<(&'p str, &'p str, Role, &'p str, i64, Option<i64>)>;

/// Everything but the lines.
fn meaning(people: &std::collections::BTreeMap<String, Person>) -> Meaning<'_> {
    let posts = people.iter().flat_map(|(number, person)| {
        person.posts.iter().map(move |(_, post)| {
            let (starts, ends) = (post.starts_ms, post.ends_ms);
            (
                number.as_str(),
                person.name.as_str(),
                post.role,
                post.unit.as_str(),
                starts,
                ends,
            )
        })
    });
    posts.collect()
}

fn written(header: &str, rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(header.split(',')).expect("a header can be written");
    rows.for_each(|row| writer.write_record(row).expect("a row can be written"));
    let bytes = writer.into_inner().expect("a file can be written");
    String::from_utf8(bytes).expect("a file of text is text")
}

fn refused(error: AccountError) {
    let AccountError::ImportRefused(rows) = error else {
        panic!("{error}");
    };
    assert!((1..=100).contains(&rows.len()));
    for RowError { code, detail, .. } in &rows {
        assert!(CODES.contains(code) && !detail.is_empty(), "{code}");
    }
}
