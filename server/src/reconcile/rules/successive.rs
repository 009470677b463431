//! Points of one record and those before and after them, pair by pair.

use super::super::near::{Facts, Near, Stand, Standing};

/// Every pair of successive points of which at least one is the record's own, of those that `counts` takes and that
/// agree in `key`.
pub(super) fn pairs<K: Ord>(
    facts: &Facts,
    near: &Near,
    counts: impl Fn(&Stand) -> bool,
    key: impl Fn(&Stand) -> K,
) -> Vec<(Standing, Standing)> {
    let own = facts.stands.iter().map(|(field, stand)| Standing {
        record: facts.record,
        field: field.clone(),
        stand: *stand,
    });
    let mut all: Vec<Standing> = own
        .chain(near.stands.iter().cloned())
        .filter(|s| counts(&s.stand))
        .collect();
    let order = |s: &Standing| (key(&s.stand), s.stand.at_ms, s.record, s.field.clone());
    all.sort_by_key(order);
    all.dedup();
    let own = |s: &Standing| s.record == facts.record;
    let pair = all
        .windows(2)
        .filter(|pair| key(&pair[0].stand) == key(&pair[1].stand) && (own(&pair[0]) || own(&pair[1])));
    pair.map(|pair| (pair[0].clone(), pair[1].clone())).collect()
}
