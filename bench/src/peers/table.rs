//! The table: a row for each figure, a column for each server.

use super::Column;
use super::outcome::Outcome;
use super::peer::RECORDS;
use crate::push::CLIENTS;
use crate::report::number;
use crate::timing::middle;

/// The table of all `columns`, whose clients pushed `pushes` times each.
pub fn of(columns: &[Column], pushes: usize) -> String {
    let pushed = number((CLIENTS * pushes * RECORDS) as f64);
    let mut text = format!(
        "{CLIENTS} clients, {pushed} records of {} bytes in pushes of {RECORDS}; medians of {} rounds.\n\n| |",
        number(super::records::bytes()),
        columns.first().map_or(0, |column| column.outcomes.len())
    );
    columns
        .iter()
        .for_each(|column| text.push_str(&format!(" {} |", column.kind.name())));
    text.push_str(&format!("\n|---|{}\n", "---|".repeat(columns.len())));
    let mut row = |what: &str, cell: &dyn Fn(&Column) -> String| {
        let cells: Vec<String> = columns.iter().map(cell).collect();
        text.push_str(&format!("| {what} | {} |\n", cells.join(" | ")));
    };
    row("records pushed a second", &|c| figure(c, |o| o.rate));
    row("… the rounds", &|c| {
        let rounds: Vec<String> = c.outcomes.iter().map(|o| number(o.rate)).collect();
        rounds.join(", ")
    });
    row("… part of all pushes in which every client was busy", &|c| {
        figure(c, |o| o.steady)
    });
    row("p50 of a push, ms", &|c| figure(c, |o| o.p50_ms));
    row("p99 of a push, ms", &|c| figure(c, |o| o.p99_ms));
    row("pulling them all, s", &|c| figure(c, |o| o.plain.seconds));
    row("… records a second", &|c| {
        figure(c, |o| o.records as f64 / o.plain.seconds)
    });
    row("pulling them all compressed, s", &|c| {
        compressed(c, |o| o.packed.seconds)
    });
    row("bytes up, a pushed record", &|c| figure(c, |o| o.push_bytes.0));
    row(
        "… compressed",
        &|c| match c.outcomes.iter().all(|o| o.packed_bytes.is_some()) {
            true => figure(c, |o| o.packed_bytes.unwrap_or_default()),
            false => "refused".to_owned(),
        },
    );
    row("bytes down, a pushed record", &|c| figure(c, |o| o.push_bytes.1));
    row("bytes down, a pulled record", &|c| figure(c, |o| o.plain.bytes.1));
    row("… compressed", &|c| compressed(c, |o| o.packed.bytes.1));
    row("bytes up, a pulled record", &|c| figure(c, |o| o.plain.bytes.0));
    row("memory of the server at its highest, MB", &|c| {
        figure(c, |o| o.memory_mb)
    });
    row(
        "memory of PostgreSQL beside it, MB",
        &|c| match c.outcomes.iter().all(|o| o.database_mb.is_some()) {
            true => figure(c, |o| o.database_mb.unwrap_or_default()),
            false => "none".to_owned(),
        },
    );
    row("answers with an error", &|c| {
        c.outcomes.iter().map(|o| o.errors.0).sum::<usize>().to_string()
    });
    row("two edits of one field: values kept", &|c| {
        edits(c, |e| format!("{} of 2 ({}, {})", e.kept, e.statuses[0], e.statuses[1]))
    });
    row("… who is told", &|c| edits(c, |e| e.told.to_owned()));
    row("calls that bring data to the disk, a push of one client", &|c| {
        proof(c, |p| number(p.syncs_a_push))
    });
    row("acknowledged records found after `kill -9`", &|c| {
        proof(c, |p| {
            format!("{} of {}", number(p.found as f64), number(p.acknowledged as f64))
        })
    });
    text
}

/// The median, unless a run had errors: then there is none.
fn figure(column: &Column, figure: impl Fn(&Outcome) -> f64) -> String {
    if column.outcomes.is_empty() || column.outcomes.iter().any(|outcome| outcome.errors.0 > 0) {
        return "no figure".to_owned();
    }
    number(middle(column.outcomes.iter().map(figure).collect()))
}

/// A figure of the compressed pull, where the server compresses.
fn compressed(column: &Column, of: impl Fn(&Outcome) -> f64) -> String {
    let saves = |outcome: &Outcome| outcome.packed.bytes.1 < 0.9 * outcome.plain.bytes.1;
    if column.outcomes.iter().all(saves) {
        figure(column, of)
    } else {
        "not offered".to_owned()
    }
}

fn edits(column: &Column, text: impl Fn(&super::peer::Edit) -> String) -> String {
    let edits = column.outcomes.first().map_or(&[][..], |outcome| &outcome.edits);
    if column.outcomes.iter().any(|outcome| outcome.edits != edits) {
        return "not the same in every round".to_owned();
    }
    edits
        .iter()
        .map(|edit| format!("{}: {}", edit.way, text(edit)))
        .collect::<Vec<_>>()
        .join("; ")
}

fn proof(column: &Column, text: impl Fn(&super::crash::Proof) -> String) -> String {
    column.proof.as_ref().map_or_else(String::new, text)
}
