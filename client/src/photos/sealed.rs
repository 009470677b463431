//! Encryption at rest of originals that must be kept but are no longer to be seen here.
//!
//! As [`crate::seal`] does with operations, in chunks, so that any part can be read without the rest. Each chunk is
//! ChaCha20-Poly1305 (RFC 8439) under a key of this photo alone, made of the installation's key and the hash; its number
//! is the nonce, and the last one is marked, so chunks can be neither moved nor left out (the STREAM construction of Hoang,
//! Reyhanitabar, Rogaway and Vizár, 2015).

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use sha2::{Digest, Sha256};
use sync_protocol::feed::Hash;

use super::folder::Unsound;
use crate::store::StoreError;

/// Bytes of the original in one chunk; the last may be shorter.
pub(super) const CHUNK: usize = 64 << 10;
/// What encryption adds to each.
const TAG: usize = 16;

fn cipher(key: &[u8; 32], sha256: &Hash) -> ChaCha20Poly1305 {
    let derived = Sha256::new()
        .chain_update(b"wuyuan-photo-seal-v1")
        .chain_update(key)
        .chain_update(sha256)
        .finalize();
    ChaCha20Poly1305::new(&Key::from(Hash::from(derived)))
}

fn nonce(number: u64, last: bool) -> Nonce {
    let mut nonce = Nonce::default();
    nonce[..8].copy_from_slice(&number.to_be_bytes());
    nonce[11] = u8::from(last);
    nonce
}

/// Writes the whole of `from` to `to`, encrypted.
pub(super) fn write(key: &[u8; 32], sha256: &Hash, from: &mut File, to: &mut File) -> Result<(), StoreError> {
    let cipher = cipher(key, sha256);
    let bytes = from.metadata()?.len();
    let mut left = bytes;
    let mut number = 0;
    while left > 0 {
        let mut chunk = vec![0; left.min(CHUNK as u64) as usize];
        from.read_exact(&mut chunk)?;
        left -= chunk.len() as u64;
        let payload = Payload {
            msg: &chunk,
            aad: sha256,
        };
        let sealed = cipher.encrypt(&nonce(number, left == 0), payload);
        to.write_all(&sealed.map_err(|_| StoreError::Damaged("a photo cannot be encrypted"))?)?;
        number += 1;
    }
    Ok(())
}

/// `length` bytes of the original of `bytes` from `offset` on.
pub(super) fn read(
    key: &[u8; 32],
    sha256: &Hash,
    file: &mut File,
    bytes: u64,
    offset: u64,
    length: usize,
) -> Result<Vec<u8>, Unsound> {
    let cipher = cipher(key, sha256);
    let chunks = bytes.div_ceil(CHUNK as u64);
    if file.metadata()?.len() != bytes + chunks * TAG as u64 {
        return Err(Unsound::Damaged);
    }
    let first = offset / CHUNK as u64;
    let skipped = (offset % CHUNK as u64) as usize;
    let mut piece = Vec::new();
    file.seek(SeekFrom::Start(first * (CHUNK + TAG) as u64))?;
    for number in first..chunks {
        if piece.len() >= skipped + length {
            break;
        }
        let open = (bytes - number * CHUNK as u64).min(CHUNK as u64) as usize;
        let mut chunk = vec![0; open + TAG];
        file.read_exact(&mut chunk)?;
        let payload = Payload {
            msg: &chunk,
            aad: sha256,
        };
        let opened = cipher.decrypt(&nonce(number, number + 1 == chunks), payload);
        piece.extend(opened.map_err(|_| Unsound::Damaged)?);
    }
    piece.drain(..skipped.min(piece.len()));
    piece.truncate(length);
    Ok(piece)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_part_of_a_sealed_photo_reads_as_it_was_and_a_changed_one_does_not() {
        let (key, sha256) = ([1; 32], [2; 32]);
        for bytes in [1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 7] {
            let original: Vec<u8> = (0..bytes).map(|n| (n * 31 % 251) as u8).collect();
            let (mut open, mut sealed) = (tempfile::tempfile().unwrap(), tempfile::tempfile().unwrap());
            open.write_all(&original).unwrap();
            open.rewind().unwrap();
            write(&key, &sha256, &mut open, &mut sealed).unwrap();
            for (offset, length) in [(0, bytes), (bytes / 2, 5), (bytes - 1, 9), (CHUNK / 2, CHUNK)] {
                let end = (offset + length).min(bytes);
                let expected = original.get(offset..end).unwrap_or_default();
                let read =
                    |sealed: &mut File, key| read(key, &sha256, sealed, bytes as u64, offset as u64, expected.len());
                assert_eq!(read(&mut sealed, &key).unwrap(), expected, "{bytes} {offset} {length}");
                if !expected.is_empty() {
                    assert_eq!(read(&mut sealed, &[3; 32]), Err(Unsound::Damaged));
                }
            }
            sealed.seek(SeekFrom::End(-1)).unwrap();
            sealed.write_all(&[0xff]).unwrap();
            assert_eq!(
                read(&key, &sha256, &mut sealed, bytes as u64, bytes as u64 - 1, 1),
                Err(Unsound::Damaged)
            );
            sealed.set_len(CHUNK as u64).unwrap();
            assert_eq!(
                read(&key, &sha256, &mut sealed, bytes as u64, 0, 1),
                Err(Unsound::Damaged)
            );
        }
    }
}
