//! Rows as they stand in the tables.

mod accounts;
mod audit;
mod blobs;
mod draws;
mod figures;
mod findings;
mod forms;
mod inspect;
mod ledger;
mod log;
mod neighbours;
mod reconcile;
mod sync;

pub use accounts::{AppointmentRow, DeviceRow, MemberRow, RefreshRow, UnitRow};
pub use audit::{AccessRow, CatalogRow, JournalRow};
pub use blobs::{BlobRow, CollectionRow, PieceRow, UploadRow, UploadStep};
pub use draws::DrawRow;
pub use figures::{DeadlineQuery, DeadlineRow, FactQuery, FactRow, ReportRow, Standing, SumRow, WayRow};
pub use findings::{
    DecisionRow, DeskOpRow, FindingCountRow, FindingDecisionRow, FindingFactRow, FindingNowRow, FindingQuery,
    FindingSawRow, FindingSight, FindingStanding,
};
pub use forms::StandingRow;
pub use inspect::{EvidenceRow, GrantRow, SightRow, VisibilityPlaceRow};
pub use ledger::{ClaimRow, PostingRow};
pub use log::{LogRow, OpSealRow, PostingSealRow, SealedRow, SightChangeRow, UnsealedRow, VerdictChangeRow};
pub use neighbours::{FoundRow, PlaceRow, PresenceRow, PrintRow, StandRow, ToldRow};
pub use reconcile::BehindRow;
pub use sync::{
    HeldRow, LinkRow, OpPlaceRow, OpRow, OpVerdictRow, RecordRow, ReissueRow, UnitSumRow, ViewerRow, VisibilityRow,
};
