//! The folder of blobs beside the backup files: one for all of them, each blob once, in a file named by its SHA-256.
//!
//! A file has its name only when its bytes were hashed and are on the disk, so what is there need not be copied again.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use sync_protocol::feed::Hash;
use tempfile::NamedTempFile;

use super::digest::{Found, Whole};

/// Bytes read from a file at once.
const CHUNK: usize = 1 << 20;

/// What the name of a file that is being written begins with.
const UNFINISHED: &str = ".wuyuan-blob-";

/// After so long a file that is being written was left behind by a backup that was killed.
const LEFT_BEHIND: Duration = Duration::from_secs(86_400);

/// The folder, or a file in it, cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {error}")]
pub struct ShelfError {
    /// Which.
    pub file: PathBuf,
    /// Why not.
    pub error: std::io::Error,
}

impl ShelfError {
    /// Puts the file's name to an error of the operating system.
    pub fn at(file: &Path) -> impl FnOnce(std::io::Error) -> ShelfError {
        let file = file.to_owned();
        move |error| ShelfError { file, error }
    }
}

/// A folder of blobs.
#[derive(Debug, Clone)]
pub struct Shelf {
    folder: PathBuf,
}

impl Shelf {
    /// The folder `folder`; it need not be there.
    pub fn at(folder: PathBuf) -> Shelf {
        Shelf { folder }
    }

    /// The folder `blobs` beside the backup file.
    pub fn beside(file: &Path) -> Shelf {
        Shelf::at(file.with_file_name("blobs"))
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn path(&self, sha256: &Hash) -> PathBuf {
        let name = hex::encode(sha256);
        self.folder.join(&name[..2]).join(&name[2..4]).join(&name)
    }

    /// How many bytes the blob's file has; `None`: it is not there.
    pub fn size(&self, sha256: &Hash) -> Result<Option<u64>, ShelfError> {
        let path = self.path(sha256);
        match fs::metadata(&path) {
            Ok(meta) => Ok(Some(meta.len())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(ShelfError::at(&path)(error)),
        }
    }

    /// The blob's file; `None`: it is not there.
    pub fn open(&self, sha256: &Hash) -> Result<Option<File>, ShelfError> {
        let path = self.path(sha256);
        match File::open(&path) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(ShelfError::at(&path)(error)),
        }
    }

    /// Reads the blob's file from its first byte to its last and says what it is; `None`: it is not there.
    pub fn examine(&self, sha256: &Hash) -> Result<Option<Found>, ShelfError> {
        let Some(mut file) = self.open(sha256)? else {
            return Ok(None);
        };
        let mut whole = Whole::default();
        let mut chunk = vec![0; CHUNK];
        loop {
            let read = file.read(&mut chunk).map_err(ShelfError::at(&self.path(sha256)))?;
            if read == 0 {
                return Ok(Some(whole.finish()));
            }
            whole.update(&chunk[..read]);
        }
    }

    /// Puts a blob there: `fill` writes its bytes and answers whether they are the blob's. If not, nothing is there
    /// afterwards. What was there is replaced.
    pub fn put<E: From<ShelfError>>(
        &self,
        sha256: &Hash,
        fill: impl FnOnce(&mut File) -> Result<bool, E>,
    ) -> Result<bool, E> {
        let path = self.path(sha256);
        let folder = path.parent().unwrap_or(&self.folder);
        let failed = || ShelfError::at(&path);
        fs::create_dir_all(folder).map_err(failed())?;
        // Mode 0600 is this type's own. All unfinished ones lie in one place, where they are found again.
        let mut file = NamedTempFile::with_prefix_in(UNFINISHED, &self.folder).map_err(failed())?;
        if !fill(file.as_file_mut())? {
            return Ok(false);
        }
        file.as_file().sync_all().map_err(failed())?;
        file.persist(&path).map_err(|error| failed()(error.error))?;
        // The names, too, must survive a power cut.
        for folder in folder.ancestors().take(3) {
            File::open(folder)
                .and_then(|folder| folder.sync_all())
                .map_err(failed())?;
        }
        Ok(true)
    }

    /// Removes what backups that were killed left behind.
    pub fn tidy(&self) -> Result<(), ShelfError> {
        let failed = || ShelfError::at(&self.folder);
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(failed()(error)),
        };
        for entry in entries {
            let entry = entry.map_err(failed())?;
            if !entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
                continue;
            }
            let old = |at: SystemTime| at.elapsed().is_ok_and(|age| age > LEFT_BEHIND);
            let is_old = entry.metadata().and_then(|meta| meta.modified()).is_ok_and(old);
            match is_old.then(|| fs::remove_file(entry.path())) {
                Some(Err(error)) if error.kind() != ErrorKind::NotFound => return Err(failed()(error)),
                Some(_) | None => {}
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use sha2::{Digest, Sha256};

    use super::*;

    #[test]
    fn a_blob_is_there_whole_or_not_at_all() {
        let temporary = tempfile::tempdir().unwrap();
        let shelf = Shelf::at(temporary.path().join("blobs"));
        shelf.tidy().unwrap();
        let bytes = b"a photo".as_slice();
        let hash: Hash = Sha256::digest(bytes).into();
        assert!(shelf.examine(&hash).unwrap().is_none());
        let fill = |right: bool| {
            move |file: &mut File| {
                file.write_all(bytes).unwrap();
                Ok::<_, ShelfError>(right)
            }
        };
        assert!(!shelf.put(&hash, fill(false)).unwrap());
        assert_eq!(shelf.size(&hash).unwrap(), None);
        for _ in 0..2 {
            assert!(shelf.put(&hash, fill(true)).unwrap());
            assert_eq!(shelf.size(&hash).unwrap(), Some(7));
            assert_eq!(shelf.examine(&hash).unwrap().unwrap().sha256, hash);
        }
    }

    #[test]
    fn what_a_killed_backup_was_writing_goes_after_a_day() {
        let temporary = tempfile::tempdir().unwrap();
        let shelf = Shelf::at(temporary.path().to_owned());
        let (old, new) = (
            temporary.path().join(".wuyuan-blob-old"),
            temporary.path().join(".wuyuan-blob-new"),
        );
        for path in [&old, &new] {
            fs::write(path, "half a photo").unwrap();
        }
        let yesterday = SystemTime::now() - LEFT_BEHIND - Duration::from_secs(60);
        File::options()
            .write(true)
            .open(&old)
            .unwrap()
            .set_modified(yesterday)
            .unwrap();
        shelf.tidy().unwrap();
        assert!(!old.exists() && new.exists());
    }
}
