//! `make bench-scale`: what grows with what, and what the whole country would need.
//!
//! One database of each kind grows in steps of devices and records, then the whole country's grid and people are put
//! around them, then more records; at each step the same things are measured. `docs/SCALE.md` tells the method; the
//! tables there, those of the country's needs included, are written by this.

pub mod country;
pub mod crowd;
mod grid;
mod growth;
mod keeping;
mod meter;
mod need;
mod readers;
mod run;
mod sign_in;
mod sizes;
pub mod stage;
mod tables;
pub mod writers;

use std::process::ExitCode;
use std::time::Instant;

use wuyuan_tests::backend::Backend;

use crate::{Database, machine, readme};

/// Measure what grows with what.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Only on this database
    #[arg(long, value_enum)]
    on: Option<Database>,
    /// Districts of the country, each of 222 units and 847 accounts
    #[arg(long, default_value_t = country::DISTRICTS)]
    districts: u32,
    /// Devices at each step, ten records each
    #[arg(long, value_delimiter = ',', default_value = "1000,10000,100000")]
    devices: Vec<usize>,
    /// Pushes of each of 64 clients in each measurement
    #[arg(long, default_value_t = 40)]
    pushes: usize,
    /// Write the tables into docs/SCALE.md as well
    #[arg(long)]
    write: bool,
}

/// Measures both databases and tells what the country needs.
pub fn measure(arguments: &Arguments) -> ExitCode {
    let started = Instant::now();
    let databases = [
        (Database::Sqlite, Backend::Sqlite, "SQLite"),
        (Database::Postgres, Backend::Postgres, "PostgreSQL"),
    ];
    let mut text = machine::describe();
    for (database, backend, name) in databases {
        if arguments.on.is_some_and(|on| on != database) {
            continue;
        }
        let measured = run::measure(arguments, backend);
        text.push_str(&tables::all(name, &measured));
        if backend == Backend::Postgres {
            text.push_str(&need::tables(&measured));
        }
    }
    let minutes = started.elapsed().as_secs_f64() / 60.0;
    text.push_str(&format!("\nThe whole took {minutes:.1} minutes.\n"));
    println!("{text}");
    if arguments.write
        && let Err(error) = readme::write(readme::Place::Scale, &text)
    {
        eprintln!("wuyuan-bench: docs/SCALE.md: {error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
