//! What a server has worked out behind the pushes, held against what another has of the same operations.

use std::collections::{BTreeMap, BTreeSet};

use crate::rows::{Row, Tables};

/// Tables that must be the same, without columns that tell when, or in which order, something was worked out.
const SAME: &[(&str, &[&str])] = &[
    ("op", &[]),
    ("record", &[]),
    ("unit_sum", &[]),
    ("viewer", &[]),
    ("visibility", &[]),
    ("record_link", &[]),
    ("desk_op", &[]),
    ("finding_decision", &[]),
    ("draw", &[]),
    ("attested", &[]),
    ("presence", &[]),
    ("member_point", &[]),
    ("report_place", &[]),
    ("report_link", &[]),
    ("photo_use", &[]),
    ("deadline", &[]),
    ("reconciled", &[]),
    ("claim", &["updated_ms"]),
    ("posting", &["number", "reverses", "posted_ms"]),
];

/// Holds what two servers have against each other.
///
/// # Panics
/// When they have worked out different things.
pub fn same(one: &Tables, other: &Tables) {
    for (table, columns) in SAME {
        alike(table, one.without(table, columns), other.without(table, columns));
    }
    alike("open findings", open(one), open(other));
    alike("what open findings saw", seen(one), seen(other));
    let (ours, theirs) = (told(one), told(other));
    assert_eq!(ours, theirs, "facts");
}

fn alike(what: &str, one: BTreeSet<Row>, other: BTreeSet<Row>) {
    let ours: Vec<_> = one.difference(&other).collect();
    let theirs: Vec<_> = other.difference(&one).collect();
    assert!(
        ours.is_empty() && theirs.is_empty(),
        "{what}: {ours:#?} and {theirs:#?}"
    );
    println!("{what}: {}", one.len());
}

/// The open findings. Those that closed by themselves may never have been open elsewhere.
fn open(tables: &Tables) -> BTreeSet<Row> {
    let mut rows = tables.rows("finding");
    rows.retain(|row| row["closed_ms"] == "-");
    rows.iter_mut().for_each(|row| drop(row.remove("opened_ms")));
    rows.into_iter().collect()
}

fn seen(tables: &Tables) -> BTreeSet<Row> {
    let open: BTreeSet<String> = open(tables).iter().map(|row| row["id"].clone()).collect();
    let mut rows = tables.without("finding_fact", &["updated_ms"]);
    rows.retain(|row| open.contains(&row["finding"]));
    rows
}

/// What stands told of each record: facts that were taken back count no more.
fn told(tables: &Tables) -> BTreeMap<Row, i64> {
    let mut sums = BTreeMap::new();
    for mut row in tables.rows("fact") {
        let sign: i64 = row["sign"].parse().expect("a number");
        row.retain(|name, _| !["number", "sign", "at_ms", "pos"].contains(name));
        *sums.entry(row).or_default() += sign;
    }
    sums.retain(|_, sum| *sum != 0);
    sums
}
