//! A phone whose storage is full while a photo is taken in.

use std::fs;

use serde_json::json;
use tempfile::TempDir;
use wuyuan_client::env::SystemEnv;
use wuyuan_client::error::PhoneError;
use wuyuan_client::http::Http;
use wuyuan_client::{
    Attached, Credentials, Entry, IfMoved, NewPhone, Outcome, Phone, PhotoError, Source, StoreError, Taking,
};
use wuyuan_server::demo;
use wuyuan_tests::backend::Backend;
use wuyuan_tests::photos::photo;
use wuyuan_tests::server::Server;
use wuyuan_tests::smallfs::{SmallFs, apart};

#[test]
fn no_room_for_a_photo_writes_no_record_that_names_it() {
    apart("full::no_room_for_a_photo_writes_no_record_that_names_it", || {
        // Room for the phone's file, and for half of a photo of 4 MB.
        let small = SmallFs::mount(3);
        let server = Server::demo(Backend::Sqlite);
        let file = small.path().join("phone.db");
        let net = Http::new(&server.url()).expect("a server's address");
        let new = NewPhone {
            path: &file,
            server: &server.url(),
            number: "D0004",
            label: "test",
        };
        let credentials = Credentials::Password {
            password: demo::PASSWORD,
            totp: None,
        };
        let env = || Box::new(SystemEnv::new().expect("random bits"));
        let (mut phone, outcome) = Phone::enrol(&new, &credentials, env(), &net).expect("a phone can be enrolled");
        assert_eq!(outcome, Outcome::UpToDate);

        let camera = TempDir::new().expect("a temporary folder");
        let taken = camera.path().join("photo.jpg");
        fs::write(&taken, photo(1, 4_000_000)).expect("a photo");
        let taking = Taking {
            file: &taken,
            source: Source::Camera,
            captured: None,
            media: None,
        };
        let refused = phone.take_in(&taking).expect_err("there is no room");
        assert!(
            matches!(refused, PhotoError::Phone(PhoneError::Store(StoreError::Full))),
            "{refused}"
        );
        let folder = small.path().join("phone.db.photos");
        assert_eq!(
            fs::read_dir(&folder).expect("the folder").count(),
            0,
            "no half of it stays"
        );
        assert!(phone.photos().expect("a list").is_empty());

        // The words are saved, and a photo that fits.
        fs::write(&taken, [0xff, 0xd8, 0xff, 0xe0, 0, 16, b'J', b'F', b'I', b'F', 0]).expect("a photo");
        let original = phone.take_in(&taking).expect("there is room");
        let attached = [Attached {
            field: "photos".into(),
            original,
        }];
        let appointment = phone.appointments().expect("appointments").remove(0);
        let form = phone
            .new_form("photo_report", appointment.unit.clone())
            .expect("a form");
        let set = [
            ("channel", json!("app")),
            ("interest", json!("accessibility")),
            ("title", json!("演示")),
        ];
        let entry = Entry {
            set: set.map(|(name, value)| (name.to_owned(), value)).into(),
            ..Entry::default()
        };
        let saved = phone.save_with(&form, &appointment.id, &entry, &attached, IfMoved::Ask);
        saved.expect("saved");
        assert_eq!(phone.sync_once(&net).expect("no fault of the phone"), Outcome::UpToDate);
        assert_eq!(phone.status().expect("a status").attention(), 0);
    });
}
