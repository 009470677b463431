//! What rules look at: what a record says, and what is near it, as plain data.

use std::collections::{BTreeMap, BTreeSet};

use sync_protocol::feed::Hash;
use sync_protocol::id::{DeviceId, MemberId, RecordId, Seq};

use super::geo::Spot;

/// In which way somebody takes part in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Gives hours of his own.
    Volunteers,
    /// Serves under an arrangement.
    Serves,
    /// Observes somebody who serves.
    Observes,
    /// Gives hours of his own by observing.
    VolunteersObserving,
    /// States himself that he observed.
    Attests,
}

impl Part {
    /// The stored number.
    pub fn number(self) -> i32 {
        match self {
            Part::Volunteers => 0,
            Part::Serves => 1,
            Part::Observes => 2,
            Part::VolunteersObserving => 3,
            Part::Attests => 4,
        }
    }

    /// Reads the stored number.
    pub fn of(number: i32) -> Option<Part> {
        [
            Part::Volunteers,
            Part::Serves,
            Part::Observes,
            Part::VolunteersObserving,
            Part::Attests,
        ]
        .into_iter()
        .find(|part| part.number() == number)
    }

    /// Whether its minutes are the person's own hours.
    pub fn earns(self) -> bool {
        !matches!(self, Part::Observes | Part::Attests)
    }

    /// Whether one person may be in both at once: who observes may claim the same time as his own, and a session's list
    /// of observers is held against other lists, what he states himself against what else he states and claims.
    pub fn goes_with(self, other: Part) -> bool {
        let mut both = [self, other];
        both.sort_unstable();
        matches!(
            both,
            [Part::Observes, Part::VolunteersObserving | Part::Attests] | [Part::VolunteersObserving, Part::Attests]
        )
    }
}

/// Somebody's part in a session that has a beginning and an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Presence {
    /// The session, or the observer's statement about one.
    pub record: RecordId,
    /// A member, or the record of who serves.
    pub person: [u8; 16],
    /// In which way.
    pub part: Part,
    /// From when, ms.
    pub from_ms: i64,
    /// Until when, ms; later than that.
    pub until_ms: i64,
    /// The minutes that count: those claimed, else the time without the break.
    pub minutes: i64,
}

/// A member's own point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stand {
    /// Whose.
    pub member: MemberId,
    /// When, ms.
    pub at_ms: i64,
    /// Where.
    pub spot: Spot,
    /// How exact, in metres; -1: not said.
    pub accuracy_m: i64,
    /// What it is about.
    pub matter: RecordId,
    /// Whether the phone found it where its holder was: it was neither set by hand nor read from a photo.
    pub moves: bool,
}

/// A point in its place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Standing {
    /// The record.
    pub record: RecordId,
    /// The field.
    pub field: String,
    /// The point.
    pub stand: Stand,
}

/// A report's place and time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The report.
    pub record: RecordId,
    /// Its category.
    pub interest: String,
    /// When, ms.
    pub at_ms: i64,
    /// Where.
    pub spot: Spot,
    /// How exact, in metres; -1: not said.
    pub accuracy_m: i64,
}

/// An approval of hours in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Approval {
    /// The operation.
    pub op: (DeviceId, Seq),
    /// What it names as approved.
    pub digest: Option<Hash>,
    /// What the record says now; nothing while it is contested.
    pub now: Option<Hash>,
}

/// What a record says that rules look at.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// The record.
    pub record: RecordId,
    /// Its kind.
    pub kind: String,
    /// Its unit.
    pub unit: String,
    /// It is not void, declined or merged into another.
    pub counts: bool,
    /// When what it tells happened, ms; where it does not say, when it was entered.
    pub happened_ms: i64,
    /// The moments of the past that it tells, by field, each with when what says so arrived, ms.
    pub past: BTreeMap<String, (i64, i64)>,
    /// When its first operation arrived, ms. Only sessions need it.
    pub entered_ms: Option<i64>,
    /// When a session began and ended, ms, and whether it is one.
    pub session: Option<(Option<i64>, Option<i64>)>,
    /// Who took part in it.
    pub presences: Vec<Presence>,
    /// The sessions of which it states what an observer saw; several while that is contested.
    pub attests: BTreeSet<RecordId>,
    /// Points.
    pub stands: BTreeMap<String, Stand>,
    /// A report's place.
    pub place: Option<Place>,
    /// Reports known to be about the same matter.
    pub links: BTreeSet<RecordId>,
    /// Pictures and other files that it shows, each with when its operation arrived, ms.
    pub files: BTreeMap<Hash, i64>,
    /// The approval of its hours.
    pub approval: Option<Approval>,
}

/// What is known of a file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct File {
    /// Its perceptual hash, if it is a picture that tells anything.
    pub likeness: Option<u64>,
    /// Where its EXIF says it was taken, as if that were WGS-84.
    pub spot: Option<Spot>,
}

/// Two photos of two records that look alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Alike {
    /// The other record.
    pub record: RecordId,
    /// Bits in which they differ.
    pub bits: u32,
    /// This record's photo.
    pub own: Hash,
    /// The other's.
    pub other: Hash,
}

/// What is near a record. Neighbours that no longer count are not among it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Near {
    /// Other sessions' parts of the same persons that overlap or lie in the same week. Two statements of one observer
    /// about one session are not near: that he has two is another matter.
    pub presences: Vec<Presence>,
    /// The points before and after each of its own, by member and by matter.
    pub stands: Vec<Standing>,
    /// Earlier reports of its category round about.
    pub places: Vec<Place>,
    /// Of these, those that link to it.
    pub linked: BTreeSet<RecordId>,
    /// The earliest earlier record that shows a photo of its own.
    pub same: BTreeMap<Hash, RecordId>,
    /// Earlier records that show photos like its own, closely enough for some limit.
    pub alike: Vec<Alike>,
    /// Its files that have arrived.
    pub files: BTreeMap<Hash, File>,
}
