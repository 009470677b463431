//! Whether enough observers saw a session, and what they saw is what it claims.

use std::collections::{BTreeMap, BTreeSet};

use sync_protocol::catalog::Attests;
use sync_protocol::id::MemberId;

use super::super::facts::{Attestation, Order, Step};
use super::super::reason::Reason;
use super::{Facts, span_minutes};

/// Different observers, each blind to the others and none of them the approver, saw the session from beginning to end.
pub(super) fn attested(
    facts: &Facts<'_>,
    attests: &Attests,
    approval: Option<&Step>,
    (session, claimed): (Option<(i64, i64)>, Option<i64>),
    reasons: &mut BTreeSet<Reason>,
) {
    let mut there: BTreeMap<MemberId, Vec<Seen>> = BTreeMap::new();
    let mut why = BTreeSet::new();
    for one in facts.attestations.iter().filter(|a| a.counts) {
        match seen(facts, one, approval, session) {
            Ok(seen) => there.entry(one.observer).or_default().push(seen),
            Err(reason) => drop(why.insert(reason)),
        }
    }
    if there.values().any(|seen| seen.len() > 1) {
        reasons.insert(Reason::AttestedTwice);
    }
    if let Some(session) = session {
        // Who came for a moment, or when it was over, saw nothing of it.
        let least = allowed_ms(attests, session).max(1);
        there.retain(|_, seen| seen.iter().any(|seen| seen.within(session) >= least));
    }
    if there.len() < attests.observers as usize {
        reasons.insert(Reason::AttestationsMissing);
        reasons.append(&mut why);
        return;
    }
    let Some(session) = session else { return };
    let all: Vec<Seen> = there.into_values().flatten().collect();
    let most = |seen: &Seen| {
        let idle = (seen.within(session) / 60_000 - seen.minutes).max(0);
        span_minutes(session.0, session.1) - idle + i64::from(attests.tolerance_minutes)
    };
    if claimed.is_some_and(|claimed| all.iter().any(|seen| claimed > most(seen))) {
        reasons.insert(Reason::MinutesDiffer);
    }
    let spans = all.iter().map(|seen| seen.there).collect();
    if unseen_ms(session, spans) > allowed_ms(attests, session) {
        reasons.insert(Reason::AttestationGap);
    }
}

/// What an observer saw.
#[derive(Debug, Clone, Copy)]
struct Seen {
    /// From and until when he was there, ms.
    there: (i64, i64),
    /// How many minutes of service there were meanwhile.
    minutes: i64,
}

impl Seen {
    /// How long of a session he was there, ms.
    fn within(&self, (from, until): (i64, i64)) -> i64 {
        (self.there.1.min(until) - self.there.0.max(from)).max(0)
    }
}

/// What an attestation says, or why it does not count.
fn seen(
    facts: &Facts<'_>,
    one: &Attestation,
    approval: Option<&Step>,
    session: Option<(i64, i64)>,
) -> Result<Seen, Reason> {
    let is_of_order = facts.order.is_none_or(|order| order.observers.contains(&one.observer));
    let began_ms = session.map(|(from, _)| from);
    let was_drawn = |order: &Order| began_ms.is_none_or(|at_ms| order.had_drawn(one.observer, at_ms));
    if !one.own {
        return Err(Reason::AttestationNotOwn);
    }
    if !is_of_order {
        return Err(Reason::ObserverNotOfOrder);
    }
    if approval.is_some_and(|step| step.member == one.observer) {
        return Err(Reason::ObserverApproved);
    }
    if !facts.order.is_none_or(was_drawn) {
        return Err(Reason::ObserverNotDrawn);
    }
    if !one.blind {
        return Err(Reason::ObserverNotBlind);
    }
    let said = one.there.zip(one.minutes_seen);
    said.map(|(there, minutes)| Seen { there, minutes })
        .ok_or(Reason::AttestationUnclear)
}

/// For how long of a session in all nobody need have been there, ms: never for more than a third of it.
fn allowed_ms(attests: &Attests, (from, until): (i64, i64)) -> i64 {
    (i64::from(attests.tolerance_minutes) * 60_000).min(until.saturating_sub(from).max(0) / 3)
}

/// How long of the session in all lies outside of all spans, ms.
fn unseen_ms((from, until): (i64, i64), mut spans: Vec<(i64, i64)>) -> i64 {
    spans.sort_unstable();
    let (mut seen, mut unseen) = (from, 0);
    for (start, end) in spans {
        unseen += (start.min(until) - seen).max(0);
        seen = seen.max(end);
    }
    unseen + (until - seen).max(0)
}
