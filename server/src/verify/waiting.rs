//! Held operations, re-issues and kept catalogues.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};
use sync_protocol::catalog::Catalog;
use sync_protocol::id::DeviceId;
use sync_protocol::op::{self, OpName, Parsed};

use super::{Kind, Place, Run};
use crate::query;
use crate::store::column::Fixed;
use crate::store::rows::{GrantRow, OpRow};
use crate::store::{Db, StoreResult};
use crate::sync::{ACCEPTED, HELD};

/// The catalogue version with which the database was served, if this program does not know it.
pub(super) fn newer_catalog(db: &mut Db<'_>, catalog: &Catalog) -> StoreResult<Option<i64>> {
    let newest = query!(db, catalog::newest())?.map(|row| row.version);
    Ok(newest.filter(|version| *version > i64::from(catalog.version())))
}

/// Exactly the held operations stand among the held ones, each on its record.
pub(super) fn held(db: &mut Db<'_>, run: &mut Run<'_>) -> StoreResult<()> {
    type Held = BTreeMap<(DeviceId, i64), Option<Fixed<16>>>;
    let map = |rows: Vec<(Fixed<16>, i64, Option<Fixed<16>>)>| -> Held {
        rows.into_iter()
            .map(|(device, seq, record)| ((device.into(), seq), record))
            .collect()
    };
    let kept = map(query!(db, inspect::held_dots())?);
    let mut held = map(query!(db, inspect::dots_of_state(HELD))?);
    run.count("held operations", kept.len() as u64);
    for ((device, seq), record) in kept {
        if held.remove(&(device, seq)) != Some(record) {
            run.fault(Kind::HeldStray, Place::Op(device, seq));
        }
    }
    for (device, seq) in held.into_keys() {
        run.fault(Kind::HeldMissing, Place::Op(device, seq));
    }
    Ok(())
}

/// Each granted re-issue is made by the accepted operation that it is put down to. That none is granted twice is
/// the table's key.
pub(super) fn reissues(db: &mut Db<'_>, run: &mut Run<'_>) -> StoreResult<()> {
    for device in query!(db, inspect::reissued_devices())? {
        let device = DeviceId::from(device);
        let grants = query!(db, inspect::grants(device))?;
        for grant in &grants {
            let by = query!(db, feeds::op(grant.by_device, grant.by_seq))?;
            if !by.is_some_and(|row| makes(&row, device, grant)) {
                run.fault(Kind::Reissue, Place::Op(device, grant.seq));
            }
        }
        run.count("re-issues", grants.len() as u64);
    }
    Ok(())
}

fn makes(row: &OpRow, device: DeviceId, grant: &GrantRow) -> bool {
    let Some(Parsed::Op(op)) = std::str::from_utf8(&row.body).ok().map(|text| op::read(text).0) else {
        return false;
    };
    let named = OpName {
        device,
        seq: grant.seq as u64,
        hash: grant.hash,
    };
    row.state == ACCEPTED && op.reissues == Some(named)
}

/// The catalogues that phones were given are the ones that are kept.
pub(super) fn catalogs(db: &mut Db<'_>, run: &mut Run<'_>) -> StoreResult<()> {
    for row in query!(db, catalog::all())? {
        run.count("catalogues", 1);
        if <[u8; 32]>::from(Sha256::digest(row.body.as_bytes())) != row.sha256 {
            run.fault(Kind::CatalogHash, Place::Catalog(row.version));
        }
    }
    Ok(())
}
