//! The report as a file: each figure with its definition, small cells hidden.

use super::book::{Book, Cell};
use super::label::{self, Names};
use super::suppress::{is_small, mark};
use super::{Filled, Order};
use crate::app::App;
use crate::figures::FigureError;
use crate::figures::count::Number;
use crate::figures::definitions::{Definition, Unit};
use crate::figures::period::Period;
use crate::figures::report::{self, Asker};
use crate::store::Db;

const HEAD: [&str; 11] = [
    "表",
    "指标",
    "代码",
    "分项",
    "单位",
    "本期发生",
    "分子",
    "分母",
    "本期新增入账",
    "补报（含冲减）",
    "累计",
];

/// What stands for a number that is not told.
const HIDDEN: &str = "<3";

pub(super) fn fill(
    db: &mut Db<'_>,
    app: &App,
    order: &Order,
    book: &mut Book,
    period: &Period,
    issued: bool,
) -> Result<Filled, FigureError> {
    let asker = Asker {
        member: order.member,
        unit: order.unit.clone(),
    };
    let told = if issued {
        report::issued_part(db, app, &asker, period)?
    } else {
        report::preview(db, app, &asker, period)?
    };
    let keys: Vec<&str> = told
        .figures
        .iter()
        .flat_map(|f| &f.by)
        .map(|cell| cell.key.as_str())
        .collect();
    let units: Vec<&str> = keys
        .into_iter()
        .filter(|key| key.len() == 12)
        .chain([told.unit.as_str()])
        .collect();
    let names = Names::of(db, &units)?;
    book.sheet("指标")?;
    let mut head: Vec<Cell<'_>> = HEAD.iter().map(|text| Cell::text(*text)).collect();
    head.push(Cell::text("定义"));
    book.row(&head)?;
    let mut filled = Filled {
        unit: told.unit.clone(),
        kind: "report".to_owned(),
        ..Filled::default()
    };
    for counted in &told.figures {
        let Some(figure) = app.definitions.named(&counted.code) else {
            continue;
        };
        let table = app.definitions.tables.iter().find(|table| table.code == figure.table);
        let table = table.map_or("", |table| table.name.zh_hans.as_str());
        let marked = mark(figure, counted);
        let begin = |sort: &str| {
            [
                Cell::text(table.to_owned()),
                Cell::text(figure.name.zh_hans.clone()),
                Cell::text(figure.code.clone()),
                Cell::text(sort.to_owned()),
                Cell::text(figure.unit.label().0),
            ]
        };
        let mut row = begin("合计").to_vec();
        row.extend(numbers(figure, &counted.happened, marked.whole));
        for more in [&counted.committed, &counted.late] {
            row.push(
                more.as_ref()
                    .map_or(Cell::Empty, |n| number(figure, n, is_small(figure, n))),
            );
        }
        let whole = |total: i64| Number {
            top: total,
            ..Number::default()
        };
        row.push(
            counted
                .total
                .map_or(Cell::Empty, |total| number(figure, &whole(total), marked.whole)),
        );
        row.push(Cell::text(figure.about.zh_hans.clone()));
        book.row(&row)?;
        for (cell, hidden) in counted.by.iter().zip(&marked.parts) {
            let mut row = begin(label::sort(&app.catalog, &names, &cell.key)).to_vec();
            row.extend(numbers(figure, &cell.number, *hidden));
            book.row(&row)?;
            filled.rows += 1;
        }
        filled.rows += 1;
        filled.fields.insert(counted.code.clone());
    }
    book.sheet("说明")?;
    let unit = format!("{} {}", told.unit, names.unit(&told.unit));
    let status = told.issued_ms.map_or("预览".to_owned(), |_| "已出具".to_owned());
    for (what, value) in [
        ("期间", told.period.clone()),
        ("单位", unit),
        ("统计截止", told.cut_off.clone()),
        ("状态", status),
        ("上一份报表", told.earlier.clone().unwrap_or_default()),
        ("定义版本", told.definitions.to_string()),
        (
            "账目位置",
            format!("事实 {}，入账 {}", told.position.facts, told.position.postings),
        ),
        ("隐去", "涉及一至两人的数字以“<3”表示".to_owned()),
        ("用途", order.purpose.trim().to_owned()),
    ] {
        book.row(&[Cell::text(what), Cell::text(value)])?;
    }
    Ok(filled)
}

/// The value, and the two numbers of a rate.
fn numbers(figure: &Definition, told: &Number, hidden: bool) -> [Cell<'static>; 3] {
    let value = number(figure, told, hidden);
    match told.bottom {
        Some(_) if hidden => [value, Cell::text(HIDDEN), Cell::text(HIDDEN)],
        Some(bottom) => [value, Cell::Int(told.top), Cell::Int(bottom)],
        None => [value, Cell::Empty, Cell::Empty],
    }
}

fn number(figure: &Definition, told: &Number, hidden: bool) -> Cell<'static> {
    if hidden {
        return Cell::text(HIDDEN);
    }
    match (told.bottom, figure.unit) {
        (Some(0), _) => Cell::Empty,
        (Some(bottom), Unit::Percent) => Cell::Tenths(rounded(told.top * 1_000, bottom)),
        (Some(bottom), Unit::Hours) => Cell::Hours(rounded(told.top, bottom)),
        (Some(bottom), _) => Cell::Tenths(rounded(told.top * 10, bottom)),
        (None, Unit::Hours) => Cell::Hours(told.top),
        (None, _) => Cell::Int(told.top),
    }
}

/// A quotient, rounded half away from zero.
fn rounded(top: i64, bottom: i64) -> i64 {
    let (top, bottom) = (top * bottom.signum(), bottom.abs());
    let half = if top < 0 { -bottom / 2 } else { bottom / 2 };
    (top + half) / bottom
}
