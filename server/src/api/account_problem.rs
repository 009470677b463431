//! How an account error reads to a client.

use super::problem::{Problem, ProblemCode};
use crate::accounts::AccountError;

/// How long a client waits when no password check was free, ms.
const BUSY_MS: u64 = 2_000;

impl From<AccountError> for Problem {
    fn from(error: AccountError) -> Problem {
        let code = match error {
            AccountError::Store(error) => return error.into(),
            AccountError::Invalid(detail) => return Problem::with(ProblemCode::RequestInvalid, detail),
            AccountError::Locked { wait_ms } => {
                return Problem::new(ProblemCode::SignInLocked).retry_after(wait_ms);
            }
            AccountError::Busy => return Problem::new(ProblemCode::Busy).retry_after(BUSY_MS),
            AccountError::ImportRefused(rows) => {
                let rows = serde_json::to_value(rows).unwrap_or_default();
                return Problem::new(ProblemCode::ImportRefused).member("rows", rows);
            }
            AccountError::Internal => ProblemCode::Internal,
            AccountError::Forbidden => ProblemCode::Forbidden,
            AccountError::NotFound => ProblemCode::NotFound,
            AccountError::SignInRefused => ProblemCode::SignInRefused,
            AccountError::NoAppointment => ProblemCode::NoAppointment,
            AccountError::TotpRequired => ProblemCode::TotpRequired,
            AccountError::TotpWrong => ProblemCode::TotpWrong,
            AccountError::TotpExists => ProblemCode::TotpExists,
            AccountError::TotpAbsent => ProblemCode::TotpAbsent,
            AccountError::ActivationRefused => ProblemCode::ActivationRefused,
            AccountError::PasswordWeak => ProblemCode::PasswordWeak,
            AccountError::RefreshRefused => ProblemCode::RefreshRefused,
            AccountError::RefreshReused => ProblemCode::RefreshReused,
            AccountError::DeviceTaken => ProblemCode::DeviceTaken,
            AccountError::DeviceKeyInvalid => ProblemCode::DeviceKeyInvalid,
            AccountError::DeviceProofWrong => ProblemCode::DeviceProofWrong,
            AccountError::DeviceSuiteUnknown => ProblemCode::DeviceSuiteUnknown,
            AccountError::NumberTaken => ProblemCode::NumberTaken,
            AccountError::RolesConflict => ProblemCode::RolesConflict,
            AccountError::AppointmentOverlap => ProblemCode::AppointmentOverlap,
            AccountError::AppointmentDates => ProblemCode::AppointmentDates,
            AccountError::AppointmentEnded => ProblemCode::AppointmentEnded,
            AccountError::UnitUnknown => ProblemCode::UnitUnknown,
            AccountError::LastAdmin => ProblemCode::LastAdmin,
        };
        Problem::new(code)
    }
}
