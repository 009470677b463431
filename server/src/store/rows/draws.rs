//! Draws of observers.

use diesel::prelude::*;
use sync_protocol::id::{DeviceId, RecordId};

use crate::store::column::Fixed;
use crate::store::schema::draw;

/// What a draw was made from.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = draw)]
pub struct DrawRow {
    /// The record that asked for it.
    #[diesel(deserialize_as = Fixed<16>, serialize_as = Fixed<16>)]
    pub record: RecordId,
    /// The arrangement to be observed.
    #[diesel(deserialize_as = Fixed<16>, serialize_as = Fixed<16>)]
    pub service_order: RecordId,
    /// Which draw for it this is, from 1.
    pub number: i64,
    /// The device of the request.
    #[diesel(deserialize_as = Fixed<16>, serialize_as = Fixed<16>)]
    pub device: DeviceId,
    /// Its number in the device's feed.
    pub seq: i64,
    /// The signed note that the request names.
    pub checkpoint: String,
    /// The server's signature that completes the seed.
    #[diesel(deserialize_as = Fixed<64>, serialize_as = Fixed<64>)]
    pub beacon: [u8; 64],
    /// The key of that signature.
    #[diesel(deserialize_as = Fixed<32>, serialize_as = Fixed<32>)]
    pub public_key: [u8; 32],
    /// The unit whose volunteers stand on the roster.
    pub pool: String,
    /// The roster's text.
    pub roster: String,
    /// When, ms.
    pub drawn_ms: i64,
}
