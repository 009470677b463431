//! Kinto, each client with a collection of its own in one bucket.

use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use wuyuan_tests::phones::Phone;
use wuyuan_tests::workspace;

use super::peer::{Edit, Peer, Push, RECORDS, accept, json};
use super::postgres::{Postgres, Purpose};
use super::process::Program;
use super::records;
use crate::http::{Answer, Connection, JSON, request};
use crate::push::CLIENTS;

/// Kinto on PostgreSQL under the web server that `bench/peers/kinto` sets up.
pub struct Kinto {
    /// Dropped before its database.
    program: Program,
    postgres: Postgres,
    phone: Phone,
}

impl Kinto {
    /// Starts it on an empty database.
    pub fn start(purpose: Purpose) -> Kinto {
        let postgres = Postgres::start(purpose);
        let program = Program::new();
        // SQLAlchemy knows the scheme by its whole name only.
        let database = postgres.url().replace("postgres://", "postgresql://");
        let settings = workspace::root().join("bench/peers/kinto/kinto.ini");
        let settings = std::fs::read_to_string(settings)
            .expect("Kinto's settings")
            .replace("DATABASE", &database);
        std::fs::write(program.folder().join("kinto.ini"), settings).expect("a temporary file");
        let mut kinto = Kinto {
            program,
            postgres,
            phone: records::stranger(),
        };
        let migrated = Command::new(python("kinto"))
            .args(["migrate", "--ini", "kinto.ini"])
            .current_dir(kinto.program.folder())
            .output()
            .expect("Kinto is installed: run `make bench-peers`");
        assert!(
            migrated.status.success(),
            "{}",
            String::from_utf8_lossy(&migrated.stderr)
        );
        kinto.run();
        let bucket = json!({"permissions": {
            "collection:create": ["system.Authenticated"], "read": ["system.Authenticated"]
        }});
        kinto.put("admin", BUCKET, &bucket);
        for client in 0..CLIENTS {
            // Who makes a collection may write in it, and nobody else but the bucket's maker.
            kinto.put(&user(client), &collection(client), &json!({}));
        }
        kinto
    }

    fn run(&mut self) {
        let folder = workspace::root().join("bench/peers/kinto");
        let mut command = Command::new(python("gunicorn"));
        command
            .arg("--config")
            .arg(folder.join("gunicorn.conf.py"))
            .arg("--chdir")
            .arg(folder)
            .args(["--bind", &format!("127.0.0.1:{}", self.program.port())])
            .env("KINTO_INI", self.program.folder().join("kinto.ini"))
            .env("PYTHONDONTWRITEBYTECODE", "1");
        self.program.start(&mut command, "/v1/__lbheartbeat__");
    }

    fn put(&self, user: &str, path: &str, body: &Value) {
        let head = format!("{JSON}{}", basic(user));
        let request = request("PUT", path, &head, body.to_string().as_bytes());
        Connection::open(&self.url()).send(&request).ok();
    }
}

const BUCKET: &str = "/v1/buckets/bench";

fn python(program: &str) -> std::path::PathBuf {
    workspace::target().join("peers/kinto/bin").join(program)
}

fn user(client: usize) -> String {
    format!("client-{client:02}")
}

fn collection(client: usize) -> String {
    format!("{BUCKET}/collections/unit-{client:02}")
}

fn basic(user: &str) -> String {
    format!("authorization: Basic {}\r\n", STANDARD.encode(format!("{user}:demo")))
}

impl Peer for Kinto {
    fn url(&self) -> String {
        self.program.url()
    }

    fn pushes(&mut self, client: usize, count: usize) -> Vec<Push> {
        let path = collection(client).replacen("/v1", "", 1) + "/records";
        let next = |_| {
            let written: Vec<(String, String)> = (0..RECORDS).map(|_| records::write(&mut self.phone)).collect();
            let requests = written.iter().map(|(id, text)| {
                // The operation's text with Kinto's own name for the key before it.
                format!("{{\"body\":{{\"data\":{{\"id\":\"{id}\",{}}}}}", &text[1..])
            });
            let requests = requests.collect::<Vec<_>>().join(",");
            Push {
                path: "/v1/batch".to_owned(),
                head: basic(&user(client)),
                body: format!("{{\"defaults\":{{\"method\":\"POST\",\"path\":\"{path}\"}},\"requests\":[{requests}]}}"),
                ids: written.into_iter().map(|(id, _)| id).collect(),
            }
        };
        (0..count).map(next).collect()
    }

    fn accepted(&self, answer: &Answer) -> Result<(), String> {
        let said = || format!("{}: {}", answer.status, String::from_utf8_lossy(&answer.body));
        let body: Value = serde_json::from_slice(&answer.body).map_err(|_| said())?;
        let responses = body["responses"].as_array().ok_or_else(said)?;
        let created = responses.iter().filter(|response| response["status"] == 201).count();
        if created == RECORDS { Ok(()) } else { Err(said()) }
    }

    fn pull(&self, connection: &mut Connection, encoding: Option<&str>) -> Vec<Value> {
        let head = format!("{}{}", basic("reader"), accept(encoding));
        let mut answers = Vec::new();
        for client in 0..CLIENTS {
            let mut next = Some(format!("{}/records", collection(client)));
            while let Some(path) = next {
                let answer = connection.send(&request("GET", &path, &head, &[]));
                let page = answer
                    .header("next-page")
                    .and_then(|url| url.find("/v1/").map(|at| url[at..].to_owned()));
                next = page;
                answers.push(json(answer));
            }
        }
        answers
    }

    fn ids(&self, pulled: &[Value]) -> Vec<String> {
        let records = pulled
            .iter()
            .flat_map(|answer| answer["data"].as_array().into_iter().flatten());
        records
            .filter_map(|record| record["id"].as_str().map(str::to_owned))
            .collect()
    }

    fn conflict(&mut self) -> Vec<Edit> {
        let mut connection = Connection::open(&self.url());
        let mut edit = |name: &str, conditional: bool| {
            let path = format!("{}/records/{name}", collection(0));
            let plain = format!("{JSON}{}", basic(&user(0)));
            let put = |head: &str, value: &str| {
                let body = json!({"data": {"interest": value}}).to_string();
                request("PUT", &path, head, body.as_bytes())
            };
            let made = connection.send(&put(&plain, "accessibility"));
            let seen = made.header("etag").expect("a version").to_owned();
            made.ok();
            let head = if conditional {
                format!("{plain}if-match: {seen}\r\n")
            } else {
                plain.clone()
            };
            let statuses = ["environment", "work_safety"].map(|value| connection.send(&put(&head, value)).status);
            let left = json(connection.send(&request("GET", &path, &plain, &[]))).to_string();
            let kept = ["environment", "work_safety"]
                .iter()
                .filter(|value| left.contains(**value))
                .count();
            (statuses, kept)
        };
        let (conditional, kept_conditional) = edit("conflict-a", true);
        let (plain, kept_plain) = edit("conflict-b", false);
        vec![
            Edit {
                way: "with If-Match",
                statuses: conditional,
                kept: kept_conditional,
                told: "the second writer, who alone still has his value",
            },
            Edit {
                way: "without",
                statuses: plain,
                kept: kept_plain,
                told: "nobody",
            },
        ]
    }

    fn processes(&self) -> Vec<u32> {
        self.program.processes()
    }

    fn database(&self) -> Option<&Postgres> {
        Some(&self.postgres)
    }

    fn kill(&mut self) {
        self.program.kill();
        self.postgres.kill();
    }

    fn restart(&mut self) {
        self.postgres.run();
        self.run();
    }
}
