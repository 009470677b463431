//! Observers drawn in the engine: asked for by a prosecutor, made by the server, entered as they were drawn.

use std::collections::BTreeSet;

use chrono::{DateTime, SecondsFormat};
use serde_json::json;
use sync_protocol::draw::Proof;
use sync_protocol::id::{MemberId, RecordId};
use sync_protocol::op::{Act, OpDraft};
use sync_protocol::role::Role;
use wuyuan_server::accounts::scope;
use wuyuan_server::draw::{self, DrawError, Maker};
use wuyuan_server::query;
use wuyuan_server::sync::desk::Looker;

use crate::engine::{Engine, record};
use crate::phones::Phone;

/// The kind of record that asks for a draw.
const KIND: &str = "observer_draw";

/// How many ids a field takes.
const MOST: usize = 50;

/// The fields that name whom to leave out.
const LEFT_OUT: [&str; 3] = ["excluded_conflict", "excluded_kin", "excluded_household"];

/// A request of a phone's holder for a draw of observers, under the newest checkpoint.
pub fn request(engine: &Engine, by: &Phone, id: RecordId, order: RecordId) -> OpDraft {
    let mut draft = by.draft(KIND, id);
    draft.set.insert("order".to_owned(), json!(order));
    draft.set.insert("checkpoint".to_owned(), json!(engine.checkpoint()));
    draft
}

/// What the server draws for a request that was pushed, for whoever holds the phone.
///
/// # Errors
/// The server's refusal.
pub fn made(engine: &Engine, by: &Phone, id: RecordId) -> Result<Proof, DrawError> {
    let app = &engine.app;
    let now_ms = app.now_ms();
    app.store.write(|db| {
        let appointments = query!(db, appointments::of_member(by.holder.member))?;
        let grid = app.grid.get(db, now_ms)?;
        let scope = scope::scope(&grid, &appointments, now_ms);
        let looker = Looker {
            catalog: &app.catalog,
            member: by.holder.member,
            scope: &scope,
        };
        let maker = Maker {
            looker,
            grid: &grid,
            key: &app.keys.receipt,
            now_ms,
        };
        draw::make(db, maker, id).map(|shown| shown.proof)
    })
}

/// A draft that enters what was drawn, of who asked for it.
pub fn entry(by: &Phone, proof: &Proof) -> OpDraft {
    let mut draft = by.draft(KIND, proof.record);
    draft.seen.insert(proof.request.device, proof.request.seq);
    draft.act = Some(Act {
        name: "draw".to_owned(),
    });
    let drawn = &proof.drawn;
    for (field, value) in [
        ("roster_hash", json!(hex::encode(drawn.roster_hash))),
        ("pool_size", json!(drawn.pool_size)),
        ("widened", json!(proof.pool != by.holder.unit)),
        ("seed", json!(hex::encode(drawn.seed))),
    ] {
        draft.set.insert(field.to_owned(), value);
    }
    for (part, people) in [("observer", &drawn.observers), ("substitute", &drawn.substitutes)] {
        for (nth, member) in people.iter().enumerate() {
            draft.set.insert(format!("{part}_{}", nth + 1), json!(member));
        }
    }
    draft
}

/// A prosecutor has observers drawn among a few, at a moment (ms) that may have passed, and enters them: everybody else in
/// the district is left out. The draw's record, which only he has written.
pub fn among(engine: &Engine, by: &mut Phone, order: RecordId, few: &[MemberId], at_ms: i64) -> RecordId {
    let now_ms = engine.app.now_ms();
    engine.clock.advance(at_ms - now_ms);
    engine.seal();
    let id = record();
    let mut draft = request(engine, by, id, order);
    draft.at = moment(at_ms);
    draft.set.insert("exclusion_note".to_owned(), json!("演示"));
    for (field, members) in LEFT_OUT.iter().zip(everybody_but(engine, few).chunks(MOST)) {
        let members = members.iter().map(|member| json!(member)).collect();
        draft.add.insert((*field).to_owned(), members);
    }
    by.record(&draft);
    assert_eq!(engine.push_last(by), "accepted");
    let proof = made(engine, by, id).expect("observers are drawn");
    let mut draft = entry(by, &proof);
    draft.at = moment(at_ms);
    by.record(&draft);
    assert_eq!(engine.push_last(by), "accepted");
    engine.clock.advance(now_ms - at_ms);
    id
}

/// The volunteers of the demonstration, without a few.
pub fn everybody_but(engine: &Engine, few: &[MemberId]) -> Vec<MemberId> {
    let volunteers = |member: &&wuyuan_server::demo::DemoMember| {
        let mut held = member.appointments.iter();
        held.any(|held| held.role == Role::Volunteer)
    };
    let all: BTreeSet<MemberId> = engine
        .district
        .members
        .iter()
        .filter(volunteers)
        .map(|m| m.id)
        .collect();
    let others: Vec<MemberId> = all.into_iter().filter(|id| !few.contains(id)).collect();
    assert!(others.len() <= MOST * LEFT_OUT.len(), "so many cannot be left out");
    others
}

fn moment(ms: i64) -> String {
    let moment = DateTime::from_timestamp_millis(ms).expect("a moment");
    moment.to_rfc3339_opts(SecondsFormat::Millis, true)
}
