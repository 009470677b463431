//! What a reader holds after pulling, by the protocol's page alone: take the changes in order, keep the cursor,
//! hold the tally against what is held.

use std::collections::BTreeMap;

use serde_json::json;
use sync_protocol::id::{RecordId, UnitCode};
use sync_protocol::sum::Tally;
use sync_protocol::wire::{RecordView, SyncAnswer, UnitChange};

use crate::engine::Engine;
use crate::phones::Phone;

/// Pulled records and cursors.
#[derive(Debug, Clone, Default)]
pub struct Replica {
    /// Records by unit.
    pub units: BTreeMap<UnitCode, BTreeMap<RecordId, RecordView>>,
    /// Cursors by unit.
    pub cursors: BTreeMap<String, String>,
    /// Units that had to start anew.
    pub restarts: usize,
}

impl Replica {
    /// The record, if it is held.
    pub fn record(&self, id: &RecordId) -> Option<&RecordView> {
        self.units.values().find_map(|records| records.get(id))
    }

    /// Every held record.
    pub fn records(&self) -> impl Iterator<Item = &RecordView> {
        self.units.values().flat_map(|records| records.values())
    }

    /// The request for the next page.
    pub fn request(&self, phone: &Phone, max_records: Option<u32>) -> String {
        let mut pull = json!({ "cursors": self.cursors });
        if let Some(most) = max_records {
            pull["max_records"] = most.into();
        }
        json!({ "device": phone.device, "pull": pull }).to_string()
    }

    /// Takes an answer.
    ///
    /// # Panics
    /// When a finished unit's tally differs from what is held.
    pub fn take(&mut self, answer: &SyncAnswer) {
        for unit in &answer.ended {
            self.units.remove(unit);
            self.cursors.remove(unit.as_str());
        }
        for page in &answer.units {
            let held = self.units.entry(page.unit.clone()).or_default();
            if page.restart {
                held.clear();
                self.restarts += 1;
            }
            for change in &page.changes {
                match change {
                    UnitChange::Put(view) => {
                        assert_eq!(view.unit, page.unit);
                        held.insert(view.id, view.clone());
                    }
                    UnitChange::Gone(id) => {
                        held.remove(id);
                    }
                }
            }
            if let Some(cursor) = &page.cursor {
                self.cursors.insert(page.unit.to_string(), cursor.clone());
            }
            if let Some(tally) = &page.tally {
                let mut own = Tally::default();
                held.values().for_each(|view| own.add(&view.id, view.pos));
                assert_eq!(
                    own,
                    *tally,
                    "{} diverged: {:?}",
                    page.unit,
                    held.keys().collect::<Vec<_>>()
                );
            }
        }
    }

    /// Pulls until there is nothing more.
    pub fn pull(&mut self, engine: &Engine, phone: &Phone, max_records: Option<u32>) {
        for page in 0.. {
            assert!(page < 10_000, "a pull does not end");
            let answer = engine
                .sync(phone.holder.member, self.request(phone, max_records))
                .expect("a pull is answered");
            self.take(&answer);
            if !answer.more {
                assert!(
                    answer.units.iter().all(|page| page.tally.is_some()),
                    "the last answer finishes every unit"
                );
                return;
            }
        }
    }
}
