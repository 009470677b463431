//! Phones that send photos, each over one connection: a creation, then all bytes in one PATCH.

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::picture::Photo;
use crate::http::{Connection, request};

/// Stack of a thread, bytes: there are hundreds.
const STACK: usize = 256 << 10;

/// Sends all photos, a share by each of `tokens`. How long each photo took.
pub fn send(url: &str, tokens: &[String], photos: &[Photo]) -> Vec<Duration> {
    let share = photos.len().div_ceil(tokens.len());
    let start = Barrier::new(photos.chunks(share).count());
    thread::scope(|scope| {
        let phones: Vec<_> = tokens
            .iter()
            .zip(photos.chunks(share))
            .map(|(token, own)| {
                let start = &start;
                let phone = move || {
                    start.wait();
                    let mut wire = Connection::open(url);
                    own.iter().map(|photo| one(&mut wire, token, photo)).collect::<Vec<_>>()
                };
                thread::Builder::new()
                    .stack_size(STACK)
                    .spawn_scoped(scope, phone)
                    .expect("a thread")
            })
            .collect();
        phones
            .into_iter()
            .flat_map(|phone| phone.join().expect("every photo arrives"))
            .collect()
    })
}

/// Sends one photo.
pub fn one(wire: &mut Connection, token: &str, photo: &Photo) -> Duration {
    let started = Instant::now();
    let head = format!("authorization: Bearer {token}\r\ntus-resumable: 1.0.0\r\n");
    let metadata = format!("sha256 {}", STANDARD.encode(&photo.sha256));
    let creation = format!(
        "{head}upload-length: {}\r\nupload-metadata: {metadata}\r\n",
        photo.bytes.len()
    );
    let answer = wire.send(&request("POST", "/v1/blobs", &creation, &[]));
    let path = answer.header("location").expect("an address").to_owned();
    let patch = format!("{head}upload-offset: 0\r\ncontent-type: application/offset+octet-stream\r\n");
    let answer = wire.send(&request("PATCH", &path, &patch, &photo.bytes));
    assert_eq!(answer.status, 204, "{}", String::from_utf8_lossy(&answer.body));
    started.elapsed()
}
