//! Connections that break, phones that come back, servers that are killed.

use std::time::{Duration, Instant};

use sync_protocol::role::Role;
use wuyuan_tests::api::Api;
use wuyuan_tests::district::World;
use wuyuan_tests::on_both_backends;
use wuyuan_tests::uploads::*;

use crate::life::{files, folder};

/// Asks until the upload is where it should be.
fn reaches(api: &Api, path: &str, wanted: u64) {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let at = offset(api, path);
        if at == wanted {
            return;
        }
        assert!(Instant::now() < deadline, "at {at}, not {wanted}");
        std::thread::yield_now();
    }
}

on_both_backends! {
    fn what_came_before_the_cut_is_kept(backend) {
        let world = World::start(backend);
        let api = world.sign_in(world.holder(Role::InfoOfficer, 0));
        let bytes = photo(1, 4_000_000);
        let path = begun(&api, &bytes);
        let mut at = 0;
        for cut in [1, 600_000, 600_001, 2_500_000, 3_999_999] {
            drop(hanging(world.server.address(), &api, &path, at as u64, bytes.len() - at, &bytes[at..cut]));
            reaches(&api, &path, cut as u64);
            at = cut;
        }
        assert_eq!(append(&api, &path, at as u64, &bytes[at..]).status, 204);
        assert_eq!(state(&api, &bytes), "received");
        let kept = files(&folder(&world));
        assert_eq!(kept.len(), 1);
        assert_eq!(std::fs::read(&kept[0]).unwrap(), bytes);
    }

    fn of_two_at_once_one_is_told_to_wait_and_a_silent_one_is_sent_away(backend) {
        let world = World::start(backend);
        let api = world.sign_in(world.holder(Role::InfoOfficer, 0));
        let bytes = photo(2, 500_000);
        let path = begun(&api, &bytes);
        // It hangs, as a phone does whose network is gone, and nothing tells the server.
        let mut silent = hanging(world.server.address(), &api, &path, 0, 500_000, &bytes[..300_000]);
        let deadline = Instant::now() + Duration::from_secs(60);
        while world.server.place().number("SELECT COUNT(*) FROM upload WHERE holder IS NOT NULL") == 0 {
            assert!(Instant::now() < deadline, "it never begins to write");
        }
        let mut locked = 0;
        loop {
            let at = offset(&api, &path);
            let answer = append(&api, &path, at, &bytes[at as usize..]);
            match answer.status {
                // Until its silence has lasted.
                423 => {
                    assert_eq!((at, answer.problem().1.as_str()), (0, "upload_locked"));
                    assert!(answer.header("retry-after").is_some());
                    locked += 1;
                }
                // Sent away between the question and the request.
                409 => assert_eq!(answer.problem().1, "upload_offset_wrong"),
                204 => {
                    assert_eq!(at, 300_000);
                    break;
                }
                _ => panic!("{}", answer.text()),
            }
            assert!(Instant::now() < deadline, "it is never sent away");
        }
        assert!(locked > 0, "nobody was told to wait");
        assert_eq!(status_of(&mut silent), 423);
        assert_eq!(state(&api, &bytes), "received");
    }

    fn a_killed_server_goes_on_from_the_last_piece(backend) {
        let mut world = World::with(backend, &[("piece_bytes", "1048576")]);
        let api = world.sign_in(world.holder(Role::InfoOfficer, 0));
        let bytes = photo(3, 5_000_000);
        let path = begun(&api, &bytes);
        let wire = hanging(world.server.address(), &api, &path, 0, 5_000_000, &bytes[..4_500_000]);
        // Four pieces are safe while it still hangs.
        let deadline = Instant::now() + Duration::from_secs(30);
        while offset(&api, &path) < 4 << 20 {
            assert!(Instant::now() < deadline, "no piece is put down");
        }
        world.server.kill();
        drop(wire);
        world.server.run();
        let at = offset(&api, &path);
        assert!((4 << 20..=4_500_000).contains(&at), "{at}");
        let rest = &bytes[at as usize..];
        let deadline = Instant::now() + Duration::from_secs(60);
        // The dead server's lease runs out.
        loop {
            let answer = append(&api, &path, at, rest);
            if answer.status == 204 {
                break;
            }
            assert_eq!(answer.problem(), (423, "upload_locked".to_owned()));
            assert!(Instant::now() < deadline, "the lease never runs out");
        }
        assert_eq!(state(&api, &bytes), "received");
    }

    fn a_server_that_stops_keeps_what_came(backend) {
        let mut world = World::start(backend);
        let api = world.sign_in(world.holder(Role::InfoOfficer, 0));
        let bytes = photo(4, 3_000_000);
        let path = begun(&api, &bytes);
        let mut wire = hanging(world.server.address(), &api, &path, 0, 3_000_000, &bytes[..2_000_000]);
        // It has the bytes when the store has them: more than what is gathered before it is written.
        let deadline = Instant::now() + Duration::from_secs(30);
        let folder = folder(&world);
        while !files(&folder).iter().any(|file| file.metadata().is_ok_and(|meta| meta.len() >= 1 << 20)) {
            assert!(Instant::now() < deadline, "nothing is written");
        }
        assert!(world.server.stop().success());
        assert_eq!(status_of(&mut wire), 503);
        world.server.run();
        let at = offset(&api, &path) as usize;
        assert!(at >= 1 << 20, "{at}");
        assert_eq!(append(&api, &path, at as u64, &bytes[at..]).status, 204);
        assert_eq!(state(&api, &bytes), "received");
    }
}
