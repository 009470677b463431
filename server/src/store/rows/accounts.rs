//! Units, people, appointments, refresh tokens, devices.

use diesel::prelude::*;
use sync_protocol::id::{AppointmentId, DeviceId, MemberId, UnitCode};
use sync_protocol::role::Role;

use crate::accounts::unit::Level;
use crate::store::column::{Fixed, Word};
use crate::store::schema::{appointment, device, member, refresh_token, unit};

/// A node of the grid.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = unit)]
pub struct UnitRow {
    /// Its division code.
    #[diesel(deserialize_as = Word<UnitCode>, serialize_as = Word<UnitCode>)]
    pub code: UnitCode,
    /// Its name.
    pub name: String,
    /// How high it stands.
    #[diesel(deserialize_as = Word<Level>, serialize_as = Word<Level>)]
    pub level: Level,
    /// The code of the unit above it.
    pub parent: Option<String>,
    /// The code of the unit that took its place.
    pub successor: Option<String>,
    /// The last `pos` of its log.
    pub head: i64,
}

/// A person with a login.
#[derive(Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = member)]
pub struct MemberRow {
    /// Id.
    #[diesel(deserialize_as = Fixed<16>, serialize_as = Fixed<16>)]
    pub id: MemberId,
    /// What the person signs in with.
    pub number: String,
    /// Name.
    pub name: String,
    /// Made at, ms.
    pub created_ms: i64,
    /// Argon2id, PHC string; none before activation.
    pub password_hash: Option<String>,
    /// Argon2id of the one-time activation code; none when none is open.
    pub activation_hash: Option<String>,
    /// Until when the activation code serves, ms.
    pub activation_expires_ms: Option<i64>,
    /// The TOTP secret; the enrolment is confirmed once `totp_step` is set.
    pub totp_secret: Option<Vec<u8>>,
    /// The last TOTP step that was used; an earlier or equal one is a replay.
    pub totp_step: Option<i64>,
    /// Failed attempts since the last success.
    pub failed_sign_ins: i32,
    /// No attempt is judged before this time, ms.
    pub locked_until_ms: Option<i64>,
}

impl std::fmt::Debug for MemberRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Neither secrets nor personal data end in a log by way of Debug.
        f.debug_struct("MemberRow")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// A role of a member in a unit.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = appointment)]
pub struct AppointmentRow {
    /// Id.
    #[diesel(deserialize_as = Fixed<16>, serialize_as = Fixed<16>)]
    pub id: AppointmentId,
    /// Whose.
    #[diesel(deserialize_as = Fixed<16>, serialize_as = Fixed<16>)]
    pub member: MemberId,
    /// As what.
    #[diesel(deserialize_as = Word<Role>, serialize_as = Word<Role>)]
    pub role: Role,
    /// Where; it covers the units below.
    #[diesel(deserialize_as = Word<UnitCode>, serialize_as = Word<UnitCode>)]
    pub unit: UnitCode,
    /// First moment, ms.
    pub starts_ms: i64,
    /// First moment after it, ms; none: open.
    pub ends_ms: Option<i64>,
    /// Made at, ms.
    pub created_ms: i64,
}

impl AppointmentRow {
    /// Whether it is in force at `at_ms`.
    pub fn is_active(&self, at_ms: i64) -> bool {
        self.starts_ms <= at_ms && self.ends_ms.is_none_or(|end| at_ms < end)
    }
}

/// A refresh token, known by its hash alone.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = refresh_token)]
pub struct RefreshRow {
    /// SHA-256 of the token.
    #[diesel(deserialize_as = Fixed<32>, serialize_as = Fixed<32>)]
    pub hash: [u8; 32],
    /// The sign-in that it descends from.
    #[diesel(deserialize_as = Fixed<16>, serialize_as = Fixed<16>)]
    pub family: [u8; 16],
    /// Whose.
    #[diesel(deserialize_as = Fixed<16>, serialize_as = Fixed<16>)]
    pub member: MemberId,
    /// Issued at, ms.
    pub issued_ms: i64,
    /// Serves until, ms.
    pub expires_ms: i64,
    /// Exchanged at, ms. A second exchange is a reuse.
    pub used_ms: Option<i64>,
    /// Revoked at, ms.
    pub revoked_ms: Option<i64>,
}

/// One installation of a client.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = device)]
pub struct DeviceRow {
    /// Id, made by the client.
    #[diesel(deserialize_as = Fixed<16>, serialize_as = Fixed<16>)]
    pub id: DeviceId,
    /// Its one member.
    #[diesel(deserialize_as = Fixed<16>, serialize_as = Fixed<16>)]
    pub member: MemberId,
    /// The signature suite of its key.
    pub suite: String,
    /// Its key, as the suite writes it.
    pub public_key: Vec<u8>,
    /// What its holder calls it.
    pub label: String,
    /// Where its key is kept: `hardware`, `non_extractable` or `software`.
    pub key_storage: String,
    /// Enrolled at, ms.
    pub enrolled_ms: i64,
    /// Revoked at, ms.
    pub revoked_ms: Option<i64>,
    /// The device whose feed it continues.
    pub continues: Option<Fixed<16>>,
    /// That feed's head as the client knew it.
    pub continues_hash: Option<Fixed<32>>,
    /// The last stored seq.
    pub head_seq: i64,
    /// The chain's hash at `head_seq`.
    #[diesel(deserialize_as = Fixed<32>, serialize_as = Fixed<32>)]
    pub head_hash: [u8; 32],
    /// The last seq that a verified backup holds.
    pub durable_seq: i64,
    /// Why the feed takes no more operations.
    pub closed_code: Option<String>,
    /// Last verified sync, ms.
    pub synced_ms: Option<i64>,
    /// The device's clock minus the server's at that sync, ms.
    pub clock_offset_ms: Option<i64>,
}
