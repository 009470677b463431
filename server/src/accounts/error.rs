//! Why an account function refuses.

use crate::accounts::tokens::SigningFailed;
use crate::random::NoRandomness;
use crate::store::StoreError;

/// What a caller did wrong, or why the server could not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Randomness, hashing or signing.
    #[error("the server failed")]
    Internal,
    /// No password check was free in time.
    #[error("the server is busy")]
    Busy,
    /// The caller's roles do not allow it.
    #[error("not allowed")]
    Forbidden,
    /// It does not exist, or is not for the caller.
    #[error("not found")]
    NotFound,
    /// A value has the wrong form; the text names it.
    #[error("{0}")]
    Invalid(String),
    /// Wrong number or password.
    #[error("refused")]
    SignInRefused,
    /// Too many failures.
    #[error("locked")]
    Locked {
        /// For how much longer, ms.
        wait_ms: u64,
    },
    /// Nothing in force, and not lately ended either.
    #[error("no appointment")]
    NoAppointment,
    /// A TOTP code is missing.
    #[error("a one-time code is required")]
    TotpRequired,
    /// The TOTP code is wrong or was used.
    #[error("the one-time code is wrong")]
    TotpWrong,
    /// TOTP is set up.
    #[error("one-time codes are set up")]
    TotpExists,
    /// TOTP is not being set up.
    #[error("no one-time codes are being set up")]
    TotpAbsent,
    /// Wrong number or activation code, or too late.
    #[error("refused")]
    ActivationRefused,
    /// Too short, too long, or too like the number.
    #[error("the password is too weak")]
    PasswordWeak,
    /// Unknown, expired or revoked.
    #[error("refused")]
    RefreshRefused,
    /// Exchanged before; the sign-in is revoked now.
    #[error("used before")]
    RefreshReused,
    /// The device id is somebody else's, or has another key.
    #[error("the device id is taken")]
    DeviceTaken,
    /// Not an Ed25519 public key.
    #[error("not a key")]
    DeviceKeyInvalid,
    /// The new key did not sign the enrolment.
    #[error("the proof is wrong")]
    DeviceProofWrong,
    /// No such suite.
    #[error("the suite is unknown")]
    DeviceSuiteUnknown,
    /// The number is somebody else's.
    #[error("the number is taken")]
    NumberTaken,
    /// Administration and auditing are held apart.
    #[error("the roles exclude each other")]
    RolesConflict,
    /// The same appointment exists.
    #[error("the appointment overlaps")]
    AppointmentOverlap,
    /// Start and end do not fit.
    #[error("the dates do not fit")]
    AppointmentDates,
    /// It has ended.
    #[error("the appointment has ended")]
    AppointmentEnded,
    /// No such unit.
    #[error("no such unit")]
    UnitUnknown,
    /// Nobody could administer any more.
    #[error("the last system administrator stays")]
    LastAdmin,
    /// Rows of a file are wrong.
    #[error("the file has errors")]
    ImportRefused(Vec<crate::accounts::import::RowError>),
}

impl From<NoRandomness> for AccountError {
    fn from(_: NoRandomness) -> Self {
        AccountError::Internal
    }
}

impl From<SigningFailed> for AccountError {
    fn from(_: SigningFailed) -> Self {
        AccountError::Internal
    }
}
