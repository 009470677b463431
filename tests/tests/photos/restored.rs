//! A server that was restored gets back from the phone what its backup lacks, and nothing else.

use std::fs;
use std::sync::Arc;

use serde_json::json;
use sync_protocol::role::Role;
use tempfile::TempDir;
use wuyuan_client::photos::PhotoState;
use wuyuan_client::{Attached, Entry, IfMoved, Source, Taking};
use wuyuan_tests::command::done;
use wuyuan_tests::crew::Hand;
use wuyuan_tests::district::World;
use wuyuan_tests::on_both_backends;
use wuyuan_tests::photos::photo;
use wuyuan_tests::server::Server;

use crate::report::stored;

const PHOTO_BYTES: usize = 700_000;

/// Reports with one photo.
fn report(hand: &mut Hand, title: &str, photo: &[u8]) {
    let camera = TempDir::new().expect("a temporary folder");
    let file = camera.path().join("photo.jpg");
    fs::write(&file, photo).expect("a photo");
    let taking = Taking {
        file: &file,
        source: Source::Camera,
        captured: None,
        media: None,
    };
    let original = hand.phone.take_in(&taking).expect("a photo is taken in");
    let attached = [Attached {
        field: "photos".into(),
        original,
    }];
    let appointment = hand.member.appointments[0].clone();
    let form = hand.phone.new_form("photo_report", appointment.unit).expect("a form");
    let set = [("channel", "app"), ("interest", "accessibility"), ("title", title)];
    let entry = Entry {
        set: set.map(|(name, value)| (name.to_owned(), json!(value))).into(),
        ..Entry::default()
    };
    let saved = hand
        .phone
        .save_with(&form, &appointment.id, &entry, &attached, IfMoved::Ask);
    saved.expect("saved");
}

fn states(hand: &Hand) -> Vec<(PhotoState, bool)> {
    let photos = hand.phone.photos().expect("a list");
    photos.iter().map(|photo| (photo.state, photo.kept)).collect()
}

on_both_backends! {
    fn a_restored_server_gets_back_the_photos_that_its_backup_lacks(backend) {
        let world = World::start(backend);
        let mut hand = Hand::enrol(&world.server.url(), world.holder(Role::Volunteer, 0));
        let photos = [photo(1, PHOTO_BYTES), photo(2, PHOTO_BYTES)];
        report(&mut hand, "before", &photos[0]);
        hand.sync();
        let folder = TempDir::new().expect("a temporary folder");
        let file = folder.path().join("old.backup").to_str().expect("text").to_owned();
        let place = Arc::clone(world.server.place());
        done(&["backup", "--to", &file, "--database", &place.url(), "--blobs", &place.blobs()]);
        report(&mut hand, "after", &photos[1]);
        hand.sync();
        assert_eq!(states(&hand), [(PhotoState::Received, true); 2]);

        let World { mut server, .. } = world;
        server.kill();
        let restored = Arc::new(backend.place());
        done(&["restore", "--from", &file, "--database", &restored.url(), "--blobs", &restored.blobs()]);
        assert!(stored(&restored, &photos[1]).is_none());
        let server = Server::on(Arc::clone(&restored), &[]);
        hand.turn_to(&server.url());
        hand.sync();
        for photo in &photos {
            assert!(stored(&restored, photo).as_ref() == Some(photo), "it is there byte for byte");
        }
        assert_eq!(states(&hand), [(PhotoState::Received, true); 2]);
        assert_eq!(restored.number("SELECT COUNT(*) FROM upload"), 1, "what the backup had is not sent again");
    }
}
