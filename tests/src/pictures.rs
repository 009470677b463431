//! Real photos, made up: whole JPEGs with or without EXIF, delivered over tus.

use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, Rgb, RgbImage};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::api::{Answer, Api};
use crate::uploads;

/// A JPEG of soft patches of colour, another for each `seed`.
///
/// # Panics
/// When a side is 0.
pub fn jpeg(width: u32, height: u32, seed: u64) -> Vec<u8> {
    let mut random = StdRng::seed_from_u64(seed);
    let patches = RgbImage::from_fn(8, 6, |_, _| Rgb(random.random()));
    let picture = image::imageops::resize(&patches, width, height, image::imageops::FilterType::Triangle);
    let mut out = Vec::new();
    JpegEncoder::new_with_quality(&mut out, 85)
        .encode(&picture, width, height, ExtendedColorType::Rgb8)
        .expect("a picture can be written");
    out
}

/// A marker segment of a JPEG: its second byte, and what is in it.
pub fn with_segment(jpeg: &[u8], marker: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + 2).expect("a segment is short");
    [&jpeg[..2], &[0xff, marker], &length.to_be_bytes(), content, &jpeg[2..]].concat()
}

/// The JPEG with EXIF that names a camera model, an orientation and a time.
pub fn with_exif(jpeg: &[u8], model: &str, orientation: u16, time: &str) -> Vec<u8> {
    let texts: Vec<Vec<u8>> = [model, time].map(|text| [text.as_bytes(), &[0]].concat()).to_vec();
    let entries = 3;
    let mut place = 8 + 2 + entries * 12 + 4;
    let mut ifd = (entries as u16).to_be_bytes().to_vec();
    let mut after = Vec::new();
    let entry = |tag: u16, kind: u16, count: usize, value: [u8; 4]| {
        [
            &tag.to_be_bytes()[..],
            &kind.to_be_bytes(),
            &(count as u32).to_be_bytes(),
            &value,
        ]
        .concat()
    };
    let mut text = |tag: u16, text: &[u8]| {
        assert!(text.len() > 4, "shorter ones stand in the entry itself");
        let made = entry(tag, 2, text.len(), (place as u32).to_be_bytes());
        place += text.len();
        after.extend_from_slice(text);
        made
    };
    let [high, low] = orientation.to_be_bytes();
    // In the order of their tags: Model, Orientation, DateTime.
    ifd.extend(text(0x0110, &texts[0]));
    ifd.extend(entry(0x0112, 3, 1, [high, low, 0, 0]));
    ifd.extend(text(0x0132, &texts[1]));
    ifd.extend([0; 4]);
    let exif = [b"Exif\0\0MM\0\x2a\0\0\0\x08".to_vec(), ifd, after].concat();
    with_segment(jpeg, 0xe1, &exif)
}

/// A PNG that claims a size and has next to no data.
pub fn bomb(width: u32, height: u32) -> Vec<u8> {
    let mut head = b"IHDR".to_vec();
    head.extend(width.to_be_bytes());
    head.extend(height.to_be_bytes());
    head.extend([8, 2, 0, 0, 0]);
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    for chunk in [head, [&b"IDAT"[..], &flate(&[0; 4_096])].concat(), b"IEND".to_vec()] {
        let mut sum = flate2::Crc::new();
        sum.update(&chunk);
        out.extend((chunk.len() as u32 - 4).to_be_bytes());
        out.extend_from_slice(&chunk);
        out.extend(sum.sum().to_be_bytes());
    }
    out
}

fn flate(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).expect("memory takes it");
    encoder.finish().expect("memory takes it")
}

/// Sends a whole file in one request, with further pairs of metadata; the answer.
pub fn send(api: &Api, bytes: &[u8], more: &[(&str, &str)]) -> Answer {
    let hash = uploads::sha256(bytes);
    let pairs = [&[("sha256", hash.as_str())], more].concat();
    let (length, metadata) = (bytes.len().to_string(), uploads::metadata(&pairs));
    let headers = [
        ("upload-length", length.as_str()),
        ("upload-metadata", metadata.as_str()),
        ("content-type", uploads::BYTES),
    ];
    uploads::send(api, "POST", "/v1/blobs", &headers, bytes)
}

/// Delivers a whole file; its SHA-256.
///
/// # Panics
/// When it is not admitted.
pub fn deliver(api: &Api, bytes: &[u8], more: &[(&str, &str)]) -> String {
    let answer = send(api, bytes, more);
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert_eq!(uploads::number(&answer, "upload-offset"), bytes.len() as u64);
    uploads::sha256(bytes)
}
