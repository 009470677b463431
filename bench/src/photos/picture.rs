//! What is sent.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{ImageBuffer, Rgb};
use sha2::{Digest, Sha256};

/// A photo and its hash.
pub struct Photo {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Their SHA-256, hexadecimal.
    pub sha256: String,
}

impl Photo {
    fn of(bytes: Vec<u8>) -> Photo {
        let sha256 = hex::encode(Sha256::digest(&bytes));
        Photo { bytes, sha256 }
    }

    /// Bytes that begin as a JPEG and that nothing can compress.
    pub fn noise(seed: u64, length: usize) -> Photo {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut bytes = Vec::with_capacity(length + 8);
        bytes.extend_from_slice(&[0xff, 0xd8, 0xff, 0xe0, 0, 16, b'J', b'F', b'I', b'F', 0]);
        while bytes.len() < length {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            bytes.extend_from_slice(&state.to_le_bytes());
        }
        bytes.truncate(length);
        Photo::of(bytes)
    }

    /// A JPEG of 4,000 x 3,000 pixels with something on it, as large as a phone's.
    pub fn twelve_megapixels() -> Vec<u8> {
        let picture = ImageBuffer::from_fn(4_000, 3_000, |x, y| {
            let grain = (x.wrapping_mul(31) ^ y.wrapping_mul(17)) % 23;
            Rgb([
                (x / 16 + grain) as u8,
                (y / 12 + grain) as u8,
                ((x + y) / 28 + grain) as u8,
            ])
        });
        let mut bytes = Cursor::new(Vec::new());
        JpegEncoder::new_with_quality(&mut bytes, 90)
            .encode_image(&picture)
            .expect("a picture is encoded");
        bytes.into_inner()
    }

    /// The same picture with another comment in it (JPEG's COM segment), so with another hash.
    pub fn copy_of(jpeg: &[u8], number: u64) -> Photo {
        let comment = number.to_be_bytes();
        let length = (comment.len() as u16 + 2).to_be_bytes();
        let start = [0xff, 0xd8, 0xff, 0xfe];
        Photo::of([&start[..], &length, &comment, &jpeg[2..]].concat())
    }
}
