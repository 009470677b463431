//! What the figures count, told from records: who did what, when, of which sort and how much.
//!
//! Facts are kept like postings of a ledger. What is told from a record now is compared with what was told before; what
//! has come is added, what has gone is taken back by a row of its own, and no row is ever changed. So the sum over all
//! rows up to a number is what was known then, whatever is written later.

mod hours;
mod leads;
mod people;
mod service;
mod told;

use std::collections::{BTreeMap, HashMap};

use sync_protocol::id::RecordId;

use crate::derived::{Law, Story};
use crate::query;
use crate::store::bulk::{Bulk, Column, Verb};
use crate::store::rows::FactRow;
use crate::store::{Db, StoreResult};

pub use told::{Fact, tell};

/// Raised when other facts are told from the same records.
pub const VERSION: u32 = 2;

/// The name of the facts' dense order.
pub const ORDER: &str = "fact";

/// A row to be written: a record's story, what is told, and whether it comes or goes.
type Change<'s> = (&'s Story<'s>, Fact, i32);

/// Writes what has come and takes back what has gone since the records were last told.
pub fn write(db: &mut Db<'_>, law: &Law, stories: &[Story<'_>]) -> StoreResult<()> {
    let ids: Vec<&[u8]> = stories.iter().map(|story| story.row.id.0.as_slice()).collect();
    let mut before: HashMap<RecordId, BTreeMap<Fact, i64>> = HashMap::new();
    for row in query!(db, facts::of_records(&ids))? {
        let sign = i64::from(row.sign);
        *before.entry(row.record).or_default().entry(known(row)).or_default() += sign;
    }
    let mut changes: Vec<Change<'_>> = Vec::new();
    for story in stories {
        let mut balance = before.remove(&story.row.id).unwrap_or_default();
        balance.values_mut().for_each(|net| *net = -*net);
        for fact in tell(law, story) {
            *balance.entry(fact).or_default() += 1;
        }
        for (fact, net) in balance {
            let sign = if net < 0 { -1 } else { 1 };
            changes.extend((0..net.abs()).map(|_| (story, fact.clone(), sign)));
        }
    }
    insert(db, &changes)
}

/// What a stored row tells.
pub(crate) fn known(row: FactRow) -> Fact {
    Fact {
        code: row.code,
        day: row.day,
        dim: row.dim,
        who: row.who.map(|who| who.0),
        value: row.value,
    }
}

fn insert(db: &mut Db<'_>, changes: &[Change<'_>]) -> StoreResult<()> {
    if changes.is_empty() {
        return Ok(());
    }
    let many = changes.len() as i64;
    let first = query!(db, figures::take(ORDER, many))? - many + 1;
    let text =
        |get: for<'c> fn(&'c Change<'_>) -> &'c str| Column::Text(changes.iter().map(|c| Some(get(c))).collect());
    let long = |get: fn(&Change<'_>) -> i64| Column::Long(changes.iter().map(|c| Some(get(c))).collect());
    let columns = vec![
        ("number", Column::Long((first..first + many).map(Some).collect())),
        (
            "record",
            Column::Bytes(changes.iter().map(|c| Some(c.0.row.id.0.as_slice())).collect()),
        ),
        ("code", text(|c| &c.1.code)),
        ("unit", text(|c| &c.0.row.unit)),
        ("day", long(|c| c.1.day)),
        ("dim", text(|c| &c.1.dim)),
        (
            "who",
            Column::Bytes(
                changes
                    .iter()
                    .map(|c| c.1.who.as_ref().map(|who| who.as_slice()))
                    .collect(),
            ),
        ),
        ("value", long(|c| c.1.value)),
        ("sign", Column::Int(changes.iter().map(|c| Some(c.2)).collect())),
        ("at_ms", long(|c| c.0.changed_ms)),
        ("pos", long(|c| c.0.row.pos)),
    ];
    query!(db, locks::write(&Bulk::new(Verb::Insert, "fact", 1, columns)))
}
