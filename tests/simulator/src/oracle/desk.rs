//! What two persons do and what is decided: whether an accepted operation may have been, by what had been accepted
//! before it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use sync_protocol::catalog::{Kind, Policy};
use sync_protocol::role::Role;
use sync_protocol::value::Instant;

use super::log::{Dot, Fate, Log, Said, Stored};
use super::record::{Field, Worked};

/// The registers between whose values people decide, each with the operations that wrote them.
pub type Contested = BTreeMap<String, BTreeSet<Dot>>;

/// What the desk's screens showed: by finding and basis, what was contested.
pub type Screens = BTreeMap<(String, String), Contested>;

/// What is contested of a record.
pub fn contested(kind: &Kind, record: &Worked) -> Contested {
    let mut contested = Contested::new();
    for (name, field) in &record.fields {
        let review = name == "state" || kind.field(name).is_some_and(|f| f.policy == Policy::Review);
        let Field::Register(values) = field else { continue };
        if review && values.iter().any(|w| w.value != values[0].value) {
            contested.insert(name.clone(), values.iter().map(|w| w.dot.clone()).collect());
        }
    }
    contested
}

/// An accepted operation on a record that was there: `old` before it, `now` with it, `before` what had been accepted.
pub struct Case<'c> {
    /// The kind.
    pub kind: &'c Kind,
    /// The operation.
    pub op: &'c Stored,
    /// What it says.
    pub said: &'c Said,
    /// The role in which it was written.
    pub role: Role,
    /// The record before it.
    pub old: &'c Worked,
    /// The record with it.
    pub now: Option<&'c Worked>,
    /// Every operation.
    pub log: &'c Log,
    /// What the desk's screens showed.
    pub screens: &'c Screens,
}

/// Answers what speaks against it.
pub fn allowed(case: &Case<'_>) -> Result<(), String> {
    let said = case.said;
    let alone = !said.proposes && said.confirms.is_none();
    let step = said
        .act
        .as_ref()
        .and_then(|act| case.kind.workflow.transitions.get(&act.name));
    if alone && step.is_some_and(|step| step.second) {
        return Err("one person alone took a step for two".into());
    }
    if alone && case.covers_state() && changes_hours(case.kind, said) && in_second_state(case.kind, case.old) {
        return Err("one person alone changed approved hours".into());
    }
    if step.is_some_and(|step| step.approves) {
        case.approves()?;
    }
    if said.proposes && !covered(case.old, said, &said.seen) {
        return Err("what it proposes had moved".into());
    }
    if let Some(named) = &said.confirms {
        case.confirms(named)?;
    }
    if said.decides.is_some() {
        case.decides()?;
    }
    Ok(())
}

fn names(said: &Said) -> impl Iterator<Item = &String> {
    said.set.keys().chain(said.add.keys()).chain(said.remove.keys())
}

/// Whether an operation touches what counts towards hours.
pub fn changes_hours(kind: &Kind, said: &Said) -> bool {
    names(said).any(|name| kind.field(name).is_some_and(|field| field.hours))
}

/// Whether the record is in a state in which hours are changed by two.
pub fn in_second_state(kind: &Kind, record: &Worked) -> bool {
    let Some(Field::Register(states)) = record.fields.get("state") else {
        return false;
    };
    let mut codes = states.iter().filter_map(|w| w.value.as_str());
    codes.any(|code| kind.workflow.states.get(code).is_some_and(|state| state.second))
}

/// Whether `seen` covers all that the record holds where an operation touches it.
fn covered(old: &Worked, said: &Said, seen: &BTreeMap<String, u64>) -> bool {
    let state = "state".to_owned();
    let moves = said.act.is_some() || said.decides.is_some();
    let saw = |dot: &Dot| seen.get(&dot.0).is_some_and(|seq| *seq >= dot.1);
    let mut touched = names(said).chain(moves.then_some(&state));
    touched.all(|name| match old.fields.get(name) {
        Some(Field::Register(values)) => values.iter().all(|w| saw(&w.dot)),
        Some(Field::Set(elements)) => elements.values().flatten().all(saw),
        None => true,
    })
}

impl Case<'_> {
    fn covers_state(&self) -> bool {
        let Some(Field::Register(states)) = self.old.fields.get("state") else {
            return true;
        };
        let own = &self.op.dot;
        let saw = |dot: &Dot| {
            self.said.seen.get(&dot.0).is_some_and(|seq| *seq >= dot.1) || (dot.0 == own.0 && dot.1 < own.1)
        };
        states.iter().all(|w| saw(&w.dot))
    }

    /// What it approves is what the record says with it. A proposal to approve is compared with what it would say.
    fn approves(&self) -> Result<(), String> {
        let named = self
            .said
            .approves
            .as_deref()
            .ok_or("it does not say what it approves")?;
        let Some(now) = self.now.filter(|_| self.covers_state() && !self.said.proposes) else {
            return Ok(());
        };
        let mut hash = Sha256::new().chain_update(b"wuyuan-hours-v1\n");
        hash.update(self.kind.kind.as_bytes());
        hash.update(b"\n");
        for (name, field) in &self.kind.fields {
            let Some(Field::Register(values)) = now.fields.get(name).filter(|_| field.hours) else {
                continue;
            };
            if values.iter().any(|w| w.value != values[0].value) {
                return Err(format!("{name} was contested when it was approved"));
            }
            let text = match &values[0].value {
                Json::Null => continue,
                Json::String(text) => match Instant::parse(text) {
                    Some(instant) => instant.ms.to_string(),
                    None => values[0].value.to_string(),
                },
                value => value.to_string(),
            };
            hash.update(format!("{name}={text}\n").as_bytes());
        }
        match hex::encode(hash.finalize()) == named {
            true => Ok(()),
            false => Err("it approves other hours than the record's".into()),
        }
    }

    fn confirms(&self, named: &super::log::Reissued) -> Result<(), String> {
        let proposal = self
            .log
            .get(&named.device, named.seq)
            .ok_or("there is no such proposal")?;
        let theirs = proposal.said.as_ref().ok_or("the proposal says nothing")?;
        let fits = proposal.fate == Fate::Accepted
            && theirs.proposes
            && proposal.hash == named.hash
            && theirs.record == self.said.record
            && proposal.pos < self.op.pos;
        if !fits {
            return Err("what it confirms is no proposal on its record".into());
        }
        if proposal.member == self.op.member {
            return Err("one person proposed and confirmed".into());
        }
        let says = |said: &Said| {
            let act = said.act.as_ref().map(|act| act.name.clone());
            let (set, add, remove) = (said.set.clone(), said.add.clone(), said.remove.clone());
            (set, add, remove, act, said.approves.clone(), said.decides.clone())
        };
        if says(theirs) != says(self.said) {
            return Err("it confirms something else than was proposed".into());
        }
        if !covered(self.old, self.said, &theirs.seen) || !covered(self.old, self.said, &self.said.seen) {
            return Err("what was proposed had moved when it was confirmed".into());
        }
        let mut twins = self
            .log
            .ops()
            .filter(|op| op.fate == Fate::Accepted && op.dot != self.op.dot);
        let again = twins.any(|op| {
            op.said
                .as_ref()
                .is_some_and(|said| said.confirms.as_ref() == Some(named))
        });
        match again {
            true => Err("the proposal was carried out twice".into()),
            false => Ok(()),
        }
    }

    fn decides(&self) -> Result<(), String> {
        if !self.kind.may_decide(self.role) {
            return Err(format!("{} may not decide", self.role));
        }
        if self.said.reason.as_deref().is_none_or(str::is_empty) {
            return Err("it says no reason".into());
        }
        if !covered(self.old, self.said, &self.said.seen) {
            return Err("what it decides about had moved".into());
        }
        let decides = self.said.decides.as_ref().ok_or("it decides nothing")?;
        let changes = names(self.said).next().is_some() || self.said.act.is_some();
        let leaves = ["keep_both", "dismiss"].contains(&decides["conclusion"].as_str().unwrap_or_default());
        if leaves && changes {
            return Err("it concludes to change nothing and changes something".into());
        }
        let present = contested(self.kind, self.old);
        for (finding, basis) in decides["findings"].as_object().into_iter().flatten() {
            let basis = basis.as_str().unwrap_or_default();
            let Some(screen) = self.screens.get(&(finding.clone(), basis.to_owned())) else {
                return Err(format!("no screen showed {finding} on {basis}"));
            };
            if *screen != present {
                return Err(format!("its screen showed {screen:?}, and there was {present:?}"));
            }
            let decided = |op: &&Stored| {
                let theirs = op
                    .said
                    .as_ref()
                    .filter(|said| !said.proposes)
                    .and_then(|said| said.decides.as_ref());
                theirs.is_some_and(|theirs| theirs["findings"][finding] == basis)
            };
            let before = |op: &&Stored| op.fate == Fate::Accepted && op.pos < self.op.pos;
            let record = |op: &&Stored| op.said.as_ref().is_some_and(|said| said.record == self.said.record);
            if self.log.ops().filter(before).filter(record).any(|op| decided(&op)) {
                return Err("the finding was decided on that basis before".into());
            }
        }
        Ok(())
    }
}
