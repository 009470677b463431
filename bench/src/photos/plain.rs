//! The limits: the same bytes with nothing around them.

use std::fs::{self, File};
use std::io::Write;
use std::thread;

use sha2::{Digest, Sha256};
use tempfile::TempDir;

use super::picture::Photo;

/// Writes each photo into a file: under another name, fsync, rename, fsync of the folder. `threads` at once.
pub fn copy(photos: &[Photo], threads: usize) {
    let folder = TempDir::new().expect("a temporary folder");
    parted(photos, threads, |photo| {
        let (new, name) = (format!("{}.new", photo.sha256), &photo.sha256);
        let mut file = File::create(folder.path().join(&new)).expect("a file");
        file.write_all(&photo.bytes).expect("space");
        file.sync_all().expect("a disk");
        fs::rename(folder.path().join(&new), folder.path().join(name)).expect("a name");
        let folder = File::open(folder.path()).expect("a folder");
        folder.sync_all().expect("a disk");
    });
}

/// Hashes each photo as the server must: SHA-256 and SM3.
pub fn hash(photos: &[Photo], threads: usize) {
    parted(photos, threads, |photo| {
        std::hint::black_box(Sha256::digest(&photo.bytes));
        std::hint::black_box(sm3::Sm3::digest(&photo.bytes));
    });
}

fn parted(photos: &[Photo], threads: usize, work: impl Fn(&Photo) + Sync) {
    let work = &work;
    thread::scope(|scope| {
        for own in photos.chunks(photos.len().div_ceil(threads)) {
            scope.spawn(move || own.iter().for_each(work));
        }
    });
}
