//! Opening the database that a URL names, and bringing it up to date.

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::time::Duration;

use diesel::connection::{Connection, SimpleConnection};
use diesel::migration::MigrationSource;
use diesel::r2d2::{ConnectionManager, CustomizeConnection, Error as R2d2Error, Pool};
use diesel::sqlite::Sqlite;
use diesel::{PgConnection, SqliteConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::Store;

const SQLITE_MIGRATIONS: EmbeddedMigrations = embed_migrations!("../migrations/sqlite");
const POSTGRES_MIGRATIONS: EmbeddedMigrations = embed_migrations!("../migrations/postgres");

/// The advisory lock under which one server at a time migrates a PostgreSQL database ("wuyuan" in ASCII).
const MIGRATION_LOCK: i64 = 0x7775_7975_616e;

/// How connections are pooled.
#[derive(Debug, Clone, Copy)]
pub struct PoolSettings {
    /// Most connections (SQLite: reading ones; there is always one writer).
    pub size: u32,
    /// How long a caller waits for a connection.
    pub wait: Duration,
}

/// Why a store did not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Neither `sqlite://` nor `postgres://`.
    #[error("the database URL begins with sqlite:// or postgres://")]
    Scheme,
    /// The SQLite file or its folder cannot be made or written.
    #[error("cannot write to {folder}: {error}")]
    Folder {
        /// The folder or file.
        folder: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// There is no such SQLite file.
    #[error("there is no database {0}")]
    Missing(PathBuf),
    /// No connection.
    #[error("cannot connect to the database: {0}")]
    Connect(String),
    /// A migration failed.
    #[error("cannot bring the database up to date: {0}")]
    Migrate(String),
}

impl Store {
    /// Opens a database that exists already: a mistyped path is an error, not a new, empty database.
    pub fn open_existing(url: &str, settings: PoolSettings) -> Result<Store, OpenError> {
        match url.strip_prefix("sqlite://").map(Path::new) {
            Some(path) if !path.exists() => Err(OpenError::Missing(path.to_owned())),
            _ => Store::open(url, settings),
        }
    }

    /// Opens `sqlite://path` or `postgres://…`, making the file if need be, and applies the migrations that
    /// are missing. Safe to call by several servers at once.
    pub fn open(url: &str, settings: PoolSettings) -> Result<Store, OpenError> {
        if let Some(path) = url.strip_prefix("sqlite://") {
            open_sqlite(Path::new(path), settings)
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            open_postgres(url, settings)
        } else {
            Err(OpenError::Scheme)
        }
    }
}

/// The number of the last migration, the same on both databases.
pub fn schema_version() -> String {
    schema_versions().pop_last().unwrap_or_default()
}

/// The numbers of all migrations: this program's schema and those before it.
pub fn schema_versions() -> BTreeSet<String> {
    let migrations = MigrationSource::<Sqlite>::migrations(&SQLITE_MIGRATIONS).unwrap_or_default();
    migrations
        .iter()
        .map(|migration| migration.name().version().to_string())
        .collect()
}

fn open_sqlite(path: &Path, settings: PoolSettings) -> Result<Store, OpenError> {
    if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|error| OpenError::Folder {
            folder: folder.to_owned(),
            error,
        })?;
    }
    own_file(path).map_err(|error| OpenError::Folder {
        folder: path.to_owned(),
        error,
    })?;
    let url = path.to_string_lossy().into_owned();
    let writer = sqlite_pool(
        &url,
        1,
        settings.wait,
        Pragmas {
            wait: settings.wait,
            reader: false,
        },
    )?;
    migrate_sqlite(&writer)?;
    let readers = sqlite_pool(
        &url,
        settings.size,
        settings.wait,
        Pragmas {
            wait: settings.wait,
            reader: true,
        },
    )?;
    Ok(Store::Sqlite { writer, readers })
}

/// Makes a missing database file for its owner alone: it holds the server's keys and people's names. SQLite gives
/// its other files the same mode.
fn own_file(path: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(|_| ())
}

fn sqlite_pool(
    url: &str,
    size: u32,
    wait: Duration,
    pragmas: Pragmas,
) -> Result<Pool<ConnectionManager<SqliteConnection>>, OpenError> {
    Pool::builder()
        .max_size(size)
        .min_idle(Some(1))
        .connection_timeout(wait)
        .test_on_check_out(false)
        .connection_customizer(Box::new(pragmas))
        .build(ConnectionManager::new(url))
        .map_err(|e| OpenError::Connect(e.to_string()))
}

/// SQLite's settings, made on every connection before it is used.
#[derive(Debug)]
struct Pragmas {
    wait: Duration,
    reader: bool,
}

impl CustomizeConnection<SqliteConnection, R2d2Error> for Pragmas {
    fn on_acquire(&self, conn: &mut SqliteConnection) -> Result<(), R2d2Error> {
        let run = |conn: &mut SqliteConnection, sql: &str| conn.batch_execute(sql).map_err(R2d2Error::QueryError);
        // First: the statements that follow may themselves meet a lock.
        run(conn, &format!("PRAGMA busy_timeout = {}", self.wait.as_millis()))?;
        run(conn, "PRAGMA journal_mode = WAL")?;
        run(conn, "PRAGMA synchronous = FULL")?;
        run(conn, "PRAGMA wal_autocheckpoint = 16000")?;
        run(conn, "PRAGMA foreign_keys = OFF")?;
        // KiB when negative: the writer keeps the hot pages of every unit, a reader those of a page.
        run(
            conn,
            if self.reader {
                "PRAGMA cache_size = -8192"
            } else {
                "PRAGMA cache_size = -65536"
            },
        )?;
        if self.reader {
            run(conn, "PRAGMA query_only = ON")
        } else {
            Ok(())
        }
    }
}

fn migrate_sqlite(writer: &Pool<ConnectionManager<SqliteConnection>>) -> Result<(), OpenError> {
    let mut conn = writer.get().map_err(|e| OpenError::Connect(e.to_string()))?;
    // BEGIN IMMEDIATE makes a second server wait until the first has finished all of them.
    conn.immediate_transaction(|c| {
        c.run_pending_migrations(SQLITE_MIGRATIONS)
            .map(|_| ())
            .map_err(|e| MigrateError(e.to_string()))
    })
    .map_err(|e| OpenError::Migrate(e.0))
}

fn open_postgres(url: &str, settings: PoolSettings) -> Result<Store, OpenError> {
    let session = Session { wait: settings.wait };
    let pool = Pool::builder()
        .max_size(settings.size)
        .min_idle(Some(1))
        .connection_timeout(settings.wait)
        .connection_customizer(Box::new(session))
        .build(ConnectionManager::<PgConnection>::new(watchful(url)))
        // libpq's words name the host and the user, not the password.
        .map_err(|e| OpenError::Connect(one_line(&e)))?;
    let mut conn = pool.get().map_err(|e| OpenError::Connect(e.to_string()))?;
    // The lock ends with the transaction, also when the server dies in it.
    conn.transaction(|c| {
        // Another server may be at it for longer than a request would wait.
        c.batch_execute("SET LOCAL lock_timeout = 0")?;
        c.batch_execute(&format!("SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))?;
        c.run_pending_migrations(POSTGRES_MIGRATIONS)
            .map(|_| ())
            .map_err(|e| MigrateError(e.to_string()))
    })
    .map_err(|e| OpenError::Migrate(e.0))?;
    drop(conn);
    Ok(Store::Postgres { pool })
}

/// How libpq notices that nobody is there any more, where `url` does not say it: a host that lost its power sends no
/// word, and the system's own patience is two hours. Seconds, but for the last, which is in milliseconds.
const WATCH: [(&str, u32); 5] = [
    ("connect_timeout", 5),
    ("keepalives_idle", 10),
    ("keepalives_interval", 5),
    ("keepalives_count", 3),
    ("tcp_user_timeout", 25_000),
];

fn watchful(url: &str) -> String {
    let mut url = url.to_owned();
    for (name, value) in WATCH {
        if !url.contains(&format!("{name}=")) {
            let before = if has_query(&url) { '&' } else { '?' };
            url.push_str(&format!("{before}{name}={value}"));
        }
    }
    url
}

/// Whether parameters follow. As libpq reads a URL, an `@` before the first slash ends the user's part, and a question
/// mark within that is a password's.
fn has_query(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let user = rest.find(['@', '/']).filter(|at| rest[*at..].starts_with('@'));
    rest[user.unwrap_or(0)..].contains('?')
}

/// How a session of PostgreSQL's works: it waits for a lock no longer than a request waits for a connection, and it
/// plans by index, whatever it believes of the tables' sizes.
///
/// Statements stay prepared, and so do their plans. One that was made while a table was small reads all of it ever
/// after, until statistics are gathered: pushes became slower with every push. Each of this server's queries has its
/// index or means to read everything, so nothing is lost by forbidding the rest.
#[derive(Debug)]
struct Session {
    wait: Duration,
}

impl CustomizeConnection<PgConnection, R2d2Error> for Session {
    fn on_acquire(&self, conn: &mut PgConnection) -> Result<(), R2d2Error> {
        // A forbidden plan costs so much on paper that PostgreSQL would compile it.
        let settings = "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off";
        let patience = format!("SET lock_timeout = {}", self.wait.as_millis());
        conn.batch_execute(settings).map_err(R2d2Error::QueryError)?;
        conn.batch_execute(&patience).map_err(R2d2Error::QueryError)
    }
}

/// libpq answers in several lines.
fn one_line(error: &impl std::fmt::Display) -> String {
    error.to_string().split_whitespace().collect::<Vec<_>>().join(" ")
}

struct MigrateError(String);

impl From<diesel::result::Error> for MigrateError {
    fn from(error: diesel::result::Error) -> Self {
        MigrateError(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::watchful;

    #[test]
    fn what_a_url_says_of_the_watch_stays() {
        let all =
            "connect_timeout=5&keepalives_idle=10&keepalives_interval=5&keepalives_count=3&tcp_user_timeout=25000";
        assert_eq!(watchful("postgres://u@h/d"), format!("postgres://u@h/d?{all}"));
        let own = "postgres://u@h:1,i:2/d?target_session_attrs=read-write&connect_timeout=9";
        let rest = all.trim_start_matches("connect_timeout=5&");
        assert_eq!(watchful(own), format!("{own}&{rest}"));
        // libpq takes a question mark in a password as it stands.
        assert_eq!(watchful("postgres://u:p?w@h/d"), format!("postgres://u:p?w@h/d?{all}"));
        let socket = "postgres:///d?host=/run/a@b";
        assert_eq!(watchful(socket), format!("{socket}&{all}"));
    }
}
