//! Why a sync is refused as a whole. Each of these changes no record.

use sync_protocol::wire::Head;

use crate::store::StoreError;

/// The refusals of `POST /v1/sync` and of the desk's actions.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SyncError {
    /// The request cannot be read as this address takes it.
    #[error("the request cannot be read: {0}")]
    Malformed(String),
    /// More operations than one push may carry.
    #[error("at most {0} operations in one push")]
    TooManyOps(u32),
    /// More units than one request may name.
    #[error("at most {0} units in one request")]
    TooManyUnits(u32),
    /// No such device.
    #[error("the device is not enrolled")]
    DeviceUnknown,
    /// The device belongs to somebody else.
    #[error("the device belongs to another member")]
    DeviceNotYours,
    /// The device was revoked and wants to pull.
    #[error("the device was revoked: it may deliver what it holds, and nothing else")]
    DeviceRevoked,
    /// The signature is not the device's over the claimed chain.
    #[error("the signature does not fit the chain that the push claims")]
    BadSignature,
    /// The push builds on a head that the server has not reached.
    #[error("operations are missing before these: send from number {} on", .0.seq + 1)]
    Gap(Head),
    /// The feed has two histories.
    #[error("the feed has another history on the server: enrol anew and re-issue what is missing")]
    Forked(Head),
    /// The feed was closed after a fork.
    #[error("the feed is closed: enrol anew")]
    FeedClosed(Head),
    /// A cursor that this server did not make.
    #[error("a cursor is not one that this server made: drop it and start the unit anew")]
    CursorForged,
    /// An ended member wants to pull.
    #[error("the appointment has ended: what is pending may be delivered, nothing can be read")]
    PushOnly,
    /// Not for this role.
    #[error("not for this role")]
    Forbidden,
    /// No such operation or record, or not for this reader.
    #[error("no such operation or record")]
    NotFound,
    /// Hours under an arrangement are in another person's account than it names.
    #[error("hours under the arrangement were posted to another person than it names")]
    OtherPerson,
    /// The operation is not held.
    #[error("the operation is not held")]
    NotHeld,
    /// The queue is full.
    #[error("too much is waiting; try again")]
    Busy,
    /// It took too long; whether it was stored is not known.
    #[error("the database is too slow at the moment; send the same again")]
    Slow,
    /// The server is going down.
    #[error("the server is stopping; try again")]
    Stopping,
    /// A fault of the server, already logged.
    #[error("internal error")]
    Internal,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}
