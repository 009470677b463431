//! What every server that is compared must be able to do.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

use super::postgres::Postgres;
use crate::http::{Answer, Connection, JSON, request};

/// Records in one push.
pub const RECORDS: usize = 10;

/// A running server on storage of its own, with a place for each client to write in.
pub trait Peer {
    /// `http://ADDRESS`.
    fn url(&self) -> String;

    /// The next pushes of a client, [`RECORDS`] new records each.
    fn pushes(&mut self, client: usize, count: usize) -> Vec<Push>;

    /// Whether an answer says that every record of a push is stored; else what it says.
    ///
    /// # Errors
    /// The answer in words.
    fn accepted(&self, answer: &Answer) -> Result<(), String>;

    /// Everything that all clients wrote, as a client gets it who has nothing yet: the parsed answers. `encoding` is
    /// what it says that it accepts.
    fn pull(&self, connection: &mut Connection, encoding: Option<&str>) -> Vec<Value>;

    /// The ids of the records in pulled answers.
    fn ids(&self, pulled: &[Value]) -> Vec<String>;

    /// Two clients that have seen the same version of one record each change the same field of it, in every way that
    /// the server offers.
    fn conflict(&mut self) -> Vec<Edit>;

    /// The processes of the server itself.
    fn processes(&self) -> Vec<u32>;

    /// The database beside it, if it needs one.
    fn database(&self) -> Option<&Postgres>;

    /// `kill -9` of all its processes, and of the database's.
    fn kill(&mut self);

    /// Starts it again, its database first, and waits until it answers.
    fn restart(&mut self);
}

/// A push before it is written down.
pub struct Push {
    /// Where to.
    pub path: String,
    /// Header lines, such as who pushes.
    pub head: String,
    /// The body.
    pub body: String,
    /// The ids of its records.
    pub ids: Vec<String>,
}

impl Push {
    /// The request.
    pub fn bytes(&self) -> Vec<u8> {
        request(
            "POST",
            &self.path,
            &format!("{JSON}{}", self.head),
            self.body.as_bytes(),
        )
    }

    /// The request with its body compressed.
    pub fn packed(&self) -> Vec<u8> {
        let mut packer = GzEncoder::new(Vec::new(), Compression::default());
        packer.write_all(self.body.as_bytes()).expect("memory takes bytes");
        let body = packer.finish().expect("memory takes bytes");
        let head = format!("{JSON}content-encoding: gzip\r\n{}", self.head);
        request("POST", &self.path, &head, &body)
    }
}

/// What became of two concurrent edits.
#[derive(Debug, Clone, PartialEq)]
pub struct Edit {
    /// How they were sent.
    pub way: &'static str,
    /// The status that each writer got.
    pub statuses: [u16; 2],
    /// How many of the two values a client finds afterwards.
    pub kept: usize,
    /// Who learns of the conflict.
    pub told: &'static str,
}

/// The header line that asks for compressed answers, or none.
pub fn accept(encoding: Option<&str>) -> String {
    encoding
        .map(|encoding| format!("accept-encoding: {encoding}\r\n"))
        .unwrap_or_default()
}

/// Reads an answer of JSON.
///
/// # Panics
/// When it is no success or no JSON.
pub fn json(answer: Answer) -> Value {
    serde_json::from_slice(&answer.ok()).expect("JSON")
}
