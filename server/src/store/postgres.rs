//! The queries, compiled for PostgreSQL.
// Each query file is compiled once per database on purpose.
#![allow(clippy::duplicate_mod)]

/// The concrete connection.
pub type Conn = diesel::PgConnection;

#[path = "queries/access_log.rs"]
pub mod access_log;
#[path = "queries/appointments.rs"]
pub mod appointments;
#[path = "queries/blob_readers.rs"]
pub mod blob_readers;
#[path = "queries/blobs.rs"]
pub mod blobs;
#[path = "queries/catalog.rs"]
pub mod catalog;
#[path = "queries/collecting.rs"]
pub mod collecting;
#[path = "queries/deadlines.rs"]
pub mod deadlines;
#[path = "queries/devices.rs"]
pub mod devices;
#[path = "queries/draws.rs"]
pub mod draws;
#[path = "queries/facts.rs"]
pub mod facts;
#[path = "queries/feeds.rs"]
pub mod feeds;
#[path = "queries/figures.rs"]
pub mod figures;
#[path = "queries/finding_lists.rs"]
pub mod finding_lists;
#[path = "queries/findings.rs"]
pub mod findings;
#[path = "queries/forms.rs"]
pub mod forms;
#[path = "queries/hours.rs"]
pub mod hours;
#[path = "queries/inspect.rs"]
pub mod inspect;
#[path = "queries/journal.rs"]
pub mod journal;
#[path = "queries/keeping.rs"]
pub mod keeping;
#[path = "queries/ledger.rs"]
pub mod ledger;
#[path = "locks/postgres.rs"]
pub mod locks;
#[path = "queries/logs.rs"]
pub mod logs;
#[path = "queries/members.rs"]
pub mod members;
#[path = "queries/meta.rs"]
pub mod meta;
#[path = "queries/neighbours.rs"]
pub mod neighbours;
#[path = "queries/portable.rs"]
pub mod portable;
#[path = "queries/posted.rs"]
pub mod posted;
#[path = "queries/reconcile.rs"]
pub mod reconcile;
#[path = "queries/reconciling.rs"]
pub mod reconciling;
#[path = "queries/records.rs"]
pub mod records;
#[path = "queries/refresh.rs"]
pub mod refresh;
#[path = "queries/reports.rs"]
pub mod reports;
#[path = "queries/sealing.rs"]
pub mod sealing;
#[path = "queries/units.rs"]
pub mod units;
#[path = "queries/uploads.rs"]
pub mod uploads;
