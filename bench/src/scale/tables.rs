//! What was measured, as Markdown.

use super::growth::Long;
use super::meter::Spent;
use super::readers::CHANGES;
use super::run::{Measured, Step};
use super::writers::{FIRST, Pushes};
use crate::report::number;

/// All tables of one database.
pub fn all(name: &str, measured: &Measured) -> String {
    [
        steps(name, measured),
        growth(name, measured),
        pieces(name, measured),
        rest(name, measured),
    ]
    .concat()
}

/// A table: its title, its head, its lines.
pub fn table(title: &str, head: &[String], lines: &[Vec<String>]) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let rule = vec!["---".to_owned(); head.len()];
    let body: String = lines.iter().map(|cells| line(cells)).collect();
    format!("\n**{title}**\n\n{}{}{body}", line(head), line(&rule))
}

/// Cells.
pub fn cells<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.map(str::to_owned).to_vec()
}

fn pair((one, other): (f64, f64)) -> String {
    format!("{} / {}", number(one), number(other))
}

/// Server and database, in µs.
fn cpu(each: Spent) -> String {
    pair((each.server_s * 1e6, each.database_s * 1e6))
}

fn steps(name: &str, measured: &Measured) -> String {
    let steps = &measured.steps;
    let row = |what: &str, figure: &dyn Fn(&Step) -> String| {
        let mut cells = vec![what.to_owned()];
        cells.extend(steps.iter().map(figure));
        cells
    };
    let count = |table: &'static str| move |step: &Step| number(step.rows[table]);
    let mut head = vec![String::new()];
    head.extend((1..=steps.len()).map(|nth| format!("step {nth}")));
    let mut lines = vec![
        row("records", &count("record")),
        row("operations", &count("op")),
        row("devices", &count("device")),
        row("units", &count("unit")),
        row("accounts", &count("member")),
        row("appointments", &count("appointment")),
        row("database, MB", &|s| number(s.bytes / 1e6)),
        row("server's memory, now / at its highest, MB", &|s| {
            pair((s.memory.0 / 1e6, s.memory.1 / 1e6))
        }),
    ];
    let first = format!("first pushes of {FIRST} whole reports: a second; p50 / p99, ms");
    lines.push(row(&first, &|s| s.fill.as_ref().map_or_else(String::new, pushes)));
    lines.push(row("pushes of ten operations, spread: a second; p50 / p99, ms", &|s| {
        pushes(&s.spread)
    }));
    lines.push(row("the same, processor of server / database, µs a push", &|s| {
        cpu(s.spread.each)
    }));
    lines.push(row("the same, to the disk / write-ahead log, KB a push", &|s| {
        pair((s.spread.each.disk / 1e3, s.spread.each.wal / 1e3))
    }));
    lines.push(row("pushes of one operation, spread: a second; p50 / p99, ms", &|s| {
        pushes(&s.single)
    }));
    lines.push(row("the same, processor of server / database, µs a push", &|s| {
        cpu(s.single.each)
    }));
    lines.push(row(
        "pushes of ten operations, one unit: a second; p50 / p99, ms",
        &|s| pushes(&s.crowded),
    ));
    lines.push(row("empty syncs of 64 volunteers at once, a second", &|s| {
        number(s.empties.0)
    }));
    lines.push(row("the same, processor of server / database, µs a sync", &|s| {
        cpu(s.empties.1)
    }));
    for at in 0..steps[0].readings.len() {
        let who = steps[0].readings[at].who;
        lines.push(row(&format!("{who}: units / records"), &|s| {
            let reading = &s.readings[at];
            pair((reading.units as f64, reading.records as f64))
        }));
        lines.push(row(&format!("{who}: first pull, ms / KB"), &|s| {
            let reading = &s.readings[at];
            pair((reading.first_s * 1e3, reading.first_bytes / 1e3))
        }));
        lines.push(row(&format!("{who}: empty sync, p50 / p99, ms"), &|s| {
            pair(s.readings[at].empty_ms)
        }));
        lines.push(row(&format!("{who}: {CHANGES} new records, p50 / p99, ms"), &|s| {
            pair(s.readings[at].ten_ms)
        }));
    }
    table(&format!("{name}: the steps"), &head, &lines)
}

fn pushes(pushes: &Pushes) -> String {
    format!("{}; {}", number(pushes.rate), pair((pushes.p50_ms, pushes.p99_ms)))
}

fn growth(name: &str, measured: &Measured) -> String {
    let full = measured.full.iter().map(|full| {
        vec![
            number(full.leader.records as f64),
            pair((full.leader.first_s * 1e3, full.leader.first_bytes / 1e3)),
            pair((full.leader.empty_ms.0, full.leader.ten_ms.0)),
            pair((full.volunteer.empty_ms.0, full.volunteer.ten_ms.0)),
            number(full.push_ms),
        ]
    });
    let head = cells([
        "records in the unit, all of one volunteer",
        "its leader's first pull, ms / KB",
        "its leader: empty sync / ten new records, p50 ms",
        "that volunteer: empty sync / ten new records, p50 ms",
        "a push of ten there alone, p50 ms",
    ]);
    let mut text = table(
        &format!("{name}: records in one unit"),
        &head,
        &full.collect::<Vec<_>>(),
    );
    let head = cells([
        "operations on one record",
        "of devices",
        "state, bytes",
        "one more operation, bytes",
        "pushing it, p50 ms",
        "pulling the record, p50 ms",
        "its history, ms / KB",
    ]);
    let long = |long: &Long| {
        vec![
            number(long.ops as f64),
            number(long.devices as f64),
            number(long.state),
            number(long.op),
            number(long.push_ms),
            number(long.pull_ms),
            pair((long.history.0 * 1e3, long.history.1 / 1e3)),
        ]
    };
    let lines: Vec<Vec<String>> = measured.long.iter().chain(&measured.shared).map(long).collect();
    text.push_str(&table(&format!("{name}: one record's history"), &head, &lines));
    let head = cells([
        "units in scope",
        "empty sync, p50 / p99, ms",
        "its request / answer, KB",
        "directory, ms",
    ]);
    let wide = measured.wide.iter().map(|wide| {
        let reading = &wide.reading;
        vec![
            number(reading.units as f64),
            pair(reading.empty_ms),
            pair((reading.empty_bytes.0 / 1e3, reading.empty_bytes.1 / 1e3)),
            number(wide.directory_s * 1e3),
        ]
    });
    text.push_str(&table(
        &format!("{name}: one reader's scope"),
        &head,
        &wide.collect::<Vec<_>>(),
    ));
    text
}

fn pieces(name: &str, measured: &Measured) -> String {
    let head = cells(["table", "rows", "table or index", "MB", "bytes a row"]);
    // What is small is left out; its sum would not change a figure.
    let large = measured.pieces.iter().filter(|piece| piece.bytes >= 1e6);
    let line = |piece: &super::sizes::Piece| {
        let rows = measured.rows.get(piece.table.as_str()).copied();
        vec![
            piece.table.clone(),
            rows.map_or_else(String::new, number),
            piece.name.clone(),
            number(piece.bytes / 1e6),
            rows.map_or_else(String::new, |rows| number(piece.bytes / rows.max(1.0))),
        ]
    };
    table(
        &format!("{name}: tables and indexes at the end"),
        &head,
        &large.map(line).collect::<Vec<_>>(),
    )
}

fn rest(name: &str, measured: &Measured) -> String {
    let one = |what: &str, figure: String| vec![what.to_owned(), figure];
    let sign_ins = &measured.sign_ins;
    let mut lines = vec![
        one("a sign-in with a password, alone, ms", number(sign_ins.sign_in_s * 1e3)),
        one("the same, processor of server / database, µs", cpu(sign_ins.sign_in)),
        one(
            "exchanges of refresh tokens, 32 members at once: a second; p50 / p99, ms",
            format!("{}; {}", number(sign_ins.rate), pair(sign_ins.ms)),
        ),
        one("the same, processor of server / database, µs", cpu(sign_ins.exchange)),
    ];
    let grid = measured.grid;
    lines.push(one(
        &format!("the grid of {} units: read / built, ms", number(grid.units as f64)),
        pair((grid.read_s * 1e3, grid.build_s * 1e3)),
    ));
    lines.push(one("the same in memory, MB", number(grid.bytes / 1e6)));
    lines.push(one(
        "the country's units, people and appointments written in bulk, s",
        number(measured.country_s),
    ));
    for keeping in &measured.keeping {
        let about = format!("{} operations, {} rows", number(keeping.ops), number(keeping.rows));
        lines.push(one(
            &format!("backup of {about}: s / MB"),
            pair((keeping.backup_s, keeping.backup_bytes / 1e6)),
        ));
        lines.push(one(&format!("verification of {about}: s"), number(keeping.verify_s)));
        if let Some(restore_s) = keeping.restore_s {
            lines.push(one(&format!("restore of {about}: s"), number(restore_s)));
        }
    }
    table(&format!("{name}: the rest"), &cells(["what", "measured"]), &lines)
}
