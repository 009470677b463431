//! What can go wrong with the store, without a word of the database's.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// Why the store did not do what it was asked. The database's own words are logged where the error is
/// made and travel no further: they may name tables, values and hosts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// No connection was free in time, it broke, the disk is full, or the database takes no writes now. Trying again
    /// later may help.
    #[error("the database cannot be reached at the moment")]
    Unavailable,
    /// Another transaction was in the way (lock, deadlock, serialization). Trying again helps.
    #[error("another change was in the way")]
    Busy,
    /// A unique value exists already.
    #[error("a value that must be unique exists already")]
    Conflict,
    /// Something stored does not read back.
    #[error("a stored value does not read back")]
    Corrupt,
    /// A statement failed in a way that is this server's fault.
    #[error("the database refused a statement")]
    Internal,
}

/// What a query returns.
pub type StoreResult<T> = Result<T, StoreError>;

impl From<DieselError> for StoreError {
    fn from(error: DieselError) -> Self {
        let mapped = class(&error);
        tracing::warn!(error = %error, kind = ?mapped, "store");
        mapped
    }
}

fn class(error: &DieselError) -> StoreError {
    match error {
        DieselError::DatabaseError(kind, info) => match kind {
            DatabaseErrorKind::UniqueViolation => StoreError::Conflict,
            DatabaseErrorKind::SerializationFailure => StoreError::Busy,
            DatabaseErrorKind::ClosedConnection
            | DatabaseErrorKind::UnableToSendCommand
            | DatabaseErrorKind::ReadOnlyTransaction => StoreError::Unavailable,
            _ => by_message(info.message()),
        },
        DieselError::BrokenTransactionManager => StoreError::Unavailable,
        // Why the commit failed matters, not that what had failed could not be undone on the same connection.
        DieselError::RollbackErrorOnCommit { commit_error, .. } => class(commit_error),
        DieselError::DeserializationError(_) => StoreError::Corrupt,
        _ => StoreError::Internal,
    }
}

impl From<diesel::r2d2::PoolError> for StoreError {
    fn from(error: diesel::r2d2::PoolError) -> Self {
        tracing::warn!(error = %error, "no connection from the pool");
        StoreError::Unavailable
    }
}

/// diesel classes only some errors; the rest is told apart by what both databases are known to say.
fn by_message(message: &str) -> StoreError {
    const BUSY: [&str; 4] = [
        "database is locked",
        "database table is locked",
        "deadlock detected",
        "canceling statement due to lock timeout",
    ];
    const GONE: [&str; 9] = [
        "server closed the connection",
        "terminating connection",
        "no connection to the server",
        "could not receive data from server",
        "disk I/O error",
        "database or disk is full",
        "No space left on device",
        "Disk quota exceeded",
        "out of shared memory",
    ];
    const CORRUPT: [&str; 2] = ["database disk image is malformed", "file is not a database"];
    let says = |words: &[&str]| words.iter().any(|w| message.contains(w));
    if says(&BUSY) {
        StoreError::Busy
    } else if says(&GONE) {
        StoreError::Unavailable
    } else if says(&CORRUPT) {
        StoreError::Corrupt
    } else {
        StoreError::Internal
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(message: &str) -> DieselError {
        DieselError::DatabaseError(DatabaseErrorKind::Unknown, Box::new(message.to_owned()))
    }

    #[test]
    fn what_passes_by_itself_is_told_from_what_is_a_fault() {
        let full = "could not extend file \"base/5/2704\": No space left on device";
        assert_eq!(class(&said(full)), StoreError::Unavailable);
        assert_eq!(
            class(&said("canceling statement due to lock timeout")),
            StoreError::Busy
        );
        assert_eq!(class(&said("column \"x\" does not exist")), StoreError::Internal);
        let standby = "cannot execute INSERT in a read-only transaction".to_owned();
        let standby = DieselError::DatabaseError(DatabaseErrorKind::ReadOnlyTransaction, Box::new(standby));
        assert_eq!(class(&standby), StoreError::Unavailable);
        let commit = DieselError::RollbackErrorOnCommit {
            commit_error: Box::new(said("server closed the connection unexpectedly")),
            rollback_error: Box::new(said("no such savepoint")),
        };
        assert_eq!(class(&commit), StoreError::Unavailable);
    }
}
