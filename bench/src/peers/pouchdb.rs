//! PouchDB Server on LevelDB, each client with a database of its own.

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

/// How LevelDB writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writing {
    /// As the server comes: it answers when the kernel has the data.
    AsItComes,
    /// LevelDB told to bring every batch to the disk first, through the server's option for another backend.
    Synced,
}

/// The server with its process.
pub struct PouchDb {
    program: Program,
    writing: Writing,
    phone: Phone,
}

impl PouchDb {
    /// Starts it on an empty folder.
    pub fn start(writing: Writing) -> PouchDb {
        let mut pouchdb = PouchDb {
            program: Program::new(),
            writing,
            phone: records::stranger(),
        };
        pouchdb.run();
        let mut connection = Connection::open(&pouchdb.url());
        for client in 0..CLIENTS {
            connection.send(&request("PUT", &database(client), "", &[])).ok();
        }
        pouchdb
    }

    fn run(&mut self) {
        let installed = workspace::target().join("peers/pouchdb");
        let mut command = Command::new("node");
        command
            .arg(installed.join("node_modules/pouchdb-server/bin/pouchdb-server"))
            .args(["--host", "127.0.0.1", "--port", &self.program.port().to_string()])
            .args(["--dir", "data", "--config", "config.json", "--no-stdout-logs"]);
        if self.writing == Writing::Synced {
            command
                .arg("--level-backend")
                .arg(installed.join("synced-leveldown.js"));
        }
        self.program.start(&mut command, "/");
    }
}

fn database(client: usize) -> String {
    format!("/unit_{client:02}")
}

impl Peer for PouchDb {
    fn url(&self) -> String {
        self.program.url()
    }

    fn pushes(&mut self, client: usize, count: usize) -> Vec<Push> {
        let next = |_| {
            let written: Vec<(String, String)> = (0..RECORDS).map(|_| records::write(&mut self.phone)).collect();
            // The operation's text with the server's own name for the key before it.
            let texts = written
                .iter()
                .map(|(id, text)| format!("{{\"_id\":\"{id}\",{}", &text[1..]));
            Push {
                path: format!("{}/_bulk_docs", database(client)),
                head: String::new(),
                body: format!("{{\"docs\":[{}]}}", texts.collect::<Vec<_>>().join(",")),
                ids: written.into_iter().map(|(id, _)| id).collect(),
            }
        };
        (0..count).map(next).collect()
    }

    fn accepted(&self, answer: &Answer) -> Result<(), String> {
        let said = || format!("{}: {}", answer.status, String::from_utf8_lossy(&answer.body));
        let body: Value = serde_json::from_slice(&answer.body).map_err(|_| said())?;
        let stored = body
            .as_array()
            .into_iter()
            .flatten()
            .filter(|line| line["ok"] == true)
            .count();
        if answer.status == 201 && stored == RECORDS {
            Ok(())
        } else {
            Err(said())
        }
    }

    fn pull(&self, connection: &mut Connection, encoding: Option<&str>) -> Vec<Value> {
        let head = accept(encoding);
        let changes = |client| {
            let path = format!("{}/_changes?include_docs=true", database(client));
            json(connection.send(&request("GET", &path, &head, &[])))
        };
        (0..CLIENTS).map(changes).collect()
    }

    fn ids(&self, pulled: &[Value]) -> Vec<String> {
        let results = pulled
            .iter()
            .flat_map(|answer| answer["results"].as_array().into_iter().flatten());
        results
            .filter_map(|line| line["doc"]["_id"].as_str().map(str::to_owned))
            .collect()
    }

    fn conflict(&mut self) -> Vec<Edit> {
        let mut connection = Connection::open(&self.url());
        let mut send = |method: &str, path: &str, body: &Value| {
            let body = if body.is_null() {
                String::new()
            } else {
                body.to_string()
            };
            connection.send(&request(
                method,
                &format!("{}/{path}", database(0)),
                JSON,
                body.as_bytes(),
            ))
        };
        let mut edits = Vec::new();
        let made = json(send("PUT", "conflict_a", &json!({"interest": "accessibility"})));
        let statuses = ["environment", "work_safety"]
            .map(|value| send("PUT", "conflict_a", &json!({"_rev": made["rev"], "interest": value})).status);
        let left = json(send("GET", "conflict_a?conflicts=true", &Value::Null));
        edits.push(Edit {
            way: "by PUT",
            statuses,
            kept: 1 + left["_conflicts"].as_array().map_or(0, Vec::len),
            told: "the second writer, who alone still has his value",
        });
        let made = json(send("PUT", "conflict_b", &json!({"interest": "accessibility"})));
        let first = made["rev"]
            .as_str()
            .and_then(|rev| rev.split_once('-'))
            .expect("a revision")
            .1
            .to_owned();
        let replicated = [("a", "environment"), ("b", "work_safety")].map(|(digit, value)| {
            let own = digit.repeat(32);
            let revisions = json!({"start": 2, "ids": [own, first]});
            let doc =
                json!({"_id": "conflict_b", "_rev": format!("2-{own}"), "_revisions": revisions, "interest": value});
            send("POST", "_bulk_docs", &json!({"new_edits": false, "docs": [doc]})).status
        });
        let asked = json(send("GET", "conflict_b?conflicts=true", &Value::Null));
        let plain = json(send("GET", "conflict_b", &Value::Null));
        assert!(plain.get("_conflicts").is_none(), "{plain}");
        edits.push(Edit {
            way: "by replication",
            statuses: replicated,
            kept: 1 + asked["_conflicts"].as_array().map_or(0, Vec::len),
            told: "only who asks for `conflicts`; the plain read shows one of them as if alone",
        });
        edits
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
