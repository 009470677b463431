//! `simulate`: runs seeds or a script, and prints a short script where a promise is broken.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::{Parser, ValueEnum};
use wuyuan_simulator::run::{Script, play, script};
use wuyuan_simulator::shrink::shrink;
use wuyuan_tests::backend::Backend;

/// Runs simulations.
#[derive(Parser)]
struct Args {
    /// The first seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many seeds from there on.
    #[arg(long, default_value_t = 1)]
    seeds: u64,
    /// Steps of each.
    #[arg(long, default_value_t = 300)]
    steps: usize,
    /// The database.
    #[arg(long, value_enum, default_value_t = On::Both)]
    on: On,
    /// Phones of another make that take part, for every third step.
    #[arg(long, default_value_t = 0)]
    strangers: usize,
    /// A script to run instead of seeds, as an earlier failure printed it.
    #[arg(long)]
    script: Option<PathBuf>,
    /// How long to look for a shorter script, s.
    #[arg(long, default_value_t = 120)]
    shrink: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum On {
    Sqlite,
    Postgres,
    Both,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let backends = match args.on {
        On::Sqlite => vec![Backend::Sqlite],
        On::Postgres => vec![Backend::Postgres],
        On::Both => vec![Backend::Sqlite, Backend::Postgres],
    };
    let scripts: Vec<Script> = match &args.script {
        Some(file) => {
            let text = std::fs::read_to_string(file).expect("the script can be read");
            vec![serde_json::from_str(&text).expect("the script is one")]
        }
        None => (args.seed..args.seed + args.seeds)
            .map(|seed| script(seed, args.steps, args.strangers))
            .collect(),
    };
    for script in &scripts {
        for backend in &backends {
            let started = Instant::now();
            match play(*backend, script) {
                Ok(played) => println!(
                    "seed {} on {backend:?}: {} steps, every promise held ({:.1} s): {}",
                    script.seed,
                    script.actions.len(),
                    started.elapsed().as_secs_f64(),
                    played.coverage
                ),
                Err(failure) => {
                    println!(
                        "seed {} on {backend:?}: step {}: {}",
                        script.seed,
                        failure.script.actions.len(),
                        failure.violation
                    );
                    let short = shrink(*backend, &failure, Duration::from_secs(args.shrink));
                    println!("{} steps are enough: {}", short.script.actions.len(), short.violation);
                    println!(
                        "{}",
                        serde_json::to_string(&short.script).expect("a script can be written")
                    );
                    return ExitCode::FAILURE;
                }
            }
        }
    }
    ExitCode::SUCCESS
}
