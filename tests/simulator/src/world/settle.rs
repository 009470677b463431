//! Quiet: everybody syncs until nobody has anything left to do, and then everything is held against the oracle.

use std::collections::{BTreeMap, BTreeSet};

use wuyuan_server::verify;

use super::World;
use super::traffic::{Ended, sync_one};
use crate::body::Mark;
use crate::oracle::log::{Fate, Log, Said, Stored};
use crate::oracle::{Violation, broken, same_record};

/// More than the life of an access token, ms.
const TOKEN_MS: i64 = 3_601_000;

/// Rounds of syncing after which everybody must be done.
const ROUNDS: usize = 16;

impl World {
    pub(super) fn settle(&mut self) -> Result<(), Violation> {
        self.network.delayed.borrow_mut().clear();
        // A phone hears that its holder was appointed again when its access token runs out.
        self.network.time.advance(TOKEN_MS);
        for handset in self.handsets.iter_mut().chain(&mut self.retired) {
            if handset.is_full() {
                handset.fill(false);
            }
        }
        self.quiesce()?;
        self.nothing_is_missing()?;
        self.what_waits_has_a_reason()?;
        for who in 0..self.handsets.len() {
            self.holds_what_it_should(who)?;
        }
        self.strangers_hold_what_they_should()?;
        self.history_verifies()
    }

    fn quiesce(&mut self) -> Result<(), Violation> {
        let mut before = 0;
        for _ in 0..ROUNDS {
            let mut quiet = true;
            for (nth, handset) in self.handsets.iter_mut().chain(&mut self.retired).enumerate() {
                let ended = sync_one(&self.network, handset, nth, BTreeMap::new())?;
                quiet &= matches!(ended, Ended::Quiet | Ended::Revoked);
                if let Some(violation) = self.network.violation.borrow_mut().take() {
                    return Err(violation);
                }
            }
            for which in 0..self.strangers.len() {
                quiet &= self.stranger_syncs(which, which, BTreeMap::new(), None)? == Ended::Quiet;
            }
            let decided = self.decided();
            if quiet && decided == before {
                return Ok(());
            }
            before = decided;
        }
        Err(broken("everybody comes to rest", format!("not in {ROUNDS} rounds")))
    }

    fn decided(&self) -> usize {
        let oracle = self.network.oracle.borrow();
        1 + oracle
            .log()
            .ops()
            .map(|op| if op.fate == Fate::Held { 1 } else { 2 })
            .sum::<usize>()
    }

    /// Every save that some phone still knows of is on the server.
    fn nothing_is_missing(&self) -> Result<(), Violation> {
        let oracle = self.network.oracle.borrow();
        let stored: BTreeSet<Mark> = oracle.log().ops().filter_map(Stored::mark).collect();
        let ours = self.handsets.iter().chain(&self.retired).map(|handset| &handset.marks);
        for marks in ours.chain(self.strangers.iter().map(|stranger| &stranger.marks)) {
            if let Some(mark) = marks.iter().find(|mark| !stored.contains(mark)) {
                return Err(broken(
                    "nothing recorded is lost",
                    format!("{mark:?} is not on the server"),
                ));
            }
        }
        Ok(())
    }

    fn what_waits_has_a_reason(&self) -> Result<(), Violation> {
        let (oracle, book) = (self.network.oracle.borrow(), self.network.book.borrow());
        // The roles that its author had at its arrival count, and whom the record names now.
        let reads = |op: &Stored, said: &Said| {
            let sight = oracle.sight(&book, op.member, &said.unit, None, op.arrival_ms);
            sight.contains_key(&said.record)
        };
        for op in oracle.log().ops().filter(|op| op.fate == Fate::Held) {
            if !waits_rightly(oracle.log(), op, reads) {
                let detail = format!("{:?} waits as {} for nothing: {:?}", op.dot, op.verdict, op.said);
                return Err(broken("what is held goes on when it can", detail));
            }
        }
        Ok(())
    }

    /// The phone's own replica, not what the answers said.
    fn holds_what_it_should(&mut self, who: usize) -> Result<(), Violation> {
        let rule = "a quiet phone holds exactly what its holder may read";
        let shown = self.shown(who)?;
        let member = self.phone(who).member.clone();
        let told = |why: String| broken(rule, format!("{}: {why}", member.number));
        let status = match self.phone(who).with(|phone| phone.status()) {
            Some(Ok(status)) => status,
            other => return Err(told(format!("{other:?}"))),
        };
        if status.counts.waiting + status.counts.sent > 0 {
            return Err(told(format!("{:?} is not delivered", status.counts)));
        }
        if let Some(unit) = status.units.iter().find(|unit| unit.diverged) {
            return Err(told(format!("{} diverged", unit.code)));
        }
        let oracle = self.network.oracle.borrow();
        let book = self.network.book.borrow();
        let mut expected = BTreeMap::new();
        for unit in &self.cast.units {
            expected.extend(oracle.sight(&book, member.id, unit.as_str(), None, self.network.now_ms()));
        }
        let pulled: BTreeMap<String, _> = shown
            .iter()
            .filter(|view| view.pulled)
            .map(|view| (view.record.id.to_string(), view))
            .collect();
        if let Some(id) = pulled.keys().find(|id| !expected.contains_key(*id)) {
            return Err(told(format!("{id} should not be there")));
        }
        for (id, worked) in &expected {
            let missing = || {
                format!(
                    "{id}, a {} at {} in {}, is missing",
                    worked.kind, worked.pos, worked.unit
                )
            };
            let view = pulled.get(id).ok_or_else(|| told(missing()))?;
            if view.laid.is_empty() {
                let json = serde_json::to_value(&view.record).expect("a record can be written");
                same_record(&json, worked, &oracle).map_err(|why| told(format!("{id}: {why}")))?;
            }
            for laid in &view.laid {
                let stored = oracle.log().get(&laid.device.to_string(), laid.seq);
                if stored.is_none_or(|op| op.fate != Fate::Held) {
                    return Err(told(format!(
                        "{laid:?} is laid over {id}, and its verdict is {stored:?}"
                    )));
                }
            }
        }
        Ok(())
    }

    fn history_verifies(&self) -> Result<(), Violation> {
        let servers = self.network.servers.borrow();
        let app = &servers.nth(0).app;
        let mut faults = Vec::new();
        let report = verify::verify(&app.store, &app.law, &mut |fault| faults.push(fault.to_string()));
        report.map_err(|e| broken("the whole history verifies", e.to_string()))?;
        match faults.is_empty() {
            true => Ok(()),
            false => Err(broken("the whole history verifies", faults.join("; "))),
        }
    }

    /// Syncs a phone that has nothing to deliver, so that it takes no lock. Answers whether it did.
    pub(super) fn only_read(&mut self, who: usize, server: usize) -> Result<bool, Violation> {
        let handset = self.phone(who);
        let Some(Ok(status)) = handset.with(|phone| phone.status()) else {
            return Ok(false);
        };
        if status.counts.waiting + status.counts.sent > 0 || status.trouble.is_some() {
            return Ok(false);
        }
        self.sync_through(who, server, BTreeMap::new())?;
        Ok(true)
    }
}

/// Whether what a held operation waits for is not there.
fn waits_rightly(log: &Log, op: &Stored, reads: impl Fn(&Stored, &Said) -> bool) -> bool {
    let Some(said) = &op.said else { return false };
    let on_record = |other: &&Stored| other.said.as_ref().is_some_and(|s| s.record == said.record);
    let exists = |record: &str| {
        log.ops()
            .any(|o| o.fate == Fate::Accepted && o.said.as_ref().is_some_and(|s| s.record == record))
    };
    match op.verdict.as_str() {
        "link_missing" => {
            let single = said.set.values();
            let many = said.add.values().flatten();
            let ids = single.chain(many).filter_map(|v| v.as_str()).filter(|v| v.len() == 36);
            ids.into_iter().any(|id| !exists(id))
        }
        "seen_earlier_generation" => {
            // A number may be taken by now by something else: the history in which it was this is over.
            let there = |(device, seq): (&String, &u64)| {
                log.get(device, *seq).is_some_and(|seen| match &seen.said {
                    Some(theirs) => theirs.record == said.record,
                    None => *device == op.dot.0,
                })
            };
            // Whoever named its author, so that he could read the record, may be of a history that is over as well.
            !said.seen.iter().all(there) || !exists(&said.record) || !reads(op, said)
        }
        "after_held" => log.ops().filter(on_record).any(|other| {
            let saw = said.seen.get(&other.dot.0).is_some_and(|seq| *seq >= other.dot.1);
            let own = other.dot.0 == op.dot.0 && other.dot.1 < op.dot.1;
            other.fate == Fate::Held && (own || saw)
        }),
        _ => false,
    }
}
