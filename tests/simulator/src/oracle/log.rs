//! The server's operations as the oracle reads them: bytes, verdicts and places. What they mean it works out itself.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value as Json;
use sync_protocol::id::{DeviceId, MemberId};
use wuyuan_server::app::App;
use wuyuan_server::query;
use wuyuan_server::store::StoreError;
use wuyuan_server::store::rows::OpRow;

use crate::body::Mark;

/// A device and a number in its feed.
pub type Dot = (String, u64);

/// As much of an operation's text as the oracle needs, read without the project's own reader.
#[derive(Debug, Clone, Deserialize)]
pub struct Said {
    /// Its author.
    pub by: MemberId,
    /// In which appointment.
    #[serde(rename = "as")]
    pub appointment: String,
    /// Boot and uptime at writing.
    pub boot: String,
    /// See `boot`.
    pub uptime_ms: u64,
    /// The record.
    pub record: String,
    /// Its kind.
    pub kind: String,
    /// Its unit.
    pub unit: String,
    /// What its author had seen.
    #[serde(default)]
    pub seen: BTreeMap<String, u64>,
    /// Registers.
    #[serde(default)]
    pub set: BTreeMap<String, Json>,
    /// Elements added.
    #[serde(default)]
    pub add: BTreeMap<String, Vec<Json>>,
    /// Elements removed.
    #[serde(default)]
    pub remove: BTreeMap<String, Vec<Json>>,
    /// The transition.
    #[serde(default)]
    pub act: Option<Act>,
    /// What it stands for.
    #[serde(default)]
    pub reissues: Option<Reissued>,
    /// The digest of the hours that it approves.
    #[serde(default)]
    pub approves: Option<String>,
    /// It only proposes.
    #[serde(default)]
    pub proposes: bool,
    /// The proposal that it carries out.
    #[serde(default)]
    pub confirms: Option<Reissued>,
    /// What it decides.
    #[serde(default)]
    pub decides: Option<Json>,
    /// Why.
    #[serde(default)]
    pub reason: Option<String>,
}

/// A transition.
#[derive(Debug, Clone, Deserialize)]
pub struct Act {
    /// Its name.
    pub name: String,
}

/// An operation that another stands for, or confirms.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub struct Reissued {
    /// Device.
    pub device: String,
    /// Number.
    pub seq: u64,
    /// Hash of the bytes.
    pub hash: String,
}

/// A stored operation.
#[derive(Debug, Clone)]
pub struct Stored {
    /// Device and number.
    pub dot: Dot,
    /// Hash of its bytes.
    pub hash: String,
    /// Its author's account.
    pub member: MemberId,
    /// First arrival, ms.
    pub arrival_ms: i64,
    /// `accepted`, or the code.
    pub verdict: String,
    /// Accepted, held or quarantined.
    pub fate: Fate,
    /// Place in the unit's log.
    pub pos: Option<u64>,
    /// What it says; nothing of a stub.
    pub said: Option<Said>,
}

/// What became of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It has its effect.
    Accepted,
    /// It waits.
    Held,
    /// It has none.
    Quarantined,
}

impl Stored {
    /// The moment of its writing, which survives every rewriting.
    pub fn mark(&self) -> Option<Mark> {
        self.said.as_ref().map(|said| Mark(said.boot.clone(), said.uptime_ms))
    }
}

/// All operations of the present database.
#[derive(Debug, Default)]
pub struct Log {
    ops: BTreeMap<Dot, Stored>,
    /// How far each feed was read.
    read: BTreeMap<DeviceId, i64>,
    held: Vec<Dot>,
}

impl Log {
    /// Every operation.
    pub fn ops(&self) -> impl Iterator<Item = &Stored> {
        self.ops.values()
    }

    /// One of them.
    pub fn get(&self, device: &str, seq: u64) -> Option<&Stored> {
        self.ops.get(&(device.to_owned(), seq))
    }

    /// Reads what has come and what became of what was held. Answers the operations that are new or decided anew.
    pub fn refresh(&mut self, app: &App) -> Result<Vec<Dot>, StoreError> {
        let known = &self.read;
        let held: Vec<(DeviceId, i64)> = self
            .held
            .iter()
            .map(|(device, seq)| (device.parse().expect("a device's id"), *seq as i64))
            .collect();
        let rows: Vec<OpRow> = app.store.read(|db| {
            let mut rows = Vec::new();
            for device in query!(db, inspect::devices_after(&[], i64::MAX))? {
                let from = known.get(&device.id).copied().unwrap_or(0);
                if device.head_seq > from {
                    rows.extend(query!(db, inspect::ops_after(device.id, from, i64::MAX))?);
                }
            }
            for (device, seq) in held {
                rows.extend(query!(db, feeds::op(device, seq))?);
            }
            Ok::<_, StoreError>(rows)
        })?;
        let mut fresh = Vec::new();
        for row in rows {
            let read = self.read.entry(row.device).or_default();
            *read = (*read).max(row.seq);
            let op = stored(row);
            let changed = self.ops.get(&op.dot).is_none_or(|old| old.verdict != op.verdict);
            if changed {
                fresh.push(op.dot.clone());
                self.ops.insert(op.dot.clone(), op);
            }
        }
        self.held = self
            .ops
            .values()
            .filter(|op| op.fate == Fate::Held)
            .map(|op| op.dot.clone())
            .collect();
        Ok(fresh)
    }
}

fn stored(row: OpRow) -> Stored {
    Stored {
        dot: (row.device.to_string(), row.seq as u64),
        hash: hex::encode(row.hash),
        member: row.member,
        arrival_ms: row.arrival_ms,
        verdict: row.code.unwrap_or_else(|| "accepted".to_owned()),
        fate: match row.state {
            0 => Fate::Accepted,
            1 => Fate::Held,
            _ => Fate::Quarantined,
        },
        pos: row.pos.map(|pos| pos as u64),
        said: serde_json::from_slice(&row.body).ok(),
    }
}
