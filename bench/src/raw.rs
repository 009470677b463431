//! The physical limit of SQLite: the very rows that the server's pushes left behind, written by nothing but
//! prepared statements, 64 pushes a transaction, with the server's own settings.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::time::Instant;

use rusqlite::types::Value;
use rusqlite::{Connection, Transaction, params_from_iter};

/// Pushes in one transaction, as the server's committer takes them.
const BATCH: usize = 64;

/// The server's settings of a writing connection (`server/src/store/open.rs`).
const PRAGMAS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 16000; \
                       PRAGMA foreign_keys = OFF; PRAGMA cache_size = -65536;";

type Cells = Vec<Value>;

/// The rows of one push.
#[derive(Default)]
struct Push {
    device: Vec<u8>,
    ops: Vec<Cells>,
    signature: Cells,
    /// Records whose first operation it carries.
    created: Vec<Vec<u8>>,
    /// Records that it changed and that were there before.
    changed: Vec<Vec<u8>>,
    unit: String,
}

/// How many of the stored pushes are written in a second.
///
/// # Panics
/// When the database is not one that a server has left.
pub fn pushes_a_second(stored: &Path) -> f64 {
    let source = Connection::open(stored).expect("the server's database opens");
    let pushes = read(&source);
    let rows = Rows::read(&source);
    let folder = tempfile::TempDir::new_in(stored.parent().expect("a file lies in a folder")).expect("a folder");
    let mut target = Connection::open(folder.path().join("raw.db")).expect("a new database");
    prepare(&mut target, stored);
    let started = Instant::now();
    for batch in pushes.chunks(BATCH) {
        let transaction = target
            .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)
            .expect("a lock");
        write(&transaction, &rows, batch).expect("stored rows can be stored again");
        transaction.commit().expect("a commit");
    }
    let passed = started.elapsed().as_secs_f64();
    let count = |db: &Connection, table| -> i64 {
        db.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))
            .expect("a count")
    };
    for table in ["op", "head_signature", "record", "viewer", "blob_ref", "unit_sum"] {
        assert_eq!(count(&source, table), count(&target, table), "{table}");
    }
    pushes.len() as f64 / passed
}

/// The same tables and indices, with the rows that pushes only change.
fn prepare(target: &mut Connection, stored: &Path) {
    target.execute_batch(PRAGMAS).expect("settings");
    target
        .execute("ATTACH DATABASE ?1 AS stored", [stored.to_string_lossy()])
        .expect("the server's database");
    let mut statements = target
        .prepare(
            "SELECT sql FROM stored.sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rootpage",
        )
        .expect("a schema");
    let schema: Vec<String> = statements
        .query_map([], |row| row.get(0))
        .and_then(Iterator::collect)
        .expect("a schema");
    drop(statements);
    for statement in schema {
        target.execute_batch(&statement).expect("a table");
    }
    for table in ["unit", "member", "appointment", "device"] {
        target
            .execute_batch(&format!("INSERT INTO main.{table} SELECT * FROM stored.{table}"))
            .expect("rows");
    }
    target
        .execute_batch("DETACH DATABASE stored")
        .expect("the server's database");
}

/// Everything that is not an operation, by its key.
struct Rows {
    records: HashMap<Vec<u8>, Cells>,
    viewers: HashMap<Vec<u8>, Vec<Cells>>,
    blobs: HashMap<Vec<u8>, Vec<Cells>>,
    sums: HashMap<String, Vec<Cells>>,
    heads: HashMap<String, Value>,
    devices: HashMap<Vec<u8>, Cells>,
}

impl Rows {
    fn read(db: &Connection) -> Rows {
        let mut rows = Rows {
            records: HashMap::new(),
            viewers: HashMap::new(),
            blobs: HashMap::new(),
            sums: HashMap::new(),
            heads: HashMap::new(),
            devices: HashMap::new(),
        };
        for row in all(db, "SELECT id, kind, unit, creator, pos, state FROM record") {
            rows.records.insert(blob(&row[0]), row);
        }
        for row in all(db, "SELECT member, unit, record FROM viewer") {
            rows.viewers.entry(blob(&row[2])).or_default().push(row);
        }
        for row in all(db, "SELECT sha256, record FROM blob_ref") {
            rows.blobs.entry(blob(&row[1])).or_default().push(row);
        }
        for row in all(db, "SELECT unit, kind, records, sum FROM unit_sum") {
            rows.sums.entry(text(&row[0])).or_default().push(row);
        }
        for row in all(db, "SELECT code, head FROM unit") {
            rows.heads.insert(text(&row[0]), row[1].clone());
        }
        let device = "SELECT id, head_seq, head_hash, closed_code, synced_ms, clock_offset_ms FROM device";
        for row in all(db, device) {
            rows.devices.insert(blob(&row[0]), row);
        }
        rows
    }
}

/// The pushes in the order in which they came.
fn read(db: &Connection) -> Vec<Push> {
    let mut pushes: BTreeMap<(i64, Vec<u8>, i64), Push> = BTreeMap::new();
    let mut known = HashSet::new();
    let mut signatures = all(
        db,
        "SELECT device, seq, signature FROM head_signature ORDER BY device, seq",
    )
    .into_iter();
    let mut push = Push::default();
    let ops = all(
        db,
        "SELECT device, seq, hash, chain, arrival_ms, written_ms, member, record, kind, unit, state, code, pos, effect, body \
         FROM op ORDER BY device, seq",
    );
    let mut last = signatures.next();
    for op in ops {
        let record = blob(&op[7]);
        if known.insert(record.clone()) {
            push.created.push(record);
        } else if !push.created.contains(&record) && !push.changed.contains(&record) {
            push.changed.push(record);
        }
        push.device = blob(&op[0]);
        push.unit = text(&op[9]);
        let ends = last.as_ref().is_some_and(|signature| signature[..2] == op[..2]);
        let key = (whole(&op[4]), push.device.clone(), whole(&op[1]));
        push.ops.push(op);
        if ends {
            push.signature = last.take().expect("it was there");
            pushes.insert(key, std::mem::take(&mut push));
            last = signatures.next();
        }
    }
    assert!(
        last.is_none() && push.ops.is_empty(),
        "every push ends with its signature"
    );
    pushes.into_values().collect()
}

fn write(db: &Transaction<'_>, rows: &Rows, batch: &[Push]) -> rusqlite::Result<()> {
    let run = |sql: &str, cells: &[Value]| db.prepare_cached(sql)?.execute(params_from_iter(cells)).map(|_| ());
    for push in batch {
        for id in &push.created {
            run(
                "INSERT INTO record (id, kind, unit, creator, pos, state) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                &rows.records[id],
            )?;
            for viewer in rows.viewers.get(id).into_iter().flatten() {
                run("INSERT INTO viewer (member, unit, record) VALUES (?1, ?2, ?3)", viewer)?;
            }
            for blob in rows.blobs.get(id).into_iter().flatten() {
                run("INSERT INTO blob_ref (sha256, record) VALUES (?1, ?2)", blob)?;
            }
        }
        for id in &push.changed {
            let row = &rows.records[id];
            run(
                "UPDATE record SET pos = ?2, state = ?3 WHERE id = ?1",
                &[row[0].clone(), row[4].clone(), row[5].clone()],
            )?;
        }
        for op in &push.ops {
            run(
                "INSERT INTO op (device, seq, hash, chain, arrival_ms, written_ms, member, record, kind, unit, state, code, pos, \
                 effect, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
                op,
            )?;
        }
        run(
            "INSERT INTO head_signature (device, seq, signature) VALUES (?1, ?2, ?3)",
            &push.signature,
        )?;
    }
    let units: HashSet<&str> = batch.iter().map(|push| push.unit.as_str()).collect();
    for unit in units {
        for sum in rows.sums.get(unit).into_iter().flatten() {
            run(
                "INSERT INTO unit_sum (unit, kind, records, sum) VALUES (?1, ?2, ?3, ?4) \
                 ON CONFLICT (unit, kind) DO UPDATE SET records = excluded.records, sum = excluded.sum",
                sum,
            )?;
        }
        run(
            "UPDATE unit SET head = ?2 WHERE code = ?1",
            &[Value::Text(unit.to_owned()), rows.heads[unit].clone()],
        )?;
    }
    let devices: HashSet<&[u8]> = batch.iter().map(|push| push.device.as_slice()).collect();
    for device in devices {
        run(
            "UPDATE device SET head_seq = ?2, head_hash = ?3, closed_code = ?4, synced_ms = ?5, clock_offset_ms = ?6 WHERE id = ?1",
            &rows.devices[device],
        )?;
    }
    Ok(())
}

fn all(db: &Connection, sql: &str) -> Vec<Cells> {
    let mut statement = db.prepare(sql).expect("a query on the server's tables");
    let columns = statement.column_count();
    let rows = statement.query_map([], |row| (0..columns).map(|column| row.get(column)).collect());
    rows.and_then(Iterator::collect).expect("rows")
}

fn blob(value: &Value) -> Vec<u8> {
    match value {
        Value::Blob(bytes) => bytes.clone(),
        other => panic!("{other:?} where bytes belong"),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        other => panic!("{other:?} where a text belongs"),
    }
}

fn whole(value: &Value) -> i64 {
    match value {
        Value::Integer(number) => *number,
        other => panic!("{other:?} where a number belongs"),
    }
}
