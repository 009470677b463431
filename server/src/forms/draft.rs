//! What a new form may say, from what stands in the ledger now.

use serde::Serialize;
use sync_protocol::form::{KIND, Sessions};
use sync_protocol::id::RecordId;
use sync_protocol::record::Record;
use utoipa::ToSchema;

use super::standing::{self, Unfit};
use super::{opinions, text};
use crate::blobs::right;
use crate::query;
use crate::store::rows::AccessRow;
use crate::store::{Db, StoreError};
use crate::sync::SyncError;
use crate::sync::desk::Looker;
use crate::sync::opened;
use crate::sync::sealed::Sealed;

/// A draft: the values with which a form is begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Draft {
    /// The arrangement.
    #[schema(value_type = String, format = Uuid)]
    pub order: RecordId,
    /// Who served.
    #[schema(value_type = String, format = Uuid)]
    pub subject: RecordId,
    /// First day: the arrangement's, or that of an earlier session.
    pub period_from: String,
    /// Last day: the arrangement's, or that of a later session.
    pub period_until: String,
    /// Minutes in all.
    pub total_minutes: u64,
    /// The list of sessions, which is frozen when the form is issued.
    pub sessions: String,
    /// Its SHA-256, hexadecimal.
    pub list_hash: String,
    /// What the observers' attestations say in sum, as far as the reader reads them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observers_opinion: Option<String>,
    /// The newest form that was issued for the arrangement, if there is one: the new one names it in `replaces`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub replaces: Option<RecordId>,
    /// How many sessions of the arrangement are not posted.
    pub not_posted: usize,
}

/// A draft, and what it discloses.
pub struct Drafted {
    /// The draft.
    pub draft: Draft,
    /// The entry of the access log for the observers' words, to be written before it is sent.
    pub reading: Option<AccessRow>,
}

/// Drafts a form for an arrangement, for whoever reads its forms.
///
/// # Errors
/// `NotFound` when the arrangement or its forms are not for the reader, it is a sealed person's whose record he does not read, or nobody is named who serves; `OtherPerson` when
/// hours under it are in somebody else's account.
pub fn draft(db: &mut Db<'_>, looker: Looker<'_>, order: RecordId, now_ms: i64) -> Result<Drafted, SyncError> {
    let opened = opened::open(db, looker, order)?;
    let forms = looker.catalog.kinds().get(KIND).ok_or(SyncError::Internal)?;
    let reads = !forms.read.unit.is_disjoint(&opened.roles) || !forms.read.own.is_disjoint(&opened.roles);
    if !reads || opened.row.kind != "service_order" {
        return Err(SyncError::NotFound);
    }
    let arrangement = Record::unpack(&opened.row.state).map_err(|_| StoreError::Corrupt)?;
    let sessions = standing::of(db, order, &arrangement)?.map_err(|unfit| match unfit {
        Unfit::Nobody => SyncError::NotFound,
        Unfit::OtherPerson => SyncError::OtherPerson,
    })?;
    if Sealed::new(looker.catalog).hides(db, looker, &opened.row)? {
        return Err(SyncError::NotFound);
    }
    let list = sessions.text();
    let day = |field: &str| text(&arrangement, field).unwrap_or_default().to_owned();
    let days = || sessions.lines.iter().map(|line| line.day.clone());
    let from = days().chain([day("period_from")]).filter(|day| !day.is_empty()).min();
    let until = days().chain([day("period_until")]).max();
    let (mut all, mut replaces) = (0, None);
    for row in query!(db, records::dependents(order))? {
        let record = Record::unpack(&row.state).map_err(|_| StoreError::Corrupt)?;
        let state = text(&record, "state").unwrap_or_default();
        match row.kind.as_str() {
            "service_session" if state != "void" && state != "declined" => all += 1,
            KIND if !matches!(state, "draft" | "reviewed") => replaces = replaces.max(Some((row.pos, row.id))),
            _ => {}
        }
    }
    let opinions = opinions::of(db, looker, &sessions)?;
    let reading = opinions.as_ref().map(|summary| AccessRow {
        kind: summary.kind.clone(),
        records: summary.attestations as i64,
        ..right::entry(
            &opened,
            looker.member,
            &["attitude", "punctuality", "effort", "incidents"],
            now_ms,
        )
    });
    let draft = Draft {
        order,
        observers_opinion: opinions.map(|summary| summary.text),
        subject: sessions.subject,
        period_from: from.unwrap_or_default(),
        period_until: until.unwrap_or_default(),
        total_minutes: sessions.total(),
        list_hash: hex::encode(Sessions::hash(&list)),
        sessions: list,
        replaces: replaces.map(|(_, id)| id),
        not_posted: all - sessions.lines.len().min(all),
    };
    Ok(Drafted { draft, reading })
}
