//! The deadline board as a file, without what is about sealed persons.

use std::collections::BTreeSet;

use sync_protocol::calendar::{china_date, date_of, day_of};
use sync_protocol::id::RecordId;

use super::book::{Book, Cell};
use super::label::Names;
use super::{Filled, Order};
use crate::accounts::scope;
use crate::app::App;
use crate::deadlines::{self, Asked, PAGE, Standing};
use crate::figures::FigureError;
use crate::query;
use crate::store::Db;
use crate::sync::desk::Looker;
use crate::sync::sealed::Sealed;

const HEAD: [&str; 11] = [
    "事项",
    "依据",
    "记录编号",
    "记录类型",
    "单位代码",
    "单位",
    "起算日",
    "到期日",
    "完成日",
    "状态",
    "日历",
];

pub(super) fn fill(
    db: &mut Db<'_>,
    app: &App,
    order: &Order,
    book: &mut Book,
    standing: Option<Standing>,
) -> Result<Filled, FigureError> {
    let now_ms = app.now_ms();
    let today = day_of(china_date(now_ms));
    let grid = app.grid.get(db, now_ms)?;
    let scope = scope::scope(&grid, &query!(db, appointments::of_member(order.member))?, now_ms);
    let looker = Looker {
        catalog: &app.catalog,
        member: order.member,
        scope: &scope,
    };
    let Some(first) = scope.keys().next() else {
        return Err(FigureError::Forbidden);
    };
    let codes: Vec<&str> = scope.keys().map(|unit| unit.as_str()).collect();
    let names = Names::of(db, &codes)?;
    book.sheet("期限")?;
    book.row(&HEAD.map(Cell::text))?;
    let mut filled = Filled {
        unit: order.unit.as_ref().unwrap_or(first).as_str().to_owned(),
        kind: "deadlines".to_owned(),
        ..Filled::default()
    };
    let mut asked = Asked {
        units: order.unit.as_ref().map(|unit| grid.covered(unit)),
        standing,
        limit: PAGE,
        ..Asked::default()
    };
    let mut sealed = Sealed::new(&app.catalog);
    loop {
        let board = deadlines::board(db, &app.law, looker, &asked, today, now_ms)?;
        let ids: BTreeSet<RecordId> = board.lines.iter().map(|line| line.row.record).collect();
        let ids: Vec<&[u8]> = ids.iter().map(|id| id.0.as_slice()).collect();
        let mut hidden = BTreeSet::new();
        for record in query!(db, records::by_ids(&ids))? {
            if sealed.holds(db, &record)? {
                hidden.insert(record.id);
            }
        }
        for line in board.lines.iter().filter(|line| !hidden.contains(&line.row.record)) {
            let row = &line.row;
            let rule = app
                .law
                .deadlines
                .all()
                .iter()
                .rev()
                .find(|rule| rule.code == row.code && day_of(rule.valid_from) <= row.start_day);
            let kind = app.catalog.kinds().get(&row.kind);
            let date = |day: i64| Cell::text(date_of(day).to_string());
            book.row(&[
                Cell::text(rule.map_or(row.code.as_str(), |rule| &rule.name.zh_hans)),
                Cell::text(rule.map_or("", |rule| &rule.law.zh_hans)),
                Cell::text(row.record.to_string()),
                Cell::text(kind.map_or(row.kind.as_str(), |kind| &kind.name.zh_hans)),
                Cell::text(row.unit.as_str()),
                Cell::text(names.unit(&row.unit)),
                date(row.start_day),
                date(row.due_day),
                row.met_day.map_or(Cell::Empty, date),
                Cell::text(match line.standing {
                    Standing::Open => "未到期",
                    Standing::Met => "按期",
                    Standing::Missed if row.met_day.is_some() => "逾期完成",
                    Standing::Missed => "逾期",
                }),
                Cell::text(if row.provisional { "暂定" } else { "正式" }),
            ])?;
            filled.rows += 1;
            filled.fields.insert(row.code.clone());
        }
        filled.readings.extend(board.readings);
        match board.lines.last() {
            Some(last) if board.more => {
                asked.after = Some((last.row.due_day, last.row.record, last.row.code.clone()));
            }
            _ => return Ok(filled),
        }
    }
}
