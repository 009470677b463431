//! The store, and the transactions on it.

use std::time::Instant;

use diesel::connection::Connection;
use diesel::dsl::sql;
use diesel::prelude::RunQueryDsl;
use diesel::r2d2::{ConnectionManager, Pool};
use diesel::result::Error as DieselError;
use diesel::sql_types::BigInt;
use diesel::{PgConnection, SqliteConnection};

use super::StoreError;

/// The database, in one of the two ways it can be kept. Cloning shares the pools.
#[derive(Clone)]
pub enum Store {
    /// One file, one writing connection, several reading ones.
    Sqlite {
        /// The only connection that writes: SQLite has one writer, and a queue here is fairer than its lock.
        writer: Pool<ConnectionManager<SqliteConnection>>,
        /// Connections for snapshots.
        readers: Pool<ConnectionManager<SqliteConnection>>,
    },
    /// A PostgreSQL server, shared with other servers of this kind.
    Postgres {
        /// Connections for everything.
        pool: Pool<ConnectionManager<PgConnection>>,
    },
}

/// A connection inside a transaction. Queries are called on it by [`query!`](crate::query).
pub enum Db<'a> {
    /// On SQLite.
    Sqlite(&'a mut SqliteConnection),
    /// On PostgreSQL.
    Postgres(&'a mut PgConnection),
}

/// Calls a query function, `query!(db, module::function(arguments…))`, on whichever database `db` is.
#[macro_export]
macro_rules! query {
    ($db:expr, $module:ident :: $function:ident ( $($argument:expr),* $(,)? )) => {
        match $db {
            $crate::store::Db::Sqlite(conn) => $crate::store::sqlite::$module::$function(conn, $($argument),*),
            $crate::store::Db::Postgres(conn) => $crate::store::postgres::$module::$function(conn, $($argument),*),
        }
    };
}

/// Lets a transaction end with the caller's error as well as with diesel's.
enum Failed<E> {
    Transaction(DieselError),
    Caller(E),
}

impl<E> From<DieselError> for Failed<E> {
    fn from(error: DieselError) -> Self {
        Failed::Transaction(error)
    }
}

impl<E: From<StoreError>> Failed<E> {
    fn into_caller(self) -> E {
        match self {
            Failed::Transaction(error) => StoreError::from(error).into(),
            Failed::Caller(error) => error,
        }
    }
}

impl Store {
    /// Runs `body` on one snapshot of the database; it must not write.
    pub fn read<T, E: From<StoreError>>(&self, body: impl FnOnce(&mut Db<'_>) -> Result<T, E>) -> Result<T, E> {
        match self {
            Store::Sqlite { readers, .. } => {
                let mut conn = readers.get().map_err(StoreError::from)?;
                conn.transaction(|c| body(&mut Db::Sqlite(c)).map_err(Failed::Caller))
                    .map_err(Failed::into_caller)
            }
            Store::Postgres { pool } => {
                let mut conn = pool.get().map_err(StoreError::from)?;
                conn.build_transaction()
                    .repeatable_read()
                    .read_only()
                    .run(|c| body(&mut Db::Postgres(c)).map_err(Failed::Caller))
                    .map_err(Failed::into_caller)
            }
        }
    }

    /// Runs `body` in a writing transaction: SQLite's `BEGIN IMMEDIATE`, PostgreSQL's read committed. Commits
    /// on `Ok` and undoes everything on `Err`.
    pub fn write<T, E: From<StoreError>>(&self, body: impl FnOnce(&mut Db<'_>) -> Result<T, E>) -> Result<T, E> {
        match self {
            Store::Sqlite { writer, .. } => {
                let mut conn = writer.get().map_err(StoreError::from)?;
                conn.immediate_transaction(|c| body(&mut Db::Sqlite(c)).map_err(Failed::Caller))
                    .map_err(Failed::into_caller)
            }
            Store::Postgres { pool } => {
                let mut conn = pool.get().map_err(StoreError::from)?;
                conn.build_transaction()
                    .read_committed()
                    .run(|c| body(&mut Db::Postgres(c)).map_err(Failed::Caller))
                    .map_err(Failed::into_caller)
            }
        }
    }

    /// What time it is by the clock of a database that several servers share, ms since 1970-01-01T00:00:00Z, and by how
    /// many ms that may be wrong. `None`: nobody shares this one.
    pub fn clock_ms(&self) -> Result<Option<(i64, i64)>, StoreError> {
        let Store::Postgres { pool } = self else {
            return Ok(None);
        };
        let mut conn = pool.get().map_err(StoreError::from)?;
        let asked = Instant::now();
        let now = diesel::select(sql::<BigInt>("(EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::bigint"));
        let ms: i64 = now.get_result(&mut conn)?;
        // It was read somewhere on the way there and back, most likely in the middle.
        let half = i64::try_from(asked.elapsed().as_millis() / 2).unwrap_or(0);
        Ok(Some((ms + half, half)))
    }

    /// Whether several servers may work on this database at once.
    pub fn is_shared(&self) -> bool {
        matches!(self, Store::Postgres { .. })
    }
}

impl Db<'_> {
    /// Runs `body` in a savepoint: on `Err` only what it did is undone and the transaction goes on.
    pub fn savepoint<T, E: From<StoreError>>(
        &mut self,
        body: impl FnOnce(&mut Db<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        match self {
            Db::Sqlite(conn) => conn
                .transaction(|c| body(&mut Db::Sqlite(c)).map_err(Failed::Caller))
                .map_err(Failed::into_caller),
            Db::Postgres(conn) => conn
                .transaction(|c| body(&mut Db::Postgres(c)).map_err(Failed::Caller))
                .map_err(Failed::into_caller),
        }
    }
}
