//! The hours ledger: postings, what is claimed and not posted, and which attestations name which session.

use diesel::prelude::*;
use sync_protocol::id::RecordId;

use super::Conn;
use crate::store::StoreResult;
use crate::store::column::Fixed;
use crate::store::rows::{ClaimRow, PostingRow};
use crate::store::schema::{attested, claim, finding_decision, posting, reconciled};

/// What was posted of a session, in the order of the ledger.
pub fn of_session(conn: &mut Conn, session: RecordId) -> StoreResult<Vec<PostingRow>> {
    Ok(posting::table
        .filter(posting::session.eq(session.0.as_slice()))
        .order(posting::number)
        .select(PostingRow::as_select())
        .load(conn)?)
}

/// The number of the last posting; 0 before the first.
pub fn last(conn: &mut Conn) -> StoreResult<i64> {
    let number: Option<i64> = posting::table.select(diesel::dsl::max(posting::number)).first(conn)?;
    Ok(number.unwrap_or(0))
}

/// Posts. The ledger is locked and the number the next.
pub fn post(conn: &mut Conn, row: PostingRow) -> StoreResult<()> {
    diesel::insert_into(posting::table).values(row).execute(conn)?;
    Ok(())
}

/// Postings after a number, in order.
pub fn after(conn: &mut Conn, number: i64, limit: i64) -> StoreResult<Vec<PostingRow>> {
    Ok(posting::table
        .filter(posting::number.gt(number))
        .order(posting::number)
        .limit(limit)
        .select(PostingRow::as_select())
        .load(conn)?)
}

/// The claim of a session.
pub fn claim_of(conn: &mut Conn, session: RecordId) -> StoreResult<Option<ClaimRow>> {
    Ok(claim::table
        .find(session.0.as_slice())
        .select(ClaimRow::as_select())
        .first(conn)
        .optional()?)
}

/// Puts a claim in the place of what the session claimed before.
pub fn put_claim(conn: &mut Conn, row: ClaimRow) -> StoreResult<()> {
    drop_claim(conn, row.session)?;
    diesel::insert_into(claim::table).values(row).execute(conn)?;
    Ok(())
}

/// Forgets what a session claims.
pub fn drop_claim(conn: &mut Conn, session: RecordId) -> StoreResult<()> {
    diesel::delete(claim::table.find(session.0.as_slice())).execute(conn)?;
    Ok(())
}

/// The sessions that an attestation names.
pub fn sessions_of(conn: &mut Conn, attestation: RecordId) -> StoreResult<Vec<RecordId>> {
    let ids: Vec<Fixed<16>> = attested::table
        .filter(attested::attestation.eq(attestation.0.as_slice()))
        .order(attested::session)
        .select(attested::session)
        .load(conn)?;
    Ok(ids.into_iter().map(RecordId::from).collect())
}

/// The attestations that name a session, in the order of their ids.
pub fn attestations_of(conn: &mut Conn, session: RecordId) -> StoreResult<Vec<RecordId>> {
    let ids: Vec<Fixed<16>> = attested::table
        .filter(attested::session.eq(session.0.as_slice()))
        .order(attested::attestation)
        .select(attested::attestation)
        .load(conn)?;
    Ok(ids.into_iter().map(RecordId::from).collect())
}

/// Attestation and session, of all attestations that name one of the sessions.
pub fn attesting(conn: &mut Conn, sessions: &[&[u8]]) -> StoreResult<Vec<(RecordId, RecordId)>> {
    let rows: Vec<(Fixed<16>, Fixed<16>)> = attested::table
        .filter(attested::session.eq_any(sessions))
        .select((attested::attestation, attested::session))
        .load(conn)?;
    Ok(rows.into_iter().map(|(one, of)| (one.into(), of.into())).collect())
}

/// Notes that an attestation names a session.
pub fn attest(conn: &mut Conn, attestation: RecordId, session: RecordId) -> StoreResult<()> {
    diesel::insert_into(attested::table)
        .values((
            attested::attestation.eq(attestation.0.as_slice()),
            attested::session.eq(session.0.as_slice()),
        ))
        .on_conflict_do_nothing()
        .execute(conn)?;
    Ok(())
}

/// Notes that an attestation names a session no more.
pub fn unattest(conn: &mut Conn, attestation: RecordId, session: RecordId) -> StoreResult<()> {
    diesel::delete(attested::table.find((attestation.0.as_slice(), session.0.as_slice()))).execute(conn)?;
    Ok(())
}

/// How far the follower has come in units.
pub fn marks(conn: &mut Conn, units: &[&str]) -> StoreResult<Vec<(String, i64)>> {
    Ok(reconciled::table
        .filter(reconciled::unit.eq_any(units))
        .select((reconciled::unit, reconciled::pos))
        .load(conn)?)
}

/// Those of the sessions that claim hours which are not posted.
pub fn claiming(conn: &mut Conn, sessions: &[&[u8]]) -> StoreResult<Vec<RecordId>> {
    let ids: Vec<Fixed<16>> = claim::table
        .filter(claim::session.eq_any(sessions))
        .select(claim::session)
        .load(conn)?;
    Ok(ids.into_iter().map(RecordId::from).collect())
}

/// Session, number and what it reverses, of all postings of the sessions.
pub fn rounds(conn: &mut Conn, sessions: &[&[u8]]) -> StoreResult<Vec<(Fixed<16>, i64, Option<i64>)>> {
    Ok(posting::table
        .filter(posting::session.eq_any(sessions))
        .select((posting::session, posting::number, posting::reverses))
        .load(conn)?)
}

/// Whether people decided a finding that stood on just this.
pub fn is_decided(conn: &mut Conn, finding: &[u8], basis: &[u8]) -> StoreResult<bool> {
    let rows = finding_decision::table.filter(
        finding_decision::finding
            .eq(finding)
            .and(finding_decision::basis.eq(basis)),
    );
    Ok(diesel::select(diesel::dsl::exists(rows)).get_result(conn)?)
}
