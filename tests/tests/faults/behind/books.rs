//! What the ledger must say, as the teams who did the work write it down.

use std::collections::BTreeMap;

use sync_protocol::id::RecordId;
use wuyuan_tests::rows::{Row, Tables};

/// The minutes of each session's entries in the order of the ledger, negative where one is taken back.
pub type Books = BTreeMap<RecordId, Vec<i64>>;

/// Every session stands in the ledger as it is in the books, its rounds are counted from one, a reversal takes back the
/// entry of its round, and the numbers have no hole.
pub fn in_the_ledger(tables: &Tables, books: &Books) {
    let ledger = tables.rows("posting");
    let number = |row: &Row, name: &str| row[name].parse::<i64>().expect("a number");
    let numbers: Vec<i64> = ledger.iter().map(|row| number(row, "number")).collect();
    assert_eq!(numbers, (1..=ledger.len() as i64).collect::<Vec<_>>(), "without a hole");
    let mut told: BTreeMap<String, Vec<&Row>> = BTreeMap::new();
    for row in &ledger {
        told.entry(row["session"].clone()).or_default().push(row);
    }
    for (session, minutes) in books {
        let rows = told.remove(&hex::encode(session.0)).unwrap_or_default();
        let posted: Vec<i64> = rows.iter().map(|row| number(row, "minutes")).collect();
        assert_eq!(&posted, minutes, "{session}");
        for (nth, row) in rows.iter().enumerate() {
            assert_eq!(number(row, "round"), nth as i64 / 2 + 1, "{session}");
            let taken_back = (nth % 2 == 1).then(|| rows[nth - 1]["number"].clone());
            assert_eq!(row["reverses"], taken_back.unwrap_or("-".to_owned()), "{session}");
        }
    }
    assert!(told.is_empty(), "sessions of nobody: {told:?}");
    let entries = books.values().map(Vec::len).sum::<usize>();
    println!("{entries} postings of {} sessions", books.len());
}
