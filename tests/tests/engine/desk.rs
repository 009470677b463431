//! Who decides, for the tests of proposals and decisions: two officers of the desk, and a session that was approved.

use std::collections::BTreeMap;

use serde_json::json;
use sync_protocol::decision::{Conclusion, Decides};
use sync_protocol::feed::body_hash;
use sync_protocol::id::{RecordId, Seq, UnitCode};
use sync_protocol::op::{OpDraft, OpName};
use sync_protocol::role::Role;
use sync_protocol::wire::RecordView;
use wuyuan_server::query;
use wuyuan_server::store::rows::FindingNowRow;
use wuyuan_server::sync::findings;
use wuyuan_tests::backend::Backend;
use wuyuan_tests::engine::{Engine, record};
use wuyuan_tests::phones::Phone;
use wuyuan_tests::replica::Replica;

use crate::people::{Cast, act, hours_of, report, session, with};

/// A community whose records two officers of the district's desk decide.
pub struct Desk {
    pub cast: Cast,
    pub officer: Phone,
    pub second: Phone,
}

impl Desk {
    pub fn meet(backend: Backend) -> Desk {
        Desk::of(Cast::meet(backend))
    }

    pub fn of(cast: Cast) -> Desk {
        let district: UnitCode = "350111000000".parse().expect("a code");
        let officer = cast.engine.member(Role::ConflictAdmin, &district, 0).clone();
        let officer = cast.engine.phone(&officer, &cast.unit);
        // The prosecutor helps out as an officer of reconciliation too.
        let mut second = cast
            .engine
            .phone(cast.engine.member(Role::Prosecutor, &district, 0), &cast.unit);
        second.holder.appointment = cast
            .engine
            .appoint(second.holder.member, Role::ConflictAdmin, &district);
        // What is written from now on is written in that appointment.
        cast.engine.clock.advance(60_000);
        Desk { cast, officer, second }
    }

    pub fn engine(&self) -> &Engine {
        &self.cast.engine
    }

    /// A volunteer's session of an hour, approved by the leader.
    pub fn approved(&mut self) -> RecordId {
        let id = record();
        let made = session(&self.cast.volunteers[0], id);
        self.cast.volunteers[0].record(&made);
        assert_eq!(self.cast.engine.push_last(&self.cast.volunteers[0]), "accepted");
        let mut approval = act(
            on(&self.cast.engine, &self.cast.leader, "volunteer_session", id),
            "approve",
        );
        approval.approves = Some(hours_of(
            &self.cast.engine.app.catalog.kinds()["volunteer_session"],
            &made,
        ));
        self.cast.leader.record(&approval);
        assert_eq!(self.cast.engine.push_last(&self.cast.leader), "accepted");
        id
    }

    /// A report whose field of interest two people wrote differently.
    pub fn contested(&mut self) -> RecordId {
        let id = record();
        let cast = &mut self.cast;
        cast.leader.record(&report(&cast.leader, id, "演示"));
        assert_eq!(cast.engine.push_last(&cast.leader), "accepted");
        let seen = on(&cast.engine, &cast.leader, "photo_report", id).seen;
        for (phone, interest) in [(&mut cast.leader, "women"), (&mut cast.prosecutor, "heritage")] {
            let mut edit = with(phone.draft("photo_report", id), &[("interest", json!(interest))]);
            edit.seen = seen.clone();
            phone.record(&edit);
            assert_eq!(cast.engine.push_last(phone), "accepted");
        }
        id
    }

    /// The open finding of a code on a record.
    pub fn finding(&self, code: &str, of: RecordId) -> Option<FindingNowRow> {
        let unit = self.cast.unit.as_str().to_owned();
        let rows = self
            .engine()
            .read(|db| query!(db, findings::open_in(&[unit.as_str()], code)));
        rows.into_iter()
            .find(|row| row.record.is_some_and(|record| record.0 == of.0))
    }

    /// The finding's id and what it stands on now, as the desk's screen shows them.
    pub fn shown(&self, code: &str, of: RecordId) -> (String, String) {
        let row = self.finding(code, of).unwrap_or_else(|| panic!("no {code} is open"));
        (hex::encode(row.id), hex::encode(self.stands_on(&row)))
    }

    pub fn stands_on(&self, row: &FindingNowRow) -> [u8; 32] {
        let catalog = &self.engine().app.catalog;
        self.engine().read(|db| findings::stands_on(db, catalog, row))
    }

    /// Finds no fault in what is stored.
    pub fn verify(&self) {
        assert_eq!(self.faults(), [] as [&str; 0]);
    }

    /// The faults in what is stored.
    pub fn faults(&self) -> Vec<String> {
        let app = &self.engine().app;
        let mut faults = Vec::new();
        let mut tell = |fault: &wuyuan_server::verify::Fault| faults.push(fault.to_string());
        wuyuan_server::verify::verify(&app.store, &app.law, &mut tell).expect("verified");
        faults
    }
}

/// The record as a phone's holder sees it now.
pub fn view(engine: &Engine, phone: &Phone, id: RecordId) -> RecordView {
    let mut seen = Replica::default();
    seen.pull(engine, phone, None);
    seen.record(&id).expect("seen").clone()
}

/// A draft of an operation that has seen what the phone's holder sees now.
pub fn on(engine: &Engine, phone: &Phone, kind: &str, id: RecordId) -> OpDraft {
    let mut draft = phone.draft(kind, id);
    draft.seen = view(engine, phone, id).clock;
    draft
}

/// Writes, pushes and names an operation, with its verdict.
pub fn push(engine: &Engine, phone: &mut Phone, draft: &OpDraft) -> (OpName, String) {
    let seq = phone.record(draft);
    let verdict = engine.push_last(phone);
    (name(phone, seq), verdict)
}

/// Names an operation of a phone.
pub fn name(phone: &Phone, seq: Seq) -> OpName {
    OpName {
        device: phone.device,
        seq,
        hash: body_hash(phone.text(seq).as_bytes()),
    }
}

/// The draft as a decision on findings, with a reason.
pub fn decides(mut draft: OpDraft, conclusion: Conclusion, findings: &[(String, String)]) -> OpDraft {
    let findings: BTreeMap<String, String> = findings.iter().cloned().collect();
    draft.decides = Some(Decides { conclusion, findings });
    draft.reason = Some("made up".to_owned());
    draft
}
