//! Everything that touches a database. diesel is named nowhere else.
//!
//! One binary speaks SQLite and PostgreSQL, chosen by the URL when the store opens. Queries are plain diesel
//! functions in `queries/`, each `pub fn name(conn: &mut Conn, …) -> StoreResult<T>` with `use super::Conn`;
//! every file there is compiled twice, once under [`sqlite`] and once under [`postgres`], so that no copy can
//! drift from the other. Row types are in [`rows`], typed columns in [`column`].
//!
//! A domain function asks the store for a transaction and gets a [`Db`]; a query is called on it by
//! [`query!`](crate::query) and opens no transaction itself:
//!
//! ```ignore
//! let member = store.write(|db| {
//!     let member = query!(db, members::by_number(number))?.ok_or(AccountError::NoMember)?;
//!     query!(db, journal::insert(entry))?;
//!     Ok::<_, AccountError>(member)
//! })?;
//! ```
//!
//! `Store::read` gives one snapshot and no writes, `Store::write` a transaction that is committed when the
//! closure returns `Ok`, `Db::savepoint` an inner one that alone is undone when it returns `Err`. The error
//! type of the closure needs `From<StoreError>`. All of it blocks: an async handler goes through
//! `web::block`.
//!
//! To add a query file: write `queries/x.rs` and name it in `sqlite.rs` and in `postgres.rs`.

pub mod bulk;
pub mod column;
mod db;
mod error;
pub mod hours;
mod open;
pub mod portable;
pub mod postgres;
pub mod rows;
pub mod schema;
pub mod sqlite;

pub use db::{Db, Store};
pub use error::{StoreError, StoreResult};
pub use open::{OpenError, PoolSettings, schema_version, schema_versions};

#[cfg(test)]
mod tests;
