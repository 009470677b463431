//! Rows of blobs on their way into a restored database, with their bytes.

use std::collections::HashSet;

use super::BackupError;
use super::restore::Bytes;
use crate::blobs::direct::{CarryError, Open};
use crate::blobs::shelf::ShelfError;
use crate::store::StoreError;
use crate::store::portable::{PortableRow, Table, Value};
use crate::verify::{Fault, Kind, Place};

/// What becomes of the blobs of one restore.
pub(super) struct Blobs<'b> {
    bytes: Bytes<'b>,
    open: Option<Open<'b>>,
    /// How many came with their bytes.
    pub brought: u64,
    /// Those that did not come.
    pub left_out: HashSet<Vec<u8>>,
}

/// The columns of `blob` that are looked at, by their places.
struct Columns {
    sha256: usize,
    bytes: usize,
    sm3: usize,
    object: usize,
}

impl Columns {
    fn of(table: &Table) -> Option<Columns> {
        let place = |name: &str| table.columns.iter().position(|column| column.name == name);
        Some(Columns {
            sha256: place("sha256")?,
            bytes: place("bytes")?,
            sm3: place("sm3")?,
            object: place("object")?,
        })
    }
}

impl<'b> Blobs<'b> {
    pub fn new(bytes: Bytes<'b>) -> Blobs<'b> {
        Blobs {
            bytes,
            open: None,
            brought: 0,
            left_out: HashSet::new(),
        }
    }

    /// The row as it is inserted, or nothing if its blob is left out. Other tables' rows stay as they are.
    pub fn bring(&mut self, table: &'static Table, row: PortableRow) -> Result<Option<PortableRow>, BackupError> {
        match table.name {
            "blob" => self.blob(table, row),
            // It comes after its blob.
            "collection" => {
                let of_missing = matches!(row.0.first(), Some(Value::Bytes(hash)) if self.left_out.contains(hash));
                Ok((!of_missing).then_some(row))
            }
            _ => Ok(Some(row)),
        }
    }

    fn blob(&mut self, table: &'static Table, mut row: PortableRow) -> Result<Option<PortableRow>, BackupError> {
        let columns = Columns::of(table).ok_or(StoreError::Internal)?;
        let (Value::Bytes(hash), Value::Long(bytes), Value::Bytes(sm3)) =
            (&row.0[columns.sha256], &row.0[columns.bytes], &row.0[columns.sm3])
        else {
            return Err(StoreError::Corrupt.into());
        };
        let sha256 = <[u8; 32]>::try_from(hash.as_slice()).map_err(|_| StoreError::Corrupt)?;
        let mut kind = Kind::BlobMissing;
        let mut object = None;
        if let Some(mut file) = self.bytes.shelf.open(&sha256)? {
            let vault = match &self.open {
                Some(vault) => vault,
                None => self.open.insert(self.bytes.vault.open()?),
            };
            let right = |found: &crate::blobs::digest::Found| {
                found.sha256 == sha256 && found.bytes == bytes.unsigned_abs() && found.sm3[..] == sm3[..]
            };
            kind = Kind::BlobBytes;
            object = vault.carry_in(&mut file, right).map_err(|error| match error {
                CarryError::Vault(error) => BackupError::from(error),
                CarryError::File(error) => ShelfError::at(self.bytes.shelf.folder())(error).into(),
            })?;
        }
        let Some(object) = object else {
            let place = Place::Blob(sha256);
            (self.bytes.tell)(&Fault { kind, place });
            self.left_out.insert(sha256.to_vec());
            return Ok(None);
        };
        self.brought += 1;
        row.0[columns.object] = Value::Text(object);
        Ok(Some(row))
    }
}
