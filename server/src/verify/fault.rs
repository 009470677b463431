//! What can be wrong, each with a stable code.

use std::fmt;

use sync_protocol::feed::Hash;
use sync_protocol::id::{AppointmentId, DeviceId, RecordId};
use uuid::Uuid;

macro_rules! kinds {
    ($($name:ident = $code:literal, $words:literal;)*) => {
        /// What is wrong. The codes are stable.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        #[allow(missing_docs, reason = "the words say it")]
        pub enum Kind { $($name,)* }

        impl Kind {
            /// The stable code.
            pub fn code(self) -> &'static str {
                match self { $(Kind::$name => $code,)* }
            }

            fn words(self) -> &'static str {
                match self { $(Kind::$name => $words,)* }
            }
        }
    };
}

kinds! {
    DeviceKey = "device_key", "the device's key is no key";
    DeviceHead = "device_head", "the device's head is not the end of its feed";
    DeviceDurable = "device_durable", "more is called durable than is stored";
    OpWithoutDevice = "op_without_device", "the operation's device is not stored";
    OpMissing = "op_missing", "the operation is missing";
    OpHash = "op_hash", "the operation's bytes do not have the stored hash";
    OpChain = "op_chain", "the chain's hash after the operation is wrong";
    OpAuthor = "op_author", "the operation is not put down to its device's member";
    OpVerdict = "op_verdict", "state, code, place and effect of the operation contradict each other";
    OpProposal = "op_proposal", "the operation proposes and was carried out, or was taken as a proposal and is none";
    OpPlace = "op_place", "record, kind or unit of the operation are not those in its bytes";
    OpUnreadable = "op_unreadable", "the operation was accepted and cannot be read";
    OpWithoutRecord = "op_without_record", "the operation was accepted and its record is not stored";
    HeadSignature = "head_signature", "the signature over the feed's head is not the device's";
    HeadUnsigned = "head_unsigned", "nothing signs the feed's head";
    SignatureWithoutOp = "signature_without_op", "a signature is over a head that no stored operation reached";
    Evidence = "evidence", "the evidence of a fork does not have the stored hash, or its feed is open";
    RecordWithoutOp = "record_without_op", "no accepted operation made the record";
    RecordState = "record_state", "the record is not what its operations merge to";
    RecordPos = "record_pos", "the record's place is not its last operation's";
    RecordIdentity = "record_identity", "kind, unit or creator are not those of the record's first operation";
    RecordViewers = "record_viewers", "who sees the record is not what its fields say";
    RecordLinks = "record_links", "what the record is linked to is not what its fields say";
    SightWithoutRecord = "sight_without_record", "viewers or links are kept of a record that is not stored";
    LogUnit = "log_unit", "the unit is not stored";
    LogBeyond = "log_beyond", "the place lies outside the unit's log";
    LogTwice = "log_twice", "the place in the unit's log is taken twice";
    LogHole = "log_hole", "nothing stands at the place in the unit's log";
    UnitSum = "unit_sum", "count or sum are not those of the unit's records";
    HeldMissing = "held_missing", "the operation is held and does not stand among the held ones";
    HeldStray = "held_stray", "an operation that is not held stands among the held ones, or on another record";
    Reissue = "reissue", "a re-issue is put down to an operation that does not make it";
    ReissueMissing = "reissue_missing", "the operation issues another one again and this is not written down";
    ProposalMissing = "proposal_missing", "the operation confirms what is no proposal of another member that says the same";
    DeskOpMissing = "desk_op_missing", "the operation proposes, confirms or decides and this is not written down, or otherwise";
    DeskOpStray = "desk_op_stray", "an operation is written down to propose, confirm or decide and does not";
    DecisionMissing = "decision_missing", "the operation decides and this is not written down, or otherwise";
    DecisionStray = "decision_stray", "a decision is written down that no operation made, or on no finding";
    BlobRefMissing = "blob_ref_missing", "the operation refers to a blob and this is not written down";
    BlobRefStray = "blob_ref_stray", "no operation on the record refers to the blob";
    BlobUndelivered = "blob_undelivered", "nobody is written down to have delivered the blob";
    CollectionStray = "collection_stray", "a delivery is written down of a blob that is not stored";
    BlobMissing = "blob_missing", "the blob's bytes are not there";
    BlobBytes = "blob_bytes", "the blob's bytes do not have its SHA-256";
    BlobSize = "blob_size", "the blob has another size than is written down";
    BlobSm3 = "blob_sm3", "the blob has another SM3 than is written down";
    PostingNumber = "posting_number", "the posting of this number is missing, or says that it is older than those before it";
    PostingLedger = "posting_ledger", "the posting stands in a ledger to which its kind does not post";
    PostingOp = "posting_op", "no accepted operation on the session approved these hours, or took them back";
    PostingDigest = "posting_digest", "the posting is not of the values that were approved";
    PostingValue = "posting_value", "id, account, minutes, day, unit or kind of the posting are not those of the session";
    PostingGround = "posting_ground", "when it was posted, not everything was there that such hours need";
    PostingReversal = "posting_reversal", "the reversal does not take back just one entry, once";
    PostingMissing = "posting_missing", "approved hours are neither posted nor noted as waiting";
    DrawRequest = "draw_request", "the draw was asked for by no accepted operation, or by one that says otherwise";
    DrawCheckpoint = "draw_checkpoint", "the draw's checkpoint is none of this server's logs";
    DrawSignature = "draw_signature", "the signature of the draw is not the server's over its request";
    DrawRoster = "draw_roster", "the roster cannot be read, or excludes others than the request";
    DrawPool = "draw_pool", "the unit of the roster is not stored";
    DrawMissing = "draw_missing", "a result was entered and the draw is not stored";
    DrawResult = "draw_result", "what was entered is not what follows from the draw";
    DrawPlace = "draw_place", "number or moment of the draw do not fit";
    FactNumber = "fact_number", "the fact of this number is missing";
    FactDiffers = "fact_differs", "what is counted of the record is not what the record tells";
    FactTime = "fact_time", "the fact was told at no time at which its record changed";
    Deadline = "deadline", "the record's deadlines are not those that it has set going";
    ReportBytes = "report_bytes", "the report's bytes do not have the stored hash";
    ReportValue = "report_value", "the report does not say what is written beside it";
    ReportFigures = "report_figures", "the report counts otherwise than what it was counted from";
    ReportHead = "report_head", "the report names a place outside a unit's log";
    DeviceJournal = "device_journal", "the device is not what the journal says of it";
    JournalFounding = "journal_founding", "the entry says that it stands for accounts which came at once, and came when others were there already";
    AppointmentJournal = "appointment_journal", "the appointment is not what the journal says of it";
    LogKey = "log_key", "there is a transparency log, and its key is not stored";
    LogHead = "log_head", "size or root of the log are not those of its leaves";
    LogUnsigned = "log_unsigned", "no checkpoint signs the log's last leaf";
    LogEntries = "log_entries", "the stored leaf is not the one that was sealed";
    LogTile = "log_tile", "the tile does not hold the hashes of what is below it";
    LogCheckpoint = "log_checkpoint", "the checkpoint is not signed by the log's key, or over another tree";
    LogStray = "log_stray", "something is stored that belongs to no log";
    SealPlace = "seal_place", "what is written down of which leaves are of what does not fit the log";
    SealMissing = "seal_missing", "it was sealed and is not stored any more";
    SealDiffers = "seal_differs", "what is stored is not what was sealed";
    SealTwice = "seal_twice", "it is sealed twice, or sealed and waits to be";
    Unsealed = "unsealed", "it is stored, and neither sealed nor waiting to be";
    WaitsStray = "waits_stray", "something waits to be sealed and is not stored";
    CatalogHash = "catalog_hash", "the kept catalogue does not have the stored hash";
}

/// Where something is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// At a device.
    Device(DeviceId),
    /// At an operation.
    Op(DeviceId, i64),
    /// At a record.
    Record(RecordId),
    /// At a place in a unit's log.
    Log(String, i64),
    /// At the sum of a kind in a unit.
    Sum(String, String),
    /// At a version of the catalogue.
    Catalog(i64),
    /// At a blob.
    Blob(Hash),
    /// At a blob of a record.
    BlobOf(Hash, RecordId),
    /// At a blob that an operation refers to.
    Reference(Hash, DeviceId, i64),
    /// At an appointment.
    Appointment(AppointmentId),
    /// At an entry of the journal.
    Journal([u8; 16]),
    /// At a posting.
    Posting(i64),
    /// At the draw that a record asked for.
    Draw(RecordId),
    /// At a fact.
    Fact(i64),
    /// At the issued report of a month.
    Report(String),
    /// At a transparency log.
    TransparencyLog(i64),
    /// At a leaf of one.
    Leaf(i64, i64),
    /// At a tile of one: level and number.
    Tile(i64, i64, i64),
    /// At the checkpoint of a size.
    Checkpoint(i64, i64),
    /// At what is said to be sealed of a source and a key that do not read back.
    Sealed(i32, String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Device(device) => write!(f, "device {device}"),
            Place::Op(device, seq) => write!(f, "device {device} seq {seq}"),
            Place::Record(record) => write!(f, "record {record}"),
            Place::Log(unit, pos) => write!(f, "unit {unit} pos {pos}"),
            Place::Sum(unit, kind) => write!(f, "unit {unit} kind {kind}"),
            Place::Catalog(version) => write!(f, "catalogue {version}"),
            Place::Blob(hash) => write!(f, "blob {}", hex::encode(hash)),
            Place::BlobOf(hash, record) => write!(f, "blob {} record {record}", hex::encode(hash)),
            Place::Appointment(id) => write!(f, "appointment {id}"),
            Place::Journal(id) => write!(f, "journal {}", Uuid::from_bytes(*id)),
            Place::Posting(number) => write!(f, "posting {number}"),
            Place::Draw(record) => write!(f, "draw {record}"),
            Place::Fact(number) => write!(f, "fact {number}"),
            Place::Report(month) => write!(f, "report {month}"),
            Place::TransparencyLog(log) => write!(f, "log {log}"),
            Place::Leaf(log, leaf) => write!(f, "log {log} leaf {leaf}"),
            Place::Tile(log, level, position) => write!(f, "log {log} tile {level}/{position}"),
            Place::Checkpoint(log, size) => write!(f, "log {log} checkpoint {size}"),
            Place::Sealed(source, key) => write!(f, "source {source} key {key}"),
            Place::Reference(hash, device, seq) => {
                write!(f, "blob {} device {device} seq {seq}", hex::encode(hash))
            }
        }
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// What.
    pub kind: Kind,
    /// Where.
    pub place: Place,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.kind.code(), self.place, self.kind.words())
    }
}
