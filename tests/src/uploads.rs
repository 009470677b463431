//! Uploads by hand: each request as a test wants it, right or wrong.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sha2::{Digest, Sha256};

use crate::api::{Answer, Api};

/// The media type of an upload's bytes.
pub const BYTES: &str = "application/offset+octet-stream";

/// Bytes that begin as a JPEG does and go on as nothing does.
pub fn photo(seed: u64, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    StdRng::seed_from_u64(seed).fill(&mut bytes[..]);
    let head = [0xff, 0xd8, 0xff, 0xe0, 0, 16, b'J', b'F', b'I', b'F', 0];
    let known = head.len().min(length);
    bytes[..known].copy_from_slice(&head[..known]);
    bytes
}

/// SHA-256 as hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// `Upload-Metadata` of `pairs`.
pub fn metadata(pairs: &[(&str, &str)]) -> String {
    let pair = |(key, value): &(&str, &str)| format!("{key} {}", STANDARD.encode(value));
    pairs.iter().map(pair).collect::<Vec<_>>().join(",")
}

/// `Upload-Metadata` that announces `bytes`.
pub fn announcing(bytes: &[u8]) -> String {
    metadata(&[("sha256", &sha256(bytes)), ("filetype", "image/jpeg")])
}

/// Sends with `Tus-Resumable` and further headers.
pub fn send(api: &Api, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let all = [&[("tus-resumable", "1.0.0")], headers].concat();
    api.send(method, path, &all, body)
}

/// Begins an upload of `bytes` without sending any; the answer.
pub fn begin(api: &Api, bytes: &[u8]) -> Answer {
    let headers = [
        ("upload-length", bytes.len().to_string()),
        ("upload-metadata", announcing(bytes)),
    ];
    let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
    send(api, "POST", "/v1/blobs", &headers, &[])
}

/// Begins an upload of `bytes`; its path.
///
/// # Panics
/// When it is refused.
pub fn begun(api: &Api, bytes: &[u8]) -> String {
    let answer = begin(api, bytes);
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.header("location").expect("an address").to_owned()
}

/// Sends `bytes` as the part that begins at `offset`.
pub fn append(api: &Api, path: &str, offset: u64, bytes: &[u8]) -> Answer {
    let offset = offset.to_string();
    let headers = [("upload-offset", offset.as_str()), ("content-type", BYTES)];
    send(api, "PATCH", path, &headers, bytes)
}

/// How far an upload is.
///
/// # Panics
/// When it is not there.
pub fn offset(api: &Api, path: &str) -> u64 {
    let answer = send(api, "HEAD", path, &[], &[]);
    assert_eq!(answer.status, 200);
    number(&answer, "upload-offset")
}

/// A header that is a number.
///
/// # Panics
/// When it is none.
pub fn number(answer: &Answer, name: &str) -> u64 {
    let text = answer.header(name).unwrap_or_else(|| panic!("no {name}"));
    text.parse().unwrap_or_else(|_| panic!("{name}: {text}"))
}

/// How the server says that `bytes` stand for the caller.
pub fn state(api: &Api, bytes: &[u8]) -> String {
    let body = serde_json::json!({ "hashes": [sha256(bytes)] });
    let answer = api.post("/v1/blobs/status", &body).ok();
    answer["blobs"][0]["state"].as_str().expect("a state").to_owned()
}

/// Begins a PATCH of `announced` bytes at `offset` and sends only `bytes`. The connection stays open as long as it is
/// kept.
///
/// # Panics
/// When the server does not take them.
pub fn hanging(server: SocketAddr, api: &Api, path: &str, offset: u64, announced: usize, bytes: &[u8]) -> TcpStream {
    let mut wire = TcpStream::connect(server).expect("a connection");
    wire.set_read_timeout(Some(Duration::from_secs(60))).expect("a socket");
    let token = api.token().expect("somebody who is signed in");
    let head = format!(
        "PATCH {path} HTTP/1.1\r\nhost: test\r\nauthorization: Bearer {token}\r\ntus-resumable: 1.0.0\r\n\
         upload-offset: {offset}\r\ncontent-type: {BYTES}\r\ncontent-length: {announced}\r\n\r\n"
    );
    wire.write_all(head.as_bytes()).expect("the server takes the head");
    wire.write_all(bytes).expect("the server takes bytes");
    wire
}

/// The status of the answer on a wire.
///
/// # Panics
/// When there is none.
pub fn status_of(wire: &mut TcpStream) -> u16 {
    let mut head = [0; 12];
    wire.read_exact(&mut head).expect("an answer");
    let text = String::from_utf8_lossy(&head).into_owned();
    text[9..12].parse().expect("a status")
}
