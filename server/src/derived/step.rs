//! The follower's step that tells records' deadlines and facts.

use sync_protocol::id::RecordId;

use super::{Law, story};
use crate::deadlines;
use crate::figures::facts;
use crate::query;
use crate::reconcile::step::{Step, Turn};
use crate::store::rows::RecordRow;
use crate::store::{Db, Store, StoreResult};

/// The fact of the server that says by what law everything was told.
const BASIS: &str = "told_by";

/// Tells records' deadlines and facts.
pub struct Tell(pub Law);

impl Step for Tell {
    fn name(&self) -> &'static str {
        "deadlines and figures"
    }

    fn derive(&self, db: &mut Db<'_>, _: &Turn<'_>, records: &[RecordRow]) -> StoreResult<()> {
        let stories = story::tell(db, &self.0, records)?;
        let ids: Vec<RecordId> = stories.iter().map(|story| story.row.id).collect();
        let due = stories
            .iter()
            .flat_map(|story| deadlines::derive(&self.0, story))
            .collect();
        deadlines::write(db, &ids, due)?;
        facts::write(db, &self.0, &stories)
    }
}

/// Whether what is stored was told by this law.
pub(crate) fn is_told_by(db: &mut Db<'_>, law: &Law) -> StoreResult<bool> {
    Ok(query!(db, meta::get(BASIS))? == Some(law.basis()))
}

/// Lets the follower look at everything again if it was told by another law. Called when a server starts.
pub fn begin(store: &Store, law: &Law) -> StoreResult<()> {
    if store.read(|db| is_told_by(db, law))? {
        return Ok(());
    }
    let basis = law.basis();
    store.write(|db| {
        query!(db, reconcile::begin_anew())?;
        query!(db, meta::put(BASIS, &basis))
    })
}
