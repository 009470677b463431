//! The database, the people on it, and a server's parts beside the server that is measured.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rand::SeedableRng;
use rand::rngs::StdRng;
use sync_protocol::id::UnitCode;
use wuyuan_server::app::App;
use wuyuan_server::clock::SystemClock;
use wuyuan_server::config::SettingsArgs;
use wuyuan_server::query;
use wuyuan_server::store::StoreResult;
use wuyuan_tests::backend::{Backend, Place};
use wuyuan_tests::server::Server;

use super::copies::Rows;
use super::photos;
use super::volunteers::{self, Volunteer};
use crate::scale::crowd::{self, CLIENTS};
use crate::scale::stage::Stage;
use crate::scale::writers::request;

/// Volunteers of one district.
const VOLUNTEERS: usize = 318;

/// Who asks more often than a member may, is measured and not refused.
const OFTEN: (&str, &str) = ("rate_per_member", "1000000");

/// What a server is told that does nothing behind the pushes.
pub const IDLE: [(&str, &str); 2] = [("follow", "false"), ("seal_interval_ms", "0")];

/// A database of many records, with nothing sealed and everything looked at.
pub struct Scene {
    /// The server and its database.
    pub stage: Stage,
    /// A server's parts on the same database, which do what no server does meanwhile.
    pub app: App,
    /// How many records there are.
    pub records: usize,
    /// Open findings among them.
    pub findings: usize,
    /// How many districts.
    pub districts: u32,
    /// Records of one district, and the seconds in which the follower looked at them.
    pub first: (usize, f64),
    started: Instant,
}

impl Scene {
    /// Makes at least `records` records.
    pub fn set(backend: Backend, records: usize) -> Scene {
        let districts = records.div_ceil(VOLUNTEERS * volunteers::RECORDS).max(1) as u32;
        let started = Instant::now();
        let mut stage = Stage::with(backend, districts, &[&IDLE[..], &[OFTEN]].concat());
        let app = parts(&stage.place);
        live(&mut stage);
        stage.server.stop();
        let looking = Instant::now();
        let looked_at = app.follower.catch_up().expect("the follower looks at everything");
        let first = (looked_at, looking.elapsed().as_secs_f64());
        let rows = Rows::read(&stage.store);
        rows.copy(&stage.store, 1..districts);
        if let Place::Postgres(database) = &*stage.place {
            // As it would by itself within a minute.
            database.sql("ANALYZE");
        }
        let open: StoreResult<usize> = stage.store.read(|db| Ok(query!(db, findings::open())?.len()));
        Scene {
            findings: open.expect("the findings can be counted"),
            records: districts as usize * VOLUNTEERS * volunteers::RECORDS,
            stage,
            app,
            districts,
            first,
            started,
        }
    }

    /// Starts a server with these settings; the one before has been stopped.
    pub fn serve(&mut self, settings: &[(&str, &str)]) {
        let settings = [settings, &[OFTEN]].concat();
        self.stage.server = Server::on(Arc::clone(&self.stage.place), &settings);
    }

    /// The first `count` volunteers of as many districts, with new phones; then the second of each, and so on.
    pub fn crew(&self, count: usize) -> Vec<Volunteer> {
        let districts: Vec<_> = (0..self.districts)
            .map(|nth| self.stage.country.district(nth))
            .collect();
        let people: Vec<Vec<_>> = districts
            .iter()
            .map(|district| volunteers::of(district).collect())
            .collect();
        let places = (0..VOLUNTEERS).flat_map(|place| (0..self.districts).map(move |nth| (nth, place)));
        let places: Vec<(u32, usize)> = places.take(count).collect();
        let holders: Vec<_> = places
            .iter()
            .map(|(nth, place)| people[*nth as usize][*place].clone())
            .collect();
        let phones = self.stage.phones(&holders).into_iter().zip(places);
        phones
            .map(|(phone, (nth, place))| Volunteer::new(phone, nth, place))
            .collect()
    }

    /// Positions of these units' logs that the follower has not come to, and records whose time has come.
    pub fn behind(&self, units: &[UnitCode]) -> i64 {
        let codes: Vec<&str> = units.iter().map(UnitCode::as_str).collect();
        let now_ms = self.app.now_ms();
        let read: StoreResult<i64> = self.stage.store.read(|db| {
            let rows = query!(db, reconcile::behind(&codes))?;
            let due = query!(db, reconcile::due(now_ms, i64::from(u32::MAX)))?;
            let left: i64 = rows.iter().map(|row| row.head - row.pos.unwrap_or(0)).sum();
            Ok(left + due.len() as i64)
        });
        read.expect("the marks can be read")
    }

    /// Says on standard error how far it is.
    pub fn tell(&mut self, what: &str) {
        eprintln!("{:6.1} s  {what}", self.started.elapsed().as_secs_f64());
        self.started = Instant::now();
    }
}

fn parts(place: &Place) -> App {
    let given = SettingsArgs {
        database: Some(place.url().parse().expect("a place has a good URL")),
        blobs: Some(place.blobs()),
        pool_size: Some(4),
        pool_wait_ms: Some(Duration::from_secs(60).as_millis() as u64),
        ..SettingsArgs::default()
    };
    let settings = given.resolve().expect("the settings are possible");
    App::start(settings, Arc::new(SystemClock)).expect("a server's parts start")
}

/// Lets the first district's volunteers push what they did.
fn live(stage: &mut Stage) {
    let district = stage.country.district(0);
    let holders: Vec<_> = volunteers::of(&district).collect();
    assert_eq!(holders.len(), VOLUNTEERS);
    let phones = stage.phones(&holders).into_iter().enumerate();
    let mut people: Vec<Volunteer> = phones.map(|(place, phone)| Volunteer::new(phone, 0, place)).collect();
    let mut clients = vec![Vec::new(); CLIENTS];
    for (nth, volunteer) in people.iter_mut().enumerate() {
        let first = volunteer.twelve_days();
        clients[nth % CLIENTS].push(request(&volunteer.signed_in, first));
    }
    let taken: Vec<_> = people.iter_mut().flat_map(|v| std::mem::take(&mut v.photos)).collect();
    photos::arrive(&stage.store, &taken, &mut StdRng::seed_from_u64(1));
    crowd::all_at_once(&stage.server.url(), &clients);
}
