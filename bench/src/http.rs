//! The cheapest honest HTTP/1.1 client: a kept-alive connection, requests written down before the clock starts.
//!
//! The generator shares the machine with the server, so what it costs is taken from the server.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

/// A connection to the server.
pub struct Connection {
    stream: BufReader<TcpStream>,
}

/// An answer as it travelled.
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body, not yet inflated.
    pub body: Vec<u8>,
    /// `content-encoding: zstd`.
    pub zstd: bool,
}

/// The bytes of a POST.
pub fn post(path: &str, token: &str, accept: Option<&str>, body: &str) -> Vec<u8> {
    let accept = accept
        .map(|encoding| format!("accept-encoding: {encoding}\r\n"))
        .unwrap_or_default();
    format!(
        "POST {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n\
         {accept}content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

impl Connection {
    /// Connects to `http://ADDRESS`.
    pub fn open(url: &str) -> Connection {
        let address = url.strip_prefix("http://").expect("the server's address");
        let stream = TcpStream::connect(address).expect("the server takes connections");
        stream.set_nodelay(true).expect("a TCP socket");
        Connection {
            stream: BufReader::with_capacity(64 << 10, stream),
        }
    }

    /// Sends a request and reads its answer.
    ///
    /// # Panics
    /// When the connection breaks or the answer is not HTTP: a run with faults is no measurement.
    pub fn send(&mut self, request: &[u8]) -> Answer {
        self.stream.get_mut().write_all(request).expect("the server reads");
        self.answer().unwrap_or_else(|error| panic!("no answer: {error}"))
    }

    fn answer(&mut self) -> std::io::Result<Answer> {
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|code| code.parse().ok());
        let status = status.ok_or_else(|| std::io::Error::other(format!("not HTTP: {line}")))?;
        let (mut length, mut chunked, mut zstd) = (0, false, false);
        loop {
            line.clear();
            self.stream.read_line(&mut line)?;
            let Some((name, value)) = line.trim_end().split_once(": ") else {
                break;
            };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.parse().map_err(std::io::Error::other)?,
                "transfer-encoding" => chunked = value == "chunked",
                "content-encoding" => zstd = value == "zstd",
                _ => {}
            }
        }
        let mut body = vec![0; length];
        if chunked {
            self.chunks(&mut body)?;
        } else {
            self.stream.read_exact(&mut body)?;
        }
        Ok(Answer { status, body, zstd })
    }

    /// RFC 9112 section 7.1.
    fn chunks(&mut self, body: &mut Vec<u8>) -> std::io::Result<()> {
        let mut line = String::new();
        loop {
            line.clear();
            self.stream.read_line(&mut line)?;
            let size = usize::from_str_radix(line.trim_end(), 16).map_err(std::io::Error::other)?;
            let start = body.len();
            body.resize(start + size, 0);
            self.stream.read_exact(&mut body[start..])?;
            line.clear();
            self.stream.read_line(&mut line)?;
            if size == 0 {
                return Ok(());
            }
        }
    }
}

impl Answer {
    /// The body of a success, inflated.
    ///
    /// # Panics
    /// When the status is another.
    pub fn ok(self) -> Vec<u8> {
        assert_eq!(self.status, 200, "{}", String::from_utf8_lossy(&self.body));
        if self.zstd {
            zstd::decode_all(self.body.as_slice()).expect("zstd")
        } else {
            self.body
        }
    }
}
