//! Neighbours of records: who was in a session at the same time, what points came before and after, which reports are
//! round about, which records show a photo.

use diesel::dsl::max;
use diesel::prelude::*;
use sync_protocol::feed::Hash;
use sync_protocol::id::RecordId;

use super::Conn;
use crate::store::StoreResult;
use crate::store::column::Fixed;
use crate::store::rows::{PlaceRow, PresenceRow, PrintRow, StandRow};
use crate::store::schema::{member_point, photo_print, photo_use, presence, report_link, report_place};

/// The parts in sessions.
pub fn presences(conn: &mut Conn, records: &[&[u8]]) -> StoreResult<Vec<PresenceRow>> {
    Ok(presence::table
        .filter(presence::record.eq_any(records))
        .select(PresenceRow::as_select())
        .load(conn)?)
}

/// A person's parts in sessions that are not over at `from_ms` and begin before `until_ms`.
pub fn presences_during(conn: &mut Conn, person: &[u8], from_ms: i64, until_ms: i64) -> StoreResult<Vec<PresenceRow>> {
    Ok(presence::table
        .filter(presence::person.eq(person))
        .filter(presence::until_ms.gt(from_ms).and(presence::from_ms.lt(until_ms)))
        .select(PresenceRow::as_select())
        .load(conn)?)
}

/// A person's parts in sessions that begin from `from_ms` on and before `to_ms`.
pub fn presences_beginning(conn: &mut Conn, person: &[u8], from_ms: i64, to_ms: i64) -> StoreResult<Vec<PresenceRow>> {
    Ok(presence::table
        .filter(presence::person.eq(person))
        .filter(presence::from_ms.ge(from_ms).and(presence::from_ms.lt(to_ms)))
        .select(PresenceRow::as_select())
        .load(conn)?)
}

/// The points of records.
pub fn stands(conn: &mut Conn, records: &[&[u8]]) -> StoreResult<Vec<StandRow>> {
    Ok(member_point::table
        .filter(member_point::record.eq_any(records))
        .select(StandRow::as_select())
        .load(conn)?)
}

/// What lies before (`le`, `lt`) or after (`ge`, `gt`) a point in the order of time, record and field.
macro_rules! beside {
    ($of:ident, $or_same:ident, $strictly:ident) => {
        member_point::at_ms.$or_same($of.at_ms).and(
            member_point::at_ms
                .$strictly($of.at_ms)
                .or(member_point::record.$strictly($of.record.0.as_slice()))
                .or(member_point::record
                    .eq($of.record.0.as_slice())
                    .and(member_point::field.$strictly(&$of.field))),
        )
    };
}

/// A member's last point before this one.
pub fn stand_before(conn: &mut Conn, of: &StandRow) -> StoreResult<Option<StandRow>> {
    Ok(member_point::table
        .filter(member_point::moves.and(member_point::member.eq(of.member.0.as_slice())))
        .filter(beside!(of, le, lt))
        .order((
            member_point::at_ms.desc(),
            member_point::record.desc(),
            member_point::field.desc(),
        ))
        .select(StandRow::as_select())
        .first(conn)
        .optional()?)
}

/// A member's next point after this one.
pub fn stand_after(conn: &mut Conn, of: &StandRow) -> StoreResult<Option<StandRow>> {
    Ok(member_point::table
        .filter(member_point::moves.and(member_point::member.eq(of.member.0.as_slice())))
        .filter(beside!(of, ge, gt))
        .order((member_point::at_ms, member_point::record, member_point::field))
        .select(StandRow::as_select())
        .first(conn)
        .optional()?)
}

/// The last point about the same matter before this one.
pub fn matter_before(conn: &mut Conn, of: &StandRow) -> StoreResult<Option<StandRow>> {
    Ok(member_point::table
        .filter(member_point::matter.eq(of.matter.0.as_slice()))
        .filter(beside!(of, le, lt))
        .order((
            member_point::at_ms.desc(),
            member_point::record.desc(),
            member_point::field.desc(),
        ))
        .select(StandRow::as_select())
        .first(conn)
        .optional()?)
}

/// The next point about the same matter after this one.
pub fn matter_after(conn: &mut Conn, of: &StandRow) -> StoreResult<Option<StandRow>> {
    Ok(member_point::table
        .filter(member_point::matter.eq(of.matter.0.as_slice()))
        .filter(beside!(of, ge, gt))
        .order((member_point::at_ms, member_point::record, member_point::field))
        .select(StandRow::as_select())
        .first(conn)
        .optional()?)
}

/// The places of reports.
pub fn places(conn: &mut Conn, records: &[&[u8]]) -> StoreResult<Vec<PlaceRow>> {
    Ok(report_place::table
        .filter(report_place::record.eq_any(records))
        .select(PlaceRow::as_select())
        .load(conn)?)
}

/// The places of reports of one category in a row of cells, within a time.
pub fn places_in(
    conn: &mut Conn,
    interest: &str,
    cells: (i64, i64),
    from_ms: i64,
    to_ms: i64,
) -> StoreResult<Vec<PlaceRow>> {
    Ok(report_place::table
        .filter(report_place::interest.eq(interest))
        .filter(report_place::cell.between(cells.0, cells.1))
        .filter(report_place::at_ms.between(from_ms, to_ms))
        .select(PlaceRow::as_select())
        .load(conn)?)
}

/// The links that reports make: who links, and to what.
pub fn report_links(conn: &mut Conn, records: &[&[u8]]) -> StoreResult<Vec<(RecordId, RecordId)>> {
    let rows: Vec<(Fixed<16>, Fixed<16>)> = report_link::table
        .filter(report_link::record.eq_any(records))
        .select((report_link::record, report_link::other))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(record, other)| (record.into(), other.into()))
        .collect())
}

/// The reports that link to this one.
pub fn reports_linking_to(conn: &mut Conn, other: RecordId) -> StoreResult<Vec<RecordId>> {
    let rows: Vec<Fixed<16>> = report_link::table
        .filter(report_link::other.eq(other.0.as_slice()))
        .select(report_link::record)
        .load(conn)?;
    Ok(rows.into_iter().map(RecordId::from).collect())
}

/// The photos that records show.
pub fn photos(conn: &mut Conn, records: &[&[u8]]) -> StoreResult<Vec<(RecordId, Hash)>> {
    let rows: Vec<(Fixed<16>, Fixed<32>)> = photo_use::table
        .filter(photo_use::record.eq_any(records))
        .select((photo_use::record, photo_use::sha256))
        .load(conn)?;
    Ok(rows.into_iter().map(|(record, hash)| (record.into(), hash.0)).collect())
}

/// The earliest record before this one that shows a photo.
pub fn photo_before(conn: &mut Conn, photo: &Hash, record: RecordId) -> StoreResult<Option<RecordId>> {
    let row: Option<Fixed<16>> = photo_use::table
        .filter(
            photo_use::sha256
                .eq(photo.as_slice())
                .and(photo_use::record.lt(record.0.as_slice())),
        )
        .order(photo_use::record)
        .select(photo_use::record)
        .first(conn)
        .optional()?;
    Ok(row.map(RecordId::from))
}

/// The records after this one that show a photo.
pub fn photo_after(conn: &mut Conn, photo: &Hash, record: RecordId) -> StoreResult<Vec<RecordId>> {
    let rows: Vec<Fixed<16>> = photo_use::table
        .filter(
            photo_use::sha256
                .eq(photo.as_slice())
                .and(photo_use::record.gt(record.0.as_slice())),
        )
        .select(photo_use::record)
        .load(conn)?;
    Ok(rows.into_iter().map(RecordId::from).collect())
}

/// Perceptual hashes after a number, in order.
pub fn prints_after(conn: &mut Conn, number: i64, limit: i64) -> StoreResult<Vec<PrintRow>> {
    let rows: Vec<(i64, Fixed<32>, i64)> = photo_print::table
        .filter(photo_print::number.gt(number))
        .order(photo_print::number)
        .limit(limit)
        .select((photo_print::number, photo_print::sha256, photo_print::bits))
        .load(conn)?;
    let row = |(number, sha256, bits): (i64, Fixed<32>, i64)| PrintRow {
        number,
        sha256: sha256.0,
        bits,
    };
    Ok(rows.into_iter().map(row).collect())
}

/// The photos behind numbers of perceptual hashes.
pub fn prints(conn: &mut Conn, numbers: &[i64]) -> StoreResult<Vec<(i64, Hash)>> {
    let rows: Vec<(i64, Fixed<32>)> = photo_print::table
        .filter(photo_print::number.eq_any(numbers))
        .select((photo_print::number, photo_print::sha256))
        .load(conn)?;
    Ok(rows.into_iter().map(|(number, hash)| (number, hash.0)).collect())
}

/// Those of the photos whose perceptual hash is written down.
pub fn printed(conn: &mut Conn, photos: &[&[u8]]) -> StoreResult<Vec<Hash>> {
    let rows: Vec<Fixed<32>> = photo_print::table
        .filter(photo_print::sha256.eq_any(photos))
        .select(photo_print::sha256)
        .load(conn)?;
    Ok(rows.into_iter().map(|hash| hash.0).collect())
}

/// The last number of a perceptual hash.
pub fn last_print(conn: &mut Conn) -> StoreResult<i64> {
    let last: Option<i64> = photo_print::table.select(max(photo_print::number)).first(conn)?;
    Ok(last.unwrap_or(0))
}
