//! Every table as a list of columns, so that rows can be carried from one database into another of either kind.
//!
//! The list is written down once below from [`schema`](super::schema): a column that does not exist does not
//! compile, and a test compares the list with what the migrations made. `refresh_token` is left out on
//! purpose: a restored server must not honour tokens that were exchanged since. So are uploads on their way: their bytes
//! are not in a backup, and phones begin them anew.

use diesel::deserialize::{self, FromSql, QueryableByName};
use diesel::expression::Expression;
use diesel::pg::Pg;
use diesel::query_source::Column as _;
use diesel::row::{Field, NamedRow, Row};
use diesel::sql_types::{BigInt, Binary, Bool, Integer, Nullable, Text};
use diesel::sqlite::{Sqlite, SqliteType};

use super::bulk::{Bulk, Column, Verb};
use super::schema;
use super::{StoreError, StoreResult};

/// A value of any column. Integers of both widths are `Long`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// No value.
    Null,
    /// Binary.
    Bytes(Vec<u8>),
    /// Text.
    Text(String),
    /// BigInt and Integer.
    Long(i64),
    /// Bool.
    Bool(bool),
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// Binary.
    Bytes,
    /// Text.
    Text,
    /// BigInt.
    Long,
    /// Integer.
    Int,
    /// Bool.
    Bool,
}

/// A column.
#[derive(Debug, Clone, Copy)]
pub struct PortableColumn {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub holds: Holds,
    /// Whether it may be empty.
    pub optional: bool,
}

/// A table whose first `keys` columns are its primary key.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// How many of the columns are the key.
    pub keys: usize,
    /// All columns.
    pub columns: &'static [PortableColumn],
}

/// Tables that came with a later schema than the first. A table's columns have not changed since it came.
const LATER: &[(&str, &str)] = &[
    ("blob", "0002"),
    ("collection", "0002"),
    ("log", "0003"),
    ("log_tile", "0003"),
    ("log_entries", "0003"),
    ("log_checkpoint", "0003"),
    ("sealed", "0003"),
    ("unsealed", "0003"),
    ("verdict_change", "0003"),
    ("finding_fact", "0004"),
    ("finding_decision", "0004"),
    ("reconciled", "0004"),
    ("posting", "0004"),
    ("reconcile_due", "0006"),
    ("presence", "0006"),
    ("member_point", "0006"),
    ("report_place", "0006"),
    ("report_link", "0006"),
    ("photo_use", "0006"),
    ("photo_print", "0006"),
    ("finding_also", "0006"),
    ("deadline", "0005"),
    ("fact", "0005"),
    ("dense", "0005"),
    ("report", "0005"),
    ("report_head", "0005"),
    ("export_purpose", "0005"),
    ("attested", "0008"),
    ("claim", "0008"),
    ("desk_op", "0009"),
    ("draw", "0007"),
];

/// The column type that a SQL type of the schema stands for.
trait Described {
    const HOLDS: Holds;
    const OPTIONAL: bool = false;
}

impl Described for Binary {
    const HOLDS: Holds = Holds::Bytes;
}
impl Described for Text {
    const HOLDS: Holds = Holds::Text;
}
impl Described for BigInt {
    const HOLDS: Holds = Holds::Long;
}
impl Described for Integer {
    const HOLDS: Holds = Holds::Int;
}
impl Described for Bool {
    const HOLDS: Holds = Holds::Bool;
}
impl<T: Described> Described for Nullable<T>
where
    T: diesel::sql_types::SqlType,
{
    const HOLDS: Holds = T::HOLDS;
    const OPTIONAL: bool = true;
}

macro_rules! tables {
    ($($table:ident $keys:literal [$($column:ident),* $(,)?];)*) => {
        /// Every table that a backup carries, in the order in which it does.
        pub const TABLES: &[Table] = &[$(Table {
            name: stringify!($table),
            keys: $keys,
            columns: &[$(PortableColumn {
                name: schema::$table::$column::NAME,
                holds: <<schema::$table::$column as Expression>::SqlType as Described>::HOLDS,
                optional: <<schema::$table::$column as Expression>::SqlType as Described>::OPTIONAL,
            },)*],
        },)*];
    };
}

tables! {
    meta 1 [key, value];
    secret 1 [name, value];
    catalog_version 1 [version, sha256, body, at_ms];
    unit 1 [code, name, level, parent, successor, head];
    unit_sum 2 [unit, kind, records, sum];
    member 1 [
        id, number, name, created_ms, password_hash, activation_hash, activation_expires_ms, totp_secret, totp_step,
        failed_sign_ins, locked_until_ms,
    ];
    appointment 1 [id, member, role, unit, starts_ms, ends_ms, created_ms];
    device 1 [
        id, member, suite, public_key, label, key_storage, enrolled_ms, revoked_ms, continues, continues_hash,
        head_seq, head_hash, durable_seq, closed_code, synced_ms, clock_offset_ms,
    ];
    op 2 [
        device, seq, hash, chain, arrival_ms, written_ms, member, record, kind, unit, state, code, pos, effect, body,
    ];
    head_signature 2 [device, seq, signature];
    fork_evidence 3 [device, seq, hash, arrival_ms, body];
    held 2 [device, seq, record, wait_record];
    reissue 3 [device, seq, hash, by_device, by_seq];
    record 1 [id, kind, unit, creator, pos, state];
    viewer 3 [member, unit, record];
    visibility 2 [unit, pos, member, record, present];
    record_link 2 [source, target];
    blob_ref 2 [sha256, record];
    blob 1 [sha256, bytes, media, sm3, object, received_ms, durable, condemned_ms, examined, likeness, exif];
    collection 2 [sha256, member, device, source, captured, hashed, received_ms];
    log 1 [number, origin, opened_ms, size, root];
    log_tile 3 [log, level, position, hashes];
    log_entries 2 [log, position, entries];
    log_checkpoint 2 [log, size, note];
    sealed 3 [source, key, first, last, log, leaf];
    unsealed 3 [source, key, first, last];
    verdict_change 3 [device, seq, number, at_ms, was_state, was_code, state, code];
    finding 1 [id, code, unit, record, device, seq, opened_ms, closed_ms];
    finding_fact 1 [finding, basis, neighbour, detail, updated_ms, closed_why];
    finding_decision 3 [finding, device, seq, basis, conclusion, at_ms];
    desk_op 3 [record, device, seq, pos, confirms_device, confirms_seq];
    reconciled 1 [unit, pos];
    reconcile_due 1 [record, due_ms];
    presence 3 [record, person, part, from_ms, until_ms, minutes];
    member_point 2 [record, field, member, matter, at_ms, lng, lat, accuracy_m, moves];
    report_place 1 [record, interest, cell, at_ms, lng, lat, accuracy_m];
    report_link 2 [other, record];
    photo_use 2 [record, sha256];
    photo_print 1 [number, sha256, bits];
    finding_also 2 [unit, finding];
    posting 1 [
        number, id, ledger, member, subject, session, round, minutes, unit, kind, day, digest, approved_device,
        approved_seq, posted_ms, reverses,
    ];
    deadline 2 [record, code, unit, kind, start_day, due_day, met_day, provisional];
    fact 1 [number, record, code, unit, day, dim, who, value, sign, at_ms, pos];
    dense 1 [name, number];
    report 1 [month, issued_ms, issued_by, definitions, fact_number, posting_number, sha256, body];
    report_head 2 [month, unit, pos];
    export_purpose 1 [id, format, purpose];
    attested 2 [attestation, session];
    claim 1 [session, ledger, member, subject, unit, kind, day, minutes, reasons, updated_ms];
    draw 1 [
        record, service_order, number, device, seq, checkpoint, beacon, public_key, pool, roster, drawn_ms,
    ];
    journal 1 [id, at_ms, actor, event, subject, detail];
    access_log 1 [id, at_ms, member, device, unit, kind, fields, records];
}

/// A row of a [`Table`], a value per column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortableRow(pub Vec<Value>);

impl QueryableByName<Sqlite> for PortableRow {
    fn build<'a>(row: &impl NamedRow<'a, Sqlite>) -> deserialize::Result<Self> {
        let mut values = Vec::with_capacity(row.field_count());
        for i in 0..row.field_count() {
            let field = Row::get(row, i).ok_or("a column is missing")?;
            let Some(value) = field.value() else {
                values.push(Value::Null);
                continue;
            };
            values.push(match value.value_type() {
                None => Value::Null,
                Some(SqliteType::Binary) => Value::Bytes(FromSql::<Binary, Sqlite>::from_sql(value)?),
                Some(SqliteType::Text) => Value::Text(FromSql::<Text, Sqlite>::from_sql(value)?),
                Some(SqliteType::Integer | SqliteType::SmallInt | SqliteType::Long) => {
                    Value::Long(FromSql::<BigInt, Sqlite>::from_sql(value)?)
                }
                Some(SqliteType::Float | SqliteType::Double) => return Err("no column holds a float".into()),
            });
        }
        Ok(PortableRow(values))
    }
}

/// PostgreSQL's numbers of the types in use (`pg_type.oid`).
mod oid {
    pub const BOOL: u32 = 16;
    pub const BYTEA: u32 = 17;
    pub const INT8: u32 = 20;
    pub const INT4: u32 = 23;
    pub const TEXT: u32 = 25;
}

impl QueryableByName<Pg> for PortableRow {
    fn build<'a>(row: &impl NamedRow<'a, Pg>) -> deserialize::Result<Self> {
        let mut values = Vec::with_capacity(row.field_count());
        for i in 0..row.field_count() {
            let field = Row::get(row, i).ok_or("a column is missing")?;
            let Some(value) = field.value() else {
                values.push(Value::Null);
                continue;
            };
            values.push(match value.get_oid().get() {
                oid::BYTEA => Value::Bytes(FromSql::<Binary, Pg>::from_sql(value)?),
                oid::TEXT => Value::Text(FromSql::<Text, Pg>::from_sql(value)?),
                oid::INT8 => Value::Long(FromSql::<BigInt, Pg>::from_sql(value)?),
                oid::INT4 => Value::Long(i64::from(<i32 as FromSql<Integer, Pg>>::from_sql(value)?)),
                oid::BOOL => Value::Bool(FromSql::<Bool, Pg>::from_sql(value)?),
                other => return Err(format!("no column is of the type {other}").into()),
            });
        }
        Ok(PortableRow(values))
    }
}

impl Table {
    /// The table `name`.
    pub fn named(name: &str) -> Option<&'static Table> {
        TABLES.iter().find(|table| table.name == name)
    }

    /// Whether there was such a table in `schema`.
    pub fn is_in(&self, schema: &str) -> bool {
        let came = LATER.iter().find(|(name, _)| *name == self.name);
        came.is_none_or(|(_, since)| *since <= schema)
    }

    /// Whether the row has a value of its type in each column; SQLite's 0 and 1 become truth values.
    pub fn settle(&self, mut row: PortableRow) -> StoreResult<PortableRow> {
        if row.0.len() != self.columns.len() {
            return Err(StoreError::Corrupt);
        }
        for (value, column) in row.0.iter_mut().zip(self.columns) {
            if let (Holds::Bool, Value::Long(n @ (0 | 1))) = (column.holds, &*value) {
                *value = Value::Bool(*n == 1);
            }
            let fits = match (&*value, column.holds) {
                (Value::Null, _) => column.optional,
                (Value::Bytes(_), Holds::Bytes) | (Value::Text(_), Holds::Text) | (Value::Bool(_), Holds::Bool) => true,
                (Value::Long(_), Holds::Long) => true,
                (Value::Long(n), Holds::Int) => i32::try_from(*n).is_ok(),
                _ => false,
            };
            if !fits {
                return Err(StoreError::Corrupt);
            }
        }
        Ok(row)
    }

    /// The settled `rows` to be inserted; a taken key is a conflict.
    pub fn insertion<'r>(&self, rows: &'r [PortableRow]) -> Bulk<'r> {
        let column = |(i, column): (usize, &PortableColumn)| {
            let values = rows.iter().map(move |row| row.0.get(i));
            let filled = match column.holds {
                Holds::Bytes => Column::Bytes(
                    values
                        .map(|v| {
                            if let Some(Value::Bytes(b)) = v {
                                Some(b.as_slice())
                            } else {
                                None
                            }
                        })
                        .collect(),
                ),
                Holds::Text => Column::Text(
                    values
                        .map(|v| {
                            if let Some(Value::Text(t)) = v {
                                Some(t.as_str())
                            } else {
                                None
                            }
                        })
                        .collect(),
                ),
                Holds::Long => Column::Long(
                    values
                        .map(|v| if let Some(Value::Long(n)) = v { Some(*n) } else { None })
                        .collect(),
                ),
                Holds::Int => Column::Int(
                    values
                        .map(|v| {
                            if let Some(Value::Long(n)) = v {
                                i32::try_from(*n).ok()
                            } else {
                                None
                            }
                        })
                        .collect(),
                ),
                Holds::Bool => Column::Bool(
                    values
                        .map(|v| if let Some(Value::Bool(b)) = v { Some(*b) } else { None })
                        .collect(),
                ),
            };
            (column.name, filled)
        };
        Bulk::new(
            Verb::Insert,
            self.name,
            self.keys,
            self.columns.iter().enumerate().map(column).collect(),
        )
    }
}

#[cfg(test)]
mod tests {
    use diesel::prelude::*;
    use diesel::sql_query;

    use super::*;
    use crate::store::Store;
    use crate::testing;

    #[derive(QueryableByName)]
    struct Named {
        #[diesel(sql_type = Text)]
        name: String,
    }

    fn names(conn: &mut SqliteConnection, query: &str) -> Vec<String> {
        sql_query(query)
            .load::<Named>(conn)
            .unwrap()
            .into_iter()
            .map(|row| row.name)
            .collect()
    }

    #[test]
    fn the_list_is_what_the_migrations_made() {
        let (_folder, store) = testing::sqlite();
        let Store::Sqlite { writer, .. } = &store else {
            panic!("a SQLite store")
        };
        let mut conn = writer.get().unwrap();
        let mut known: Vec<&str> = TABLES.iter().map(|t| t.name).collect();
        known.extend(["refresh_token", "upload", "upload_piece", "__diesel_schema_migrations"]);
        known.sort_unstable();
        assert_eq!(
            names(
                &mut conn,
                "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
            ),
            known
        );
        for table in TABLES {
            let columns: Vec<&str> = table.columns.iter().map(|c| c.name).collect();
            let made = names(
                &mut conn,
                &format!("SELECT name FROM pragma_table_info('{}') ORDER BY cid", table.name),
            );
            assert_eq!(made, columns, "{}", table.name);
            let keys = format!(
                "SELECT name FROM pragma_table_info('{}') WHERE pk > 0 ORDER BY pk",
                table.name
            );
            assert_eq!(names(&mut conn, &keys), columns[..table.keys], "{}", table.name);
            let filled = format!(
                "SELECT name FROM pragma_table_info('{}') WHERE \"notnull\" = 0 ORDER BY cid",
                table.name
            );
            let optional: Vec<&str> = table.columns.iter().filter(|c| c.optional).map(|c| c.name).collect();
            assert_eq!(names(&mut conn, &filled), optional, "{}", table.name);
        }
    }
}
