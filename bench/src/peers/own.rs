//! Wuyuan itself, each client a volunteer's phone in a unit of its own; the reader is a prosecutor, who may read the
//! whole district.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};
use sync_protocol::id::{DeviceId, RecordId, Seq};
use sync_protocol::op::{Act, OpDraft};
use sync_protocol::role::Role;
use sync_protocol::verdict::Fate;
use sync_protocol::wire::SyncAnswer;
use uuid::Uuid;
use wuyuan_tests::backend::{Backend, Place};
use wuyuan_tests::postgres::Database;

use super::peer::{Edit, Peer, Push, RECORDS, accept, json};
use super::postgres::{Postgres, Purpose};
use super::records;
use crate::cast::{self, SignedIn, Stage};
use crate::http::{Answer, Connection, JSON, request};
use crate::push::{Spread, writers};

/// The release build with its own settings.
pub struct Wuyuan {
    /// Dropped before its database.
    stage: Stage,
    postgres: Option<Postgres>,
    phones: Vec<SignedIn>,
    reader: SignedIn,
}

impl Wuyuan {
    /// Starts it on an empty database.
    pub fn start(backend: Backend, purpose: Purpose) -> Wuyuan {
        let mut district = cast::district();
        let writers = writers(&mut district.members, Spread::Units);
        let postgres = (backend == Backend::Postgres).then(|| Postgres::start(purpose));
        let place = match &postgres {
            Some(postgres) => Place::Postgres(Database::at(postgres.url())),
            None => backend.place(),
        };
        let stage = Stage::on(Arc::new(place), &district);
        let phones = writers.iter().map(|(member, unit)| stage.phone(member, unit)).collect();
        let reader = district
            .members
            .iter()
            .find(|m| m.appointments[0].role == Role::Prosecutor);
        let reader = reader.map(|m| stage.phone(m, &m.appointments[0].unit));
        Wuyuan {
            stage,
            postgres,
            phones,
            reader: reader.expect("the district has a prosecutor"),
        }
    }
}

fn bearer(signed_in: &SignedIn) -> String {
    format!("authorization: Bearer {}\r\n", signed_in.token)
}

/// What a phone has written since operation `from`.
fn push(signed_in: &SignedIn, from: u64, ids: Vec<String>) -> Push {
    Push {
        path: "/v1/sync".to_owned(),
        head: bearer(signed_in),
        body: signed_in.phone.push(from..=signed_in.phone.seq()).text(),
        ids,
    }
}

/// Writes the next operation on the record of the conflict, which sets `set` and has seen `seen`.
fn edit(writer: &mut SignedIn, on: &OpDraft, seen: &BTreeMap<DeviceId, Seq>, set: &[(&str, Value)]) -> Push {
    let mut draft = writer.phone.draft(&on.kind, on.record);
    draft.unit = on.unit.clone();
    draft.seen = seen.clone();
    draft.set = set
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect();
    draft.act = on.act.clone();
    let seq = writer.phone.record(&draft);
    push(writer, seq, vec![on.record.to_string()])
}

impl Peer for Wuyuan {
    fn url(&self) -> String {
        self.stage.server.url()
    }

    fn pushes(&mut self, client: usize, count: usize) -> Vec<Push> {
        let signed_in = &mut self.phones[client];
        let next = |_| {
            let from = signed_in.phone.seq() + 1;
            let ids = (0..RECORDS).map(|_| records::write(&mut signed_in.phone).0).collect();
            push(signed_in, from, ids)
        };
        (0..count).map(next).collect()
    }

    fn accepted(&self, answer: &Answer) -> Result<(), String> {
        let said = || format!("{}: {}", answer.status, String::from_utf8_lossy(&answer.body));
        let sync: SyncAnswer = serde_json::from_slice(&answer.body).map_err(|_| said())?;
        let all = sync.verdicts.iter().all(|verdict| verdict.fate == Fate::Accepted);
        let whole = answer.status == 200 && sync.receipt.is_some() && !sync.verdicts.is_empty();
        if all && whole { Ok(()) } else { Err(said()) }
    }

    fn pull(&self, connection: &mut Connection, encoding: Option<&str>) -> Vec<Value> {
        let head = format!("{JSON}{}{}", bearer(&self.reader), accept(encoding));
        let mut cursors: BTreeMap<String, Value> = BTreeMap::new();
        let mut answers = Vec::new();
        loop {
            let body = json!({"device": self.reader.phone.device, "pull": {"cursors": cursors}}).to_string();
            let answer = json(connection.send(&request("POST", "/v1/sync", &head, body.as_bytes())));
            for page in answer["units"].as_array().into_iter().flatten() {
                if let (Some(unit), cursor @ Value::String(_)) = (page["unit"].as_str(), &page["cursor"]) {
                    cursors.insert(unit.to_owned(), cursor.clone());
                }
            }
            let more = answer["more"] == true;
            answers.push(answer);
            if !more {
                return answers;
            }
        }
    }

    fn ids(&self, pulled: &[Value]) -> Vec<String> {
        views(pulled)
            .filter_map(|record| record["id"].as_str().map(str::to_owned))
            .collect()
    }

    fn conflict(&mut self) -> Vec<Edit> {
        let url = self.url();
        let send = |push: &Push| Connection::open(&url).send(&push.bytes());
        let volunteer = &mut self.phones[0];
        let mut on = volunteer.phone.draft("photo_report", RecordId::from(Uuid::now_v7()));
        on.act = Some(Act {
            name: "submit".to_owned(),
        });
        let first = [
            ("channel", json!("app")),
            ("interest", json!("accessibility")),
            ("title", json!("盲道被占用")),
            ("description", json!("演示")),
        ];
        let answer = send(&edit(volunteer, &on, &BTreeMap::new(), &first));
        assert!(
            self.accepted(&answer).is_ok(),
            "{}",
            String::from_utf8_lossy(&answer.body)
        );
        on.act = None;
        let volunteer = &mut self.phones[0];
        let seen = BTreeMap::from([(volunteer.phone.device, volunteer.phone.seq())]);
        let edits = [
            edit(volunteer, &on, &seen, &[("interest", json!("environment"))]),
            edit(&mut self.reader, &on, &seen, &[("interest", json!("work_safety"))]),
        ];
        let statuses = edits.each_ref().map(|push| {
            let answer = send(push);
            assert!(
                self.accepted(&answer).is_ok(),
                "{}",
                String::from_utf8_lossy(&answer.body)
            );
            answer.status
        });
        let pulled = self.pull(&mut Connection::open(&url), None);
        let id = on.record.to_string();
        let view = views(&pulled)
            .find(|record| record["id"] == id.as_str())
            .expect("it is pulled");
        let values: Vec<&Value> = view["fields"]["interest"].as_array().into_iter().flatten().collect();
        assert!(
            values.len() < 2 || values.iter().all(|value| value["by"].is_string()),
            "{view}"
        );
        vec![Edit {
            way: "by sync",
            statuses,
            kept: values.len(),
            told: "everybody: both values with author and time come with every pull of the record",
        }]
    }

    fn processes(&self) -> Vec<u32> {
        vec![self.stage.server.process()]
    }

    fn database(&self) -> Option<&Postgres> {
        self.postgres.as_ref()
    }

    fn kill(&mut self) {
        self.stage.server.kill();
        if let Some(postgres) = &mut self.postgres {
            postgres.kill();
        }
    }

    fn restart(&mut self) {
        if let Some(postgres) = &mut self.postgres {
            postgres.run();
        }
        self.stage.server.run();
    }
}

/// The records in pulled answers.
fn views(pulled: &[Value]) -> impl Iterator<Item = &Value> {
    let pages = pulled
        .iter()
        .flat_map(|answer| answer["units"].as_array().into_iter().flatten());
    let changes = pages.flat_map(|page| page["changes"].as_array().into_iter().flatten());
    changes.filter_map(|change| change.get("put"))
}
