//! The records as pulled, and how far each unit is.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, Row, params};
use sync_protocol::id::{RecordId, UnitCode};
use sync_protocol::sum::Tally;
use sync_protocol::wire::RecordView;

use super::StoreError;

fn parse(text: &str) -> Result<RecordView, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::Damaged("a pulled record"))
}

/// One record.
pub fn get(conn: &Connection, record: &RecordId) -> Result<Option<RecordView>, StoreError> {
    let text: Option<String> = conn
        .prepare_cached("SELECT view FROM base WHERE record = ?1")?
        .query_row([record.bytes()], |row| row.get(0))
        .optional()?;
    text.map(|t| parse(&t)).transpose()
}

/// All records of a kind, or of all kinds, the latest in their unit first.
pub fn list(conn: &Connection, kind: Option<&str>) -> Result<Vec<RecordView>, StoreError> {
    let mut statement = conn
        .prepare_cached("SELECT view FROM base WHERE ?1 IS NULL OR kind = ?1 ORDER BY kind, unit, pos DESC, record")?;
    let texts = statement.query_map([kind], |row| row.get::<_, String>(0))?;
    texts.map(|text| parse(&text?)).collect()
}

/// Takes a record as it now is.
pub fn put(conn: &Connection, view: &RecordView) -> Result<(), StoreError> {
    let text = serde_json::to_string(view).map_err(|_| StoreError::Damaged("a pulled record"))?;
    conn.prepare_cached(
        "INSERT INTO base (record, unit, kind, pos, view) VALUES (?1, ?2, ?3, ?4, ?5) \
         ON CONFLICT (record) DO UPDATE SET unit = excluded.unit, kind = excluded.kind, pos = excluded.pos, \
         view = excluded.view",
    )?
    .execute(params![view.id.bytes(), view.unit.as_str(), view.kind, view.pos, text])?;
    Ok(())
}

/// Drops a record.
pub fn remove(conn: &Connection, record: &RecordId) -> Result<(), StoreError> {
    conn.prepare_cached("DELETE FROM base WHERE record = ?1")?
        .execute([record.bytes()])?;
    conn.prepare_cached("DELETE FROM form WHERE record = ?1")?
        .execute([record.bytes()])?;
    Ok(())
}

/// Count and sum of what is held of a unit, counted anew so that damage here shows too.
pub fn tally(conn: &Connection, unit: &UnitCode) -> Result<Tally, StoreError> {
    let mut statement = conn.prepare_cached("SELECT record, pos FROM base WHERE unit = ?1")?;
    let mut rows = statement.query([unit.as_str()])?;
    let mut tally = Tally::default();
    while let Some(row) = rows.next()? {
        tally.add(&RecordId(row.get(0)?), row.get(1)?);
    }
    Ok(tally)
}

/// How far a unit is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UnitRow {
    pub code: UnitCode,
    pub cursor: Option<String>,
    /// Everything up to the cursor is held and was checked.
    pub finished: bool,
    /// How often it was pulled anew because it had diverged, since it last fitted.
    pub repulls: u32,
    /// It still does not fit after all of them.
    pub diverged: bool,
    /// It is no longer in the member's scope: dropped once what is pending has been delivered.
    pub ending: bool,
    /// The server's history under which its records were pulled.
    pub generation: Option<String>,
}

const UNIT_COLUMNS: &str = "code, cursor, finished, repulls, diverged, ending, generation";

type RawUnit = (String, Option<String>, bool, u32, bool, bool, Option<String>);

fn raw(row: &Row<'_>) -> rusqlite::Result<RawUnit> {
    Ok((
        row.get(0)?,
        row.get(1)?,
        row.get(2)?,
        row.get(3)?,
        row.get(4)?,
        row.get(5)?,
        row.get(6)?,
    ))
}

fn row((code, cursor, finished, repulls, diverged, ending, generation): RawUnit) -> Result<UnitRow, StoreError> {
    let code = code.parse().map_err(|_| StoreError::Damaged("a unit's code"))?;
    Ok(UnitRow {
        code,
        cursor,
        finished,
        repulls,
        diverged,
        ending,
        generation,
    })
}

/// Every unit, in order of their codes.
pub fn units(conn: &Connection) -> Result<Vec<UnitRow>, StoreError> {
    let mut statement = conn.prepare_cached(&format!("SELECT {UNIT_COLUMNS} FROM unit ORDER BY code"))?;
    let rows = statement.query_map([], raw)?;
    rows.map(|r| row(r?)).collect()
}

/// One unit; a new one when it is not known yet.
pub fn unit(conn: &Connection, code: &UnitCode) -> Result<UnitRow, StoreError> {
    let found = conn
        .prepare_cached(&format!("SELECT {UNIT_COLUMNS} FROM unit WHERE code = ?1"))?
        .query_row([code.as_str()], raw)
        .optional()?;
    let new = (code.to_string(), None, false, 0, false, false, None);
    row(found.unwrap_or(new))
}

/// Writes how far a unit is.
pub fn save_unit(conn: &Connection, unit: &UnitRow) -> Result<(), StoreError> {
    let sql = format!(
        "INSERT INTO unit ({UNIT_COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) \
         ON CONFLICT (code) DO UPDATE SET cursor = excluded.cursor, finished = excluded.finished, \
         repulls = excluded.repulls, diverged = excluded.diverged, ending = excluded.ending, \
         generation = excluded.generation"
    );
    conn.prepare_cached(&sql)?.execute(params![
        unit.code.as_str(),
        unit.cursor,
        unit.finished,
        unit.repulls,
        unit.diverged,
        unit.ending,
        unit.generation
    ])?;
    Ok(())
}

/// Drops what was pulled of a unit. What was written here stays in the outbox.
pub fn clear_unit(conn: &Connection, unit: &UnitCode) -> Result<(), StoreError> {
    conn.execute("DELETE FROM base WHERE unit = ?1", [unit.as_str()])?;
    Ok(())
}

/// Forgets a unit that has ended, its open forms too.
pub fn forget_unit(conn: &Connection, unit: &UnitCode) -> Result<(), StoreError> {
    clear_unit(conn, unit)?;
    conn.execute("DELETE FROM form WHERE unit = ?1", [unit.as_str()])?;
    conn.execute("DELETE FROM unit WHERE code = ?1", [unit.as_str()])?;
    Ok(())
}

/// Makes every unit start anew.
pub fn drop_cursors(conn: &Connection) -> Result<(), StoreError> {
    conn.execute("DELETE FROM base", [])?;
    conn.execute("UPDATE unit SET cursor = NULL, finished = 0", [])?;
    Ok(())
}

/// How many records each unit holds.
pub fn counts(conn: &Connection) -> Result<BTreeMap<String, u64>, StoreError> {
    let mut statement = conn.prepare_cached("SELECT unit, COUNT(*) FROM base GROUP BY unit")?;
    let counts = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    Ok(counts)
}

/// Keeps a form as shown.
pub fn keep_form(conn: &Connection, record: &RecordId, unit: &UnitCode, form: &str) -> Result<(), StoreError> {
    conn.execute(
        "INSERT INTO form (record, unit, form) VALUES (?1, ?2, ?3) \
         ON CONFLICT (record) DO UPDATE SET unit = excluded.unit, form = excluded.form",
        params![record.bytes(), unit.as_str(), form],
    )?;
    Ok(())
}

/// The form as last shown.
pub fn form(conn: &Connection, record: &RecordId) -> Result<Option<String>, StoreError> {
    let text = conn.query_row("SELECT form FROM form WHERE record = ?1", [record.bytes()], |row| {
        row.get(0)
    });
    Ok(text.optional()?)
}

/// Closes the form.
pub fn forget_form(conn: &Connection, record: &RecordId) -> Result<(), StoreError> {
    conn.execute("DELETE FROM form WHERE record = ?1", [record.bytes()])?;
    Ok(())
}
