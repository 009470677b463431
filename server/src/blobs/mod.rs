//! Photos, voice notes and documents: bytes that records refer to by their SHA-256.
//!
//! They travel apart from the operations, over tus 1.0.0. What came of an upload is kept in *pieces*: objects of the
//! [`vault`] that are never changed, each put down safely before the upload's row says so. A connection that is cut
//! leaves a shorter piece, not nothing. When the last byte is there the whole is hashed; if the hash is the one that
//! was announced, the blob is *admitted*: a row of `blob`, and a row of `collection` for the member who delivered it.
//! An object has a random key and one owner, so two servers that admit the same bytes at once, or a blob that is
//! collected while it is delivered anew, never touch each other's objects.

mod admit;
pub mod announced;
pub mod collect;
mod compose;
pub mod decode;
pub mod digest;
pub mod direct;
mod error;
pub mod evidence;
pub mod examine;
pub mod exif;
mod lease;
pub mod media;
pub mod pictures;
pub mod receive;
pub mod right;
pub mod sheet;
pub mod shelf;
pub mod uploads;
pub mod vault;

#[cfg(test)]
mod tests;

pub use error::BlobError;
