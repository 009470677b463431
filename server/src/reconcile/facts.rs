//! What a record says that rules look at, read from its merged state.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sync_protocol::catalog::{Attests, Catalog, FieldType, Kind, STATE_FIELD};
use sync_protocol::clock::OpDot;
use sync_protocol::feed::Hash;
use sync_protocol::hours;
use sync_protocol::id::{DeviceId, MemberId, RecordId, Seq};
use sync_protocol::record::Record;
use sync_protocol::rules::{ReadSession, Reading, Rules};
use sync_protocol::value::{Point, PointSource, Value};

use super::geo::spot;
use super::near::{Approval, Facts, File, Part, Place, Presence, Stand};
use crate::store::rows::RecordRow;
use crate::store::{StoreError, StoreResult};

/// Who wrote an operation, and when it arrived, ms.
#[derive(Debug, Clone, Copy)]
pub struct Told {
    /// The author.
    pub member: MemberId,
    /// First arrival.
    pub arrival_ms: i64,
}

/// What facts need beside the record itself.
#[derive(Debug, Default)]
pub struct Known {
    /// Operations, by their dots.
    pub ops: HashMap<(DeviceId, Seq), Told>,
    /// When each record's first operation arrived, ms.
    pub entered: HashMap<RecordId, i64>,
    /// Who serves under an arrangement.
    pub subjects: HashMap<RecordId, [u8; 16]>,
    /// What operations name as approved.
    pub approvals: HashMap<(DeviceId, Seq), Option<Hash>>,
    /// The files that have arrived.
    pub files: HashMap<Hash, File>,
}

/// A record, its kind and what the rules read from it.
pub struct Subject<'r> {
    /// The row.
    pub row: &'r RecordRow,
    /// The merged state.
    pub state: Record,
    kind: Option<&'r Kind>,
    reading: Option<&'r Reading>,
}

impl<'r> Subject<'r> {
    /// Reads a row.
    pub fn read(catalog: &'r Catalog, rules: &'r Rules, row: &'r RecordRow) -> StoreResult<Subject<'r>> {
        Ok(Subject {
            row,
            state: Record::unpack(&row.state).map_err(|_| StoreError::Corrupt)?,
            kind: catalog.kinds().get(&row.kind),
            reading: rules.reading(&row.kind),
        })
    }

    /// Whether it tells when it was entered, or must say so for want of another time.
    pub fn needs_entered(&self) -> bool {
        self.reading.is_none_or(|r| r.session.is_some()) || self.instant(self.happened()).is_none()
    }

    /// The arrangement to which a session belongs.
    pub fn order(&self) -> Option<RecordId> {
        let field = self.session()?.order.as_ref()?;
        self.id(field).map(RecordId)
    }

    /// The field by which a record of this kind, as an arrangement, says who serves.
    pub fn served(catalog: &Catalog, rules: &Rules, kind: &str) -> Option<String> {
        catalog.kinds().iter().find_map(|(code, of)| {
            let session = rules.reading(code)?.session.as_ref()?;
            let target = of.field(session.order.as_ref()?)?.target.as_ref()?;
            (target == kind).then(|| session.subject.clone())?
        })
    }

    /// The operation that approved its hours, if they are approved.
    pub fn approval(&self) -> Option<(DeviceId, Seq)> {
        let state = self.state.latest(STATE_FIELD)?;
        let Value::Text(name) = &state.value else { return None };
        let transitions = &self.kind?.workflow.transitions;
        let approved = transitions.values().any(|t| t.approves && t.to == *name);
        approved.then_some((state.dot.actor, state.dot.counter))
    }

    /// Every file that it shows, with the operation that put it there first.
    pub fn files(&self) -> BTreeMap<Hash, OpDot> {
        let mut files: BTreeMap<Hash, (u64, OpDot)> = BTreeMap::new();
        let mut add = |value: &Value, dot: OpDot, pos: u64| {
            if let Value::Hash(hash) = value {
                let first = files.entry(*hash).or_insert((pos, dot));
                if (pos, dot.actor, dot.counter) < (first.0, first.1.actor, first.1.counter) {
                    *first = (pos, dot);
                }
            }
        };
        for (name, _) in self.fields(FieldType::Blob) {
            for entry in self.state.values(name) {
                add(&entry.value, entry.dot, entry.pos);
            }
            for (value, dots) in self.state.elements(name) {
                dots.iter().for_each(|(dot, pos)| add(value, *dot, *pos));
            }
        }
        files.into_iter().map(|(hash, (_, dot))| (hash, dot)).collect()
    }

    /// The operations that wrote its points.
    pub fn pointing(&self) -> impl Iterator<Item = OpDot> {
        let names = self.reading.into_iter().flat_map(|r| r.points.keys());
        names.filter_map(|name| self.state.latest(name)).map(|entry| entry.dot)
    }

    /// The operations that tell moments of the past.
    pub fn telling(&self) -> impl Iterator<Item = OpDot> {
        let names = self.reading.into_iter().flat_map(|r| &r.past);
        names.filter_map(|name| self.state.latest(name)).map(|entry| entry.dot)
    }

    fn past(&self, known: &Known) -> BTreeMap<String, (i64, i64)> {
        let names = self.reading.into_iter().flat_map(|r| &r.past);
        let told = names.filter_map(|name| {
            let entry = self.state.latest(name)?;
            let Value::Instant(instant) = &entry.value else {
                return None;
            };
            let op = known.ops.get(&(entry.dot.actor, entry.dot.counter))?;
            Some((name.clone(), (instant.ms, op.arrival_ms)))
        });
        told.collect()
    }

    /// Its facts. Whatever `known` lacks is left out.
    pub fn facts(&self, known: &Known) -> Facts {
        let record = self.row.id;
        let entered_ms = known.entered.get(&record).copied();
        let counts = self.counts();
        let happened_ms = self.instant(self.happened()).or(entered_ms).unwrap_or(0);
        let arrived = |dot: &OpDot| {
            known
                .ops
                .get(&(dot.actor, dot.counter))
                .map_or(0, |told| told.arrival_ms)
        };
        let files = if counts { self.files() } else { BTreeMap::new() };
        let now = self.kind.and_then(|kind| hours::digest(kind, &self.state));
        Facts {
            record,
            kind: self.row.kind.clone(),
            unit: self.row.unit.clone(),
            counts,
            happened_ms,
            past: if counts { self.past(known) } else { BTreeMap::new() },
            entered_ms,
            session: self
                .session()
                .map(|s| (self.instant(Some(&s.from)), self.instant(Some(&s.until)))),
            presences: if counts { self.presences(known) } else { Vec::new() },
            attests: self.attested(),
            stands: if counts { self.stands(known) } else { BTreeMap::new() },
            place: if counts { self.place(happened_ms) } else { None },
            links: if counts { self.links() } else { BTreeSet::new() },
            files: files.iter().map(|(hash, dot)| (*hash, arrived(dot))).collect(),
            approval: self.approval().filter(|_| counts).map(|op| Approval {
                op,
                digest: known.approvals.get(&op).copied().flatten(),
                now,
            }),
        }
    }

    fn session(&self) -> Option<&ReadSession> {
        self.reading?.session.as_ref()
    }

    fn happened(&self) -> Option<&String> {
        self.reading?.happened.as_ref()
    }

    fn fields(&self, of: FieldType) -> impl Iterator<Item = (&String, &sync_protocol::catalog::Field)> {
        let fields = self.kind.into_iter().flat_map(|kind| &kind.fields);
        fields.filter(move |(_, field)| field.kind == of)
    }

    fn counts(&self) -> bool {
        let dead = self.reading.map_or(&[][..], |r| r.dead.as_slice());
        self.text(STATE_FIELD)
            .is_none_or(|state| !dead.iter().any(|d| d == state))
    }

    /// The sessions of which it states what an observer saw, every sibling counting.
    pub fn attested(&self) -> BTreeSet<RecordId> {
        let values = self
            .attests()
            .map_or(&[][..], |attests| self.state.values(&attests.link));
        values
            .iter()
            .filter_map(|entry| id_of(&entry.value))
            .map(RecordId)
            .collect()
    }

    /// How records of its kind state what an observer saw, if they do.
    pub fn attests(&self) -> Option<&Attests> {
        self.kind?.attests.as_ref()
    }

    /// That its author was there, by a statement that he has handed in.
    fn witness(&self) -> Option<Presence> {
        let handed_in = &self.reading?.witness.as_ref()?.handed_in;
        let attests = self.attests()?;
        let (from_ms, until_ms) = self
            .instant(Some(&attests.from))
            .zip(self.instant(Some(&attests.until)))?;
        let is_in = self.text(STATE_FIELD).is_some_and(|state| handed_in.contains(state));
        (is_in && from_ms < until_ms).then(|| Presence {
            record: self.row.id,
            person: self.row.creator.0,
            part: Part::Attests,
            from_ms,
            until_ms,
            minutes: until_ms.saturating_sub(from_ms) / 60_000,
        })
    }

    fn presences(&self, known: &Known) -> Vec<Presence> {
        let Some(session) = self.session() else {
            return self.witness().into_iter().collect();
        };
        let (Some(from_ms), Some(until_ms)) = (self.instant(Some(&session.from)), self.instant(Some(&session.until)))
        else {
            return Vec::new();
        };
        if until_ms <= from_ms {
            return Vec::new();
        }
        let claimed = self.int(&session.minutes);
        let pause = self.int(&session.pause).unwrap_or(0);
        let minutes = claimed.unwrap_or_else(|| ((until_ms - from_ms) / 60_000 - pause).max(0));
        let presence = |person, part| Presence {
            record: self.row.id,
            person,
            part,
            from_ms,
            until_ms,
            minutes,
        };
        let mut presences = Vec::new();
        if let Some(member) = session.volunteer.as_ref().and_then(|name| self.id(name)) {
            let observing = session.observing.as_ref();
            let part = match observing.is_some_and(|o| self.text(&o.field) == Some(&o.value)) {
                true => Part::VolunteersObserving,
                false => Part::Volunteers,
            };
            presences.push(presence(member, part));
        }
        if let Some(subject) = self.order().and_then(|order| known.subjects.get(&order)) {
            presences.push(presence(*subject, Part::Serves));
        }
        if let Some(name) = &session.observers {
            let ids = self.state.elements(name).filter_map(|(value, _)| id_of(value));
            presences.extend(ids.map(|member| presence(member, Part::Observes)));
        }
        presences.sort_unstable();
        presences
    }

    fn stands(&self, known: &Known) -> BTreeMap<String, Stand> {
        let Some(reading) = self.reading else {
            return BTreeMap::new();
        };
        let matter = reading.matter.as_ref().and_then(|name| self.id(name));
        let stand = |(name, when): (&String, &String)| {
            let entry = self.state.latest(name)?;
            let Value::Point(point) = &entry.value else { return None };
            let told = known.ops.get(&(entry.dot.actor, entry.dot.counter))?;
            let stand = Stand {
                member: told.member,
                at_ms: self.instant(Some(when)).unwrap_or(told.arrival_ms),
                spot: spot(point),
                accuracy_m: accuracy_m(point),
                matter: matter.map_or(self.row.id, RecordId),
                moves: matches!(point.source, PointSource::Gps | PointSource::Network),
            };
            Some((name.clone(), stand))
        };
        reading.points.iter().filter_map(stand).collect()
    }

    fn place(&self, happened_ms: i64) -> Option<Place> {
        let report = self.reading?.report.as_ref()?;
        let Value::Point(point) = &self.state.latest(&report.point)?.value else {
            return None;
        };
        Some(Place {
            record: self.row.id,
            interest: self.text(&report.category)?.to_owned(),
            at_ms: happened_ms,
            spot: spot(point),
            accuracy_m: accuracy_m(point),
        })
    }

    fn links(&self) -> BTreeSet<RecordId> {
        let names = self
            .reading
            .and_then(|r| r.report.as_ref())
            .into_iter()
            .flat_map(|r| &r.links);
        let ids = names.flat_map(|name| {
            let values = self.state.values(name).iter().map(|e| &e.value);
            values
                .chain(self.state.elements(name).map(|(value, _)| value))
                .filter_map(id_of)
        });
        ids.map(RecordId).collect()
    }

    fn value(&self, name: &str) -> Option<&Value> {
        self.state.latest(name).map(|entry| &entry.value)
    }

    fn text(&self, name: &str) -> Option<&String> {
        match self.value(name) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    fn int(&self, name: &str) -> Option<i64> {
        match self.value(name) {
            Some(Value::Int(n)) => Some(*n),
            _ => None,
        }
    }

    /// The id that a register holds.
    pub fn id(&self, name: &str) -> Option<[u8; 16]> {
        self.value(name).and_then(id_of)
    }

    fn instant(&self, name: Option<&String>) -> Option<i64> {
        match self.value(name?) {
            Some(Value::Instant(instant)) => Some(instant.ms),
            _ => None,
        }
    }
}

fn id_of(value: &Value) -> Option<[u8; 16]> {
    match value {
        Value::Id(id) => Some(*id),
        _ => None,
    }
}

/// Whole metres, or -1 where the phone did not say.
fn accuracy_m(point: &Point) -> i64 {
    point.accuracy_m.map_or(-1, |metres| metres.ceil() as i64)
}
