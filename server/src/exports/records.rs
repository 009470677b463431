//! A list of records: those of one kind that the caller reads as one of the unit's, with the fields that he reads.

use sync_protocol::catalog::{Field, STATE_FIELD, Sensitivity};
use sync_protocol::record::Record;

use super::book::{Book, Cell};
use super::label::{self, Names};
use super::{Filled, Order};
use crate::accounts::scope;
use crate::app::App;
use crate::figures::FigureError;
use crate::query;
use crate::store::{Db, StoreError};
use crate::sync::rights::reads_field_as;
use crate::sync::sealed::Sealed;

/// Records of one look.
const LOOK: i64 = 500;

pub(super) fn fill(
    db: &mut Db<'_>,
    app: &App,
    order: &Order,
    book: &mut Book,
    kind: &str,
    sensitive: bool,
) -> Result<Filled, FigureError> {
    let kind = app.catalog.kinds().get(kind).ok_or(FigureError::NotFound)?;
    let now_ms = app.now_ms();
    let grid = app.grid.get(db, now_ms)?;
    let scope = scope::scope(&grid, &query!(db, appointments::of_member(order.member))?, now_ms);
    let within = order.unit.as_ref().map(|unit| grid.covered(unit));
    let asked = |unit| within.as_ref().is_none_or(|units| units.contains(unit));
    let reads: Vec<_> = scope
        .iter()
        .filter(|(unit, roles)| asked(*unit) && !kind.read.unit.is_disjoint(roles))
        .collect();
    let Some((first, _)) = reads.first() else {
        return Err(FigureError::Forbidden);
    };
    let open = |field: &Field| {
        field.sensitivity < Sensitivity::Sensitive || (sensitive && field.sensitivity == Sensitivity::Sensitive)
    };
    let fields: Vec<(&str, &Field)> = kind
        .form
        .iter()
        .filter_map(|name| Some((name.as_str(), kind.field(name)?)))
        .filter(|(_, field)| open(field) && reads.iter().any(|(_, roles)| reads_field_as(kind, field, roles)))
        .collect();
    let codes: Vec<&str> = reads.iter().map(|(unit, _)| unit.as_str()).collect();
    let names = Names::of(db, &codes)?;
    book.sheet(&kind.name.zh_hans)?;
    let head = ["记录编号", "单位代码", "单位", "状态"].map(Cell::text);
    let labels = fields.iter().map(|(_, field)| Cell::text(field.label.zh_hans.as_str()));
    book.row(&head.into_iter().chain(labels).collect::<Vec<_>>())?;
    let mut filled = Filled {
        unit: order.unit.as_ref().unwrap_or(first).as_str().to_owned(),
        kind: format!("records:{}", kind.kind),
        fields: fields.iter().map(|(name, _)| (*name).to_owned()).collect(),
        ..Filled::default()
    };
    let mut sealed = Sealed::new(&app.catalog);
    for (unit, roles) in &reads {
        let mut pos = 0;
        loop {
            let rows = query!(db, records::page(unit.as_str(), &[kind.kind.as_str()], pos, LOOK))?;
            for row in &rows {
                pos = row.pos;
                if sealed.holds(db, row)? {
                    continue;
                }
                let record = Record::unpack(&row.state).map_err(|_| StoreError::Corrupt)?;
                let mut cells = vec![
                    Cell::text(row.id.to_string()),
                    Cell::text(unit.as_str()),
                    Cell::text(names.unit(unit.as_str())),
                    Cell::text(label::field(kind, &record, STATE_FIELD)),
                ];
                cells.extend(fields.iter().map(|(name, field)| {
                    if reads_field_as(kind, field, roles) {
                        Cell::text(label::field(kind, &record, name))
                    } else {
                        Cell::Empty
                    }
                }));
                book.row(&cells)?;
                filled.rows += 1;
            }
            if (rows.len() as i64) < LOOK {
                break;
            }
        }
    }
    Ok(filled)
}
