//! Entries of the journal: what accounts, appointments and devices changed, what was collected, who did it and when.

use sync_protocol::id::MemberId;

use super::AccountError;
use crate::query;
use crate::random;
use crate::store::Db;
use crate::store::column::Fixed;
use crate::store::rows::JournalRow;

/// What can happen. The codes are stable: auditors and the transparency log rely on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the codes say it")]
pub enum Event {
    MemberCreated,
    MemberRenamed,
    MemberActivated,
    ActivationIssued,
    AppointmentCreated,
    AppointmentEnded,
    DeviceEnrolled,
    DeviceRevoked,
    SignInLocked,
    RefreshReused,
    SignedOut,
    TotpEnrolled,
    TotpReset,
    UnitsImported,
    MembersImported,
    BlobsCollected,
    HoursRuleBegun,
}

impl Event {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Event::MemberCreated => "member_created",
            Event::MemberRenamed => "member_renamed",
            Event::MemberActivated => "member_activated",
            Event::ActivationIssued => "activation_issued",
            Event::AppointmentCreated => "appointment_created",
            Event::AppointmentEnded => "appointment_ended",
            Event::DeviceEnrolled => "device_enrolled",
            Event::DeviceRevoked => "device_revoked",
            Event::SignInLocked => "sign_in_locked",
            Event::RefreshReused => "refresh_reused",
            Event::SignedOut => "signed_out",
            Event::TotpEnrolled => "totp_enrolled",
            Event::TotpReset => "totp_reset",
            Event::UnitsImported => "units_imported",
            Event::MembersImported => "members_imported",
            Event::BlobsCollected => "blobs_collected",
            Event::HoursRuleBegun => "hours_rule_begun",
        }
    }
}

/// Who did it: a member, or nobody for the command line and the server itself.
pub type Actor = Option<MemberId>;

/// Locks the journal until the transaction ends. A change that is judged by what other changes left (an
/// overlap, the last administrator) takes it first, so that two servers judge one after the other.
pub fn lock(db: &mut Db<'_>) -> Result<(), AccountError> {
    Ok(query!(db, locks::journal())?)
}

/// Writes an entry. `detail` holds facts, never a secret.
pub fn write(
    db: &mut Db<'_>,
    now_ms: i64,
    actor: Actor,
    event: Event,
    subject: &str,
    detail: serde_json::Value,
) -> Result<(), AccountError> {
    lock(db)?;
    let last = query!(db, journal::last_id())?;
    let row = JournalRow {
        id: next_id(last.map(|id| id.0), now_ms)?,
        at_ms: now_ms,
        actor: actor.map(Fixed::from),
        event: event.code().to_owned(),
        subject: subject.to_owned(),
        detail: detail.to_string(),
    };
    Ok(query!(db, journal::insert(row))?)
}

/// A UUIDv7 above `last`, also within one millisecond and when the clock has gone back: `rand_a` counts
/// (RFC 9562 section 6.2, method 1).
fn next_id(last: Option<[u8; 16]>, now_ms: i64) -> Result<[u8; 16], AccountError> {
    const COUNTER: u64 = 0x0fff;
    let now = u64::try_from(now_ms).unwrap_or(0);
    let (ms, counter) = match last.map(|id| u128::from_be_bytes(id) >> 64) {
        Some(high) => {
            let high = u64::try_from(high).unwrap_or(u64::MAX);
            let (last_ms, last_counter) = (high >> 16, high & COUNTER);
            if last_ms < now {
                (now, 0)
            } else if last_counter < COUNTER {
                (last_ms, last_counter + 1)
            } else {
                (last_ms + 1, 0)
            }
        }
        None => (now, 0),
    };
    let mut id = random::uuid()?.into_bytes();
    id[..8].copy_from_slice(&(ms << 16 | 0x7000 | counter).to_be_bytes());
    Ok(id)
}

#[cfg(test)]
mod tests {
    use uuid::{Uuid, Variant};

    use super::*;

    #[test]
    fn ids_go_up_within_a_millisecond_and_against_the_clock() {
        let mut last = None;
        for now_ms in std::iter::repeat_n(1_795_000_000_000, 5_000).chain([1_794_999_999_000, 1_795_000_100_000]) {
            let id = next_id(last, now_ms).unwrap();
            assert!(last < Some(id));
            let uuid = Uuid::from_bytes(id);
            assert_eq!((uuid.get_version_num(), uuid.get_variant()), (7, Variant::RFC4122));
            last = Some(id);
        }
        let (seconds, _) = Uuid::from_bytes(last.unwrap()).get_timestamp().unwrap().to_unix();
        assert_eq!(seconds, 1_795_000_100);
    }
}
