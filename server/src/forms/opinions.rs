//! What the observers saw, summed up from their attestations: the text with which the supervisor begins.

use std::collections::BTreeMap;

use sync_protocol::catalog::{Field, Kind, STATE_FIELD};
use sync_protocol::form::Sessions;
use sync_protocol::record::Record;

use super::text;
use crate::query;
use crate::store::rows::RecordRow;
use crate::store::{Db, StoreError, StoreResult};
use crate::sync::SyncError;
use crate::sync::desk::Looker;
use crate::sync::opened::{self, Opened};

/// What is counted of each attestation.
const COUNTED: [&str; 3] = ["attitude", "punctuality", "effort"];

/// What observers wrote beside, which only people can sum up.
const WRITTEN: &str = "incidents";

/// A summary, and how many attestations are in it.
pub(super) struct Summary {
    pub text: String,
    pub attestations: usize,
    pub kind: String,
}

/// Sums up the attestations of sessions as far as the looker reads them; `None`: there are none.
pub(super) fn of(db: &mut Db<'_>, looker: Looker<'_>, sessions: &Sessions) -> Result<Option<Summary>, SyncError> {
    let mut counted: BTreeMap<(usize, String), usize> = BTreeMap::new();
    let (mut attestations, mut written, mut code) = (0, 0, String::new());
    for line in &sessions.lines {
        for row in attested(db, line.session)? {
            let opened = match opened::open_row(db, looker, row) {
                Err(SyncError::NotFound) => continue,
                opened => opened?,
            };
            let record = Record::unpack(&opened.row.state).map_err(|_| StoreError::Corrupt)?;
            if !matches!(text(&record, STATE_FIELD), Some("submitted" | "locked")) {
                continue;
            }
            attestations += 1;
            code.clone_from(&opened.row.kind);
            for (nth, name) in COUNTED.into_iter().enumerate() {
                if let Some(said) = said(&opened, &record, name) {
                    *counted.entry((nth, said)).or_default() += 1;
                }
            }
            written += usize::from(text(&record, WRITTEN).is_some_and(|text| !text.trim().is_empty()));
        }
    }
    let Some(kind) = looker.catalog.kinds().get(&code) else {
        return Ok(None);
    };
    Ok(Some(Summary {
        text: words(kind, attestations, written, &counted),
        attestations,
        kind: code,
    }))
}

fn attested(db: &mut Db<'_>, session: sync_protocol::id::RecordId) -> StoreResult<Vec<RecordRow>> {
    let ids = query!(db, ledger::attestations_of(session))?;
    let ids: Vec<&[u8]> = ids.iter().map(|id| id.0.as_slice()).collect();
    query!(db, records::by_ids(&ids))
}

/// What an attestation says in a field of choices, in words.
fn said(opened: &Opened<'_>, record: &Record, name: &str) -> Option<String> {
    let field: &Field = opened.kind.field(name).filter(|field| opened.reads(field))?;
    let code = text(record, name)?;
    let choice = field.values.iter().find(|choice| choice.code == code)?;
    Some(choice.label.zh_hans.clone())
}

fn words(kind: &Kind, attestations: usize, written: usize, counted: &BTreeMap<(usize, String), usize>) -> String {
    let mut text = format!("共{attestations}份见证记录。");
    for (nth, name) in COUNTED.into_iter().enumerate() {
        let label = kind
            .field(name)
            .map(|field| field.label.zh_hans.as_str())
            .unwrap_or_default();
        let parts = counted.iter().filter(|((of, _), _)| *of == nth);
        let parts: Vec<String> = parts.map(|((_, said), count)| format!("{said}{count}")).collect();
        if !parts.is_empty() {
            text.push_str(&format!("{label}：{}。", parts.join("、")));
        }
    }
    if written > 0 {
        text.push_str(&format!("其中{written}份记有突发情况，请逐份阅看。"));
    }
    text
}
