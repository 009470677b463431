//! A backup file. The first byte says what the rest is: the file itself, its inflated lines, or the rows between a
//! good header and a good trailer. With its highest bit set, that header is one of the first schema.

use std::collections::BTreeMap;
use std::io::{BufRead, Write};
use std::path::Path;

use serde_json::json;
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;
use wuyuan_server::backup::{BackupError, Reader};
use wuyuan_server::store::portable::TABLES;
use wuyuan_server::store::schema_version;

/// Nothing of a wrong file is taken, and what is said about it does not repeat its rows.
pub fn check(data: &[u8]) {
    let Some((way, rest)) = data.split_first() else { return };
    match way % 3 {
        0 => {
            let _ = read(rest);
        }
        1 => {
            let _ = read(&deflated(rest));
        }
        _ => {
            let schema = if *way < 128 {
                schema_version()
            } else {
                "0001".to_owned()
            };
            let (lines, counts) = framed(rest, schema);
            let result = read(&deflated(&lines));
            if let Ok(rows) = result {
                assert_eq!(rows, counts, "what is read is what was counted");
            }
            cut_short(&lines);
        }
    }
}

/// The rows of a good file by their tables.
fn read(bytes: &[u8]) -> Result<u64, BackupError> {
    let mut file = NamedTempFile::new().expect("a temporary file");
    file.write_all(bytes).expect("a temporary file can be written");
    let result = rows(file.path());
    if let Err(error) = &result {
        assert!(!matches!(error, BackupError::File { .. }), "{error}");
        if let BackupError::Damaged { line, why, .. } = error {
            assert!(*line > 0 && why.len() < 200, "{why}");
        }
    }
    result
}

fn rows(path: &Path) -> Result<u64, BackupError> {
    let mut reader = Reader::open(path)?;
    let mut rows = 0;
    while let Some((table, row)) = reader.next_row()? {
        assert_eq!(row.0.len(), table.columns.len());
        rows += 1;
    }
    assert_eq!(reader.rows().values().sum::<u64>(), rows);
    Ok(rows)
}

/// The lines of a file with `rows` in it, and how many rows they claim to be.
fn framed(rows: &[u8], schema: String) -> (Vec<u8>, u64) {
    let columns: BTreeMap<&str, Vec<&str>> = TABLES
        .iter()
        .filter(|table| table.is_in(&schema))
        .map(|table| (table.name, table.columns.iter().map(|column| column.name).collect()))
        .collect();
    let header = json!({
        "format": "wuyuan-backup-v1",
        "created": 1_795_305_600_000i64,
        "generation": "g",
        "schema": schema,
        "tables": columns,
    });
    let mut lines = format!("{header}\n").into_bytes();
    lines.extend_from_slice(rows);
    if !lines.ends_with(b"\n") {
        lines.push(b'\n');
    }
    let mut counts: BTreeMap<String, u64> = columns.keys().map(|name| ((*name).to_owned(), 0)).collect();
    let mut whole = 0;
    for line in rows.lines().map_while(Result::ok) {
        if let Ok(row) = serde_json::from_str::<BTreeMap<String, serde_json::Value>>(&line)
            && let Some(name) = row.keys().next()
        {
            *counts.entry(name.clone()).or_default() += 1;
            whole += 1;
        }
    }
    let hash = hex::encode(Sha256::digest(&lines));
    // The reader knows a trailer by its beginning.
    let counts = serde_json::to_string(&counts).expect("counts are JSON");
    lines.extend_from_slice(format!("{{\"rows\":{counts},\"sha256\":\"{hash}\"}}\n").as_bytes());
    (lines, whole)
}

/// Without its end no file is whole.
fn cut_short(lines: &[u8]) {
    let cut = &lines[..lines.len() - 2];
    assert!(read(&deflated(cut)).is_err());
    let deflated = deflated(lines);
    assert!(read(&deflated[..deflated.len() - 1]).is_err());
}

fn deflated(lines: &[u8]) -> Vec<u8> {
    let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 1).expect("an encoder");
    encoder.include_checksum(true).expect("zstd has checksums");
    encoder.write_all(lines).expect("memory can be written");
    encoder.finish().expect("memory can be written")
}
