//! Writing a backup.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use super::BackupError;
use super::format::{FORMAT, Header, Line, Trailer, columns};
use super::load::folder_of;
use crate::query;
use crate::store::portable::{TABLES, Table};
use crate::store::{Db, Store, schema_version};

/// Rows read at once.
const PAGE: usize = 500;

/// Rows of one table after which the caller hears how far it is.
const TOLD: u64 = 100_000;

/// How hard zstd tries. Most bytes are base64 and signatures: more effort saves little.
const LEVEL: i32 = 3;

/// A backup that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    /// Its first line.
    pub header: Header,
    /// Rows of each table.
    pub rows: BTreeMap<String, u64>,
}

/// The stream of lines, hashed as it is written.
struct Lines<W: Write> {
    out: W,
    hash: Sha256,
}

impl<W: Write> Lines<W> {
    fn write(&mut self, line: &impl serde::Serialize) -> std::io::Result<()> {
        let mut bytes = serde_json::to_vec(line)?;
        bytes.push(b'\n');
        self.hash.update(&bytes);
        self.out.write_all(&bytes)
    }
}

/// Writes the whole database, as it is at this moment, to the new file `target`. A server may go on meanwhile.
/// `tell` hears how many rows of a table are written, now and then and at its end. The file appears under its name only when it is whole and on disk.
pub fn save(store: &Store, target: &Path, now_ms: i64, tell: &mut dyn FnMut(&str, u64)) -> Result<Saved, BackupError> {
    if target.exists() {
        return Err(BackupError::Exists(target.to_owned()));
    }
    let folder = folder_of(target);
    // Beside the target, so that it can be renamed; mode 0600 is this type's own.
    let file = NamedTempFile::with_prefix_in(".wuyuan-backup-", &folder).map_err(BackupError::file(&folder))?;
    let saved = store.read(|db| write(db, &file, target, now_ms, tell))?;
    file.as_file().sync_all().map_err(BackupError::file(target))?;
    file.persist_noclobber(target).map_err(|error| BackupError::File {
        file: target.to_owned(),
        error: error.error,
    })?;
    // The name, too, must survive a power cut.
    File::open(&folder)
        .and_then(|folder| folder.sync_all())
        .map_err(BackupError::file(&folder))?;
    Ok(saved)
}

fn write(
    db: &mut Db<'_>,
    file: &NamedTempFile,
    target: &Path,
    now_ms: i64,
    tell: &mut dyn FnMut(&str, u64),
) -> Result<Saved, BackupError> {
    let failed = || BackupError::file(target);
    let mut encoder = zstd::stream::write::Encoder::new(BufWriter::new(file.as_file()), LEVEL).map_err(failed())?;
    encoder.include_checksum(true).map_err(failed())?;
    let mut lines = Lines {
        out: encoder,
        hash: Sha256::new(),
    };
    let header = Header {
        format: FORMAT.to_owned(),
        created: now_ms,
        generation: query!(db, meta::get("generation"))?.ok_or(BackupError::NoGeneration)?,
        schema: schema_version(),
        tables: columns(&schema_version()),
    };
    lines.write(&header).map_err(failed())?;
    let mut rows = BTreeMap::new();
    for table in TABLES {
        let count = write_table(db, &mut lines, table, target, tell)?;
        tell(table.name, count);
        rows.insert(table.name.to_owned(), count);
    }
    let trailer = Trailer {
        rows: rows.clone(),
        sha256: hex::encode(lines.hash.clone().finalize()),
    };
    lines.write(&trailer).map_err(failed())?;
    let mut buffer = lines.out.finish().map_err(failed())?;
    buffer.flush().map_err(failed())?;
    Ok(Saved { header, rows })
}

fn write_table<W: Write>(
    db: &mut Db<'_>,
    lines: &mut Lines<W>,
    table: &'static Table,
    target: &Path,
    tell: &mut dyn FnMut(&str, u64),
) -> Result<u64, BackupError> {
    let mut count = 0;
    let mut after = None;
    loop {
        let rows = query!(db, portable::page(table, after.as_deref(), PAGE))?;
        let Some(last) = rows.last() else { return Ok(count) };
        after = Some(last.0[..table.keys].to_vec());
        for row in &rows {
            lines.write(&Line(table, row)).map_err(BackupError::file(target))?;
        }
        let before = count;
        count += rows.len() as u64;
        if before / TOLD != count / TOLD {
            tell(table.name, count);
        }
    }
}
