//! Taking photos in: copied, hashed and durable before anything names them.

use std::path::{Path, PathBuf};

use serde_json::json;
use sha2::{Digest, Sha256};
use sync_protocol::value::Instant;
use wuyuan_client::error::PhoneError;
use wuyuan_client::photos::{PhotoState, Sending};
use wuyuan_client::{Attached, IfMoved, Original, Outcome, Phone, PhotoError, SaveError, Saved, Source, Taking};

use crate::server::{APPOINTMENT, Fault, UNIT};
use crate::{Rig, session, set};

/// Bytes that look like a photo; others for every `seed`.
pub fn jpeg(seed: u8, bytes: usize) -> Vec<u8> {
    let head = [0xff, 0xd8, 0xff, 0xe0, 0, 16, b'J', b'F', b'I', b'F', 0];
    let rest = (0..).map(|n: usize| (n * n / 7 + n + usize::from(seed) * 131) as u8);
    head.into_iter().chain(rest).take(bytes).collect()
}

pub fn hash(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

impl Rig {
    pub fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path().with_file_name(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    pub fn take(&self, bytes: &[u8]) -> Attached {
        let file = self.file("camera.jpg", bytes);
        attached(self.phone.take_in(&taking(&file)).unwrap())
    }

    /// A new session with these photos.
    pub fn report(&mut self, name: &str, photos: &[Vec<u8>]) -> Saved {
        let attached: Vec<Attached> = photos.iter().map(|bytes| self.take(bytes)).collect();
        save_with(&mut self.phone, name, &attached).unwrap()
    }

    /// What lies in the folder of originals.
    pub fn kept(&self) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.photos()) else {
            return Vec::new();
        };
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    pub fn photos(&self) -> PathBuf {
        self.path().with_file_name("phone.db.photos")
    }
}

pub fn taking(file: &Path) -> Taking<'_> {
    Taking {
        file,
        source: Source::Camera,
        captured: Instant::parse("2026-11-22T07:59:00+08:00"),
        media: None,
    }
}

pub fn attached(original: Original) -> Attached {
    Attached {
        field: "photos".into(),
        original,
    }
}

pub fn save_with(phone: &mut Phone, name: &str, attached: &[Attached]) -> Result<Saved, SaveError> {
    let form = phone.new_form(crate::KIND, UNIT.parse().unwrap()).unwrap();
    phone.save_with(
        &form,
        &APPOINTMENT.parse().unwrap(),
        &session(name),
        attached,
        IfMoved::Ask,
    )
}

#[test]
fn what_cannot_be_sent_is_refused_before_anything_is_written() {
    let rig = Rig::enrolled();
    rig.server.with(|s| s.limits.blob_bytes = 1_000);
    rig.world.advance(13 * 3_600_000);
    let mut rig = rig;
    rig.sync();
    let empty = rig.file("empty", b"");
    assert!(matches!(rig.phone.take_in(&taking(&empty)), Err(PhotoError::Empty)));
    let large = rig.file("large", &jpeg(1, 1_001));
    let refused = rig.phone.take_in(&taking(&large)).unwrap_err();
    assert_eq!(refused.code(), "blob_too_large");
    let none = rig.phone.take_in(&taking(&rig.photos().join("nothing")));
    assert!(matches!(none, Err(PhotoError::Unreadable(_))));
    let folder = rig.phone.take_in(&taking(rig.path().parent().unwrap()));
    assert!(matches!(folder, Err(PhotoError::Unreadable(_))));
    assert!(rig.kept().is_empty());

    let fits = rig.take(&jpeg(1, 1_000));
    assert_eq!((fits.original.media(), fits.original.is_taken()), ("image/jpeg", true));
    let other = rig.take(b"plain words");
    assert!(!other.original.is_taken());
    drop((fits, other));
    assert!(rig.kept().is_empty(), "what is not saved is gone");
}

#[test]
fn a_voice_note_is_what_the_recorder_says_where_its_container_leaves_it_open() {
    let rig = Rig::enrolled();
    let webm = [&[0x1a, 0x45, 0xdf, 0xa3, 0x9f][..], &[0x42, 0x82, 0x84], b"webm"].concat();
    let file = rig.file("note", &webm);
    let media = |media| {
        let taking = Taking { media, ..taking(&file) };
        rig.phone.take_in(&taking).unwrap().media().to_owned()
    };
    assert_eq!(media(Some("audio/webm")), "audio/webm");
    assert_eq!(media(None), "video/webm");
    assert_eq!(media(Some("image/png")), "video/webm");
}

#[test]
fn an_original_is_durable_before_the_save_and_leftovers_go_at_the_next_start() {
    let mut rig = Rig::enrolled();
    let bytes = jpeg(1, 100_000);
    let gone = rig.take(&bytes);
    rig.kept()
        .iter()
        .for_each(|name| std::fs::remove_file(rig.photos().join(name)).unwrap());
    assert!(matches!(
        save_with(&mut rig.phone, "none", &[gone]),
        Err(SaveError::Store(_))
    ));
    assert!(
        rig.phone.list(None).unwrap().is_empty(),
        "no record names what is not there"
    );
    rig.report("one", std::slice::from_ref(&bytes));
    let name = hash(&bytes);
    assert_eq!(rig.kept(), std::slice::from_ref(&name));
    // The power failed in the middle of a copy, and between a copy and its save.
    std::fs::write(rig.photos().join("0123.part"), b"half").unwrap();
    std::fs::write(rig.photos().join(hash(b"orphan")), b"orphan").unwrap();
    // Nobody's business here.
    std::fs::write(rig.photos().join("notes.txt"), b"notes").unwrap();
    rig.restart();
    assert_eq!(rig.kept(), [name.clone(), "notes.txt".to_owned()]);
    assert_eq!(std::fs::read(rig.photos().join(&name)).unwrap(), bytes);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&rig.photos()), mode(&rig.photos().join(&name))), (0o700, 0o600));
    }
}

#[test]
fn a_copy_in_somebodys_hand_is_no_leftover() {
    let mut rig = Rig::enrolled();
    let bytes = jpeg(1, 5_000);
    let photo = rig.take(&bytes);
    // Another process opens the phone meanwhile.
    drop(Phone::open(&rig.path(), rig.world.env()).unwrap());
    save_with(&mut rig.phone, "one", &[photo]).unwrap();
    assert_eq!(rig.kept(), [hash(&bytes)]);
    assert_eq!(rig.sync(), Outcome::UpToDate);
}

#[test]
fn a_save_that_is_refused_leaves_nothing_and_can_be_repeated_with_the_same_photo() {
    let mut rig = Rig::enrolled();
    let bytes = jpeg(1, 5_000);
    let photo = [rig.take(&bytes)];
    let form = rig.phone.new_form(crate::KIND, UNIT.parse().unwrap()).unwrap();
    let appointment = APPOINTMENT.parse().unwrap();
    let refused = rig
        .phone
        .save_with(&form, &appointment, &set(&[]), &photo, IfMoved::Ask);
    assert!(matches!(refused, Err(SaveError::Refused { .. })));
    assert!(rig.phone.photos().unwrap().is_empty());

    // The same when SQLite refuses after the photo is in its place.
    let conn = rusqlite::Connection::open(rig.path()).unwrap();
    conn.execute_batch("CREATE TRIGGER no BEFORE INSERT ON outbox BEGIN SELECT RAISE(ABORT, 'no'); END")
        .unwrap();
    assert!(matches!(
        save_with(&mut rig.phone, "one", &photo),
        Err(SaveError::Store(_))
    ));
    assert!(!rig.kept().contains(&hash(&bytes)));
    conn.execute_batch("DROP TRIGGER no").unwrap();
    let saved = save_with(&mut rig.phone, "one", &photo).unwrap();
    drop(photo);
    assert_eq!(rig.kept(), [hash(&bytes)]);
    assert_eq!(rig.view(&saved.record).photos.total, 1);
}

#[test]
fn a_photo_joins_a_record_that_is_there_and_one_file_serves_several() {
    let mut rig = Rig::enrolled();
    let (one, two) = (jpeg(1, 5_000), jpeg(2, 5_000));
    let first = rig.report("one", std::slice::from_ref(&one));
    rig.sync();
    let photos = [rig.take(&one), rig.take(&two), rig.take(&two)];
    let form = rig.phone.open_form(&first.record).unwrap().unwrap();
    let entry = set(&[("content", json!("more"))]);
    let appointment = APPOINTMENT.parse().unwrap();
    rig.phone
        .save_with(&form, &appointment, &entry, &photos, IfMoved::Ask)
        .unwrap();
    drop(photos);
    let second = rig.report("two", std::slice::from_ref(&two));
    assert_eq!(rig.phone.photos().unwrap().len(), 2);
    assert_eq!(rig.sync(), Outcome::UpToDate);
    let shown = [rig.view(&first.record).photos, rig.view(&second.record).photos];
    assert_eq!(shown.map(|count| (count.delivered, count.total)), [(2, 2), (1, 1)]);
    rig.server.with(|s| assert_eq!(s.data.blobs.len(), 2));
}

#[test]
fn a_file_of_the_second_schema_takes_photos_in() {
    let mut rig = Rig::enrolled();
    let conn = rusqlite::Connection::open(rig.path()).unwrap();
    conn.execute_batch(crate::TO_SCHEMA_2).unwrap();
    drop(conn);
    rig.restart();
    let bytes = jpeg(1, 5_000);
    rig.report("one", std::slice::from_ref(&bytes));
    assert_eq!(rig.sync(), Outcome::UpToDate);
    rig.restart();
    assert_eq!(rig.phone.photos().unwrap()[0].state, PhotoState::Received);
}

#[test]
fn signing_out_does_not_lose_a_photo_and_takes_the_originals_with_it() {
    let mut rig = Rig::enrolled();
    rig.report("one", &[jpeg(1, 5_000)]);
    rig.server.fault("/v1/blobs", Fault::LoseRequest);
    let path = rig.path();
    let stand_in = Phone::open(&path, rig.world.env()).unwrap();
    let phone = std::mem::replace(&mut rig.phone, stand_in);
    let refused = phone.sign_out(&rig.server, false);
    assert!(matches!(refused, Err(PhoneError::Undelivered(1))), "{refused:?}");
    assert_eq!(rig.kept().len(), 1);
    let stand_in = Phone::open(&path, rig.world.env()).unwrap();
    std::mem::replace(&mut rig.phone, stand_in)
        .sign_out(&rig.server, false)
        .unwrap();
    assert!(!path.exists() && !rig.photos().exists());
    rig.server.with(|s| assert_eq!(s.data.blobs.len(), 1));
}

#[test]
fn photos_of_a_unit_that_has_ended_lie_encrypted_and_are_delivered_all_the_same() {
    let mut rig = Rig::enrolled();
    let photos = [jpeg(1, 200_000), jpeg(2, 70_000)];
    rig.sync();
    rig.report("one", &photos);
    rig.server.with(|s| s.scope.clear());
    // The network is gone after the first piece.
    rig.phone.set_sending(Sending {
        piece_bytes: 50_000,
        ..Sending::default()
    });
    for _ in 0..2 {
        rig.server.fault("/v1/blobs/uploads/", Fault::Cut(30_000));
        assert!(matches!(rig.sync(), Outcome::Wait { .. }));
    }
    let mut sealed: Vec<String> = photos.iter().map(|p| format!("{}.sealed", hash(p))).collect();
    sealed.sort();
    assert_eq!(rig.kept(), sealed);
    let on_disk = std::fs::read(rig.photos().join(&sealed[0])).unwrap();
    assert!(!on_disk.starts_with(&[0xff, 0xd8]));
    rig.restart();
    assert_eq!(rig.sync(), Outcome::UpToDate);
    rig.server.with(|s| {
        for photo in &photos {
            assert_eq!(s.data.blobs[&hash(photo)].0, *photo);
        }
    });
}
