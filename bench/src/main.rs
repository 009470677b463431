//! `make bench`: every figure beside its physical limit or a peer, measured in the same run.
//!
//! The program starts the real server (`wuyuan serve`, built with the same profile) on a fresh database, puts
//! it under load over HTTP and prints one Markdown table; `--write` also puts it into `bench/README.md`, where
//! the method is told. `make bench-peers` measures other servers beside Wuyuan,
//! `make bench-scale` what grows with what.

mod behind;
mod cast;
mod chain;
mod empty;
mod figures;
mod http;
mod latency;
mod machine;
mod merge;
mod peers;
mod photos;
mod pull;
mod push;
mod raw;
mod readme;
mod report;
mod scale;
mod timing;

use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};

use wuyuan_tests::backend::Backend;

use crate::report::Report;

// The server's own allocator, so that what is measured in this process compares.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A part of the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Pushes over HTTP.
    Push,
    /// Syncs with nothing to push and nothing to pull.
    Empty,
    /// First pulls.
    Pull,
    /// The merge engine.
    Merge,
    /// The feed chain and its signatures.
    Chain,
    /// Uploads of photos, and thumbnails.
    Photos,
    /// The monthly report.
    Figures,
    /// Pushes with and without rules and sealing behind them, on many records.
    Rules,
    /// Sealing what many pushes left, and what it costs pushes.
    Sealing,
    /// Proofs from a long log.
    Proofs,
}

/// A database to measure on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Database {
    Sqlite,
    Postgres,
}

/// How measurements over HTTP are made.
struct Plan {
    /// How often; the median is the figure.
    runs: usize,
    /// How many records there are where it matters.
    records: usize,
    /// On which databases, with their names for people.
    databases: Vec<(Backend, &'static str)>,
}

/// Measure Wuyuan.
#[derive(Parser)]
#[command(args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    other: Option<Other>,
    /// Only this part; may be given several times
    #[arg(long, value_enum)]
    only: Vec<Part>,
    /// Only on this database
    #[arg(long, value_enum)]
    on: Option<Database>,
    /// Runs of each measurement over HTTP; the median is reported
    #[arg(long, default_value_t = 3)]
    runs: usize,
    /// Records of the year's report, and of the database on which rules, sealing and proofs are measured
    #[arg(long, default_value_t = 1_000_000)]
    records: usize,
    /// Write the table into bench/README.md as well
    #[arg(long)]
    write: bool,
}

/// What is measured instead.
#[derive(Subcommand)]
enum Other {
    Peers(peers::Arguments),
    Scale(scale::Arguments),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match &arguments.other {
        Some(Other::Peers(arguments)) => return peers::measure(arguments),
        Some(Other::Scale(arguments)) => return scale::measure(arguments),
        None => {}
    }
    let asked = |part: Part| arguments.only.is_empty() || arguments.only.contains(&part);
    let mut report = Report::default();
    let databases = [
        (Database::Sqlite, Backend::Sqlite, "SQLite"),
        (Database::Postgres, Backend::Postgres, "PostgreSQL"),
    ];
    let wanted = |database: Database| arguments.on.is_none_or(|on| on == database);
    let databases = databases
        .into_iter()
        .filter(|(database, ..)| wanted(*database))
        .map(|(_, backend, name)| (backend, name));
    let plan = Plan {
        runs: arguments.runs,
        records: arguments.records,
        databases: databases.collect(),
    };
    if asked(Part::Chain) {
        chain::measure(&mut report);
    }
    if asked(Part::Merge) {
        merge::measure(&mut report);
    }
    if asked(Part::Push) {
        push::measure(&mut report, &plan);
    }
    if asked(Part::Empty) {
        empty::measure(&mut report, &plan);
    }
    if asked(Part::Pull) {
        pull::measure(&mut report, &plan);
    }
    if asked(Part::Photos) {
        photos::measure(&mut report, &plan);
    }
    if asked(Part::Figures) {
        figures::measure(&mut report, &plan);
    }
    if behind::PARTS.into_iter().any(asked) {
        behind::measure(&mut report, &plan, asked);
    }
    let text = format!("{}\n{}", machine::describe(), report.table());
    println!("{text}");
    if arguments.write
        && let Err(error) = readme::write(readme::Place::Measured, &text)
    {
        eprintln!("wuyuan-bench: bench/README.md: {error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
