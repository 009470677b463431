//! Records: histories merge to the same whatever the order, and a packed record is unpacked as it was.

use arbitrary::Unstructured;
use crdts::{CmRDT, CvRDT, Dot};
use sync_protocol::clock::clock_of;
use sync_protocol::id::DeviceId;
use sync_protocol::record::{Change, Record};
use sync_protocol::value::{Instant, Value};

const FIELDS: [&str; 3] = ["note", "outcome", "photos"];

/// The bytes are tried as a packed record, then taken as a history.
pub fn check(data: &[u8]) {
    if let Ok(record) = Record::unpack(data)
        && let Ok(packed) = record.pack()
    {
        assert_eq!(Record::unpack(&packed), Ok(record));
    }
    let history = history(&mut Unstructured::new(data)).unwrap_or_default();
    let record = applied(&history);
    let packed = record.pack().expect("a merged record can be packed");
    assert_eq!(Record::unpack(&packed).as_ref(), Ok(&record));
    order_is_of_no_account(&history, &record);
    states_merge(&history, &record);
}

fn applied<'c>(changes: impl IntoIterator<Item = &'c Change>) -> Record {
    let mut record = Record::default();
    for change in changes {
        assert_eq!(record.validate_op(change), Ok(()));
        record.apply(change.clone());
        let before = record.clone();
        record.apply(change.clone());
        assert_eq!(record, before, "an operation counts once");
    }
    record
}

/// Any two neighbours of which the later has not seen the earlier may change places.
fn order_is_of_no_account(history: &[Change], record: &Record) {
    for at in 1..history.len() {
        let (earlier, later) = (&history[at - 1], &history[at]);
        if earlier.dot.actor != later.dot.actor && later.seen.get(&earlier.dot.actor) < earlier.dot.counter {
            let mut swapped = history.to_vec();
            swapped.swap(at - 1, at);
            assert_eq!(&applied(&swapped), record);
        }
    }
}

/// A state merged with an earlier one, or with itself, is the later one, from either side.
fn states_merge(history: &[Change], record: &Record) {
    for cut in [0, history.len() / 2, history.len()] {
        let part = applied(&history[..cut]);
        assert_eq!(part.validate_merge(record), Ok(()));
        let (mut here, mut there) = (part.clone(), record.clone());
        here.merge(record.clone());
        there.merge(part);
        assert_eq!(&here, record);
        assert_eq!(&there, record);
    }
}

/// A history as a server lets it in: each operation has seen operations that are there before it.
fn history(draw: &mut Unstructured<'_>) -> arbitrary::Result<Vec<Change>> {
    let mut history: Vec<Change> = Vec::new();
    let mut next = [1u64; 4];
    while !draw.is_empty() && history.len() < 24 {
        let device = draw.int_in_range(0..=3usize)?;
        let seq = next[device] + draw.int_in_range(0..=2u64)?;
        next[device] = seq + 1;
        let mut seen = Vec::new();
        for change in &history {
            // What he wrote himself he has seen.
            if change.dot.actor == DeviceId([device as u8; 16]) || draw.arbitrary()? {
                seen.push((change.dot.actor, change.dot.counter));
            }
        }
        let mut change =
            Change::new(Dot::new(DeviceId([device as u8; 16]), seq), clock_of(seen)).at(history.len() as u64 + 1);
        for _ in 0..draw.int_in_range(1..=3)? {
            change = match draw.int_in_range(0..=3)? {
                0 => change.set(FIELDS[0], value(draw)?),
                1 => change.set(FIELDS[1], value(draw)?),
                2 => change.add(FIELDS[2], value(draw)?),
                _ => change.remove(FIELDS[2], value(draw)?),
            };
        }
        if draw.ratio(1, 8)? {
            change.blind.insert((*draw.choose(&FIELDS)?).to_owned());
        }
        history.push(change);
    }
    Ok(history)
}

fn value(draw: &mut Unstructured<'_>) -> arbitrary::Result<Value> {
    Ok(match draw.int_in_range(0..=7)? {
        0 => Value::Null,
        1 => Value::Bool(draw.arbitrary()?),
        2 => Value::Int(draw.arbitrary()?),
        3 => Value::Instant(Instant {
            ms: draw.arbitrary()?,
            offset_s: draw.arbitrary()?,
        }),
        4 => Value::Hash([draw.arbitrary()?; 32]),
        5 => Value::Id(draw.arbitrary()?),
        // Few values, so that equal ones meet.
        _ => Value::Text(draw.choose(&["a", "b", "走访", ""])?.to_string()),
    })
}
