//! Devices: enrolment with a proof of the key, revocation.

use ed25519_dalek::{Signature, VerifyingKey};
use sync_protocol::feed::{self, Hash};
use sync_protocol::id::{DeviceId, MemberId};
use sync_protocol::role::Role;

use super::AccountError;
use super::journal::{self, Event};
use super::standing;
use crate::app::App;
use crate::query;
use crate::store::column::Fixed;
use crate::store::rows::DeviceRow;

/// Most characters of a label.
const LABEL_CHARS: usize = 60;

/// Where a device says that it keeps its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum KeyStorage {
    /// In hardware that does not give it away.
    Hardware,
    /// In the platform's store, not extractable by scripts.
    NonExtractable,
    /// In a file or database of the client.
    Software,
}

impl KeyStorage {
    fn code(self) -> &'static str {
        match self {
            KeyStorage::Hardware => "hardware",
            KeyStorage::NonExtractable => "non_extractable",
            KeyStorage::Software => "software",
        }
    }
}

/// What a new device says of itself.
#[derive(Debug, Clone)]
pub struct Enrolment {
    /// Its random id.
    pub id: DeviceId,
    /// The signature suite of its key.
    pub suite: String,
    /// Its public key.
    pub public_key: Vec<u8>,
    /// What its holder calls it.
    pub label: String,
    /// Where it keeps its key.
    pub key_storage: KeyStorage,
    /// The device whose feed it continues, and that feed's head as far as the client knows.
    pub continues: Option<(DeviceId, Hash)>,
    /// The new key's signature over `feed::enrolment_message`.
    pub proof: Vec<u8>,
}

/// Enrols a device. The same device, key and member again is no error; `true`: it is new.
pub fn enrol(app: &App, member: MemberId, enrolment: Enrolment) -> Result<(DeviceRow, bool), AccountError> {
    check(member, &enrolment)?;
    let now_ms = app.now_ms();
    let row = DeviceRow {
        id: enrolment.id,
        member,
        suite: enrolment.suite,
        public_key: enrolment.public_key,
        label: enrolment.label,
        key_storage: enrolment.key_storage.code().to_owned(),
        enrolled_ms: now_ms,
        revoked_ms: None,
        continues: enrolment.continues.map(|(device, _)| Fixed::from(device)),
        continues_hash: enrolment.continues.map(|(_, hash)| Fixed(hash)),
        head_seq: 0,
        head_hash: feed::genesis(&enrolment.id),
        durable_seq: 0,
        closed_code: None,
        synced_ms: None,
        clock_offset_ms: None,
    };
    app.store.write(|db| {
        if let Some((earlier, _)) = enrolment.continues {
            // A device that the server does not know may have been lost by a restore; somebody else's is not his
            // to continue.
            let known = query!(db, devices::by_id(earlier))?;
            if earlier == row.id || known.is_some_and(|d| d.member != member) {
                return Err(AccountError::NotFound);
            }
        }
        if query!(db, devices::insert(row.clone()))? {
            let detail = serde_json::json!({
                "member": member,
                "suite": row.suite,
                "key": hex::encode(&row.public_key),
                "key_storage": row.key_storage,
                "continues": enrolment.continues.map(|(device, _)| device),
            });
            journal::write(
                db,
                now_ms,
                Some(member),
                Event::DeviceEnrolled,
                &row.id.to_string(),
                detail,
            )?;
            return Ok((row, true));
        }
        let stored = query!(db, devices::by_id(row.id))?.ok_or(AccountError::DeviceTaken)?;
        let same = stored.member == member && stored.suite == row.suite && stored.public_key == row.public_key;
        if same {
            Ok((stored, false))
        } else {
            Err(AccountError::DeviceTaken)
        }
    })
}

fn check(member: MemberId, enrolment: &Enrolment) -> Result<(), AccountError> {
    if enrolment.suite != feed::SUITE {
        return Err(AccountError::DeviceSuiteUnknown);
    }
    let label = enrolment.label.trim();
    if label.is_empty() || label.chars().count() > LABEL_CHARS || label.chars().any(char::is_control) {
        return Err(AccountError::Invalid(format!("label: 1 to {LABEL_CHARS} characters")));
    }
    let bytes: [u8; 32] = enrolment
        .public_key
        .as_slice()
        .try_into()
        .map_err(|_| AccountError::DeviceKeyInvalid)?;
    let key = VerifyingKey::from_bytes(&bytes).map_err(|_| AccountError::DeviceKeyInvalid)?;
    if key.is_weak() {
        return Err(AccountError::DeviceKeyInvalid);
    }
    let proof = Signature::from_slice(&enrolment.proof).map_err(|_| AccountError::DeviceProofWrong)?;
    key.verify_strict(&feed::enrolment_message(&enrolment.id, &member), &proof)
        .map_err(|_| AccountError::DeviceProofWrong)
}

/// The devices of `owner`, for himself or a system administrator.
pub fn list(app: &App, caller: MemberId, owner: MemberId) -> Result<Vec<DeviceRow>, AccountError> {
    let now_ms = app.now_ms();
    app.store.read(|db| {
        if caller != owner {
            standing::require(db, caller, &[Role::SysAdmin], now_ms)?;
        }
        Ok(query!(db, devices::of_member(owner))?)
    })
}

/// Revokes a device: what it pushes from now on is kept but has no effect. Its holder or a system
/// administrator may; once is enough, again is no error.
pub fn revoke(app: &App, caller: MemberId, device: DeviceId) -> Result<(), AccountError> {
    let now_ms = app.now_ms();
    app.store.write(|db| {
        let row = query!(db, devices::by_id(device))?;
        let own = row.as_ref().is_some_and(|d| d.member == caller);
        if !own {
            standing::require(db, caller, &[Role::SysAdmin], now_ms).map_err(|error| match error {
                // Whether somebody else's device exists is not for everybody.
                AccountError::Forbidden => AccountError::NotFound,
                other => other,
            })?;
        }
        let row = row.ok_or(AccountError::NotFound)?;
        if query!(db, devices::revoke(device, now_ms))? {
            let detail = serde_json::json!({ "member": row.member, "head_seq": row.head_seq });
            journal::write(
                db,
                now_ms,
                Some(caller),
                Event::DeviceRevoked,
                &device.to_string(),
                detail,
            )?;
        }
        Ok(())
    })
}
