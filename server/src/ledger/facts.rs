//! What hours are judged by, as it is read from the records.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, FixedOffset};
use sync_protocol::catalog::{Attests, Kind, STATE_FIELD};
use sync_protocol::feed::Hash;
use sync_protocol::id::{DeviceId, MemberId, RecordId, Seq};
use sync_protocol::record::Record;
use sync_protocol::value::Value;

/// Fields of the sessions and of the arrangement, as the catalogue names them.
pub mod field {
    /// Whose a volunteer's hours are.
    pub const VOLUNTEER: &str = "volunteer";
    /// The arrangement under which somebody serves.
    pub const ORDER: &str = "order";
    /// When a session began.
    pub const STARTED: &str = "started_at";
    /// When it ended.
    pub const ENDED: &str = "ended_at";
    /// How many minutes of it were a break.
    pub const BREAK: &str = "break_minutes";
    /// The minutes that it claims.
    pub const CLAIMED: &str = "claimed_minutes";
    /// Who serves under an arrangement.
    pub const SUBJECT: &str = "subject";
    /// Who observes under it.
    pub const OBSERVERS: &str = "observers";
    /// The signed pledge.
    pub const PLEDGE: &str = "pledge";
    /// When it was signed.
    pub const PLEDGED_ON: &str = "pledge_signed_on";
    /// The first day of an arrangement.
    pub const PERIOD_FROM: &str = "period_from";
    /// Its last day.
    pub const PERIOD_UNTIL: &str = "period_until";
    /// Whether who served confirms the session.
    pub const CONFIRMED: &str = "subject_confirmed";
    /// Who served objects.
    pub const OBJECTS: &str = "objects";
    /// How many minutes of service an observer saw.
    pub const SEEN: &str = "minutes_seen";
}

/// States of the kinds concerned, as the catalogue names them.
pub mod state {
    /// Not handed in yet.
    pub const DRAFT: &str = "draft";
    /// An arrangement without a pledge.
    pub const PLANNED: &str = "planned";
    /// Handed in.
    pub const SUBMITTED: &str = "submitted";
    /// In question.
    pub const QUESTIONED: &str = "questioned";
    /// Not approved.
    pub const DECLINED: &str = "declined";
    /// It counts no more.
    pub const VOID: &str = "void";
    /// An attestation that nobody changes any more.
    pub const LOCKED: &str = "locked";
    /// States of an arrangement in which nobody serves.
    pub const AT_REST: [&str; 3] = ["suspended", "withdrawn", "revoked"];
}

/// By how much phones' clocks may differ from the server's where their moments are held against each other, ms.
pub const CLOCKS_MS: i64 = 600_000;

/// China has one time zone; days of the ledger are its days.
const CHINA_S: i32 = 8 * 3600;

/// Whose account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// A volunteer's.
    Member(MemberId),
    /// That of somebody who serves.
    Subject(RecordId),
}

/// The dot of an operation.
pub type Dot = (DeviceId, Seq);

/// One accepted operation on a session that wrote its state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The operation.
    pub dot: Dot,
    /// Its author.
    pub member: MemberId,
    /// The transition; none where it only created the record.
    pub act: Option<String>,
    /// What the transition approves.
    pub approves: Option<Hash>,
    /// The state after it; none while several contend.
    pub settled: Option<String>,
    /// When it was written, ms; where that is not known, when it arrived.
    pub written_ms: i64,
    /// When it arrived, ms.
    pub arrival_ms: i64,
}

/// Somebody who was drawn to observe under an arrangement, and for which time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// Who.
    pub member: MemberId,
    /// When the draw was asked for, which settles who is drawn, or when he took another's place, ms.
    pub from_ms: i64,
    /// When he was replaced, or the draw set aside, ms.
    pub until_ms: Option<i64>,
}

/// What an arrangement says that hours depend on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Who serves; none while that is contested.
    pub subject: Option<RecordId>,
    /// The state; none while several contend.
    pub state: Option<String>,
    /// The day of the signed pledge, `YYYY-MM-DD`; none while there is no pledge, or several contend.
    pub pledged_on: Option<String>,
    /// Who observes.
    pub observers: BTreeSet<MemberId>,
    /// Who was drawn to observe; none where nobody asks for a draw.
    pub drawn: Option<Vec<Term>>,
    /// Its first and its last day, `YYYY-MM-DD`; none while several contend.
    pub period: Option<(String, String)>,
    /// From when until when nobody served under it, ms: it was suspended, withdrawn or revoked.
    pub rests: Vec<(i64, Option<i64>)>,
}

/// One observer's statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attestation {
    /// The record.
    pub record: RecordId,
    /// Who states it.
    pub observer: MemberId,
    /// Handed in, and it names this session and no other.
    pub counts: bool,
    /// From and until when he was there, ms; none where that is missing, contested or impossible.
    pub there: Option<(i64, i64)>,
    /// How many minutes of service he saw; none where that is missing or contested.
    pub minutes_seen: Option<i64>,
    /// Every word of it is his, and he handed it in himself.
    pub own: bool,
    /// He could not read the others' statements.
    pub blind: bool,
}

/// In whose hand an attestation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Witness {
    /// Whose statement it is to be.
    pub observer: MemberId,
    /// Every word of it is his, and he handed it in himself.
    pub own: bool,
    /// He could not read the others' statements until then.
    pub blind: bool,
}

/// A posting of the session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// Its number.
    pub number: i64,
    /// Its round.
    pub round: i64,
    /// Whose account.
    pub account: Account,
    /// Minutes, negative in a reversal.
    pub minutes: i64,
    /// What was approved.
    pub digest: Hash,
    /// The operation that called for it.
    pub by: Dot,
    /// The entry that it takes back.
    pub reverses: Option<i64>,
}

/// The one value of a register that is set and not contested.
pub fn one<'r>(record: &'r Record, name: &str) -> Option<&'r Value> {
    if record.is_contested(name) {
        return None;
    }
    record
        .latest(name)
        .map(|entry| &entry.value)
        .filter(|value| **value != Value::Null)
}

/// The one instant of a register, ms.
pub fn instant(record: &Record, name: &str) -> Option<i64> {
    match one(record, name)? {
        Value::Instant(instant) => Some(instant.ms),
        _ => None,
    }
}

/// The one number of a register.
pub fn number(record: &Record, name: &str) -> Option<i64> {
    match one(record, name)? {
        Value::Int(number) => Some(*number),
        _ => None,
    }
}

/// The one id of a register.
pub fn id(record: &Record, name: &str) -> Option<[u8; 16]> {
    match one(record, name)? {
        Value::Id(id) => Some(*id),
        _ => None,
    }
}

/// The one text of a register.
pub fn text<'r>(record: &'r Record, name: &str) -> Option<&'r str> {
    match one(record, name)? {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

/// The records that a register names, every sibling counting.
pub fn named(record: &Record, field: &str) -> BTreeSet<RecordId> {
    let values = record.values(field).iter();
    values
        .filter_map(|entry| match &entry.value {
            Value::Id(id) => Some(RecordId(*id)),
            _ => None,
        })
        .collect()
}

/// The state of a record; none while several contend.
pub fn state_of(record: &Record) -> Option<&str> {
    text(record, STATE_FIELD)
}

/// The day of a moment, `YYYY-MM-DD`, in China; none for a year that four digits do not hold.
pub fn day(ms: i64) -> Option<String> {
    let zone = FixedOffset::east_opt(CHINA_S)?;
    let moment = DateTime::from_timestamp_millis(ms)?.with_timezone(&zone);
    (0..=9999)
        .contains(&moment.year())
        .then(|| moment.format("%Y-%m-%d").to_string())
}

impl Order {
    /// What the record of an arrangement says, `steps` having led to its state, and who was drawn for it.
    pub fn of(record: &Record, steps: &[Step], drawn: Option<Vec<Term>>) -> Order {
        let observers = record.elements(field::OBSERVERS).filter_map(|(value, _)| match value {
            Value::Id(id) => Some(MemberId(*id)),
            _ => None,
        });
        let pledge = one(record, field::PLEDGE);
        Order {
            subject: id(record, field::SUBJECT).map(RecordId),
            state: state_of(record).map(str::to_owned),
            pledged_on: pledge.and(text(record, field::PLEDGED_ON)).map(str::to_owned),
            observers: observers.collect(),
            drawn,
            period: text(record, field::PERIOD_FROM)
                .zip(text(record, field::PERIOD_UNTIL))
                .map(|(from, until)| (from.to_owned(), until.to_owned())),
            rests: rests(steps),
        }
    }

    /// Whether somebody was drawn to observe what began at a moment, ms: the draw came first, and stood then.
    pub fn had_drawn(&self, member: MemberId, at_ms: i64) -> bool {
        let stood = |term: &Term| {
            term.member == member
                && term.from_ms.saturating_sub(CLOCKS_MS) <= at_ms
                && term.until_ms.is_none_or(|until| at_ms < until)
        };
        self.drawn.as_ref().is_none_or(|terms| terms.iter().any(stood))
    }
}

/// From when until when an arrangement was in a state in which nobody serves. While several states contend, the one before lasts.
fn rests(steps: &[Step]) -> Vec<(i64, Option<i64>)> {
    let mut rests: Vec<(i64, Option<i64>)> = Vec::new();
    for step in steps {
        let Some(now) = step.settled.as_deref() else { continue };
        let is_at_rest = state::AT_REST.contains(&now);
        match rests.last_mut() {
            Some((_, until @ None)) if !is_at_rest => *until = Some(step.written_ms),
            Some((_, None)) => {}
            _ if is_at_rest => rests.push((step.written_ms, None)),
            _ => {}
        }
    }
    rests
}

impl Attestation {
    /// What the record of an attestation says of `session`.
    pub fn of(
        attests: &Attests,
        session: RecordId,
        (row, record): (RecordId, &Record),
        witness: Witness,
    ) -> Attestation {
        let there = instant(record, &attests.from).zip(instant(record, &attests.until));
        let handed_in = matches!(state_of(record), Some(state::SUBMITTED | state::LOCKED));
        Attestation {
            record: row,
            observer: witness.observer,
            counts: handed_in && id(record, &attests.link) == Some(session.0),
            there: there.filter(|(from, until)| from < until),
            minutes_seen: number(record, field::SEEN),
            own: witness.own,
            blind: witness.blind,
        }
    }
}

/// The states to which an approval leads.
pub fn approved_states(kind: &Kind) -> impl Iterator<Item = &str> {
    let transitions = kind.workflow.transitions.values();
    transitions.filter(|t| t.approves).map(|t| t.to.as_str())
}

#[cfg(test)]
mod tests {
    use sync_protocol::catalog::{Catalog, FieldType, Ledger};

    use super::*;

    #[test]
    fn a_day_is_chinas() {
        assert_eq!(day(1_795_305_599_999).as_deref(), Some("2026-11-22"));
        assert_eq!(day(1_795_276_800_000).as_deref(), Some("2026-11-22"));
        assert_eq!(day(1_795_276_799_999).as_deref(), Some("2026-11-21"));
        assert_eq!(day(253_402_272_000_000), None, "the year 10000");
    }

    /// The names above are the catalogue's.
    #[test]
    fn the_catalogue_has_what_hours_are_judged_by() {
        let catalog = Catalog::builtin().unwrap();
        let has = |kind: &str, name: &str, is: FieldType| {
            let found = catalog.kinds()[kind].field(name).map(|field| field.kind);
            assert_eq!(found, Some(is), "{kind}.{name}");
        };
        for kind in catalog.kinds().values() {
            let Some(ledger) = kind.ledger else { continue };
            has(&kind.kind, field::STARTED, FieldType::Instant);
            has(&kind.kind, field::ENDED, FieldType::Instant);
            has(&kind.kind, field::BREAK, FieldType::Minutes);
            has(&kind.kind, field::CLAIMED, FieldType::Minutes);
            match ledger {
                Ledger::Volunteer => has(&kind.kind, field::VOLUNTEER, FieldType::Member),
                Ledger::SocialService => has(&kind.kind, field::ORDER, FieldType::Record),
            }
            let states = &kind.workflow.states;
            for name in [
                state::DRAFT,
                state::SUBMITTED,
                state::QUESTIONED,
                state::DECLINED,
                state::VOID,
            ] {
                assert!(states.contains_key(name), "{}: {name}", kind.kind);
            }
            assert_eq!(approved_states(kind).collect::<Vec<_>>(), ["approved"]);
        }
        has("service_order", field::SUBJECT, FieldType::Record);
        has("service_order", field::OBSERVERS, FieldType::Member);
        has("service_order", field::PLEDGE, FieldType::Blob);
        has("service_order", field::PLEDGED_ON, FieldType::Date);
        has("service_order", field::PERIOD_FROM, FieldType::Date);
        has("service_order", field::PERIOD_UNTIL, FieldType::Date);
        has("attestation", field::SEEN, FieldType::Minutes);
        has("service_session", field::CONFIRMED, FieldType::Enum);
        let answers = &catalog.kinds()["service_session"]
            .field(field::CONFIRMED)
            .unwrap()
            .values;
        assert!(answers.iter().any(|value| value.code == field::OBJECTS));
        let of_order = &catalog.kinds()["service_order"].workflow.states;
        assert!(state::AT_REST.iter().all(|name| of_order.contains_key(*name)));
        assert_eq!(catalog.kinds()["service_order"].workflow.initial, state::PLANNED);
        let attestation = &catalog.kinds()["attestation"].workflow.states;
        assert!(attestation.contains_key(state::SUBMITTED) && attestation.contains_key(state::LOCKED));
    }
}
