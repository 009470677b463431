//! Units: `code,name,level,parent`.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use sync_protocol::id::{MemberId, UnitCode};
use sync_protocol::role::Role;
use utoipa::ToSchema;

use super::sheet::{self, Errors};
use crate::accounts::journal::{self, Actor, Event};
use crate::accounts::members;
use crate::accounts::unit::Level;
use crate::accounts::{AccountError, standing};
use crate::app::App;
use crate::directory::grid;
use crate::query;
use crate::store::Db;
use crate::store::rows::UnitRow;

const COLUMNS: [&str; 4] = ["code", "name", "level", "parent"];

/// What an import of units did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct ImportedUnits {
    /// New units.
    pub created: usize,
    /// Units that have another name now.
    pub renamed: usize,
    /// Units that stay as they were.
    pub unchanged: usize,
}

/// A system administrator imports units.
pub fn units_by(app: &App, caller: MemberId, text: &str) -> Result<ImportedUnits, AccountError> {
    let now_ms = app.now_ms();
    let done = app.store.write(|db| {
        standing::require(db, caller, &[Role::SysAdmin], now_ms)?;
        import(db, Some(caller), text, now_ms)
    })?;
    app.grid.forget();
    Ok(done)
}

/// The same from the command line.
pub fn units_from_command_line(app: &App, text: &str) -> Result<ImportedUnits, AccountError> {
    let now_ms = app.now_ms();
    let done = app.store.write(|db| import(db, None, text, now_ms))?;
    app.grid.forget();
    Ok(done)
}

fn import(db: &mut Db<'_>, actor: Actor, text: &str, now_ms: i64) -> Result<ImportedUnits, AccountError> {
    journal::lock(db)?;
    let known: HashMap<String, UnitRow> = query!(db, units::all())?
        .into_iter()
        .map(|u| (u.code.as_str().to_owned(), u))
        .collect();
    let units = read_units(text, &known)?;
    let mut done = ImportedUnits {
        created: 0,
        renamed: 0,
        unchanged: 0,
    };
    for unit in units {
        match known.get(unit.code.as_str()) {
            None => {
                query!(db, units::insert(unit))?;
                done.created += 1;
            }
            Some(stored) if stored.name != unit.name => {
                query!(db, units::rename(unit.code.as_str(), &unit.name))?;
                done.renamed += 1;
            }
            Some(_) => done.unchanged += 1,
        }
    }
    if done.created > 0 {
        grid::changed(db)?;
    }
    let detail = serde_json::json!({ "created": done.created, "renamed": done.renamed });
    journal::write(db, now_ms, actor, Event::UnitsImported, "", detail)?;
    Ok(done)
}

/// Reads a file and holds it to the grid: the units that it names, or every wrong cell. `known` are the units that
/// exist, by their codes.
pub fn read_units(text: &str, known: &HashMap<String, UnitRow>) -> Result<Vec<UnitRow>, AccountError> {
    let mut errors = Errors::default();
    let rows = sheet::rows(text, &COLUMNS, &mut errors);
    let mut units = Vec::with_capacity(rows.len());
    let mut lines: BTreeMap<UnitCode, u64> = BTreeMap::new();
    for row in &rows {
        let code = row.cell("code").parse::<UnitCode>();
        let level = row.cell("level").parse::<Level>();
        let name = members::name(row.cell("name"));
        if code.is_err() {
            errors.add(row.line, "code", "code_invalid", "a code has 12 digits");
        }
        if level.is_err() {
            errors.add(
                row.line,
                "level",
                "level_unknown",
                "a level is district, area or community",
            );
        }
        if name.is_err() {
            errors.add(row.line, "name", "name_invalid", "a name has 1 to 60 characters");
        }
        let (Ok(code), Ok(level), Ok(name)) = (code, level, name) else {
            continue;
        };
        if let Some(first) = lines.insert(code.clone(), row.line) {
            errors.add(
                row.line,
                "code",
                "code_twice",
                format!("line {first} has the same code"),
            );
        }
        let parent = Some(row.cell("parent").to_owned()).filter(|p| !p.is_empty());
        if known
            .get(code.as_str())
            .is_some_and(|u| u.level != level || u.parent != parent)
        {
            let detail =
                "the unit exists with another level or parent; a unit is never moved, a successor takes its place";
            errors.add(row.line, "parent", "unit_moved", detail);
        }
        units.push((
            row.line,
            UnitRow {
                code,
                name,
                level,
                parent,
                successor: None,
                head: 0,
            },
        ));
    }
    let levels: HashMap<&str, Level> = known
        .values()
        .map(|u| (u.code.as_str(), u.level))
        .chain(units.iter().map(|(_, u)| (u.code.as_str(), u.level)))
        .collect();
    for (line, unit) in &units {
        match (unit.level.above(), &unit.parent) {
            (None, None) => {}
            (None, Some(_)) => errors.add(*line, "parent", "parent_unwanted", "a district has no parent"),
            (Some(_), None) => errors.add(*line, "parent", "parent_missing", "name the unit above"),
            (Some(above), Some(parent)) => match levels.get(parent.as_str()) {
                None => errors.add(
                    *line,
                    "parent",
                    "parent_unknown",
                    "no such unit in the file or the database",
                ),
                Some(level) if *level != above => {
                    errors.add(
                        *line,
                        "parent",
                        "parent_level",
                        format!("the parent must be of level {}", above.code()),
                    );
                }
                Some(_) => {}
            },
        }
    }
    errors.refuse()?;
    Ok(units.into_iter().map(|(_, unit)| unit).collect())
}
