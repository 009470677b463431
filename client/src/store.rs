//! What the phone keeps: one SQLite file, durable before anything is said to be saved.
//!
//! WAL with `synchronous=FULL`: a committed save survives loss of power. `secure_delete` overwrites what is
//! dropped. Several processes may open the file; every change is one `BEGIN IMMEDIATE` transaction.

pub(crate) mod account;
pub(crate) mod cache;
pub(crate) mod counts;
pub(crate) mod feeds;
pub(crate) mod log;
pub(crate) mod outbox;
pub(crate) mod photos;
pub(crate) mod receipts;
pub(crate) mod replica;

use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use crate::lang::Lang;
use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior};

const SCHEMA: &str = include_str!("store/schema.sql");
/// Came with schema 3.
const PHOTOS: &str = include_str!("store/photos.sql");
/// Came with schema 4.
const LOG: &str = include_str!("store/log.sql");
/// Of the schema above; another one is another program's file.
const SCHEMA_VERSION: i64 = 4;
/// Brings a file of schema 1 up to date. What it holds was pulled under the history that it last heard of.
const FROM_1: &str = "\
  ALTER TABLE unit ADD COLUMN generation TEXT;
  UPDATE unit SET generation = (SELECT generation FROM account) WHERE cursor IS NOT NULL;
  UPDATE form SET form = json_set(form, '$.generation', (SELECT generation FROM account))
    WHERE record IN (SELECT record FROM base);";
/// How long to wait for another process that is writing.
const BUSY: Duration = Duration::from_secs(10);

/// Why the phone's file could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The medium is full: nothing was changed.
    #[error("the phone's storage is full; free some space, then try again: nothing was lost")]
    Full,
    /// The file was written by another version.
    #[error("this phone's file has schema {0}, this program knows {SCHEMA_VERSION}: use a newer program")]
    Schema(i64),
    /// There is no file.
    #[error("there is no phone here: enrol first")]
    Absent,
    /// There is one already.
    #[error("there is a phone here already: one file is one device of one member")]
    Exists,
    /// Something in it is not what was written.
    #[error("the phone's file is damaged: {0}")]
    Damaged(&'static str),
    /// The file system failed.
    #[error("the phone's file cannot be opened: {0}")]
    Io(std::io::Error),
    /// SQLite failed.
    #[error("the phone's file cannot be read or written: {0}")]
    Sqlite(rusqlite::Error),
}

impl StoreError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            StoreError::Full => "storage_full",
            StoreError::Schema(_) => "storage_newer",
            StoreError::Absent => "not_enrolled",
            StoreError::Exists => "already_enrolled",
            StoreError::Damaged(_) => "storage_damaged",
            StoreError::Io(_) | StoreError::Sqlite(_) => "storage_failed",
        }
    }
}

impl StoreError {
    /// What was wrong and what to do.
    pub fn wording(&self, lang: Lang) -> String {
        let zh = match self {
            StoreError::Full => "手机存储空间已满,请清理后重试,已有记录没有丢失",
            StoreError::Absent => "这台手机还没有登记,请先登记",
            StoreError::Exists => "这台手机已经登记过了,一台手机只登记一位成员",
            StoreError::Schema(_) => "手机数据由更新版本的应用写入,请更新应用",
            StoreError::Damaged(_) | StoreError::Io(_) | StoreError::Sqlite(_) => "手机上的数据无法读写,请联系管理员",
        };
        match lang {
            Lang::Zh => zh.to_owned(),
            Lang::En => self.to_string(),
        }
    }
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => StoreError::Full,
            _ => StoreError::Io(error),
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => StoreError::Full,
            _ => StoreError::Sqlite(error),
        }
    }
}

/// The open file.
#[derive(Debug)]
pub(crate) struct Store {
    conn: Connection,
}

impl Store {
    /// Makes the file, readable and writable by its owner alone. It must not exist.
    pub fn create(path: &Path) -> Result<Store, StoreError> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(path) {
            Err(e) if e.kind() == ErrorKind::AlreadyExists => return Err(StoreError::Exists),
            opened => drop(opened?),
        }
        let mut store = Store::connect(path)?;
        store.write(|tx| {
            tx.execute_batch(SCHEMA)?;
            tx.execute_batch(PHOTOS)?;
            tx.execute_batch(LOG)?;
            tx.pragma_update(None, "user_version", SCHEMA_VERSION)?;
            Ok::<_, StoreError>(())
        })?;
        Ok(store)
    }

    /// Opens the file.
    pub fn open(path: &Path) -> Result<Store, StoreError> {
        if !path.exists() {
            return Err(StoreError::Absent);
        }
        let mut store = Store::connect(path)?;
        match store.version()? {
            SCHEMA_VERSION => Ok(store),
            1..SCHEMA_VERSION => {
                store.write(|tx| {
                    // Another process may have been first.
                    let version: i64 = tx.pragma_query_value(None, "user_version", |row| row.get(0))?;
                    if version == 1 {
                        tx.execute_batch(FROM_1)?;
                    }
                    if version < 3 {
                        tx.execute_batch(PHOTOS)?;
                    }
                    if version < 4 {
                        tx.execute_batch(LOG)?;
                    }
                    tx.pragma_update(None, "user_version", SCHEMA_VERSION)?;
                    Ok::<_, StoreError>(())
                })?;
                Ok(store)
            }
            // Creation was interrupted before its one transaction: there is nothing in it.
            0 if store.is_empty()? => Err(StoreError::Absent),
            other => Err(StoreError::Schema(other)),
        }
    }

    fn version(&self) -> Result<i64, StoreError> {
        Ok(self.conn.pragma_query_value(None, "user_version", |row| row.get(0))?)
    }

    fn is_empty(&self) -> Result<bool, StoreError> {
        Ok(self
            .conn
            .query_row("SELECT NOT EXISTS (SELECT 1 FROM sqlite_master)", [], |row| row.get(0))?)
    }

    fn connect(path: &Path) -> Result<Store, StoreError> {
        let conn = Connection::open(path)?;
        conn.busy_timeout(BUSY)?;
        conn.pragma_update(None, "journal_mode", "WAL")?;
        conn.pragma_update(None, "synchronous", "FULL")?;
        conn.pragma_update(None, "secure_delete", "ON")?;
        Ok(Store { conn })
    }

    /// For reading outside a transaction.
    pub fn read(&self) -> &Connection {
        &self.conn
    }

    /// One transaction that takes the write lock at once. An error rolls it back.
    pub fn write<T, E: From<StoreError>>(&mut self, f: impl FnOnce(&Transaction<'_>) -> Result<T, E>) -> Result<T, E> {
        let begun = self.conn.transaction_with_behavior(TransactionBehavior::Immediate);
        let tx = begun.map_err(StoreError::from)?;
        let value = f(&tx)?;
        tx.commit().map_err(StoreError::from)?;
        Ok(value)
    }
}

/// Removes the file and what SQLite keeps beside it. The photos are in a folder of their own.
pub(crate) fn remove_files(path: &Path) -> Result<(), StoreError> {
    for suffix in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        match std::fs::remove_file(&name) {
            Err(e) if e.kind() != ErrorKind::NotFound => return Err(e.into()),
            _ => {}
        }
    }
    Ok(())
}
