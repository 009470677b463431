//! Reading a backup, line by line, with everything that can be told wrong about it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::BackupError;
use super::format::{FORMAT, Header, Trailer, columns, row};
use crate::store::portable::{PortableRow, Table};
use crate::store::{schema_version, schema_versions};

/// Most bytes of a line: far more than any row has, and a bound on what a foreign file can cost.
const MOST: u64 = 1 << 30;

/// A backup file that is being read.
pub struct Reader {
    file: PathBuf,
    lines: BufReader<zstd::stream::read::Decoder<'static, BufReader<File>>>,
    header: Header,
    line: u64,
    buffer: Vec<u8>,
    hash: Sha256,
    rows: BTreeMap<String, u64>,
}

impl Reader {
    /// Opens a backup and reads its header.
    pub fn open(path: &Path) -> Result<Reader, BackupError> {
        let failed = || BackupError::file(path);
        let file = File::open(path).map_err(failed())?;
        let mut raw = BufReader::new(file);
        // zstd's magic number (RFC 8878 section 3.1.1): something else is no backup, rather than a damaged one.
        if !raw.fill_buf().map_err(failed())?.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
            return Err(BackupError::Foreign(path.to_owned()));
        }
        let decoder = zstd::stream::read::Decoder::with_buffer(raw).map_err(failed())?;
        let mut reader = Reader {
            file: path.to_owned(),
            lines: BufReader::new(decoder),
            header: Header {
                format: String::new(),
                created: 0,
                generation: String::new(),
                schema: String::new(),
                tables: BTreeMap::new(),
            },
            line: 0,
            buffer: Vec::new(),
            hash: Sha256::new(),
            rows: BTreeMap::new(),
        };
        reader.read_line()?;
        let foreign = || BackupError::Foreign(path.to_owned());
        let claims: serde_json::Value = serde_json::from_slice(&reader.buffer).map_err(|_| foreign())?;
        if claims["format"] != FORMAT {
            return Err(foreign());
        }
        let header: Header = serde_json::from_value(claims).map_err(|_| reader.damaged("not a header"))?;
        let own = schema_version();
        // An earlier program's backup lacks the tables that came since: they begin empty.
        let known = schema_versions().contains(&header.schema);
        if !known || header.tables != columns(&header.schema) {
            return Err(BackupError::Schema {
                file: path.to_owned(),
                theirs: header.schema,
                own,
            });
        }
        reader.hash.update(&reader.buffer);
        reader.rows = header.tables.keys().map(|table| (table.clone(), 0)).collect();
        reader.header = header;
        Ok(reader)
    }

    /// Its first line.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// How many rows of each table were read so far.
    pub fn rows(&self) -> &BTreeMap<String, u64> {
        &self.rows
    }

    /// The next row; `None` once the trailer was read and everything in it is true.
    pub fn next_row(&mut self) -> Result<Option<(&'static Table, PortableRow)>, BackupError> {
        self.read_line()?;
        if self.buffer.starts_with(b"{\"rows\":") {
            return self.finish().map(|()| None);
        }
        self.hash.update(&self.buffer);
        let (table, row) = row(&self.buffer).map_err(|why| self.damaged(why))?;
        let Some(count) = self.rows.get_mut(table.name) else {
            return Err(self.damaged(format!("a row of {}, which its header does not list", table.name)));
        };
        *count += 1;
        Ok(Some((table, row)))
    }

    /// Reads to the end, so that everything is checked, and keeps nothing.
    pub fn check(mut self) -> Result<(), BackupError> {
        while self.next_row()?.is_some() {}
        Ok(())
    }

    fn finish(&mut self) -> Result<(), BackupError> {
        let trailer: Trailer = serde_json::from_slice(&self.buffer).map_err(|_| self.damaged("not a trailer"))?;
        if trailer.rows != self.rows {
            return Err(self.damaged("the trailer counts other rows"));
        }
        if trailer.sha256 != hex::encode(self.hash.clone().finalize()) {
            return Err(self.damaged("the trailer's hash is not that of the lines before it"));
        }
        self.line += 1;
        let mut rest = [0; 1];
        match self.lines.read(&mut rest) {
            Ok(0) => Ok(()),
            Ok(_) => Err(self.damaged("something follows the trailer")),
            Err(_) => Err(self.damaged("the compressed stream does not end")),
        }
    }

    fn read_line(&mut self) -> Result<(), BackupError> {
        self.line += 1;
        self.buffer.clear();
        let read = (&mut self.lines).take(MOST).read_until(b'\n', &mut self.buffer);
        match read {
            Ok(_) if self.buffer.ends_with(b"\n") => Ok(()),
            Ok(_) => Err(self.damaged("it ends here, before its trailer")),
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                Err(self.damaged("it ends here, before its trailer"))
            }
            Err(error) => Err(self.damaged(format!("it does not inflate ({error})"))),
        }
    }

    fn damaged(&self, why: impl Into<String>) -> BackupError {
        BackupError::Damaged {
            file: self.file.clone(),
            line: self.line,
            why: why.into(),
        }
    }
}
