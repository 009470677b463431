//! `make bench-peers`: other servers that store and hand out records, each in its durable setting, under the same
//! work as Wuyuan in the same run. `bench/README.md` tells the method.

mod crash;
mod kinto;
mod outcome;
mod own;
mod peer;
mod postgres;
mod pouchdb;
mod process;
mod records;
mod streams;
mod syncs;
mod table;
mod versions;

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use wuyuan_tests::backend::Backend;

use self::crash::Proof;
use self::outcome::Outcome;
use self::peer::Peer;
use self::postgres::Purpose;
use self::pouchdb::Writing;
use crate::{machine, readme};

/// A server that is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    WuyuanSqlite,
    WuyuanPostgres,
    Kinto,
    Pouchdb,
    PouchdbSynced,
    DurableStreams,
}

/// Measure other servers beside Wuyuan
#[derive(Args)]
pub struct Arguments {
    /// Only this server; may be given several times
    #[arg(long, value_enum)]
    only: Vec<Kind>,
    /// Rounds; in each every server is measured once, and the median is reported
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Pushes of each of the 64 clients, ten records a push, of which the first tenth is for warming up
    #[arg(long, default_value_t = 50)]
    pushes: usize,
    /// Write the table into bench/README.md as well
    #[arg(long)]
    write: bool,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Kind::WuyuanSqlite => "Wuyuan, SQLite",
            Kind::WuyuanPostgres => "Wuyuan, PostgreSQL",
            Kind::Kinto => "Kinto, PostgreSQL",
            Kind::Pouchdb => "PouchDB Server, LevelDB as it comes",
            Kind::PouchdbSynced => "PouchDB Server, LevelDB synced",
            Kind::DurableStreams => "durable-streams",
        }
    }

    fn start(self, purpose: Purpose) -> Box<dyn Peer> {
        match self {
            Kind::WuyuanSqlite => Box::new(own::Wuyuan::start(Backend::Sqlite, purpose)),
            Kind::WuyuanPostgres => Box::new(own::Wuyuan::start(Backend::Postgres, purpose)),
            Kind::Kinto => Box::new(kinto::Kinto::start(purpose)),
            Kind::Pouchdb => Box::new(pouchdb::PouchDb::start(Writing::AsItComes)),
            Kind::PouchdbSynced => Box::new(pouchdb::PouchDb::start(Writing::Synced)),
            Kind::DurableStreams => Box::new(streams::DurableStreams::start()),
        }
    }
}

/// Everything that was found out about one server.
struct Column {
    kind: Kind,
    outcomes: Vec<Outcome>,
    proof: Option<Proof>,
}

/// Measures all servers and prints the table.
pub fn measure(arguments: &Arguments) -> ExitCode {
    let asked = |kind: &&Kind| arguments.only.is_empty() || arguments.only.contains(kind);
    let kinds: Vec<Kind> = Kind::value_variants().iter().filter(asked).copied().collect();
    let column = |kind: &Kind| Column {
        kind: *kind,
        outcomes: Vec::new(),
        proof: None,
    };
    let mut columns: Vec<Column> = kinds.iter().map(column).collect();
    for round in 0..arguments.rounds {
        // Each round begins with another one: whoever comes first finds the machine rested.
        for place in 0..columns.len() {
            let of = columns.len();
            let column = &mut columns[(round + place) % of];
            let mut peer = column.kind.start(Purpose::Measure);
            let outcome = Outcome::of(&mut *peer, arguments.pushes);
            eprintln!("{}: {outcome:?}", column.kind.name());
            column.outcomes.push(outcome);
        }
    }
    for column in &mut columns {
        let mut peer = column.kind.start(Purpose::Kill);
        let proof = Proof::of(&mut *peer);
        eprintln!("{}: {proof:?}", column.kind.name());
        column.proof = Some(proof);
    }
    let machine = machine::describe();
    let text = format!(
        "{machine}{}\n{}",
        versions::line(),
        table::of(&columns, arguments.pushes)
    );
    println!("{text}");
    if arguments.write
        && let Err(error) = readme::write(readme::Place::Peers, &text)
    {
        eprintln!("wuyuan-bench: bench/README.md: {error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
