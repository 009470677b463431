//! The postings of one ledger in a period, of units whose hours the caller reads person by person. Those of sealed persons
//! stand in no list.

use std::collections::HashMap;

use uuid::Uuid;

use super::book::{Book, Cell};
use super::label::Names;
use super::{Filled, Order};
use crate::accounts::scope;
use crate::app::App;
use crate::figures::FigureError;
use crate::figures::period::Period;
use crate::ledger::sight;
use crate::query;
use crate::store::Db;
use crate::store::rows::FactQuery;
use crate::sync::desk::Looker;
use crate::sync::sealed;

/// Postings of one look.
const LOOK: i64 = 500;

pub(super) fn fill(
    db: &mut Db<'_>,
    app: &App,
    order: &Order,
    book: &mut Book,
    ledger: &str,
    period: &Period,
) -> Result<Filled, FigureError> {
    let now_ms = app.now_ms();
    let grid = app.grid.get(db, now_ms)?;
    let scope = scope::scope(&grid, &query!(db, appointments::of_member(order.member))?, now_ms);
    let within = order.unit.as_ref().map(|unit| grid.covered(unit));
    let looker = Looker {
        catalog: &app.catalog,
        member: order.member,
        scope: &scope,
    };
    let sight = sight::persons(db, looker)?;
    let seen = match ledger {
        "volunteer" => sight.volunteer,
        "social_service" => sight.service,
        _ => return Err(FigureError::Invalid("ledger: volunteer or social_service")),
    };
    let asked = |unit: &&str| {
        within
            .as_ref()
            .is_none_or(|units| units.iter().any(|w| w.as_str() == *unit))
    };
    let units: Vec<&str> = seen.iter().map(String::as_str).filter(asked).collect();
    let Some(first) = units.first() else {
        return Err(FigureError::Forbidden);
    };
    let names = Names::of(db, &units)?;
    book.sheet("入账")?;
    let whose = if ledger == "volunteer" {
        "志愿者编号"
    } else {
        "服务人（化名档案）"
    };
    book.row(&["序号", "日期", "单位代码", "单位", whose, "分钟", "小时", "场次记录"].map(Cell::text))?;
    let mut filled = Filled {
        unit: order.unit.as_ref().map_or(*first, |unit| unit.as_str()).to_owned(),
        kind: format!("hours:{ledger}"),
        fields: ["day", "member", "minutes", "subject"].map(str::to_owned).into(),
        ..Filled::default()
    };
    let last = query!(db, posted::last())?;
    let mut after = 0;
    loop {
        let query = FactQuery {
            codes: None,
            units: Some(&units),
            days: (period.first, period.last),
            numbers: (after, last),
            at: None,
        };
        let rows = query!(db, posted::page(ledger, query, LOOK))?;
        let members: Vec<&[u8]> = rows
            .iter()
            .filter_map(|row| row.4.as_ref().map(|id| id.0.as_slice()))
            .collect();
        let people: HashMap<[u8; 16], String> = query!(db, blob_readers::people(&members))?
            .into_iter()
            .map(|(id, _, number)| (id.0, number))
            .collect();
        let sealed = sealed::among(db, rows.iter().filter_map(|row| row.5.as_ref().map(|id| id.0)))?;
        for (number, session, day, unit, member, subject, minutes, _) in &rows {
            after = *number;
            if subject.as_ref().is_some_and(|subject| sealed.contains(&subject.0)) {
                continue;
            }
            let id = |id: &[u8; 16]| Uuid::from_bytes(*id).to_string();
            let account = match (member, subject) {
                (Some(member), _) => people.get(&member.0).cloned().unwrap_or_else(|| id(&member.0)),
                (None, Some(subject)) => id(&subject.0),
                (None, None) => String::new(),
            };
            book.row(&[
                Cell::Int(*number),
                Cell::text(day.as_str()),
                Cell::text(unit.as_str()),
                Cell::text(names.unit(unit)),
                Cell::text(account),
                Cell::Int(*minutes),
                Cell::Hours(*minutes),
                Cell::text(id(&session.0)),
            ])?;
            filled.rows += 1;
        }
        if (rows.len() as i64) < LOOK {
            return Ok(filled);
        }
    }
}
