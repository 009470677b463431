//! Many uploads at once: each has sent a part of its photo and is still there when the last one has begun.

use std::io::Write;
use std::net::{Shutdown, TcpStream};
use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use rand::RngExt;
use serde_json::json;
use wuyuan_server::blobs::vault::VaultPlace;
use wuyuan_tests::api::Api;
use wuyuan_tests::backend::Backend;
use wuyuan_tests::district::World;
use wuyuan_tests::on_both_backends;
use wuyuan_tests::s3::S3;
use wuyuan_tests::seed;
use wuyuan_tests::uploads::{append, begun, hanging, offset, photo, sha256, status_of};

use crate::kept;

const MIB: usize = 1 << 20;

/// One upload: how much of it is sent before all are there, and whether it is cut then.
struct Plan {
    api: Api,
    seed: u64,
    length: usize,
    first: usize,
    cut: bool,
}

impl Plan {
    /// Carries it out and answers the photo's hash.
    fn run(&self, world: &World, all_there: &Barrier) -> String {
        let bytes = photo(self.seed, self.length);
        let path = begun(&self.api, &bytes);
        let server = world.server.address();
        let mut wire = hanging(server, &self.api, &path, 0, self.length, &bytes[..self.first]);
        all_there.wait();
        if self.cut {
            cut(&wire);
            self.finish(&path, &bytes);
        } else {
            wire.write_all(&bytes[self.first..]).expect("the server takes bytes");
            assert_eq!(status_of(&mut wire), 204);
        }
        assert_eq!(offset(&self.api, &path), self.length as u64);
        sha256(&bytes)
    }

    /// Asks where it is and goes on from there, once the server is no longer busy with what was cut.
    fn finish(&self, path: &str, bytes: &[u8]) {
        loop {
            let at = offset(&self.api, path);
            match append(&self.api, path, at, &bytes[at as usize..]).status {
                204 => return,
                409 | 423 => thread::sleep(Duration::from_millis(20)),
                status => panic!("{status}"),
            }
        }
    }
}

fn cut(wire: &TcpStream) {
    wire.shutdown(Shutdown::Both).expect("a connection can be cut");
}

/// Carries out `count` of them, three in ten of them cut, by ten members; then everything is there and nothing else, and
/// the server's memory has grown by less than `each` bytes an upload.
fn all_arrive(world: &World, place: &VaultPlace, count: usize, each: usize) {
    const MOST: usize = 4 * MIB;
    let mut rng = seed::rng("many uploads");
    let people: Vec<Api> = world.district.members[..10]
        .iter()
        .map(|member| world.sign_in(member))
        .collect();
    let plans: Vec<Plan> = (0..count)
        .map(|nth| {
            let length = rng.random_range(MOST / 4..=MOST);
            Plan {
                api: people[nth % people.len()].clone(),
                seed: rng.random(),
                length,
                first: rng.random_range(1..length),
                cut: rng.random_ratio(3, 10),
            }
        })
        .collect();
    let (before, _) = world.server.memory();
    let all_there = Barrier::new(count);
    let mut sent: Vec<String> = thread::scope(|scope| {
        let all = plans.iter().map(|plan| scope.spawn(|| plan.run(world, &all_there)));
        let all: Vec<_> = all.collect();
        all.into_iter()
            .map(|one| one.join().expect("an upload succeeds"))
            .collect()
    });
    let (_, highest) = world.server.memory();
    let bytes: usize = plans.iter().map(|plan| plan.length).sum();
    println!(
        "{count} uploads of {} MiB in all: {} MiB of memory before, {} MiB at most",
        bytes / MIB,
        before / MIB as u64,
        highest / MIB as u64
    );
    for (nth, person) in people.iter().enumerate() {
        let own: Vec<_> = sent.iter().skip(nth).step_by(people.len()).collect();
        let status = person.post("/v1/blobs/status", &json!({ "hashes": own })).ok();
        let blobs = status["blobs"].as_array().expect("a list");
        assert_eq!(blobs.len(), own.len());
        assert!(blobs.iter().all(|blob| blob["state"] == "received"), "{status}");
    }
    sent.sort();
    assert_eq!(kept::hashes(place), sent);
    assert!(highest < before + (each * count) as u64, "{highest} after {before}");
}

on_both_backends! {
    fn two_hundred_photos_at_once_arrive_whole(backend) {
        let world = World::start(backend);
        // What is gathered for one write, and what lies in the connection's own buffers.
        all_arrive(&world, &kept::folder(world.server.place()), 200, 2 * MIB);
    }
}

#[test]
fn forty_photos_at_once_arrive_whole_on_s3() {
    let service = S3::start();
    let settings = service.settings();
    let settings: Vec<_> = settings
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let world = World::with(Backend::Sqlite, &settings);
    // S3 takes a small object in one request, for which all of it is gathered.
    all_arrive(&world, &service.place(), 40, 5 * MIB);
}
