//! What is due of one session: pure, and the same however often it is asked.

use std::collections::{BTreeMap, BTreeSet};

use sync_protocol::catalog::{Attests, Kind, Ledger, STATE_FIELD};
use sync_protocol::feed::Hash;
use sync_protocol::hours;
use sync_protocol::id::{MemberId, RecordId};
use sync_protocol::record::Record;

use super::facts::{Account, Attestation, CLOCKS_MS, Dot, Order, Posted, Step, approved_states, day, field, state};
use super::facts::{id, instant, number, state_of, text};
use super::reason::Reason;
use attested::attested;

mod attested;

/// No session is from before 2000, ms.
const EARLIEST_MS: i64 = 946_656_000_000;

/// Everything that the hours of one session depend on.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'f> {
    /// The session's kind.
    pub kind: &'f Kind,
    /// The ledger to which it posts.
    pub ledger: Ledger,
    /// The session, merged.
    pub record: &'f Record,
    /// Its accepted operations that wrote its state, in the order of the log.
    pub steps: &'f [Step],
    /// Its arrangement, if it is under one that is stored.
    pub order: Option<&'f Order>,
    /// How observers attest the kind; none where nobody need.
    pub attests: Option<&'f Attests>,
    /// What observers stated, in the order of their records.
    pub attestations: &'f [Attestation],
    /// Codes of open findings on the session that block posting.
    pub findings: &'f BTreeSet<String>,
    /// What was posted of it, in the order of the ledger.
    pub posted: &'f [Posted],
    /// Who wrote the present values that count towards the hours.
    pub writers: &'f BTreeSet<MemberId>,
    /// Whose own hours they are to be may claim some there: he held an office.
    pub holds: bool,
}

/// What is due.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Due {
    /// The entry to take back, first.
    pub reverse: Option<Reversal>,
    /// What to post.
    pub post: Option<Entry>,
    /// What is claimed and not posted, and what it waits for.
    pub wait: Option<Claim>,
    /// What stands posted is not what stands approved.
    pub stale: bool,
    /// Why what stands posted, and is approved as it was, would not post now.
    pub gone: BTreeSet<Reason>,
    /// Attestations of which an observer has another of this session.
    pub twice: BTreeSet<RecordId>,
}

/// An entry to be taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reversal {
    /// The entry.
    pub entry: Posted,
    /// The operation that takes it back.
    pub by: Dot,
}

/// An entry to be posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// 1 for the first of the session, one more after each reversal.
    pub round: i64,
    /// Whose account.
    pub account: Account,
    /// How many minutes.
    pub minutes: i64,
    /// The day of the session, `YYYY-MM-DD`.
    pub day: String,
    /// What was approved.
    pub digest: Hash,
    /// The operation that approved it.
    pub by: Dot,
}

/// Hours that are claimed and not posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Whose they would be, if that is settled.
    pub account: Option<Account>,
    /// How many minutes; 0 while that is missing or contested.
    pub minutes: i64,
    /// The day of the session, if it is settled.
    pub day: Option<String>,
    /// What they wait for; at least one.
    pub reasons: BTreeSet<Reason>,
}

/// Says what is due.
pub fn due(facts: &Facts<'_>) -> Due {
    let mut due = Due {
        twice: twice(facts.attestations),
        ..Due::default()
    };
    let standing = standing(facts.posted);
    if let Some(entry) = standing {
        match taken_back(facts, entry) {
            Some(by) => {
                due.reverse = Some(Reversal {
                    entry: entry.clone(),
                    by,
                })
            }
            None => {
                due.stale = !still_approved(facts, entry);
                if !due.stale {
                    let by = facts.steps.iter().find(|step| step.dot == entry.by);
                    ground(facts, by, &mut due.gone);
                }
                return due;
            }
        }
    }
    let state = state_of(facts.record);
    if matches!(state, Some(state::DRAFT | state::DECLINED | state::VOID)) {
        return due;
    }
    let mut reasons = BTreeSet::new();
    let approval = approval(facts, state, &mut reasons);
    ground(facts, approval, &mut reasons);
    let account = account(facts);
    let minutes = number(facts.record, field::CLAIMED);
    let when = instant(facts.record, field::STARTED).and_then(day);
    reasons.extend(facts.findings.iter().cloned().map(Reason::Finding));
    match (approval, account, minutes, &when) {
        (Some(step), Some(account), Some(minutes), Some(when)) if reasons.is_empty() => {
            due.post = step.approves.map(|digest| Entry {
                round: 1 + facts.posted.iter().map(|posted| posted.round).max().unwrap_or(0),
                account,
                minutes,
                day: when.clone(),
                digest,
                by: step.dot,
            });
        }
        _ => {
            due.wait = Some(Claim {
                account,
                minutes: minutes.unwrap_or(0),
                day: when,
                reasons,
            })
        }
    }
    due
}

/// What of all that hours stand on, beside their approval and people's decisions, is not there.
fn ground(facts: &Facts<'_>, approval: Option<&Step>, reasons: &mut BTreeSet<Reason>) {
    let started = instant(facts.record, field::STARTED);
    let ended = instant(facts.record, field::ENDED);
    let minutes = number(facts.record, field::CLAIMED);
    if account(facts).is_none() || (facts.ledger == Ledger::Volunteer && !facts.holds) {
        reasons.insert(Reason::AccountUnknown);
    }
    if started.is_none() || ended.is_none() || minutes.is_none() {
        reasons.insert(Reason::Incomplete);
    }
    if started.is_some_and(|from| from < EARLIEST_MS || day(from).is_none()) {
        reasons.insert(Reason::DateImpossible);
    }
    let pause = number(facts.record, field::BREAK).unwrap_or(0);
    if let (Some((from, until)), Some(minutes)) = (started.zip(ended), minutes)
        && minutes > span_minutes(from, until) - pause
    {
        reasons.insert(Reason::Impossible);
    }
    if let Some(step) = approval {
        if ended.is_some_and(|until| until.saturating_sub(CLOCKS_MS) > step.arrival_ms) {
            reasons.insert(Reason::NotOverYet);
        }
        let claims = |member| account(facts) == Some(Account::Member(member));
        if claims(step.member) || facts.writers.contains(&step.member) {
            reasons.insert(Reason::ApprovedByClaimant);
        }
    }
    if facts.ledger == Ledger::SocialService {
        under_order(facts, started, reasons);
        if facts.record.is_contested(field::CONFIRMED) || text(facts.record, field::CONFIRMED) == Some(field::OBJECTS) {
            reasons.insert(Reason::SubjectObjects);
        }
    }
    if let Some(attests) = facts.attests {
        attested(facts, attests, approval, (started.zip(ended), minutes), reasons);
    }
}

/// The entry that nothing has taken back.
fn standing(posted: &[Posted]) -> Option<&Posted> {
    let reversed = |entry: &Posted| posted.iter().any(|p| p.reverses == Some(entry.number));
    posted.iter().rfind(|p| p.reverses.is_none() && !reversed(p))
}

/// The operation after the entry's approval that takes hours back and was not disputed.
fn taken_back(facts: &Facts<'_>, entry: &Posted) -> Option<Dot> {
    let approved = facts.steps.iter().position(|step| step.dot == entry.by)?;
    let takes_back = |step: &&Step| {
        let transition = step
            .act
            .as_ref()
            .and_then(|act| facts.kind.workflow.transitions.get(act));
        transition.is_some_and(|t| t.reverses && step.settled.as_ref() == Some(&t.to))
    };
    facts.steps[approved + 1..].iter().find(takes_back).map(|step| step.dot)
}

/// Whether what was posted is still what stands approved.
fn still_approved(facts: &Facts<'_>, entry: &Posted) -> bool {
    let approved = state_of(facts.record).is_some_and(|now| approved_states(facts.kind).any(|s| s == now));
    approved && hours::digest(facts.kind, facts.record) == Some(entry.digest) && account(facts) == Some(entry.account)
}

/// The approval of the present values, or why there is none.
fn approval<'f>(facts: &Facts<'f>, now: Option<&str>, reasons: &mut BTreeSet<Reason>) -> Option<&'f Step> {
    let digest = hours::digest(facts.kind, facts.record);
    if digest.is_none() {
        reasons.insert(Reason::HoursContested);
    }
    let Some(now) = now else {
        reasons.insert(Reason::StateContested);
        return None;
    };
    if !approved_states(facts.kind).any(|state| state == now) {
        reasons.insert(match now {
            state::SUBMITTED => Reason::NotApproved,
            state::QUESTIONED => Reason::Questioned,
            _ => Reason::NotSubmitted,
        });
        return None;
    }
    let digest = digest?;
    let wrote = facts.record.values(STATE_FIELD);
    let stands = |step: &&Step| wrote.iter().any(|e| (e.dot.actor, e.dot.counter) == step.dot);
    let found = facts
        .steps
        .iter()
        .filter(stands)
        .find(|step| step.approves == Some(digest));
    if found.is_none() {
        reasons.insert(Reason::ApprovalStale);
    }
    found
}

fn account(facts: &Facts<'_>) -> Option<Account> {
    match facts.ledger {
        Ledger::Volunteer => id(facts.record, field::VOLUNTEER).map(|id| Account::Member(MemberId(id))),
        Ledger::SocialService => facts.order?.subject.map(Account::Subject),
    }
}

/// Nobody serves who has not freely agreed before, nor when he has stopped, nor outside of what was agreed.
fn under_order(facts: &Facts<'_>, started: Option<i64>, reasons: &mut BTreeSet<Reason>) {
    let Some(order) = facts.order else {
        reasons.insert(Reason::OrderMissing);
        return;
    };
    let when = started.and_then(day);
    match (order.state.as_deref(), order.pledged_on.as_deref()) {
        (None, _) => reasons.insert(Reason::OrderContested),
        (Some(state::PLANNED), _) | (_, None) => reasons.insert(Reason::OrderNotPledged),
        (_, Some(pledged)) => {
            when.as_deref().is_some_and(|when| pledged > when) && reasons.insert(Reason::PledgeAfterSession)
        }
    };
    match &order.period {
        None => drop(reasons.insert(Reason::OrderContested)),
        Some((first, last)) => {
            if when.is_some_and(|when| when < *first || when > *last) {
                reasons.insert(Reason::OrderNotInForce);
            }
        }
    }
    let at_rest = |at: i64| {
        let mut rests = order.rests.iter();
        rests.any(|(from, until)| *from <= at && until.is_none_or(|until| at < until))
    };
    if started.is_some_and(at_rest) {
        reasons.insert(Reason::OrderNotInForce);
    }
}

/// Attestations of observers who have handed in more than one.
fn twice(attestations: &[Attestation]) -> BTreeSet<RecordId> {
    let mut of: BTreeMap<MemberId, Vec<RecordId>> = BTreeMap::new();
    for one in attestations.iter().filter(|a| a.counts && a.own) {
        of.entry(one.observer).or_default().push(one.record);
    }
    of.into_values().filter(|records| records.len() > 1).flatten().collect()
}

/// Whole minutes from one moment to another, a begun one counting.
fn span_minutes(from: i64, until: i64) -> i64 {
    until.saturating_sub(from).saturating_add(59_999).div_euclid(60_000)
}

#[cfg(test)]
mod tests;
