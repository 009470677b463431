//! Blobs, who delivered them, and uploads on their way.

use diesel::prelude::*;
use sync_protocol::feed::Hash;
use sync_protocol::id::MemberId;

use crate::store::column::Fixed;
use crate::store::schema::{blob, collection, upload, upload_piece};

/// A blob that arrived whole.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = blob)]
pub struct BlobRow {
    /// SHA-256 of its bytes.
    #[diesel(deserialize_as = Fixed<32>, serialize_as = Fixed<32>)]
    pub sha256: Hash,
    /// How many bytes.
    pub bytes: i64,
    /// Its media type, as its first bytes show it.
    pub media: String,
    /// SM3 of its bytes (GB/T 32905).
    #[diesel(deserialize_as = Fixed<32>, serialize_as = Fixed<32>)]
    pub sm3: Hash,
    /// Its key in the blob store.
    pub object: String,
    /// When it was delivered last, ms.
    pub received_ms: i64,
    /// A verified backup contains it.
    pub durable: bool,
    /// Since when nothing has referred to it and it is about to go, ms. Phones are told that it is absent.
    pub condemned_ms: Option<i64>,
    /// Likeness and EXIF were looked for.
    pub examined: bool,
    /// The perceptual hash, 8 bytes; only of pictures that can be decoded.
    pub likeness: Option<Vec<u8>>,
    /// What its EXIF says, as JSON.
    pub exif: Option<String>,
}

/// A delivery of a blob by a member, the first if he delivered it twice.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = collection)]
pub struct CollectionRow {
    /// The blob.
    #[diesel(deserialize_as = Fixed<32>, serialize_as = Fixed<32>)]
    pub sha256: Hash,
    /// Who delivered it.
    #[diesel(deserialize_as = Fixed<16>, serialize_as = Fixed<16>)]
    pub member: MemberId,
    /// With which device, as he says.
    pub device: Option<Fixed<16>>,
    /// `camera` or `album`, as he says.
    pub source: Option<String>,
    /// When it was captured, RFC 3339, as he says.
    pub captured: Option<String>,
    /// When it was hashed, RFC 3339, as he says.
    pub hashed: Option<String>,
    /// When it had arrived, ms.
    pub received_ms: i64,
}

/// An upload.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = upload)]
pub struct UploadRow {
    /// The random last part of its address.
    #[diesel(deserialize_as = Fixed<16>, serialize_as = Fixed<16>)]
    pub id: [u8; 16],
    /// Whose.
    #[diesel(deserialize_as = Fixed<16>, serialize_as = Fixed<16>)]
    pub member: MemberId,
    /// When it was begun, ms.
    pub created_ms: i64,
    /// When it is forgotten, ms.
    pub expires_ms: i64,
    /// `Upload-Concat` as given.
    pub concat: Option<String>,
    /// `Upload-Metadata` as given.
    pub metadata: String,
    /// How many bytes it will have, once that is known.
    pub length: Option<i64>,
    /// How many it has.
    pub reached: i64,
    /// 0 open, 1 whole (for a part: all there; else admitted), 2 gone.
    pub state: i32,
    /// Who writes to it now.
    pub holder: Option<Fixed<16>>,
    /// Until when, ms.
    pub lease_ms: i64,
}

/// A piece of an upload.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = upload_piece)]
pub struct PieceRow {
    /// The upload.
    #[diesel(deserialize_as = Fixed<16>, serialize_as = Fixed<16>)]
    pub upload: [u8; 16],
    /// Its first byte's place.
    pub start: i64,
    /// How many bytes.
    pub bytes: i64,
    /// Its key in the blob store.
    pub object: String,
}

/// A step of an upload.
#[derive(Debug, Clone, Copy)]
pub struct UploadStep<'s> {
    /// The upload.
    pub id: &'s [u8; 16],
    /// Who writes to it.
    pub holder: &'s [u8; 16],
    /// How many bytes it has had.
    pub from: i64,
    /// How many it has now.
    pub to: i64,
    /// Its state from now on.
    pub state: i32,
    /// The holder goes on writing.
    pub goes_on: bool,
}
