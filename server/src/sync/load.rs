//! Reading what a batch touches, in the order of locks: devices, then units, each sorted, then records.

use std::collections::BTreeSet;
use std::sync::Arc;

use sync_protocol::id::{DeviceId, MemberId, RecordId, UnitCode};
use sync_protocol::op::Parsed;
use sync_protocol::sum::Tally;

use super::batch::Loaded;
use super::envelope::PreparedOp;
use super::findings::AWAITS;
use super::merged::unpack;
use super::rows::FindingRow;
use crate::query;
use crate::store::{Db, StoreError, StoreResult};

/// What a batch is going to touch.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    pub devices: BTreeSet<DeviceId>,
    pub members: BTreeSet<MemberId>,
    pub units: BTreeSet<UnitCode>,
    pub records: BTreeSet<RecordId>,
}

impl Wanted {
    /// Adds what one operation touches, its links and the units of the findings that it decides included. A finding's
    /// unit never changes; one that is made before the locks are taken is decided another time.
    pub fn op(&mut self, db: &mut Db<'_>, prepared: &PreparedOp) -> StoreResult<()> {
        let Parsed::Op(op) = &prepared.parsed else {
            return Ok(());
        };
        self.units.insert(op.unit.clone());
        self.records.insert(op.record);
        if let Ok(typed) = &prepared.typed {
            self.records.extend(typed.links.iter().map(|(_, id)| *id));
        }
        if let Some(decides) = &op.decides {
            let ids: Vec<Vec<u8>> = decides.findings.keys().filter_map(|id| hex::decode(id).ok()).collect();
            let ids: Vec<&[u8]> = ids.iter().map(Vec::as_slice).collect();
            let found = query!(db, findings::by_ids(&ids))?;
            let units = found.into_iter().filter_map(|row| row.unit?.parse().ok());
            self.units.extend(units);
        }
        Ok(())
    }
}

/// Locks and reads.
pub(super) fn load(db: &mut Db<'_>, wanted: &Wanted) -> StoreResult<Loaded> {
    let mut loaded = Loaded::default();
    let devices: Vec<&[u8]> = wanted.devices.iter().map(|id| id.0.as_slice()).collect();
    for row in query!(db, locks::devices(&devices))? {
        loaded.working.devices.insert(row.id, row);
    }
    let units: Vec<&str> = wanted.units.iter().map(UnitCode::as_str).collect();
    for row in query!(db, locks::units(&units))? {
        loaded.working.heads.insert(row.code.as_str().to_owned(), row.head);
    }
    for row in query!(db, records::sums(&units))? {
        let tally = Tally {
            count: row.records as u64,
            sum: u128::from_be_bytes(row.sum),
        };
        loaded.working.sums.insert((row.unit, row.kind), tally);
    }
    let members: Vec<&[u8]> = wanted.members.iter().map(|id| id.0.as_slice()).collect();
    for row in query!(db, feeds::appointments(&members))? {
        loaded.appointments.entry(row.member).or_default().push(row);
    }
    if query!(db, feeds::any_held())? {
        for id in query!(db, feeds::devices_with_held(&devices))? {
            loaded
                .holding
                .insert(DeviceId(id.try_into().map_err(|_| StoreError::Corrupt)?));
        }
    }
    for row in query!(db, feeds::reissued(&devices))? {
        loaded.working.reissued.insert((row.device, row.seq as u64, row.hash));
    }
    for row in query!(db, findings::open_in(&units, AWAITS))? {
        let row = FindingRow::from(row);
        if let Some(record) = row.record.filter(|record| wanted.records.contains(record)) {
            loaded.awaiting.entry(record).or_default().push(row);
        }
    }
    let ids: Vec<&[u8]> = wanted.records.iter().map(|id| id.0.as_slice()).collect();
    let rows = query!(db, records::by_ids(&ids))?;
    for (id, record, before) in unpack(db, rows)? {
        loaded.working.records.insert(id, Arc::new(record));
        loaded.before.insert(id, before);
    }
    Ok(loaded)
}
