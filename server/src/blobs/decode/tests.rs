use image::codecs::png::PngEncoder;
use image::{ImageEncoder, Rgb, Rgba};

use super::*;

const MANY: u64 = 100_000_000;

/// A picture whose quarters are red, green, blue and white, from the left above on in the order of reading.
fn quarters(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| match (x < width / 2, y < height / 2) {
        (true, true) => Rgb([255, 0, 0]),
        (false, true) => Rgb([0, 255, 0]),
        (true, false) => Rgb([0, 0, 255]),
        (false, false) => Rgb([255, 255, 255]),
    })
}

fn jpeg(picture: &RgbImage) -> Vec<u8> {
    let mut out = Vec::new();
    JpegEncoder::new_with_quality(&mut out, 90)
        .encode(picture, picture.width(), picture.height(), ExtendedColorType::Rgb8)
        .unwrap();
    out
}

/// The same JPEG with an EXIF block that holds nothing but an orientation.
fn oriented(jpeg: &[u8], orientation: u16) -> Vec<u8> {
    let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01".to_vec();
    exif.extend(orientation.to_be_bytes());
    exif.extend([0, 0, 0, 0, 0, 0]);
    let length = (exif.len() + 2) as u16;
    [&jpeg[..2], &[0xff, 0xe1], &length.to_be_bytes(), &exif, &jpeg[2..]].concat()
}

/// Which quarter has which colour: `r`, `g`, `b` or `w`, in the order of reading.
fn colours(picture: &RgbImage) -> String {
    let (w, h) = picture.dimensions();
    let at = |x: u32, y: u32| match picture.get_pixel(x, y).0.map(|c| c > 127) {
        [true, false, false] => 'r',
        [false, true, false] => 'g',
        [false, false, true] => 'b',
        [true, true, true] => 'w',
        other => panic!("{other:?}"),
    };
    [
        (w / 4, h / 4),
        (3 * w / 4, h / 4),
        (w / 4, 3 * h / 4),
        (3 * w / 4, 3 * h / 4),
    ]
    .map(|(x, y)| at(x, y))
    .iter()
    .collect()
}

#[test]
fn a_thumbnail_fits_its_square_and_keeps_its_shape() {
    let wide = jpeg(&quarters(1_600, 1_200));
    let small = Small::decode(&wide, 320, MANY).unwrap();
    assert_eq!((small.width, small.height), (1_600, 1_200));
    assert_eq!(small.picture.dimensions(), (320, 240));
    assert_eq!(colours(&small.picture), "rgbw");
    let again = image::load_from_memory(&small.jpeg().unwrap()).unwrap();
    assert_eq!((again.width(), again.height()), (320, 240));
    // A small one is not blown up, a line stays one.
    let small = Small::decode(&jpeg(&quarters(100, 60)), 320, MANY).unwrap();
    assert_eq!(small.picture.dimensions(), (100, 60));
    let line = Small::decode(&jpeg(&quarters(3_000, 2)), 160, MANY).unwrap();
    assert_eq!(line.picture.dimensions(), (160, 1));
}

#[test]
fn a_picture_is_turned_as_its_exif_says() {
    let flat = jpeg(&quarters(640, 480));
    // EXIF 2.32, tag Orientation: where the stored first row and column belong.
    for (orientation, seen, size) in [
        (1, "rgbw", (160, 120)),
        (2, "grwb", (160, 120)),
        (3, "wbgr", (160, 120)),
        (4, "bwrg", (160, 120)),
        (5, "rbgw", (120, 160)),
        (6, "brwg", (120, 160)),
        (7, "wgbr", (120, 160)),
        (8, "gwrb", (120, 160)),
        (0, "rgbw", (160, 120)),
        (9, "rgbw", (160, 120)),
    ] {
        let small = Small::decode(&oriented(&flat, orientation), 160, MANY).unwrap();
        assert_eq!(colours(&small.picture), seen, "orientation {orientation}");
        assert_eq!(small.picture.dimensions(), size, "orientation {orientation}");
    }
}

#[test]
fn what_is_transparent_is_white() {
    let mut out = Vec::new();
    let clear = RgbaImage::from_pixel(64, 64, Rgba([255, 0, 0, 0]));
    PngEncoder::new(&mut out)
        .write_image(&clear, 64, 64, ExtendedColorType::Rgba8)
        .unwrap();
    let small = Small::decode(&out, 32, MANY).unwrap();
    assert_eq!(small.picture.get_pixel(16, 16), &Rgb([255, 255, 255]));
}

/// A PNG that claims a size, with hardly any data.
fn bomb(width: u32, height: u32) -> Vec<u8> {
    let mut out = Vec::new();
    PngEncoder::new(&mut out)
        .write_image(&[0], 1, 1, ExtendedColorType::L8)
        .unwrap();
    out[16..20].copy_from_slice(&width.to_be_bytes());
    out[20..24].copy_from_slice(&height.to_be_bytes());
    let sum = crc32(&out[12..29]);
    out[29..33].copy_from_slice(&sum.to_be_bytes());
    out
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

#[test]
fn a_picture_of_too_many_pixels_is_not_begun() {
    for (width, height) in [(50_000, 50_000), (u32::MAX >> 1, u32::MAX >> 1), (10_001, 10_000)] {
        let refused = Small::decode(&bomb(width, height), 160, MANY);
        assert!(refused.is_err(), "{width} x {height}: {refused:?}");
    }
    assert!(matches!(
        Small::decode(&bomb(50_000, 50_000), 160, MANY),
        Err(Undecodable::TooLarge { .. } | Undecodable::Damaged(_))
    ));
    // The setting counts, whatever memory would allow.
    let whole = jpeg(&quarters(400, 300));
    assert!(matches!(
        Small::decode(&whole, 160, 119_999),
        Err(Undecodable::TooLarge {
            width: 400,
            height: 300
        })
    ));
    assert!(Small::decode(&whole, 160, 120_000).is_ok());
}

#[test]
fn a_picture_cut_off_anywhere_is_shown_as_far_as_it_goes_or_refused() {
    let whole = jpeg(&quarters(640, 480));
    for length in (0..whole.len()).step_by(397) {
        if let Ok(small) = Small::decode(&whole[..length], 160, MANY) {
            small.jpeg().unwrap();
        }
    }
    let half = Small::decode(&whole[..whole.len() * 3 / 4], 160, MANY).unwrap();
    assert_eq!(half.picture.get_pixel(40, 30).0.map(|c| c > 127), [true, false, false]);
}

#[test]
fn bytes_that_are_changed_anywhere_harm_nobody() {
    use rand::{Rng, RngExt, SeedableRng};
    let seed = rand::random::<u64>();
    println!("seed {seed}");
    let mut random = rand::rngs::StdRng::seed_from_u64(seed);
    let mut png = Vec::new();
    PngEncoder::new(&mut png)
        .write_image(&quarters(96, 64), 96, 64, ExtendedColorType::Rgb8)
        .unwrap();
    for good in [jpeg(&quarters(96, 64)), png] {
        for _ in 0..500 {
            let mut bad = good.clone();
            for _ in 0..1 + random.next_u32() % 8 {
                let at = random.random_range(0..bad.len());
                bad[at] = random.random();
            }
            if let Ok(small) = Small::decode(&bad, 160, MANY) {
                small.jpeg().unwrap();
            }
        }
    }
}

#[test]
fn what_looks_alike_is_alike() {
    use image::imageops::{FilterType, resize};
    use rand::{RngExt, SeedableRng};
    let mut random = rand::rngs::StdRng::seed_from_u64(7);
    // Soft patches of light and colour, as photographs have.
    let mut patches = || RgbImage::from_fn(12, 9, |_, _| Rgb(random.random()));
    let (one, other) = (patches(), patches());
    let scene = |patches: &RgbImage, width: u32, height: u32| resize(patches, width, height, FilterType::CatmullRom);
    let likeness = |picture: &RgbImage, quality: u8| {
        let mut out = Vec::new();
        JpegEncoder::new_with_quality(&mut out, quality)
            .encode(picture, picture.width(), picture.height(), ExtendedColorType::Rgb8)
            .unwrap();
        for_likeness(&out, MANY).unwrap().likeness()
    };
    let far = |a: &[u8], b: &[u8]| -> u32 { a.iter().zip(b).map(|(a, b)| (a ^ b).count_ones()).sum() };
    let first = likeness(&scene(&one, 800, 600), 95);
    assert_eq!(first.len(), 8);
    let copy = far(&first, &likeness(&scene(&one, 400, 300), 60));
    assert!(copy <= 6, "a copy, smaller and coarser, differs in {copy} bits");
    let stranger = far(&first, &likeness(&scene(&other, 800, 600), 95));
    assert!(stranger >= 16, "another picture differs in {stranger} bits");
}
