//! One operation's verdict, and its effect if it is accepted: shape, right, workflow, causality, in this order.

mod accept;
mod arrangement;
mod causality;
mod conclusion;
mod decision;
mod derived;
mod party;
mod right;
mod second;

use sync_protocol::catalog::{Catalog, Kind};
use sync_protocol::clock::covers;
use sync_protocol::id::{DeviceId, MemberId, RecordId};
use sync_protocol::op::{Op, Parsed};
use sync_protocol::record::{Change, Entry, Record};
use sync_protocol::rules::{RuleCode, Rules as Limits};
use sync_protocol::shape::Typed;
use sync_protocol::value::Value;
use sync_protocol::verdict::{Code, Fate, Verdict};

use self::accept::Accepted;
pub(crate) use self::second::says_the_same;
use super::batch::Draft;
use super::envelope::PreparedOp;
use super::mention::referred;
use super::rows::{Outcome, Place, Waiting};
use super::time::{Evidence, Written, estimate};
use super::workflow;
use crate::accounts::scope::Grid;
use crate::generation::Generations;
use crate::query;
use crate::store::rows::AppointmentRow;
use crate::store::{Db, StoreError, StoreResult};

/// What every operation is judged by.
#[derive(Clone, Copy)]
pub(super) struct Rules<'e> {
    pub catalog: &'e Catalog,
    /// The limits of what makes a finding.
    pub limits: &'e Limits,
    pub grid: &'e Grid,
    /// This history and those before it.
    pub generations: &'e Generations,
}

/// Whose operation, when it arrived, and what is known of its time of writing.
#[derive(Clone)]
pub(super) struct Author<'a> {
    pub device: DeviceId,
    pub member: MemberId,
    pub appointments: &'a [AppointmentRow],
    pub arrival_ms: i64,
    pub revoked: bool,
    pub clock: ClockEvidence<'a>,
}

/// Where the time of writing comes from.
#[derive(Clone, Copy)]
pub(super) enum ClockEvidence<'a> {
    /// The push that carries the operation.
    Push(Evidence<'a>),
    /// The estimate made when the operation first arrived.
    Stored(Option<i64>),
}

/// The verdict on one operation, its effect being in the draft.
#[derive(Debug)]
pub(super) struct Judged {
    pub outcome: Outcome,
    pub place: Option<Place>,
    pub written_ms: Option<i64>,
    pub waiting: Option<Waiting>,
}

/// Why an operation is not accepted, or why the whole push cannot be judged.
enum Stop {
    Refused(Code, Option<RecordId>),
    Store(StoreError),
}

impl From<Code> for Stop {
    fn from(code: Code) -> Stop {
        Stop::Refused(code, None)
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Stop {
        Stop::Store(error)
    }
}

/// One judgement in the making.
struct Case<'c, 'd, 'l, 'b> {
    db: &'c mut Db<'b>,
    rules: Rules<'c>,
    draft: &'d mut Draft<'l>,
    author: &'c Author<'c>,
    /// The desk releases the operation: what it saw and does not exist is cut from `seen`.
    cut: bool,
}

/// Judges one operation and, if it is accepted, applies it to the draft.
pub(super) fn judge(
    db: &mut Db<'_>,
    rules: Rules<'_>,
    draft: &mut Draft<'_>,
    author: &Author<'_>,
    prepared: &PreparedOp,
    cut: bool,
) -> StoreResult<Judged> {
    let op = match &prepared.parsed {
        Parsed::Op(op) => op,
        Parsed::Withheld(_) => return Ok(unplaced(Code::TooLarge)),
        Parsed::Unreadable(code) => return Ok(unplaced(*code)),
    };
    let place = Place {
        record: op.record,
        kind: op.kind.clone(),
        unit: op.unit.as_str().to_owned(),
    };
    let blobs = referred(op, prepared.typed.as_ref());
    draft.rows.blobs.extend(blobs.into_iter().map(|hash| (hash, op.record)));
    let written = match author.clock {
        // By a receipt it may have arrived before this push.
        ClockEvidence::Push(evidence) => {
            let minutes = rules.limits.limit(RuleCode::ClockOff, "minutes", author.arrival_ms);
            estimate(op, &evidence, minutes * 60_000).not_after(author.arrival_ms)
        }
        ClockEvidence::Stored(ms) => Written {
            ms,
            clock_doubtful: false,
        },
    };
    let mut case = Case {
        db,
        rules,
        draft,
        author,
        cut,
    };
    match case.decide(op, prepared, written) {
        Ok(outcome) => Ok(Judged {
            outcome,
            place: Some(place),
            written_ms: written.ms,
            waiting: None,
        }),
        Err(Stop::Refused(code, wait_record)) => {
            let held = code.fate() == Fate::Held;
            if held {
                draft
                    .own
                    .held
                    .entry((author.device, op.record))
                    .or_default()
                    .insert(prepared.seq);
            }
            Ok(Judged {
                outcome: Outcome::refused(Verdict::Refused(code)),
                waiting: held.then_some(Waiting {
                    record: Some(op.record),
                    wait_record,
                }),
                place: Some(place),
                written_ms: written.ms,
            })
        }
        Err(Stop::Store(error)) => Err(error),
    }
}

fn unplaced(code: Code) -> Judged {
    Judged {
        outcome: Outcome::refused(Verdict::Refused(code)),
        place: None,
        written_ms: None,
        waiting: None,
    }
}

impl<'c> Case<'c, '_, '_, '_> {
    fn decide(&mut self, op: &Op, prepared: &PreparedOp, written: Written) -> Result<Outcome, Stop> {
        let (kind, typed) = self.shape(op, prepared)?;
        let mut right = self.right(op, kind, typed, written)?;
        if !right.blind.is_empty() && (op.proposes || op.confirms.is_some() || op.decides.is_some()) {
            // Nobody proposes, confirms or decides what he cannot see.
            return Err(Code::FieldForbidden.into());
        }
        let mut change = Change::new(op.dot(self.author.device), op.seen.clone());
        change.set = typed.set.clone();
        change.add = typed.add.clone();
        change.remove = typed.remove.clone();
        change.blind = right.blind.clone();
        let step = match &right.old {
            None => workflow::create(kind, op, typed, right.role, right.elevated)?,
            Some(old) => workflow::advance(kind, &old.state, op, &change, right.role)?,
        };
        if step.stale {
            // It is kept beside what is there and replaces nothing until a person decides.
            right.blind.extend(op.fields().map(str::to_owned));
            change.blind = right.blind.clone();
        }
        self.derived(op, kind, typed, right.old.as_deref())?;
        let cut = self.causality(op, kind, typed, right.old.as_deref())?;
        if let Some(seen) = &cut {
            change.seen = seen.clone();
        }
        let proposal = self.second(op, typed, right.old.as_deref(), step.stale, &change)?;
        let decided = self.decision(op, kind, typed, &right, &step, &change, proposal.as_deref())?;
        if let Some(old) = &right.old {
            bounded(&old.state, &change)?;
        }
        let accepted = Accepted {
            right,
            change,
            step,
            cut,
            written,
            decided,
        };
        self.accept(op, accepted).map_err(Stop::Store)
    }

    fn shape<'p>(&mut self, op: &Op, prepared: &'p PreparedOp) -> Result<(&'c Kind, &'p Typed), Stop> {
        if op.seq != prepared.seq {
            return Err(Code::SeqMismatch.into());
        }
        if op.by != self.author.member {
            return Err(Code::NotAuthor.into());
        }
        if self.author.revoked {
            return Err(Code::DeviceRevoked.into());
        }
        if self.draft.is_reissued(&(self.author.device, op.seq, prepared.hash)) {
            // It was lost, and another operation stands for it already.
            return Err(Code::ReissueTaken.into());
        }
        let typed = prepared.typed.as_ref().map_err(|code| *code)?;
        let kind = self.rules.catalog.kind(&op.kind, op.cat).ok_or(Code::UnknownKind)?;
        if self.follows_held(op)? {
            return Err(Stop::Refused(Code::AfterHeld, Some(op.record)));
        }
        Ok((kind, typed))
    }

    /// Whether the device holds back an earlier operation on the record.
    fn follows_held(&mut self, op: &Op) -> StoreResult<bool> {
        let device = self.author.device;
        let released = |seq: u64| {
            let rows = [&self.draft.rows.held, &self.draft.loaded.rows.held];
            rows.iter()
                .find_map(|held| held.get(&(device, seq)))
                .is_some_and(Option::is_none)
        };
        if self.draft.held_in_batch(device, op.record, op.seq, released) {
            return Ok(true);
        }
        if !self.draft.loaded.holding.contains(&device) {
            return Ok(false);
        }
        let before = query!(self.db, feeds::held_before(device, op.record, op.seq as i64))?;
        Ok(before.iter().any(|seq| !released(*seq as u64)))
    }
}

/// Most values that one register keeps beside each other, and most elements of one set. People decide long
/// before; without a bound one member could make a record that nobody can load.
const SIBLINGS: usize = 64;
const ELEMENTS: usize = 2_000;

/// Refuses a change that would leave more siblings or elements than people can look through.
fn bounded(old: &Record, change: &Change) -> Result<(), Code> {
    let stays = |field: &str, entry: &Entry| {
        change.blind.contains(field) || !covers(&change.seen, &entry.dot.actor, entry.dot.counter)
    };
    let crowded = |field: &String| old.values(field).iter().filter(|e| stays(field, e)).count() >= SIBLINGS;
    let full = |(field, added): (&String, &Vec<Value>)| old.elements(field).count() + added.len() > ELEMENTS;
    if change.set.keys().any(crowded) || change.add.iter().any(full) {
        return Err(Code::TooContested);
    }
    Ok(())
}
