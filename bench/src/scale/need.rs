//! What the country would need: the measured constants, and the formulas of `docs/SCALE.md` on them.

use super::country::DISTRICTS;
use super::meter::Spent;
use super::run::{Measured, Step};
use super::tables::{cells, table};
use crate::report::number;

/// Accounts of one district: the members of the five roles, leaders, area managers, the office.
const ACCOUNTS: f64 = 847.0;

/// Records a month in one district: the upper end of "a few thousand", and ten times that.
const RECORDS: [f64; 2] = [5_000.0, 50_000.0];

/// Days of a month.
const DAYS: f64 = 30.4;

/// Operations on one record, and in one push: each record is pushed by itself.
const OPS: f64 = 2.5;

/// Syncs of one account and day that bring and fetch nothing. Each comes so late after the one before that its access
/// token has run out.
const SYNCS: f64 = 4.0;

/// Part of a day's work in the evening's hour.
const HOUR: f64 = 0.25;

/// How much more comes in that hour's worst moment than on its average.
const WORST: f64 = 2.0;

/// How much of its processors a machine may use on average.
const USED: f64 = 0.5;

/// Cores of a machine like the one measured on.
const CORES: f64 = 2.0;

/// For how many days a refresh token is kept.
const TOKEN_DAYS: f64 = 60.0;

/// Photos of one record, and bytes of each as it is kept.
const PHOTOS: f64 = 1.0;
const PHOTO: f64 = 400e3;

/// What one database should at most grow in a year, bytes: so that it can be put back in a night.
const GROWTH: f64 = 100e9;

/// The measured constants.
struct Constants {
    push: [Spent; 2],
    empty: Spent,
    exchange: Spent,
    op: f64,
    signature: f64,
    record: f64,
    rows_a_record: f64,
    account: f64,
    token: f64,
    request: f64,
    answer: f64,
    sync_bytes: f64,
    row_backup_s: f64,
    op_verify_s: f64,
    rate: f64,
}

/// The tables of the country's needs.
pub fn tables(measured: &Measured) -> String {
    let constants = constants(measured);
    let columns: Vec<Vec<String>> = RECORDS.iter().map(|records| needs(&constants, *records)).collect();
    let lines: Vec<Vec<String>> = WHAT
        .iter()
        .enumerate()
        .map(|(at, what)| vec![(*what).to_owned(), columns[0][at].clone(), columns[1][at].clone()])
        .collect();
    let mut head = cells(["the country, on PostgreSQL"]);
    head.extend(RECORDS.map(|records| format!("{} records a month and district", number(records))));
    let mut text = told(&constants);
    text.push_str(&table(
        "What the country needs, each line with its formula",
        &head,
        &lines,
    ));
    text
}

fn constants(measured: &Measured) -> Constants {
    let last: &Step = measured.steps.last().expect("a step");
    let bytes = |tables: &[&str]| {
        let own = measured
            .pieces
            .iter()
            .filter(|piece| tables.contains(&piece.table.as_str()));
        own.map(|piece| piece.bytes).sum::<f64>()
    };
    let rows = |table: &str| measured.rows[table].max(1.0);
    let around = ["record", "viewer", "blob_ref", "record_link", "unit_sum", "visibility"];
    let first = measured.keeping.first().expect("a verification");
    let end = measured.keeping.last().expect("a verification");
    let more = (end.ops - first.ops).max(1.0);
    let volunteer = &last.readings[0];
    Constants {
        push: [last.single.each, last.spread.each],
        empty: last.empties.1,
        exchange: measured.sign_ins.exchange,
        op: bytes(&["op"]) / rows("op"),
        signature: bytes(&["head_signature"]) / rows("head_signature"),
        record: bytes(&around) / rows("record"),
        rows_a_record: 1.0 + (rows("viewer") + rows("blob_ref")) / rows("record"),
        account: bytes(&["member", "appointment", "device", "unit"]) / rows("member"),
        token: bytes(&["refresh_token"]) / rows("refresh_token"),
        request: last.single.request,
        answer: last.single.answer,
        sync_bytes: volunteer.empty_bytes.0 + volunteer.empty_bytes.1,
        row_backup_s: end.backup_s / end.rows,
        op_verify_s: (end.verify_s - first.verify_s) / more,
        rate: last.single.rate,
    }
}

impl Constants {
    /// What a push of so many operations costs: a + b·n through the two that were measured, of one and of ten.
    fn push(&self, figure: fn(&Spent) -> f64, ops: f64) -> f64 {
        let [one, ten] = self.push.each_ref().map(figure);
        one + (ten - one) / 9.0 * (ops - 1.0)
    }
}

fn told(constants: &Constants) -> String {
    let of = |name: &str, what: &str, value: f64| vec![name.to_owned(), what.to_owned(), number(value)];
    let us = |figure: fn(&Spent) -> f64| constants.push(figure, OPS) * 1e6;
    let lines = vec![
        of("Bo", "bytes of an operation with its indexes", constants.op),
        of("Bs", "bytes of a push's signature with its index", constants.signature),
        of(
            "Br",
            "bytes of a record with who sees it and its photos' hashes, indexes included",
            constants.record,
        ),
        of(
            "Ba",
            "bytes of an account with its appointments, device and share of units",
            constants.account,
        ),
        of("Bt", "bytes of a refresh token with its indexes", constants.token),
        of(
            "Cs",
            "server's processor, µs for a push of 2.5 operations",
            us(|s| s.server_s),
        ),
        of("Cd", "database's processor, µs for the same", us(|s| s.database_s)),
        of(
            "Es",
            "server's processor, µs for an empty sync",
            constants.empty.server_s * 1e6,
        ),
        of(
            "Ed",
            "database's processor, µs for the same",
            constants.empty.database_s * 1e6,
        ),
        of(
            "Xs",
            "server's processor, µs for an exchange of tokens",
            constants.exchange.server_s * 1e6,
        ),
        of(
            "Xd",
            "database's processor, µs for the same",
            constants.exchange.database_s * 1e6,
        ),
        of(
            "Wp",
            "bytes of write-ahead log of a push of 2.5 operations",
            constants.push(|s| s.wal, OPS),
        ),
        of("Wx", "bytes of write-ahead log of an exchange", constants.exchange.wal),
        of(
            "Np",
            "bytes on the wire of a push of one operation, both ways",
            constants.request + constants.answer,
        ),
        of(
            "Ne",
            "bytes on the wire of an empty sync, both ways",
            constants.sync_bytes,
        ),
        of(
            "Kb",
            "seconds of backup for a million rows",
            constants.row_backup_s * 1e6,
        ),
        of(
            "Kv",
            "seconds of verification for a million operations more",
            constants.op_verify_s * 1e6,
        ),
        of(
            "rr",
            "rows of a record with who sees it and its photos' hashes",
            constants.rows_a_record,
        ),
    ];
    table(
        "PostgreSQL: the constants, from the last step",
        &cells(["", "what", "measured"]),
        &lines,
    )
}

/// The lines of the country's table, in the order of [`needs`].
const WHAT: [&str; 18] = [
    "R: records a day = 2,925 · n / 30.4",
    "P: pushes a second at worst = R · 0.25 / 3,600 · 2",
    "S: syncs a second at worst, each with an exchange = 2,925 · 847 · 4 · 0.25 / 3,600 · 2",
    "pushes of one operation a second on this one machine, clients included, of P",
    "cores of servers at worst = P·Cs + S·(Es + Xs)",
    "servers like this machine, half used = cores / (2 · 0.5)",
    "cores of databases at worst = P·Cd + S·(Ed + Xd)",
    "write-ahead log at worst, MB a second = P·Wp + S·Wx",
    "commits a second at worst, each push alone = P + S",
    "network at worst, Mbit a second = 8 · (P·Np + S·Ne)",
    "accounts, appointments, devices, units, GB = 2,925 · 847 · Ba",
    "refresh tokens of 60 days, GB = 2,925 · 847 · 4 · 60 · Bt",
    "G: growth of the databases a year, GB = 365 · R · (2.5·Bo + Bs + Br)",
    "photos a year, TB = 365 · R · 400 KB",
    "backup of a year's rows, h = 365 · R · (2.5 + 1 + rr) · Kb",
    "verification of a year's operations, h = 365 · R · 2.5 · Kv",
    "databases that each grow 100 GB a year = G / 100 GB",
    "districts in each",
];

fn needs(constants: &Constants, records: f64) -> Vec<String> {
    let districts = f64::from(DISTRICTS);
    let accounts = districts * ACCOUNTS;
    let a_day = districts * records / DAYS;
    let worst = HOUR / 3_600.0 * WORST;
    let pushes = a_day * worst;
    let syncs = accounts * SYNCS * worst;
    let cores = |figure: fn(&Spent) -> f64| {
        pushes * constants.push(figure, OPS) + syncs * (figure(&constants.empty) + figure(&constants.exchange))
    };
    let a_year = 365.0 * a_day;
    let growth = a_year * (OPS * constants.op + constants.signature + constants.record);
    let rows = a_year * (OPS + 1.0 + constants.rows_a_record);
    let databases = (growth / GROWTH).ceil();
    let servers = cores(|s| s.server_s);
    let figures = [
        a_day,
        pushes,
        syncs,
        constants.rate / pushes,
        servers,
        (servers / (CORES * USED)).ceil(),
        cores(|s| s.database_s),
        (pushes * constants.push(|s| s.wal, OPS) + syncs * constants.exchange.wal) / 1e6,
        pushes + syncs,
        8.0 * (pushes * (constants.request + constants.answer) + syncs * constants.sync_bytes) / 1e6,
        accounts * constants.account / 1e9,
        accounts * SYNCS * TOKEN_DAYS * constants.token / 1e9,
        growth / 1e9,
        a_year * PHOTOS * PHOTO / 1e12,
        rows * constants.row_backup_s / 3_600.0,
        a_year * OPS * constants.op_verify_s / 3_600.0,
        databases,
        districts / databases,
    ];
    figures.map(number).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_push_costs_what_was_measured_for_one_and_for_ten_operations() {
        let spent = |server_s| Spent {
            server_s,
            ..Spent::default()
        };
        let zero = Spent::default();
        let constants = Constants {
            push: [spent(10.0), spent(55.0)],
            empty: zero,
            exchange: zero,
            op: 0.0,
            signature: 0.0,
            record: 0.0,
            rows_a_record: 0.0,
            account: 0.0,
            token: 0.0,
            request: 0.0,
            answer: 0.0,
            sync_bytes: 0.0,
            row_backup_s: 0.0,
            op_verify_s: 0.0,
            rate: 0.0,
        };
        assert_eq!(constants.push(|s| s.server_s, 1.0), 10.0);
        assert_eq!(constants.push(|s| s.server_s, 10.0), 55.0);
        assert_eq!(constants.push(|s| s.server_s, 2.0), 15.0);
    }
}
