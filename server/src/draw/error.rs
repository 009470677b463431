//! Why nobody is drawn.

use crate::store::StoreError;
use crate::sync::SyncError;

/// The refusals of a draw.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DrawError {
    /// There is no draw, or none for this reader.
    #[error("no such draw")]
    NotFound,
    /// The record does not ask for a draw, or what it says cannot be read.
    #[error("the record does not ask for a draw")]
    NotRequest,
    /// The request or the arrangement is past the state in which one draws.
    #[error("the request or the arrangement is no longer in a state in which observers are drawn")]
    NotOpen,
    /// Neither prosecutor nor the arrangement's supervisor.
    #[error("a prosecutor or the arrangement's supervisor draws")]
    Forbidden,
    /// People were excluded, or it is drawn anew, without a reason.
    #[error("the request must say why people are excluded, and why it is drawn anew")]
    ReasonMissing,
    /// The server never signed the checkpoint.
    #[error("the request names no checkpoint of this server's log")]
    CheckpointUnknown,
    /// The checkpoint was signed after the request arrived, or too long before and is not the newest.
    #[error(
        "the checkpoint that the request names is too old, or younger than the request: take the newest and ask anew"
    )]
    CheckpointAge,
    /// Observers were drawn for the arrangement before, and that draw stands.
    #[error("observers were drawn for this arrangement: replace one by a substitute, or set that draw aside first")]
    Exists,
    /// Fewer than two people could be drawn.
    #[error("fewer than two volunteers could be drawn, in the whole area too")]
    PoolSmall,
    /// A supervisor left out more than he may.
    #[error("a supervisor leaves out two volunteers or a quarter of those who could be drawn; more only a prosecutor")]
    ExclusionsMany,
    /// What any reading of records fails with.
    #[error(transparent)]
    Sync(#[from] SyncError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}
