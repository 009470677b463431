//! Thumbnails of photos of twelve megapixels.

use std::time::Instant;

use image::ImageFormat;
use image::imageops::FilterType;
use wuyuan_tests::backend::Backend;

use super::picture::Photo;
use super::{phones, sender};
use crate::cast::{self, Stage};
use crate::http::{Connection, request};
use crate::report::{Report, Row, Target, number};

/// How many photos, and how often a kept thumbnail is asked for: as often as one member may at once.
const PHOTOS: usize = 40;
const AGAIN: usize = 300;

/// Asks for the thumbnail of each photo, one after another, and then for one of them again and again.
pub fn measure(report: &mut Report, backend: Backend) {
    let jpeg = Photo::twelve_megapixels();
    let photos: Vec<Photo> = (0..PHOTOS as u64).map(|n| Photo::copy_of(&jpeg, n)).collect();
    let district = cast::district();
    let mut stage = Stage::set(backend, &district);
    let phone = phones(&stage, &district, 1).remove(0);
    let url = stage.server.url();
    let mut wire = Connection::open(&url);
    for photo in &photos {
        sender::one(&mut wire, &phone.token, photo);
    }
    let ask = |photo: &Photo| {
        let path = format!("/v1/blobs/{}/thumbnail?size=320", photo.sha256);
        request("GET", &path, &format!("authorization: Bearer {}\r\n", phone.token), &[])
    };
    let started = Instant::now();
    for photo in &photos {
        assert_eq!(wire.send(&ask(photo)).status, 200);
    }
    let first = PHOTOS as f64 / started.elapsed().as_secs_f64();
    let question = ask(&photos[0]);
    let started = Instant::now();
    for _ in 0..AGAIN {
        assert_eq!(wire.send(&question).status, 200);
    }
    let again = AGAIN as f64 / started.elapsed().as_secs_f64();
    stage.server.stop();
    let started = Instant::now();
    for photo in &photos[..PHOTOS / 4] {
        let picture = image::load_from_memory_with_format(&photo.bytes, ImageFormat::Jpeg).expect("a picture");
        std::hint::black_box(picture.resize(320, 320, FilterType::Triangle));
    }
    let plain = (PHOTOS / 4) as f64 / started.elapsed().as_secs_f64();
    report.add(Row {
        what: "thumbnails of 12-megapixel photos, made for the first time, one after another".to_owned(),
        value: first,
        unit: "/s",
        beside: format!(
            "decoded and resized by `image` alone: {} /s; {:.1} MB each; a thumbnail that was made before: {} /s",
            number(plain),
            jpeg.len() as f64 / 1e6,
            number(again)
        ),
        target: Target::None,
    });
}
