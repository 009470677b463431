//! Where a kind tells what the rules look at.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::catalog::{FieldType, Kind, Policy};

/// What to read from records of one kind. A kind of which nothing is said has no facts but its conflicts and its files.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// The instant at which what it tells happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub happened: Option<String>,
    /// The instants that tell the past, never plans: none of them lies after what says so arrived.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub past: Vec<String>,
    /// States in which it no longer counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dead: Vec<String>,
    /// Its points, each with the instant to which it belongs.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub points: BTreeMap<String, String>,
    /// The record link that says what its points are about; without it they are about nothing but themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matter: Option<String>,
    /// Of a session of service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<ReadSession>,
    /// Of a report of something at a place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<ReadReport>,
    /// Of what one observer states of a session; where and when it says so is the kind's `attests`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub witness: Option<ReadWitness>,
}

/// When an observer's statement is one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadWitness {
    /// The states in which its author has handed it in.
    pub handed_in: Vec<String>,
}

/// Where a session tells its time and people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadSession {
    /// Its beginning.
    pub from: String,
    /// Its end.
    pub until: String,
    /// The minutes within it that do not count.
    pub pause: String,
    /// The minutes claimed.
    pub minutes: String,
    /// The member whose hours they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volunteer: Option<String>,
    /// When the volunteer's service was to observe somebody else's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observing: Option<Observing>,
    /// The link to the arrangement under which somebody serves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// The arrangement's link to who serves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The members who observe.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observers: Option<String>,
}

/// The value by which a volunteer's session says that it was for observing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Observing {
    /// The field.
    pub field: String,
    /// Its value.
    pub value: String,
}

/// Where a report tells what and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadReport {
    /// What it is about; only reports of one category may be about one matter.
    pub category: String,
    /// Where it is.
    pub point: String,
    /// Links to reports that are known to be about the same matter.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<String>,
}

impl Reading {
    /// The fields of the kind that the rules look at: who may not read one of them is not told what they saw.
    pub fn fields<'r>(&'r self, kind: &'r Kind) -> BTreeSet<&'r str> {
        let mut names: BTreeSet<&str> = self.happened.iter().map(String::as_str).collect();
        if let Some(attests) = self.witness.as_ref().and(kind.attests.as_ref()) {
            names.extend([&attests.link, &attests.from, &attests.until].map(String::as_str));
        }
        names.extend(self.past.iter().map(String::as_str));
        names.extend(self.points.iter().flat_map(|(point, at)| [point.as_str(), at]));
        names.extend(self.matter.as_deref());
        if let Some(session) = &self.session {
            names.extend([&session.from, &session.until, &session.pause, &session.minutes].map(String::as_str));
            let who = [&session.volunteer, &session.order, &session.observers];
            names.extend(who.into_iter().flatten().map(String::as_str));
            names.extend(session.observing.as_ref().map(|observing| observing.field.as_str()));
        }
        if let Some(report) = &self.report {
            names.extend([report.category.as_str(), &report.point]);
            names.extend(report.links.iter().map(String::as_str));
        }
        names
    }

    /// What is wrong with it as a reading of `kind`; `kinds` are all of them.
    pub(super) fn fault(&self, kind: &Kind, kinds: &BTreeMap<String, Kind>) -> Option<String> {
        let mut faults = Vec::new();
        {
            let mut wants = |kind: &Kind, name: &str, of: FieldType, set: bool| {
                let fits = |f: &crate::catalog::Field| f.kind == of && (f.policy == Policy::Set) == set;
                if !kind.field(name).is_some_and(fits) {
                    faults.push(format!("{}.{name} is no such field", kind.kind));
                }
            };
            let instants = self.happened.iter().chain(&self.past).chain(self.points.values());
            instants.for_each(|name| wants(kind, name, FieldType::Instant, false));
            self.points
                .keys()
                .for_each(|name| wants(kind, name, FieldType::Point, false));
            self.matter
                .iter()
                .for_each(|name| wants(kind, name, FieldType::Record, false));
            if let Some(session) = &self.session {
                wants(kind, &session.from, FieldType::Instant, false);
                wants(kind, &session.until, FieldType::Instant, false);
                wants(kind, &session.pause, FieldType::Minutes, false);
                wants(kind, &session.minutes, FieldType::Minutes, false);
                session
                    .volunteer
                    .iter()
                    .for_each(|name| wants(kind, name, FieldType::Member, false));
                session
                    .observing
                    .iter()
                    .for_each(|o| wants(kind, &o.field, FieldType::Enum, false));
                session
                    .observers
                    .iter()
                    .for_each(|name| wants(kind, name, FieldType::Member, true));
                session
                    .order
                    .iter()
                    .for_each(|name| wants(kind, name, FieldType::Record, false));
                let target = session
                    .order
                    .as_ref()
                    .and_then(|name| kind.field(name)?.target.as_ref());
                match (target.and_then(|code| kinds.get(code)), &session.subject) {
                    (Some(order), Some(name)) => wants(order, name, FieldType::Record, false),
                    (None, None) => {}
                    _ => wants(kind, "subject", FieldType::Record, false),
                }
            }
            if let Some(report) = &self.report {
                wants(kind, &report.category, FieldType::Enum, false);
                wants(kind, &report.point, FieldType::Point, false);
                for name in &report.links {
                    let set = kind.field(name).is_some_and(|f| f.policy == Policy::Set);
                    wants(kind, name, FieldType::Record, set);
                }
            }
        }
        if self.witness.is_some() && kind.attests.is_none() {
            faults.push(format!("{} attests nothing", kind.kind));
        }
        let named = self.witness.iter().flat_map(|witness| &witness.handed_in);
        let unknown = self
            .dead
            .iter()
            .chain(named)
            .find(|state| !kind.workflow.states.contains_key(*state));
        faults.extend(unknown.map(|state| format!("{} has no state {state}", kind.kind)));
        faults.into_iter().next()
    }
}
