//! What the committer holds in memory while it judges a batch: everything that the batch touches, read under
//! its locks, and a draft per push that is adopted only when the whole push went well.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use sync_protocol::feed::Hash;
use sync_protocol::id::{DeviceId, MemberId, RecordId, Seq};
use sync_protocol::sum::Tally;

use super::merged::{Before, Merged, unpack};
use super::rows::{FindingRow, Rows, write};
use crate::query;
use crate::store::bulk::{Bulk, Column, Verb};
use crate::store::rows::{AppointmentRow, DeviceRow, RecordRow};
use crate::store::{Db, StoreError, StoreResult};

/// State that pushes read and change. Each push works on a copy of what it touches.
#[derive(Debug, Default)]
pub(super) struct Working {
    pub devices: HashMap<DeviceId, DeviceRow>,
    pub heads: HashMap<String, i64>,
    pub sums: HashMap<(String, String), Tally>,
    /// Shared, for judging an operation reads them several times and changes one.
    pub records: HashMap<RecordId, Arc<Merged>>,
    /// Records that were read beside the batch and are unchanged.
    pub looked_at: HashMap<RecordId, Arc<Merged>>,
    pub reissued: HashSet<(DeviceId, Seq, Hash)>,
    /// Operations that this batch held, by device and record.
    pub held: HashMap<(DeviceId, RecordId), BTreeSet<Seq>>,
    /// Operations of this batch that name a record: they are not in the store yet.
    pub placed: HashSet<(DeviceId, Seq, RecordId)>,
    /// Operations of this batch that name no record, because they cannot be read.
    pub unplaced: HashSet<(DeviceId, Seq)>,
    /// All operations of this batch.
    pub new: HashSet<(DeviceId, Seq, Hash)>,
    /// Records that a quarantined operation of this batch names.
    pub quarantined: HashSet<RecordId>,
}

/// Everything that a batch has read.
#[derive(Debug, Default)]
pub(super) struct Loaded {
    pub working: Working,
    pub before: HashMap<RecordId, Before>,
    pub appointments: HashMap<MemberId, Vec<AppointmentRow>>,
    /// Devices that hold something back from before this batch.
    pub holding: HashSet<DeviceId>,
    /// Proposals that waited for another member before this batch, by record.
    pub awaiting: HashMap<RecordId, Vec<FindingRow>>,
    pub rows: Rows,
    /// What the batch changed and must write at its end.
    pub changed: Changed,
}

/// Keys of what a batch changed.
#[derive(Debug, Default)]
pub(super) struct Changed {
    pub devices: BTreeSet<DeviceId>,
    pub units: BTreeSet<String>,
    pub sums: BTreeSet<(String, String)>,
    pub records: BTreeSet<RecordId>,
}

/// One push's view of a batch: its own changes over what the batch holds.
pub(super) struct Draft<'a> {
    pub loaded: &'a Loaded,
    pub own: Working,
    /// What records that this push alone read had before it.
    pub before: HashMap<RecordId, Before>,
    pub rows: Rows,
}

/// A draft without its view, ready to be adopted.
pub(super) struct Finished {
    own: Working,
    before: HashMap<RecordId, Before>,
    rows: Rows,
}

impl<'a> Draft<'a> {
    pub fn new(loaded: &'a Loaded) -> Draft<'a> {
        Draft {
            loaded,
            own: Working::default(),
            before: HashMap::new(),
            rows: Rows::default(),
        }
    }

    pub fn device(&self, id: &DeviceId) -> Option<&DeviceRow> {
        self.own.devices.get(id).or_else(|| self.loaded.working.devices.get(id))
    }

    pub fn record(&self, id: &RecordId) -> Option<&Arc<Merged>> {
        let own = self.own.records.get(id).or_else(|| self.own.looked_at.get(id));
        own.or_else(|| self.loaded.working.records.get(id))
            .or_else(|| self.loaded.working.looked_at.get(id))
    }

    pub fn is_reissued(&self, key: &(DeviceId, Seq, Hash)) -> bool {
        self.own.reissued.contains(key) || self.loaded.working.reissued.contains(key)
    }

    /// The record, read if the batch has not read it yet. Its unit is locked by the batch.
    pub fn fetch(&mut self, db: &mut Db<'_>, id: &RecordId) -> StoreResult<Option<&Arc<Merged>>> {
        if self.record(id).is_none() {
            let rows = query!(db, records::by_ids(&[id.0.as_slice()]))?;
            self.take_in(db, rows)?;
        }
        Ok(self.record(id))
    }

    /// Takes in rows that were read beside the batch, those left out that it holds already. They count as
    /// changed only when they are changed.
    pub fn take_in(&mut self, db: &mut Db<'_>, rows: Vec<RecordRow>) -> StoreResult<()> {
        let unknown = rows.into_iter().filter(|row| self.record(&row.id).is_none()).collect();
        for (id, record, before) in unpack(db, unknown)? {
            self.own.looked_at.insert(id, Arc::new(record));
            self.before.insert(id, before);
        }
        Ok(())
    }

    /// Whether the operation is of this batch and names the record.
    pub fn is_placed(&self, device: DeviceId, seq: Seq, record: RecordId) -> bool {
        let key = (device, seq, record);
        self.own.placed.contains(&key) || self.loaded.working.placed.contains(&key)
    }

    /// Whether the operation came in this batch.
    pub fn is_new(&self, key: &(DeviceId, Seq, Hash)) -> bool {
        self.own.new.contains(key) || self.loaded.working.new.contains(key)
    }

    /// Whether the operation is of this batch and could not be read, so that nobody knows its record.
    pub fn is_unplaced(&self, device: DeviceId, seq: Seq) -> bool {
        self.own.unplaced.contains(&(device, seq)) || self.loaded.working.unplaced.contains(&(device, seq))
    }

    /// Whether a quarantined operation of this batch names the record.
    pub fn is_quarantined(&self, record: &RecordId) -> bool {
        self.own.quarantined.contains(record) || self.loaded.working.quarantined.contains(record)
    }

    /// Whether this batch itself held an earlier operation of the device on the record, and has not `released` it.
    pub fn held_in_batch(&self, device: DeviceId, record: RecordId, seq: Seq, released: impl Fn(Seq) -> bool) -> bool {
        let held = [&self.own.held, &self.loaded.working.held];
        let earlier = held
            .into_iter()
            .filter_map(|held| held.get(&(device, record)))
            .flat_map(|seqs| seqs.range(..seq));
        earlier.into_iter().any(|s| !released(*s))
    }

    /// Whether this batch holds the operation, which names the record.
    pub fn is_held(&self, device: DeviceId, seq: Seq, record: RecordId) -> bool {
        let held = [&self.own.held, &self.loaded.working.held];
        held.into_iter()
            .any(|held| held.get(&(device, record)).is_some_and(|seqs| seqs.contains(&seq)))
    }

    /// Whether the batch has locked the unit.
    pub fn is_locked(&self, unit: &str) -> bool {
        self.loaded.working.heads.contains_key(unit)
    }

    /// The next place in a unit's log. The unit is locked: nobody else takes one until this commits.
    pub fn next_pos(&mut self, unit: &str) -> StoreResult<i64> {
        let head = self.own.heads.get(unit).or_else(|| self.loaded.working.heads.get(unit));
        let next = head.ok_or(StoreError::Internal)? + 1;
        self.own.heads.insert(unit.to_owned(), next);
        Ok(next)
    }

    /// Moves a record in its unit's sum, from the place it had, if it had one.
    pub fn move_in_sum(&mut self, id: RecordId, record: &Merged, from: Option<i64>) {
        let key = (record.unit.clone(), record.kind.clone());
        let mut tally = self
            .own
            .sums
            .get(&key)
            .or_else(|| self.loaded.working.sums.get(&key))
            .copied()
            .unwrap_or_default();
        if let Some(from) = from {
            tally.remove(&id, from as u64);
        }
        tally.add(&id, record.pos as u64);
        self.own.sums.insert(key, tally);
    }

    pub fn finish(self) -> Finished {
        Finished {
            own: self.own,
            before: self.before,
            rows: self.rows,
        }
    }
}

impl Loaded {
    /// Takes over what one push did.
    pub fn adopt(&mut self, finished: Finished) {
        let Finished { own, before, rows } = finished;
        self.before.extend(before);
        self.changed.devices.extend(own.devices.keys().copied());
        self.changed.units.extend(own.heads.keys().cloned());
        self.changed.sums.extend(own.sums.keys().cloned());
        self.changed.records.extend(own.records.keys().copied());
        self.working.devices.extend(own.devices);
        self.working.heads.extend(own.heads);
        self.working.sums.extend(own.sums);
        self.working.looked_at.extend(own.looked_at);
        self.working.records.extend(own.records);
        self.working.reissued.extend(own.reissued);
        for (key, seqs) in own.held {
            self.working.held.entry(key).or_default().extend(seqs);
        }
        self.working.placed.extend(own.placed);
        self.working.quarantined.extend(own.quarantined);
        self.working.unplaced.extend(own.unplaced);
        self.working.new.extend(own.new);
        self.rows.append(rows);
    }

    /// Writes everything that the batch adopted.
    pub fn write(&self, db: &mut Db<'_>) -> StoreResult<()> {
        self.write_records(db)?;
        self.write_sight(db)?;
        self.rows.write(db)?;
        self.write_sums(db)?;
        self.write_heads(db)
    }

    fn write_records(&self, db: &mut Db<'_>) -> StoreResult<()> {
        let mut packed = Vec::with_capacity(self.changed.records.len());
        for id in &self.changed.records {
            let record = self.working.records.get(id).ok_or(StoreError::Internal)?;
            packed.push((id, record, record.state.pack().map_err(|_| StoreError::Internal)?));
        }
        let is_known = |id: &RecordId| self.before.contains_key(id);
        for (verb, known) in [(Verb::Insert, false), (Verb::Update, true)] {
            let rows: Vec<_> = packed.iter().filter(|(id, _, _)| is_known(id) == known).collect();
            let mut columns = vec![(
                "id",
                Column::Bytes(rows.iter().map(|r| Some(r.0.0.as_slice())).collect()),
            )];
            if !known {
                columns.push((
                    "kind",
                    Column::Text(rows.iter().map(|r| Some(r.1.kind.as_str())).collect()),
                ));
                columns.push((
                    "unit",
                    Column::Text(rows.iter().map(|r| Some(r.1.unit.as_str())).collect()),
                ));
                columns.push((
                    "creator",
                    Column::Bytes(rows.iter().map(|r| Some(r.1.creator.0.as_slice())).collect()),
                ));
            }
            columns.push(("pos", Column::Long(rows.iter().map(|r| Some(r.1.pos)).collect())));
            columns.push((
                "state",
                Column::Bytes(rows.iter().map(|r| Some(r.2.as_slice())).collect()),
            ));
            write(db, &Bulk::new(verb, "record", 1, columns))?;
        }
        Ok(())
    }

    fn write_sight(&self, db: &mut Db<'_>) -> StoreResult<()> {
        let nothing = Before::default();
        let (mut seers, mut unseers, mut links, mut unlinks) = (vec![], vec![], vec![], vec![]);
        for id in &self.changed.records {
            let record = self.working.records.get(id).ok_or(StoreError::Internal)?;
            let before = self.before.get(id).unwrap_or(&nothing);
            seers.extend(
                record
                    .viewers
                    .difference(&before.viewers)
                    .map(|m| (m, record.unit.as_str(), id)),
            );
            unseers.extend(
                before
                    .viewers
                    .difference(&record.viewers)
                    .map(|m| (m, record.unit.as_str(), id)),
            );
            links.extend(record.links.difference(&before.links).map(|target| (id, target)));
            unlinks.extend(before.links.difference(&record.links).map(|target| (id, target)));
        }
        for (verb, rows) in [(Verb::Delete, &unseers), (Verb::Insert, &seers)] {
            let columns = vec![
                (
                    "member",
                    Column::Bytes(rows.iter().map(|r| Some(r.0.0.as_slice())).collect()),
                ),
                ("unit", Column::Text(rows.iter().map(|r| Some(r.1)).collect())),
                (
                    "record",
                    Column::Bytes(rows.iter().map(|r| Some(r.2.0.as_slice())).collect()),
                ),
            ];
            write(db, &Bulk::new(verb, "viewer", 3, columns))?;
        }
        for (verb, rows) in [(Verb::Delete, &unlinks), (Verb::Insert, &links)] {
            let columns = vec![
                (
                    "source",
                    Column::Bytes(rows.iter().map(|r| Some(r.0.0.as_slice())).collect()),
                ),
                (
                    "target",
                    Column::Bytes(rows.iter().map(|r| Some(r.1.0.as_slice())).collect()),
                ),
            ];
            write(db, &Bulk::new(verb, "record_link", 2, columns))?;
        }
        Ok(())
    }

    fn write_sums(&self, db: &mut Db<'_>) -> StoreResult<()> {
        let mut rows = Vec::with_capacity(self.changed.sums.len());
        for key in &self.changed.sums {
            let tally = self.working.sums.get(key).ok_or(StoreError::Internal)?;
            rows.push((key, tally.count as i64, tally.sum.to_be_bytes()));
        }
        let columns = vec![
            (
                "unit",
                Column::Text(rows.iter().map(|r| Some(r.0.0.as_str())).collect()),
            ),
            (
                "kind",
                Column::Text(rows.iter().map(|r| Some(r.0.1.as_str())).collect()),
            ),
            ("records", Column::Long(rows.iter().map(|r| Some(r.1)).collect())),
            (
                "sum",
                Column::Bytes(rows.iter().map(|r| Some(r.2.as_slice())).collect()),
            ),
        ];
        write(db, &Bulk::new(Verb::Upsert, "unit_sum", 2, columns))
    }

    fn write_heads(&self, db: &mut Db<'_>) -> StoreResult<()> {
        let mut units = Vec::with_capacity(self.changed.units.len());
        for code in &self.changed.units {
            units.push((
                code.as_str(),
                *self.working.heads.get(code).ok_or(StoreError::Internal)?,
            ));
        }
        let columns = vec![
            ("code", Column::Text(units.iter().map(|r| Some(r.0)).collect())),
            ("head", Column::Long(units.iter().map(|r| Some(r.1)).collect())),
        ];
        write(db, &Bulk::new(Verb::Update, "unit", 1, columns))?;
        let mut rows = Vec::with_capacity(self.changed.devices.len());
        for id in &self.changed.devices {
            rows.push(self.working.devices.get(id).ok_or(StoreError::Internal)?);
        }
        let columns = vec![
            (
                "id",
                Column::Bytes(rows.iter().map(|r| Some(r.id.0.as_slice())).collect()),
            ),
            (
                "head_seq",
                Column::Long(rows.iter().map(|r| Some(r.head_seq)).collect()),
            ),
            (
                "head_hash",
                Column::Bytes(rows.iter().map(|r| Some(r.head_hash.as_slice())).collect()),
            ),
            (
                "closed_code",
                Column::Text(rows.iter().map(|r| r.closed_code.as_deref()).collect()),
            ),
            ("synced_ms", Column::Long(rows.iter().map(|r| r.synced_ms).collect())),
            (
                "clock_offset_ms",
                Column::Long(rows.iter().map(|r| r.clock_offset_ms).collect()),
            ),
        ];
        write(db, &Bulk::new(Verb::Update, "device", 1, columns))
    }
}
