//! The cheapest honest HTTP/1.1 client: a kept-alive connection, requests written down before the clock starts.
//!
//! The generator shares the machine with the server, so what it costs is taken from the server.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use flate2::read::GzDecoder;

/// A connection to the server.
pub struct Connection {
    stream: BufReader<Counted>,
    sent: u64,
}

/// A socket that counts what is read from it.
struct Counted {
    stream: TcpStream,
    received: u64,
}

/// An answer as it travelled.
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body, not yet inflated.
    pub body: Vec<u8>,
    /// The lines between the status line and the body.
    head: String,
}

/// The bytes of a POST.
pub fn post(path: &str, token: &str, accept: Option<&str>, body: &str) -> Vec<u8> {
    let accept = accept
        .map(|encoding| format!("accept-encoding: {encoding}\r\n"))
        .unwrap_or_default();
    let head = format!("authorization: Bearer {token}\r\n{JSON}{accept}");
    request("POST", path, &head, body.as_bytes())
}

/// The header line of a JSON body.
pub const JSON: &str = "content-type: application/json\r\n";

/// The bytes of any request; `head` are whole header lines.
pub fn request(method: &str, path: &str, head: &str, body: &[u8]) -> Vec<u8> {
    let length = match (method, body) {
        ("GET", []) => String::new(),
        _ => format!("content-length: {}\r\n", body.len()),
    };
    let mut bytes = format!("{method} {path} HTTP/1.1\r\nhost: bench\r\n{head}{length}\r\n").into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

impl Connection {
    /// Connects to `http://ADDRESS`.
    pub fn open(url: &str) -> Connection {
        let address = url.strip_prefix("http://").expect("the server's address");
        let stream = TcpStream::connect(address).expect("the server takes connections");
        stream.set_nodelay(true).expect("a TCP socket");
        Connection {
            stream: BufReader::with_capacity(64 << 10, Counted { stream, received: 0 }),
            sent: 0,
        }
    }

    /// Sends a request and reads its answer.
    ///
    /// # Panics
    /// When the connection breaks or the answer is not HTTP: a run with faults is no measurement.
    pub fn send(&mut self, request: &[u8]) -> Answer {
        self.try_send(request)
            .unwrap_or_else(|error| panic!("no answer: {error}"))
    }

    /// Sends a request to a server that may be killed meanwhile.
    ///
    /// # Errors
    /// When the connection breaks before the answer is whole, or the answer is not HTTP.
    pub fn try_send(&mut self, request: &[u8]) -> std::io::Result<Answer> {
        self.stream.get_mut().stream.write_all(request)?;
        self.sent += request.len() as u64;
        self.answer()
    }

    /// Bytes written to the socket and read from it since it was opened.
    pub fn travelled(&self) -> (u64, u64) {
        (self.sent, self.stream.get_ref().received)
    }

    fn answer(&mut self) -> std::io::Result<Answer> {
        let mut head = String::new();
        self.stream.read_line(&mut head)?;
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
        let status = status.ok_or_else(|| std::io::Error::other(format!("not HTTP: {head}")))?;
        head.clear();
        while !head.ends_with("\r\n\r\n") && head != "\r\n" {
            if self.stream.read_line(&mut head)? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
        }
        let mut answer = Answer {
            status,
            body: Vec::new(),
            head,
        };
        if answer.header("transfer-encoding") == Some("chunked") {
            self.chunks(&mut answer.body)?;
        } else if let Some(length) = answer.header("content-length") {
            let length = length.parse().map_err(std::io::Error::other)?;
            answer.body.resize(length, 0);
            self.stream.read_exact(&mut answer.body)?;
        }
        Ok(answer)
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

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = self.stream.read(buffer)?;
        self.received += length as u64;
        Ok(length)
    }
}

impl Answer {
    /// The value of a header, its name in small letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(':'));
        lines
            .filter(|(own, _)| own.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
            .next()
    }

    /// The body of a success, inflated.
    ///
    /// # Panics
    /// When the status is another.
    pub fn ok(self) -> Vec<u8> {
        assert!(
            matches!(self.status, 200..=299),
            "{}: {}",
            self.status,
            String::from_utf8_lossy(&self.body)
        );
        match self.header("content-encoding") {
            Some("zstd") => zstd::decode_all(self.body.as_slice()).expect("zstd"),
            Some("gzip") => {
                let mut body = Vec::new();
                GzDecoder::new(self.body.as_slice())
                    .read_to_end(&mut body)
                    .expect("gzip");
                body
            }
            _ => self.body,
        }
    }
}
