//! The folder of originals beside the phone's file: `<file>.photos/<sha256>`, encrypted ones as `<sha256>.sealed`,
//! unfinished copies as `<random>.part`.
//!
//! A copy that somebody is making is locked; one whose maker is gone is not, and the next opening removes it. Originals
//! that no operation names are left from a save that never came to be.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use sync_protocol::feed::Hash;
use sync_protocol::wire::parse_hash;

use super::sealed;
use crate::store::{Store, StoreError, account, photos};

const SEALED: &str = ".sealed";
const PART: &str = ".part";

/// The folder.
#[derive(Debug, Clone)]
pub(crate) struct Folder(PathBuf);

/// An original that is not as it was taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unsound {
    Missing,
    Damaged,
}

impl From<io::Error> for Unsound {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::NotFound => Unsound::Missing,
            _ => Unsound::Damaged,
        }
    }
}

impl Folder {
    /// Of the phone that is kept in the file `phone`.
    pub fn beside(phone: &Path) -> Folder {
        let mut name = phone.as_os_str().to_owned();
        name.push(".photos");
        Folder(PathBuf::from(name))
    }

    /// Where the original lies open.
    fn open_path(&self, sha256: &Hash) -> PathBuf {
        self.0.join(hex::encode(sha256))
    }

    /// Where it lies encrypted.
    fn sealed_path(&self, sha256: &Hash) -> PathBuf {
        self.0.join(format!("{}{SEALED}", hex::encode(sha256)))
    }

    /// A new unfinished copy, locked for as long as its handle lives.
    pub fn part(&self, name: &[u8; 16]) -> Result<(PathBuf, File), StoreError> {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.0)?;
        let path = self.0.join(format!("{}{PART}", hex::encode(name)));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path)?;
        file.lock()?;
        Ok((path, file))
    }

    /// Puts a finished copy, whose bytes are durable, in its place, durably. It may be there from an earlier save.
    pub fn place(&self, part: &Path, sha256: &Hash) -> Result<(), StoreError> {
        match fs::rename(part, self.open_path(sha256)) {
            Err(error) if error.kind() == ErrorKind::NotFound && self.holds(sha256) => Ok(()),
            Err(error) => Err(error.into()),
            Ok(()) => self.sync(),
        }
    }

    fn holds(&self, sha256: &Hash) -> bool {
        self.open_path(sha256).exists() || self.sealed_path(sha256).exists()
    }

    /// Takes back what was placed for a save that did not come to be.
    pub fn take_back(&self, part: &Path, sha256: &Hash) -> Result<(), StoreError> {
        match fs::rename(self.open_path(sha256), part) {
            // Another process has cleared it away.
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Makes the names in the folder durable.
    fn sync(&self) -> Result<(), StoreError> {
        #[cfg(unix)]
        File::open(&self.0)?.sync_all()?;
        Ok(())
    }

    /// At most `most` bytes of the original from `offset` on; it has `bytes` in all. Encrypted or not, it is found.
    pub fn read(
        &self,
        key: &[u8; 32],
        sha256: &Hash,
        bytes: u64,
        offset: u64,
        most: usize,
    ) -> Result<Vec<u8>, Unsound> {
        let length = (bytes.saturating_sub(offset)).min(most as u64) as usize;
        let mut file = match File::open(self.open_path(sha256)) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let mut file = File::open(self.sealed_path(sha256))?;
                return sealed::read(key, sha256, &mut file, bytes, offset, length);
            }
            opened => opened?,
        };
        file.seek(SeekFrom::Start(offset))?;
        let mut piece = vec![0; length];
        // Shorter than it was: not the original any more.
        file.read_exact(&mut piece).map_err(|_| Unsound::Damaged)?;
        Ok(piece)
    }

    /// Whether the original, of `bytes`, still has its hash.
    pub fn verify(&self, key: &[u8; 32], sha256: &Hash, bytes: u64) -> Result<(), Unsound> {
        let mut hasher = Sha256::new();
        let mut offset = 0;
        while offset < bytes {
            let piece = self.read(key, sha256, bytes, offset, sealed::CHUNK)?;
            offset += piece.len() as u64;
            hasher.update(&piece);
        }
        match Hash::from(hasher.finalize()) == *sha256 {
            true => Ok(()),
            false => Err(Unsound::Damaged),
        }
    }

    /// Brings the folder into line with what the phone's file says: removes originals that nobody needs and copies
    /// whose makers are gone, and encrypts what is to lie here encrypted.
    pub fn tidy(&self, store: &mut Store) -> Result<(), StoreError> {
        let entries = match fs::read_dir(&self.0) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            entries => entries?,
        };
        let names: Vec<String> = entries
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .collect();
        for name in names {
            let path = self.0.join(&name);
            if name.ends_with(PART) {
                if File::open(&path).is_ok_and(|file| file.try_lock().is_ok()) {
                    discard(&path);
                }
                continue;
            }
            let (text, is_sealed) = match name.strip_suffix(SEALED) {
                Some(text) => (text, true),
                None => (name.as_str(), false),
            };
            let Some(sha256) = parse_hash(text) else { continue };
            if photos::is_sealed(store.read(), &sha256)? == Some(is_sealed) {
                continue;
            }
            // Under the lock of writing: nobody is just putting it there for an operation that is being saved.
            store.write(|tx| match photos::is_sealed(tx, &sha256)? {
                Some(true) if !is_sealed => match self.seal(&account::load(tx)?.sealing_key, &sha256) {
                    // No room for both: it is tried again, and must not keep the phone from opening.
                    Err(StoreError::Full) => Ok(()),
                    sealed => sealed,
                },
                // It was taken in again, or the open one is gone: then this is the only one.
                Some(false) if is_sealed && !self.open_path(&sha256).exists() => Ok(()),
                Some(wanted) if wanted == is_sealed => Ok(()),
                _ => {
                    discard(&path);
                    Ok(())
                }
            })?;
        }
        Ok(())
    }

    /// Encrypts an original. The open one goes once the other is durable.
    fn seal(&self, key: &[u8; 32], sha256: &Hash) -> Result<(), StoreError> {
        let open = self.open_path(sha256);
        let mut source = match File::open(&open) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            opened => opened?,
        };
        if !self.sealed_path(sha256).exists() {
            // Named after what it is to be: whoever comes later writes the same bytes.
            let mut name = [0; 16];
            name.copy_from_slice(&sha256[..16]);
            let part = self.0.join(format!("{}{PART}", hex::encode(name)));
            discard(&part);
            let (part, mut file) = self.part(&name)?;
            sealed::write(key, sha256, &mut source, &mut file)?;
            file.sync_all()?;
            fs::rename(&part, self.sealed_path(sha256))?;
            self.sync()?;
        }
        drop(source);
        discard(&open);
        Ok(())
    }

    /// Removes the folder with everything in it.
    pub fn remove(&self) -> Result<(), StoreError> {
        match fs::remove_dir_all(&self.0) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }
}

/// What cannot be removed now takes room and does no harm; the next opening tries again.
pub(super) fn discard(path: &Path) {
    let _ = fs::remove_file(path);
}
