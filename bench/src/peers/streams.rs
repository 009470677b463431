//! The server of the crate durable-streams, each client with a stream of its own.

use std::process::Command;

use serde_json::{Value, json};
use wuyuan_tests::phones::Phone;
use wuyuan_tests::workspace;

use super::peer::{Edit, Peer, Push, RECORDS, accept, json};
use super::postgres::Postgres;
use super::process::Program;
use super::records;
use crate::http::{Answer, Connection, JSON, request};
use crate::push::CLIENTS;

/// The server with its process.
pub struct DurableStreams {
    program: Program,
    phone: Phone,
}

impl DurableStreams {
    /// Starts it on an empty folder.
    pub fn start() -> DurableStreams {
        let mut streams = DurableStreams {
            program: Program::new(),
            phone: records::stranger(),
        };
        streams.run();
        let mut connection = Connection::open(&streams.url());
        for client in 0..CLIENTS {
            connection.send(&request("PUT", &stream(client), JSON, &[])).ok();
        }
        streams
    }

    fn run(&mut self) {
        let program = workspace::target().join("peers/durable-streams/bin/durable-streams-server");
        let mut command = Command::new(program);
        command
            .args(["--host", "127.0.0.1", "--port", &self.program.port().to_string()])
            .args(["--data-dir", "data", "--durability", "wal"]);
        self.program.start(&mut command, "/");
    }
}

fn stream(client: usize) -> String {
    format!("/unit-{client:02}")
}

impl Peer for DurableStreams {
    fn url(&self) -> String {
        self.program.url()
    }

    fn pushes(&mut self, client: usize, count: usize) -> Vec<Push> {
        let next = |_| {
            let written: Vec<(String, String)> = (0..RECORDS).map(|_| records::write(&mut self.phone)).collect();
            let texts: Vec<&str> = written.iter().map(|(_, text)| text.as_str()).collect();
            Push {
                path: stream(client),
                head: String::new(),
                body: format!("[{}]", texts.join(",")),
                ids: written.iter().map(|(id, _)| id.clone()).collect(),
            }
        };
        (0..count).map(next).collect()
    }

    fn accepted(&self, answer: &Answer) -> Result<(), String> {
        match answer.status {
            200 | 204 => Ok(()),
            status => Err(format!("{status}: {}", String::from_utf8_lossy(&answer.body))),
        }
    }

    fn pull(&self, connection: &mut Connection, encoding: Option<&str>) -> Vec<Value> {
        let head = accept(encoding);
        let mut answers = Vec::new();
        for client in 0..CLIENTS {
            let mut offset = "-1".to_owned();
            loop {
                let path = format!("{}?offset={offset}", stream(client));
                let answer = connection.send(&request("GET", &path, &head, &[]));
                let whole = answer.header("stream-up-to-date") == Some("true");
                offset = answer.header("stream-next-offset").unwrap_or_default().to_owned();
                answers.push(json(answer));
                if whole {
                    break;
                }
            }
        }
        answers
    }

    fn ids(&self, pulled: &[Value]) -> Vec<String> {
        let events = pulled.iter().flat_map(|answer| answer.as_array().into_iter().flatten());
        events
            .filter_map(|event| event["record"].as_str().map(str::to_owned))
            .collect()
    }

    fn conflict(&mut self) -> Vec<Edit> {
        let mut connection = Connection::open(&self.url());
        connection.send(&request("PUT", "/conflict", JSON, &[])).ok();
        let mut send = |value: &str| {
            let body = json!({"record": "conflict", "interest": value}).to_string();
            connection
                .send(&request("POST", "/conflict", JSON, body.as_bytes()))
                .status
        };
        let made = send("accessibility");
        assert!(matches!(made, 200 | 204), "{made}");
        let statuses = ["environment", "work_safety"].map(&mut send);
        let left = json(connection.send(&request("GET", "/conflict?offset=-1", "", &[]))).to_string();
        let kept = ["environment", "work_safety"]
            .iter()
            .filter(|value| left.contains(**value))
            .count();
        vec![Edit {
            way: "by append",
            statuses,
            kept,
            told: "nobody: it knows events, no records; every reader gets both in order and must merge by himself",
        }]
    }

    fn processes(&self) -> Vec<u32> {
        self.program.processes()
    }

    fn database(&self) -> Option<&Postgres> {
        None
    }

    fn kill(&mut self) {
        self.program.kill();
    }

    fn restart(&mut self) {
        self.run();
    }
}
