//! One database through all its steps.

use std::time::Instant;

use wuyuan_server::demo::DemoMember;
use wuyuan_tests::backend::{Backend, Place};

use super::Arguments;
use super::country::MEMBERS;
use super::crowd::CLIENTS;
use super::grid::{self, GridCost};
use super::growth::{self, Full, Long, Wide};
use super::keeping::{self, Keeping};
use super::meter::Spent;
use super::readers::{self, Reader, Reading};
use super::sign_in::{self, SignIns};
use super::sizes::{self, Piece, Rows};
use super::stage::Stage;
use super::writers::{self, Pushes, Veteran};
use crate::cast::SignedIn;

/// About how many of the phones are kept to push again.
const VETERANS: usize = 2_560;

/// Everything that was measured on one database.
pub struct Measured {
    /// The steps, the smallest first.
    pub steps: Vec<Step>,
    /// Tables and indexes at the last step.
    pub pieces: Vec<Piece>,
    /// Rows at the last step.
    pub rows: Rows,
    /// Sign-ins and exchanges of tokens.
    pub sign_ins: SignIns,
    /// Backup and verification before the country was there, with a restore, and at the end.
    pub keeping: Vec<Keeping>,
    /// The grid in memory.
    pub grid: GridCost,
    /// Seconds in which the country's units, people and appointments were written.
    pub country_s: f64,
    /// Units with many records.
    pub full: Vec<Full>,
    /// Records with a long history.
    pub long: Vec<Long>,
    /// Records of many devices.
    pub shared: Vec<Long>,
    /// Readers of many units.
    pub wide: Vec<Wide>,
}

/// What was measured at one step.
pub struct Step {
    /// Rows at its beginning.
    pub rows: Rows,
    /// Bytes of the database at its beginning.
    pub bytes: f64,
    /// The first pushes that led to it; none where only the country was added.
    pub fill: Option<Pushes>,
    /// The four readers.
    pub readings: Vec<Reading>,
    /// Syncs of nothing a second of 64 volunteers at once, and what one costs.
    pub empties: (f64, Spent),
    /// Ten operations from phones all over the country.
    pub spread: Pushes,
    /// One operation each from the same.
    pub single: Pushes,
    /// Ten operations, all in one unit.
    pub crowded: Pushes,
    /// The server's memory after all that, and at its highest, bytes.
    pub memory: (f64, f64),
}

/// The people of one run.
struct Cast {
    readers: Vec<Reader>,
    writer: SignedIn,
    crowd: Vec<SignedIn>,
    veterans: Vec<Veteran>,
}

/// Measures everything on one kind of database.
pub fn measure(arguments: &Arguments, backend: Backend) -> Measured {
    let needed = arguments.devices.iter().max().map_or(0, |most| most.div_ceil(MEMBERS)) as u32;
    assert!(
        needed < arguments.districts,
        "every device needs a member, and one district stays empty"
    );
    // Before the last step the country around is not there.
    let early = arguments
        .devices
        .iter()
        .rev()
        .nth(1)
        .map_or(0, |most| most.div_ceil(MEMBERS)) as u32;
    let near = early.max(1) + 1;
    let stage = Stage::set(backend, near);
    let mut cast = people(&stage, near - 1);
    let mut told = Teller::new();
    let (mut steps, mut keeping) = (Vec::new(), Vec::new());
    let (mut filled, mut country_s) = (0, 0.0);
    for (nth, devices) in arguments.devices.iter().enumerate() {
        if nth + 1 == arguments.devices.len() {
            let ops = steps.last().map_or(0.0, |_: &Step| sizes::rows(&stage.place)["op"]);
            if ops > 0.0 {
                keeping.push(keeping::measure(&stage, backend, ops, true));
                told.tell("backup, verification and restore");
            }
            let started = Instant::now();
            stage.grow(near..arguments.districts);
            country_s = started.elapsed().as_secs_f64();
            analyze(&stage.place);
            told.tell("the country is written");
            steps.push(step(&stage, &mut cast, None, arguments.pushes));
            told.tell("a step with the country around");
        }
        let fill = fill(&stage, &mut cast, filled..*devices);
        filled = *devices;
        told.tell("phones have pushed for the first time");
        steps.push(step(&stage, &mut cast, Some(fill), arguments.pushes));
        told.tell("a step");
    }
    let sign_ins = sign_in::measure(&stage, &stage.country.district(0));
    told.tell("sign-ins");
    let empty = stage.country.district(arguments.districts - 1);
    let full = growth::records(&stage, &empty, &[100, 1_000, 10_000]);
    told.tell("units with many records");
    let long = growth::history(&stage, &empty, &[100, 1_000, 10_000]);
    let shared = growth::devices(&stage, &empty, &[1, 16, 64, 256]);
    told.tell("records with a long history");
    let wide = growth::scopes(&stage, arguments.districts, &[1, 4, 18]);
    told.tell("readers of many units");
    let rows = sizes::rows(&stage.place);
    let pieces = sizes::pieces(&stage.place);
    told.tell("sizes");
    keeping.push(keeping::measure(&stage, backend, rows["op"], false));
    told.tell("backup and verification");
    Measured {
        grid: grid::measure(&stage.store),
        steps,
        pieces,
        rows,
        sign_ins,
        keeping,
        country_s,
        full,
        long,
        shared,
        wide,
    }
}

/// Readers of the first district, and volunteers who all write in one community of district `nth`.
fn people(stage: &Stage, nth: u32) -> Cast {
    let (readers, writer) = readers::cast(stage, &stage.country.district(0));
    let crowded = stage.country.district(nth);
    let unit = crowded.units.last().expect("a community").code.clone();
    let members = stage.volunteers(&unit, CLIENTS);
    let holders: Vec<_> = members.iter().map(|member| (member, unit.clone())).collect();
    Cast {
        readers,
        writer,
        crowd: stage.phones(&holders),
        veterans: Vec::new(),
    }
}

/// Lets the phones of the places `devices` push for the first time: one of each member of the five roles, district
/// after district.
fn fill(stage: &Stage, cast: &mut Cast, devices: std::ops::Range<usize>) -> Pushes {
    let districts = devices.start / MEMBERS..devices.end.div_ceil(MEMBERS);
    let mut members: Vec<(usize, DemoMember)> = Vec::with_capacity(devices.len());
    for nth in districts {
        let people = stage.country.district(nth as u32).members.into_iter().take(MEMBERS);
        let placed = people
            .enumerate()
            .map(|(place, member)| (nth * MEMBERS + place, member));
        members.extend(placed.filter(|(place, _)| devices.contains(place)));
    }
    let holders: Vec<_> = members
        .iter()
        .map(|(_, m)| (m, m.appointments[0].unit.clone()))
        .collect();
    let phones = stage.phones(&holders);
    let keep_every = devices.len().div_ceil(VETERANS);
    let (pushes, veterans) = writers::fill(stage, phones, keep_every);
    cast.veterans = veterans;
    pushes
}

fn step(stage: &Stage, cast: &mut Cast, fill: Option<Pushes>, pushes: usize) -> Step {
    let rows = sizes::rows(&stage.place);
    let bytes = sizes::whole(&stage.place);
    let readings = readers::measure(stage, &cast.readers, &mut cast.writer);
    let empties = readers::crowd_of_empties(stage, &cast.veterans);
    let single = writers::single(stage, &mut cast.veterans, pushes);
    let spread = writers::spread(stage, &mut cast.veterans, pushes);
    let crowded = writers::crowded(stage, &mut cast.crowd, pushes);
    let (now, most) = stage.server.memory();
    Step {
        rows,
        bytes,
        fill,
        readings,
        empties,
        spread,
        single,
        crowded,
        memory: (now as f64, most as f64),
    }
}

/// Lets PostgreSQL look at what was written, as it would by itself within a minute.
fn analyze(place: &Place) {
    if let Place::Postgres(database) = place {
        database.sql("ANALYZE");
    }
}

/// Says on standard error how far it is.
struct Teller(Instant);

impl Teller {
    fn new() -> Teller {
        Teller(Instant::now())
    }

    fn tell(&mut self, what: &str) {
        eprintln!("{:6.1} s  {what}", self.0.elapsed().as_secs_f64());
        self.0 = Instant::now();
    }
}
