//! The cursor vectors, played by the real phone.

use std::collections::VecDeque;
use std::sync::Mutex;

use serde_json::{Value as Json, json};
use sync_protocol::feed;
use sync_protocol::id::DeviceId;
use wuyuan_client::transport::{Request, Response, Transport, TransportError};
use wuyuan_client::{NewPhone, Outcome, Phone};

use crate::password;
use crate::server::{NUMBER, Server};
use crate::world::World;

/// Answers syncs from a script and everything else as the server in memory does.
struct Script {
    server: Server,
    requests: Mutex<VecDeque<Json>>,
}

impl Transport for Script {
    fn send(&self, request: Request) -> Result<Response, TransportError> {
        if request.path != "/v1/sync" {
            return self.server.send(request);
        }
        let asked: Json = serde_json::from_slice(&request.body.unwrap()).unwrap();
        let next = self
            .requests
            .lock()
            .unwrap()
            .pop_front()
            .expect("the phone asks more often than it must");
        assert_eq!(asked["pull"]["cursors"], next["sends"]);
        let none = json!([]);
        assert_eq!(
            asked["pull"].get("diverged").unwrap_or(&none),
            next.get("diverged").unwrap_or(&none)
        );
        let device: DeviceId = serde_json::from_value(asked["device"].clone()).unwrap();
        let mut answer = next["answer"].clone();
        answer["generation"] = json!("generation-1");
        answer["server_time"] = json!(0);
        answer["catalog"] = json!(1);
        answer["feed"] = json!({
            "head": { "seq": 0, "hash": hex::encode(feed::genesis(&device)) }, "durable_seq": 0,
        });
        Ok(Response {
            status: 200,
            body: answer.to_string().into_bytes(),
            ..Response::default()
        })
    }
}

/// What the phone's file holds of each unit.
fn held(path: &std::path::Path) -> Json {
    let conn = rusqlite::Connection::open(path).unwrap();
    let mut units = conn
        .prepare("SELECT code, cursor, finished, diverged FROM unit")
        .unwrap();
    let rows = units.query_map([], |row| {
        let (code, cursor): (String, Option<String>) = (row.get(0)?, row.get(1)?);
        let (finished, diverged): (bool, bool) = (row.get(2)?, row.get(3)?);
        let mut records = conn.prepare("SELECT record, pos FROM base WHERE unit = ?1")?;
        let records = records.query_map([&code], |row| {
            let id = sync_protocol::id::RecordId(row.get(0)?);
            Ok((id.to_string(), json!(row.get::<_, i64>(1)?)))
        })?;
        let records: serde_json::Map<String, Json> = records.collect::<Result<_, _>>()?;
        let state = match (finished, diverged) {
            (_, true) => "diverged",
            (true, _) => "complete",
            (false, _) => "partial",
        };
        Ok((code, json!({ "cursor": cursor, "records": records, "state": state })))
    });
    json!(rows.unwrap().collect::<Result<serde_json::Map<_, _>, _>>().unwrap())
}

#[test]
fn the_phone_pulls_as_the_vectors_say() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../sync-protocol/vectors/cursors.json");
    let file: Json = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    for case in file["cases"].as_array().unwrap() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("phone.db");
        let script = Script {
            server: Server::new(),
            requests: Mutex::default(),
        };
        let new = NewPhone {
            path: &path,
            server: "http://demo",
            number: NUMBER,
            label: "demo",
        };
        let mut phone = None;
        for sync in case["syncs"].as_array().unwrap() {
            let requests = sync["requests"].as_array().unwrap().iter().cloned();
            script.requests.lock().unwrap().extend(requests);
            let outcome = match &mut phone {
                None => {
                    let (new, outcome) = Phone::enrol(&new, &password(), World::new().env(), &script).unwrap();
                    phone = Some(new);
                    outcome
                }
                Some(phone) => Phone::sync_once(phone, &script).unwrap(),
            };
            assert_eq!(outcome, Outcome::UpToDate, "{}", case["name"]);
            assert!(
                script.requests.lock().unwrap().is_empty(),
                "{}: the phone asks too seldom",
                case["name"]
            );
            assert_eq!(held(&path), sync["held"], "{}", case["name"]);
        }
    }
}
