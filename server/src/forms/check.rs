//! Whether an exported form holds: everything is checked from the export and the log's key alone.
//!
//! What it cannot say: that nothing was sealed afterwards. A posting that the form lists may have been taken back since, and
//! the form itself be taken back; the server tells that, and the log, to which it can only add, tells on the server.

use std::collections::BTreeMap;

use sync_protocol::catalog::{Catalog, STATE_FIELD};
use sync_protocol::feed::{self, Hash};
use sync_protocol::form::{KIND, Line, Sessions};
use sync_protocol::log::{
    self, Checkpoint, Content, Decided, Leaf, VerifierKey, check_inclusion, leaf_hash, row_digest,
};
use sync_protocol::op::{self, Op, Parsed};
use sync_protocol::record::Record;
use sync_protocol::verdict::Fate;
use sync_protocol::wire::parse_hash;

use super::export::{Exported, FORMAT, Sealed, SealedOp, SealedPosting};
use super::replay::{self, Replay};
use super::{number, text};
use crate::log::leaves::{of_operation, of_posting, of_verdict};
use crate::store::rows::{OpSealRow, PostingSealRow};
use crate::sync::QUARANTINED;
use crate::sync::effect::{self, Effect};

/// Something that does not hold, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The stable code.
    pub code: &'static str,
    /// Where: an operation, a posting, a log; empty for the form as a whole.
    pub place: String,
}

/// What a form that was checked says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Said {
    /// Its number.
    pub form_no: String,
    /// Its state.
    pub state: String,
    /// The grade's code.
    pub grade: String,
    /// How many sessions it lists.
    pub sessions: usize,
    /// Minutes in all.
    pub minutes: u64,
    /// The logs against which it was checked, each with its checkpoint.
    pub logs: Vec<(String, Checkpoint)>,
}

/// The words for a fault's code, in Chinese and in English.
pub fn words(code: &str) -> (&'static str, &'static str) {
    match code {
        "form_unreadable" => ("文件无法读取", "the file cannot be read"),
        "form_format" => ("文件格式版本不支持", "the format of the file is not known"),
        "form_log_key" => ("日志公钥与所给的不符", "the log's key is not the given one"),
        "form_log_key_unreadable" => ("日志公钥无法读取", "the log's key cannot be read"),
        "form_checkpoint" => ("检查点签名无效", "the checkpoint is not signed by the log's key"),
        "form_op_unreadable" => ("操作原文无法读取", "the text of an operation cannot be read"),
        "form_op_place" => (
            "操作不属于本表或次序不符",
            "an operation is not of this form, or not in order",
        ),
        "form_op_sealed" => ("操作与公示日志不符", "an operation is not what was sealed"),
        "form_posting_sealed" => ("入账记录与公示日志不符", "a posting is not what was sealed"),
        "form_merge" => ("操作无法合并", "the operations cannot be merged"),
        "form_not_issued" => ("本表未曾出具", "the form was not issued"),
        replay::UNREVIEWED => (
            "出具的内容未经复核或与复核时不一致",
            "what was issued was not reviewed, or not as it is",
        ),
        replay::SAME_PERSON => ("出具人与复核人为同一人", "who issued the form also reviewed it"),
        replay::REWRITTEN => ("出具后内容有改动", "the form was changed after it was issued"),
        "form_hash" => ("评价表摘要不符", "the form's hash is another one"),
        "form_list" => (
            "明细与摘要或总时长不符",
            "the list of sessions is not that of its hash and total",
        ),
        "form_lines" => ("明细与入账记录不符", "the list of sessions is not that of the postings"),
        _ => ("不符", "does not hold"),
    }
}

/// Checks an export, `vkey` being the log's key if the checker has it from elsewhere.
pub fn check(text: &str, catalog: &Catalog, vkey: Option<&str>) -> (Said, Vec<Fault>) {
    let mut run = Run::default();
    match serde_json::from_str::<Exported>(text) {
        Ok(exported) => run.whole(&exported, catalog, vkey),
        Err(_) => run.fault("form_unreadable", ""),
    }
    (run.said, run.faults)
}

#[derive(Default)]
struct Run {
    heads: BTreeMap<String, Checkpoint>,
    said: Said,
    faults: Vec<Fault>,
}

impl Run {
    fn fault(&mut self, code: &'static str, place: impl ToString) {
        self.faults.push(Fault {
            code,
            place: place.to_string(),
        });
    }

    fn whole(&mut self, exported: &Exported, catalog: &Catalog, vkey: Option<&str>) {
        if exported.format != FORMAT {
            self.fault("form_format", exported.format);
        }
        self.logs(exported, vkey);
        let Some(kind) = catalog.kinds().get(KIND) else {
            return self.fault("form_format", KIND);
        };
        let mut replay = Replay::new(kind, exported.form);
        let mut last = 0;
        for sealed in &exported.ops {
            let place = format!("{} {}", sealed.device, sealed.seq);
            let Parsed::Op(op) = op::read(&sealed.text).0 else {
                self.fault("form_op_unreadable", &place);
                continue;
            };
            if op.record != exported.form
                || op.kind != KIND
                || op.seq != sealed.seq
                || op.by != sealed.member
                || sealed.pos <= last
            {
                self.fault("form_op_place", &place);
            }
            last = sealed.pos;
            self.op(sealed, &op, &place);
            let effect = Effect::from_text(sealed.effect.as_deref());
            let change = effect
                .ok()
                .and_then(|effect| effect::change(catalog, &op, sealed.device, sealed.pos, &effect).ok());
            match change {
                Some(change) => replay.take(&op, change),
                None => self.fault("form_merge", &place),
            }
        }
        for posting in &exported.postings {
            self.posting(posting);
        }
        for code in replay.faults() {
            self.fault(code, "");
        }
        self.form(exported, replay.hash(), &replay.record);
    }

    fn logs(&mut self, exported: &Exported, vkey: Option<&str>) {
        for head in &exported.logs {
            let Some(key) = VerifierKey::parse(&head.vkey).filter(|key| key.text() == head.vkey) else {
                self.fault("form_log_key_unreadable", &head.vkey);
                continue;
            };
            if vkey.is_some_and(|given| VerifierKey::parse(given).is_none_or(|given| given.key() != key.key())) {
                self.fault("form_log_key", key.origin());
            }
            match key.open(&head.checkpoint) {
                Ok(checkpoint) => {
                    self.heads.insert(key.origin().to_owned(), checkpoint.clone());
                    self.said.logs.push((head.vkey.clone(), checkpoint));
                }
                Err(_) => self.fault("form_checkpoint", key.origin()),
            }
        }
    }

    /// Whether a leaf is in the log that it names.
    fn is_sealed(&self, leaf: &Leaf, sealed: &Sealed) -> bool {
        let proof: Option<Vec<Hash>> = sealed.proof.iter().map(|hash| parse_hash(hash)).collect();
        let (Some(head), Some(proof)) = (self.heads.get(&sealed.origin), proof) else {
            return false;
        };
        check_inclusion(&proof, sealed.index, head.size, &leaf_hash(&leaf.encode()), &head.root)
    }

    fn op(&mut self, sealed: &SealedOp, op: &Op, place: &str) {
        let row = OpSealRow {
            device: sealed.device,
            seq: sealed.seq as i64,
            hash: feed::body_hash(sealed.text.as_bytes()),
            arrival_ms: sealed.arrival,
            written_ms: sealed.written,
            member: sealed.member.0.to_vec(),
            record: Some(op.record.0.to_vec()),
            kind: Some(op.kind.clone()),
            unit: Some(op.unit.as_str().to_owned()),
            state: QUARANTINED,
            code: None,
            pos: Some(sealed.pos),
            effect: sealed.effect.clone(),
        };
        let digest = |kind: u8, at: &Sealed, content: &Content| row_digest(kind, &at.salt, content);
        let waited = sealed.waited.as_ref();
        let first = Leaf::Operation {
            device: row.device,
            seq: sealed.seq,
            hash: row.hash,
            arrival_ms: row.arrival_ms,
            decided: Decided {
                fate: if waited.is_some() { Fate::Held } else { Fate::Accepted },
                code: waited.map(|waited| waited.code.clone()).unwrap_or_default(),
                digest: digest(log::OPERATION, &sealed.sealed, &of_operation(&row, waited.is_some())),
            },
        };
        let mut holds = self.is_sealed(&first, &sealed.sealed);
        if let Some(waited) = waited {
            let later = Leaf::Verdict {
                device: row.device,
                seq: sealed.seq,
                number: waited.number as u64,
                at_ms: waited.at,
                decided: Decided {
                    fate: Fate::Accepted,
                    code: String::new(),
                    digest: digest(log::VERDICT, &waited.sealed, &of_verdict(&row, true)),
                },
            };
            holds &= self.is_sealed(&later, &waited.sealed);
        }
        if !holds {
            self.fault("form_op_sealed", place);
        }
    }

    fn posting(&mut self, posting: &SealedPosting) {
        let row = PostingSealRow {
            number: posting.number,
            id: posting.id.0.to_vec(),
            ledger: "social_service".to_owned(),
            member: None,
            subject: Some(posting.subject.0.to_vec()),
            session: posting.session.0.to_vec(),
            round: posting.round,
            minutes: posting.minutes,
            unit: posting.unit.clone(),
            kind: posting.kind.clone(),
            day: posting.day.clone(),
            digest: posting.digest.to_vec(),
            approved_device: posting.approved_device.0.to_vec(),
            approved_seq: posting.approved_seq,
            posted_ms: posting.posted,
            reverses: None,
        };
        let leaf = Leaf::Row {
            kind: log::POSTING,
            id: posting.number.to_be_bytes().to_vec(),
            digest: row_digest(log::POSTING, &posting.sealed.salt, &of_posting(&row)),
        };
        if !self.is_sealed(&leaf, &posting.sealed) {
            self.fault("form_posting_sealed", posting.number);
        }
    }

    fn form(&mut self, exported: &Exported, hash: Option<Hash>, record: &Record) {
        if hash != Some(exported.hash) {
            self.fault("form_hash", "");
        }
        let words = |field: &str| text(record, field).unwrap_or_default().to_owned();
        let state = words(STATE_FIELD);
        if matches!(state.as_str(), "" | "draft" | "reviewed") {
            self.fault("form_not_issued", "");
        }
        let list = text(record, "sessions").unwrap_or_default();
        let sessions = Sessions::parse(list);
        let hash = hex::encode(Sessions::hash(list));
        let total = sessions.as_ref().map(Sessions::total);
        if text(record, "list_hash") != Some(&hash)
            || number(record, "total_minutes") != total.map(|total| total as i64)
        {
            self.fault("form_list", "");
        }
        let listed = sessions.as_ref().is_some_and(|sessions| {
            let lines = exported.postings.iter().map(|posting| Line {
                number: posting.number as u64,
                session: posting.session,
                round: posting.round as u64,
                minutes: posting.minutes as u64,
                day: posting.day.clone(),
                digest: posting.digest,
            });
            let subject = |posting: &SealedPosting| posting.subject == sessions.subject;
            lines.eq(sessions.lines.iter().cloned()) && exported.postings.iter().all(subject)
        });
        if !listed {
            self.fault("form_lines", "");
        }
        self.said.form_no = words("form_no");
        self.said.grade = words("grade");
        self.said.state = state;
        self.said.sessions = sessions.map_or(0, |sessions| sessions.lines.len());
        self.said.minutes = total.unwrap_or(0);
    }
}
