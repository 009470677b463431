//! HTTP as bytes, for what no client library would send.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use serde_json::Value;

/// Longest wait for the end of an answer. No answer takes that long; a hang becomes a failure.
const PATIENCE: Duration = Duration::from_secs(60);

/// What came back before the connection was closed.
pub struct Reply {
    /// The status.
    pub status: u16,
    head: String,
    body: Vec<u8>,
}

/// Sends `bytes` to `address` (`HOST:PORT`) and reads until the server closes the connection. `None`: it closed
/// without an answer.
pub fn send(address: &str, bytes: &[u8]) -> Option<Reply> {
    let mut stream = TcpStream::connect(address).expect("the server takes connections");
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout can be set");
    // A server may answer and close before it has read everything: then writing fails and the answer is there.
    let _ = stream.write_all(bytes);
    let _ = stream.shutdown(Shutdown::Write);
    let mut answer = Vec::new();
    // A reset after the answer is an end like any other; a timeout is not.
    if let Err(error) = stream.read_to_end(&mut answer) {
        assert_ne!(
            error.kind(),
            std::io::ErrorKind::WouldBlock,
            "the server does not close"
        );
    }
    parse(&answer)
}

/// A request of one's own: `lines` after the request line, then the body with its length.
pub fn request(method: &str, path: &[u8], lines: &[&[u8]], body: &[u8]) -> Vec<u8> {
    let mut bytes = [
        method.as_bytes(),
        b" ",
        path,
        b" HTTP/1.1\r\nhost: here\r\nconnection: close\r\n",
    ]
    .concat();
    for line in lines {
        bytes.extend_from_slice(line);
        bytes.extend_from_slice(b"\r\n");
    }
    if !body.is_empty() {
        bytes.extend_from_slice(format!("content-length: {}\r\n", body.len()).as_bytes());
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(body);
    bytes
}

fn parse(answer: &[u8]) -> Option<Reply> {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some(Reply {
        status,
        head,
        body: answer[end + 4..].to_vec(),
    })
}

impl Reply {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().skip(1).filter_map(|line| line.split_once(':'));
        let mut named = lines.filter(|(given, _)| given.eq_ignore_ascii_case(name));
        named.next().map(|(_, value)| value.trim())
    }

    /// Fails unless the answer is a good one, or an error as RFC 9457 and docs/PROBLEMS.md say.
    pub fn is_proper(&self, what: &str) {
        let text = String::from_utf8_lossy(&self.body);
        assert!(self.status < 500, "{what}: {}\n{text}", self.head);
        if self.status < 400 {
            return;
        }
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json"),
            "{what}: {}",
            self.head
        );
        // An answer to HEAD has no body.
        if what.starts_with("HEAD ") {
            return;
        }
        let problem: Value = serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{what}: {e}: {text}"));
        assert_eq!(problem["status"], self.status, "{what}: {text}");
        let named = |name: &str| problem[name].as_str().is_some_and(|value| !value.is_empty());
        assert!(
            named("type") && named("title") && named("code") && named("request_id"),
            "{what}: {text}"
        );
    }
}
