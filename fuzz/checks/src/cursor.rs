//! Cursors: only what this server made for that very unit is read.

use arbitrary::Unstructured;
use sync_protocol::id::UnitCode;
use wuyuan_server::sync::SyncError;
use wuyuan_server::sync::cursor::{Cursor, CursorKey};

/// The bytes are tried as a cursor, then taken as what a real one says and how it is tampered with.
pub fn check(data: &[u8]) {
    let key = CursorKey::new([7; 32]);
    let here: UnitCode = "350111001026".parse().expect("a unit");
    if let Some(text) = crate::text(data) {
        read(&key, &here, text);
    }
    let mut draw = Unstructured::new(data);
    let unit = format!("{:012}", draw.int_in_range(0..=999_999_999_999u64).unwrap_or(0));
    let unit: UnitCode = unit.parse().expect("twelve digits are a unit");
    let cursor = Cursor {
        generation: draw.arbitrary().unwrap_or_default(),
        fingerprint: draw.arbitrary().unwrap_or_default(),
        pos: draw.arbitrary().unwrap_or_default(),
    };
    let made = key.make(&unit, &cursor).expect("any place has a cursor");
    assert_eq!(key.read(&unit, &made), Ok(cursor));
    if unit != here {
        assert_eq!(key.read(&here, &made), Err(SyncError::CursorForged));
    }
    assert_eq!(CursorKey::new([8; 32]).read(&unit, &made), Err(SyncError::CursorForged));

    let mut tampered = made.clone().into_bytes();
    let at = draw.choose_index(tampered.len()).unwrap_or(0);
    tampered[at] = draw.arbitrary().unwrap_or(0);
    if let Ok(tampered) = String::from_utf8(tampered)
        && tampered != made
    {
        assert_eq!(key.read(&unit, &tampered), Err(SyncError::CursorForged), "{tampered}");
    }
    let longer = format!("{made}{}", String::from_utf8_lossy(draw.take_rest()));
    if longer != made {
        assert_eq!(key.read(&unit, &longer), Err(SyncError::CursorForged), "{longer}");
    }
}

/// A cursor has one spelling, and a refusal does not repeat it.
fn read(key: &CursorKey, unit: &UnitCode, text: &str) {
    match key.read(unit, text) {
        Ok(cursor) => assert_eq!(key.make(unit, &cursor).as_deref(), Ok(text)),
        Err(error) => assert_eq!(error, SyncError::CursorForged),
    }
}
