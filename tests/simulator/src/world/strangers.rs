//! What holders of foreign phones do, and what those phones must hold.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value as Json, json};
use sync_protocol::id::AppointmentId;
use sync_protocol::role::Role;
use sync_protocol::wire::RecordView;
use wuyuan_client::Entry;

use super::traffic::Ended;
use super::{World, way_of};
use crate::action::Fault;
use crate::body::Body;
use crate::content::{Known, change, creation};
use crate::dice::Dice;
use crate::oracle::{Violation, broken, same_record};
use crate::stranger::Stranger;

/// Where a foreign phone can be made to die, as its driver names the places.
const DEATHS: [&str; 6] = [
    "request:sent",
    "answer:read",
    "save:half",
    "save:kept",
    "answer:half",
    "answer:kept",
];

impl World {
    /// Hands foreign phones to the first `count` holders of those who read widely and of those who do not.
    pub(super) fn invite(&mut self, count: usize) -> Result<(), Violation> {
        let roles = [Role::GroupLeader, Role::Volunteer, Role::Prosecutor];
        for role in roles.into_iter().cycle().take(count) {
            let player = self.cast.players.iter().find(|p| p.appointments[0].role == role);
            let player = player.expect("somebody of each role plays").clone();
            self.made += 1;
            let name = format!("{}-{}", player.number, self.made);
            let dice = Dice::of(self.seed, self.made);
            let body = Body::new(&name, Arc::clone(&self.network.time), dice);
            let home = self.folder.path().join(&name);
            let mut stranger = Stranger::new(player, body, &home, self.seed ^ self.made << 32);
            let command = json!({"do": "enrol", "number": stranger.member.number, "password": stranger.password()});
            let way = way_of(&self.network, &stranger.member, &stranger.body, 0, BTreeMap::new());
            match stranger.say(command, &way) {
                Some(answer) if answer["ok"].is_object() => self.strangers.push(stranger),
                other => return Err(broken("a foreign phone can be enrolled", format!("{other:?}"))),
            }
        }
        Ok(())
    }

    /// Somebody does something with a foreign phone.
    pub(super) fn stranger(&mut self, faults: &[(u8, Fault)], dice: &mut Dice) -> Result<(), Violation> {
        if self.strangers.is_empty() {
            return Ok(());
        }
        let which = dice.below(self.strangers.len());
        let die = dice
            .chance(1, 8)
            .then(|| json!({"at": DEATHS[dice.below(DEATHS.len())], "nth": 1 + dice.below(2)}));
        match dice.below(5) {
            0 => self.stranger_writes(which, false, die, dice),
            1 | 2 => self.stranger_writes(which, true, die, dice),
            _ => self
                .stranger_syncs(which, dice.below(3), faults.iter().copied().collect(), die)
                .map(|_| ()),
        }
    }

    fn stranger_writes(
        &mut self,
        which: usize,
        edits: bool,
        die: Option<Json>,
        dice: &mut Dice,
    ) -> Result<(), Violation> {
        let Some((appointment, role, unit)) = self.stranger_post(which, dice) else {
            return Ok(());
        };
        let replica = self.stranger_says(which, json!({"do": "replica"}))?;
        let records: Vec<RecordView> = replica["records"]
            .as_object()
            .into_iter()
            .flatten()
            .filter_map(|(_, view)| serde_json::from_value(view.clone()).ok())
            .filter(|view: &RecordView| view.unit == unit)
            .collect();
        let known = Known {
            members: self.cast.players.iter().map(|p| p.id).collect(),
            units: &self.cast.units,
            records: records
                .iter()
                .map(|r| (r.id.to_string(), r.kind.clone(), r.unit.to_string()))
                .collect(),
            now_ms: self.now_ms(),
        };
        let shown = dice.pick(&records).filter(|_| edits);
        let (kind, entry) = match shown {
            Some(shown) => {
                let Some(kind) = self.cast.catalog.kinds().get(&shown.kind) else {
                    return Ok(());
                };
                (kind.kind.clone(), change(dice, kind, role, shown, &known))
            }
            None => {
                let Some(kind) = self.cast.catalog.kinds().get("photo_report") else {
                    return Ok(());
                };
                (kind.kind.clone(), creation(dice, kind, role, &unit, &known))
            }
        };
        if let Some(shown) = shown {
            self.stranger_says(which, json!({"do": "open", "record": shown.id}))?;
        }
        let mut command = save(&entry);
        command["record"] = json!(shown.map(|view| view.id));
        command["kind"] = json!(kind);
        command["unit"] = json!(unit);
        command["appointment"] = json!(appointment);
        if let Some(die) = die {
            command["die"] = die;
        }
        let mark = self.strangers[which].body.mark();
        let before = self.stranger_ops(which)?;
        match self.stranger_tries(which, command) {
            Some(answer) if answer["error"].is_object() => self.network.count("foreign save refused by the phone"),
            _ => {
                if self.stranger_ops(which)? > before {
                    self.strangers[which].marks.insert(mark);
                    self.network.count("foreign save");
                }
            }
        }
        Ok(())
    }

    /// Syncs; whoever must sign in for it does.
    pub(super) fn stranger_syncs(
        &mut self,
        which: usize,
        server: usize,
        mut faults: BTreeMap<u8, Fault>,
        die: Option<Json>,
    ) -> Result<Ended, Violation> {
        // What a network's sign-in page does to a phone, the phones of our own make show.
        faults.retain(|_, fault| *fault != Fault::Portal);
        let stranger = &mut self.strangers[which];
        let way = way_of(&self.network, &stranger.member, &stranger.body, server, faults);
        let mut command = json!({"do": "sync"});
        if let Some(die) = die {
            command["die"] = die;
        }
        let Some(answer) = stranger.say(command, &way) else {
            self.network.count("foreign phone died while syncing");
            return Ok(Ended::Later);
        };
        self.network.count("foreign sync");
        let outcome = answer["ok"]["outcome"].as_str().unwrap_or_default();
        let code = answer["ok"]["code"].as_str().unwrap_or_default();
        let appointed = self
            .network
            .book
            .borrow()
            .active(&stranger.member.id, self.network.now_ms())
            .next()
            .is_some();
        match (outcome, code) {
            ("up_to_date", _) => Ok(Ended::Quiet),
            ("wait", _) => Ok(Ended::Later),
            // It has delivered everything and asks no more; who is appointed again signs in again.
            ("trouble", "push_only") if !appointed => Ok(Ended::Quiet),
            ("sign_in", _) | ("trouble", "push_only") => {
                let password = stranger.password();
                stranger.say(json!({"do": "sign_in", "password": password}), &way);
                Ok(Ended::SignedIn)
            }
            _ => Err(broken("a foreign phone can always go on", answer.to_string())),
        }
    }

    /// A quiet foreign phone holds what its holder may read, dot by dot, and has delivered all that it knows of.
    pub(super) fn strangers_hold_what_they_should(&mut self) -> Result<(), Violation> {
        let rule = "a quiet foreign phone holds exactly what its holder may read";
        for which in 0..self.strangers.len() {
            let replica = self.stranger_says(which, json!({"do": "replica"}))?;
            let status = self.stranger_says(which, json!({"do": "status"}))?;
            let stranger = &self.strangers[which];
            let told = |why: String| broken(rule, format!("{}: {why}", stranger.member.number));
            if status["waiting"] != 0 || replica["diverged"] != json!([]) {
                return Err(told(format!("{status}, diverged: {}", replica["diverged"])));
            }
            let (oracle, book) = (self.network.oracle.borrow(), self.network.book.borrow());
            let mut expected = BTreeMap::new();
            for unit in &self.cast.units {
                expected.extend(oracle.sight(&book, stranger.member.id, unit.as_str(), None, self.network.now_ms()));
            }
            let held = replica["records"]
                .as_object()
                .ok_or_else(|| told("no records".into()))?;
            if let Some(id) = held.keys().find(|id| !expected.contains_key(*id)) {
                return Err(told(format!("{id} should not be there")));
            }
            for (id, worked) in &expected {
                let view = held.get(id).ok_or_else(|| told(format!("{id} is missing")))?;
                same_record(view, worked, &oracle).map_err(|why| told(format!("{id}: {why}")))?;
            }
        }
        Ok(())
    }

    fn stranger_post(
        &self,
        which: usize,
        dice: &mut Dice,
    ) -> Option<(AppointmentId, Role, sync_protocol::id::UnitCode)> {
        let (member, now) = (self.strangers[which].member.id, self.now_ms());
        let book = self.network.book.borrow();
        let mut posts = Vec::new();
        for appointment in book.active(&member, now) {
            let communities = self.cast.units.iter().filter(|unit| appointment.covers(unit.as_str()));
            posts.extend(communities.map(|unit| (appointment.id, appointment.role, unit.clone())));
        }
        dice.pick(&posts).cloned()
    }

    fn stranger_ops(&mut self, which: usize) -> Result<usize, Violation> {
        let ops = self.stranger_says(which, json!({"do": "ops"}))?;
        Ok(ops["ops"].as_array().map_or(0, Vec::len))
    }

    /// A command that needs no network.
    fn stranger_tries(&mut self, which: usize, command: Json) -> Option<Json> {
        let stranger = &mut self.strangers[which];
        let way = way_of(&self.network, &stranger.member, &stranger.body, 0, BTreeMap::new());
        stranger.say(command, &way)
    }

    fn stranger_says(&mut self, which: usize, command: Json) -> Result<Json, Violation> {
        let name = command["do"].to_string();
        let answer = self.stranger_tries(which, command);
        let answer = answer.ok_or_else(|| broken("a foreign phone lives", name))?;
        Ok(answer["ok"].clone())
    }
}

fn save(entry: &Entry) -> Json {
    json!({
        "do": "save", "set": entry.set, "add": entry.add, "remove": entry.remove,
        "act": entry.act, "reason": entry.reason,
    })
}
