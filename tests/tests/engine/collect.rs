//! The collector: what nobody needs goes, and what an operation refers to never does.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::json;
use sync_protocol::feed::Hash;
use wuyuan_server::blobs::BlobError;
use wuyuan_server::blobs::collect::{Collected, Collecting, collect};
use wuyuan_server::blobs::digest::Whole;
use wuyuan_server::blobs::receive::Arriving;
use wuyuan_server::blobs::uploads::{Creation, Standing};
use wuyuan_server::query;
use wuyuan_server::store::rows::BlobRow;
use wuyuan_tests::backend::Backend;
use wuyuan_tests::engine::{Engine, record};
use wuyuan_tests::on_both_backends;
use wuyuan_tests::phones::Phone;
use wuyuan_tests::seed;
use wuyuan_tests::uploads::{announcing, photo};

use crate::people::{Cast, report};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

fn gather(engine: &Engine, thorough: bool) -> Collected {
    let by = Collecting {
        now_ms: engine.app.now_ms(),
        orphan_days: engine.app.settings.orphan_days,
        thorough,
    };
    engine
        .wait(collect(&engine.app.store, &engine.app.vault, by))
        .expect("nothing fails")
}

fn hash(bytes: &[u8]) -> Hash {
    let mut whole = Whole::default();
    whole.update(bytes);
    whole.finish().sha256
}

/// Begins an upload of a phone's holder and sends the first `sent` bytes of it; fewer than all are a cut connection.
fn send(engine: &Engine, phone: &Phone, bytes: &[u8], sent: usize) -> Result<Standing, BlobError> {
    let member = phone.holder.member;
    let creation = Creation {
        length: Some(bytes.len() as u64),
        metadata: announcing(bytes),
        concat: None,
    };
    let begun = engine.wait(engine.app.uploads.begin(member, creation))?;
    let mut parts: Vec<Result<Bytes, ()>> = vec![Ok(Bytes::copy_from_slice(&bytes[..sent]))];
    if sent < bytes.len() {
        parts.push(Err(()));
    }
    let arriving = Arriving {
        offset: 0,
        length: None,
        announced: Some(bytes.len() as u64),
        checksum: None,
        body: stream::iter(parts),
    };
    engine.wait(engine.app.uploads.append(member, begun.id, arriving))
}

/// Pushes a report that shows the photos; answers which of them are wanted.
fn show(engine: &Engine, phone: &mut Phone, photos: &[Hash]) -> BTreeSet<Hash> {
    let mut draft = report(phone, record(), "photos");
    let named = photos.iter().map(|photo| json!(hex::encode(photo))).collect();
    draft.add.insert("photos".to_owned(), named);
    phone.record(&draft);
    let answer = engine.push_from(phone, phone.seq()).expect("a push is answered");
    assert_eq!(wuyuan_tests::engine::word(&answer, 0), "accepted");
    answer.want.into_iter().collect()
}

fn row(engine: &Engine, blob: &Hash) -> Option<BlobRow> {
    engine.read(|db| query!(db, blobs::by_hash(blob)))
}

/// Whether the blob is stored, with all of its bytes.
fn is_whole(engine: &Engine, blob: &Hash) -> bool {
    let Some(row) = row(engine, blob) else { return false };
    let read = async {
        let mut whole = Whole::default();
        let mut bytes = engine
            .app
            .vault
            .read(&row.object, None)
            .await
            .expect("its object is there");
        while let Some(part) = bytes.next().await {
            whole.update(&part.expect("its object can be read"));
        }
        whole.finish()
    };
    assert_eq!(engine.wait(read).sha256, *blob);
    true
}

/// The file of an object.
fn file(engine: &Engine, object: &str) -> PathBuf {
    let root = engine.app.settings.blob_place();
    Path::new(root.trim_start_matches("file://")).join(object)
}

/// Makes a file older than a day.
fn age(file: &Path) {
    let open = File::options().write(true).open(file).expect("the file is there");
    let yesterday = SystemTime::now() - Duration::from_secs(90_000);
    open.set_modified(yesterday).expect("a file's time can be set");
}

fn objects(engine: &Engine) -> usize {
    engine.wait(engine.app.vault.all().count())
}

on_both_backends! {
    fn an_expired_upload_goes_and_what_was_admitted_from_another_stays(backend) {
        let cast = Cast::meet(backend);
        let engine = &cast.engine;
        let (half, whole) = (photo(1, 200_000), photo(2, 100_000));
        assert!(matches!(send(engine, &cast.leader, &half, 120_000), Err(BlobError::Cut)));
        send(engine, &cast.leader, &whole, whole.len()).expect("a whole photo");
        assert_eq!(objects(engine), 2);
        let days = engine.app.settings.upload_days as i64;
        engine.clock.advance(days * DAY_MS + HOUR_MS / 2);
        assert_eq!(gather(engine, false), Collected::default(), "a request may still be at it");
        engine.clock.advance(HOUR_MS);
        assert_eq!(gather(engine, false), Collected { uploads: 2, ..Collected::default() });
        assert_eq!(objects(engine), 1);
        assert!(is_whole(engine, &hash(&whole)));
        assert_eq!(gather(engine, true), Collected::default());
    }

    fn a_photo_that_nothing_refers_to_goes_an_hour_after_it_was_condemned(backend) {
        let mut cast = Cast::meet(backend);
        let photos: Vec<Vec<u8>> = (0..4).map(|nth| photo(nth, 50_000)).collect();
        let hashes: Vec<Hash> = photos.iter().map(|photo| hash(photo)).collect();
        let [shown, unused, late, again] = hashes[..] else { panic!("four") };
        for photo in &photos {
            send(&cast.engine, &cast.leader, photo, photo.len()).expect("a whole photo");
        }
        assert!(show(&cast.engine, &mut cast.leader, &[shown]).is_empty());
        let days = cast.engine.app.settings.orphan_days as i64;
        cast.engine.clock.advance(days * DAY_MS - HOUR_MS);
        assert_eq!(gather(&cast.engine, true).condemned, 0);
        cast.engine.clock.advance(2 * HOUR_MS);
        assert_eq!(gather(&cast.engine, false).condemned, 0);
        assert_eq!(gather(&cast.engine, true).condemned, 3);
        let member = cast.leader.holder.member;
        let delivered = cast.engine.app.uploads.delivered(member, &hashes).expect("an answer");
        assert_eq!(delivered, [(shown, false)], "those count as absent");
        // One is delivered again, one is shown at last.
        send(&cast.engine, &cast.leader, &photos[3], photos[3].len()).expect("a whole photo");
        assert_eq!(row(&cast.engine, &again).and_then(|row| row.condemned_ms), None);
        assert_eq!(show(&cast.engine, &mut cast.leader, &[late]), [late].into(), "it may be about to go");
        cast.engine.clock.advance(HOUR_MS - 60_000);
        assert_eq!(gather(&cast.engine, false), Collected::default());
        cast.engine.clock.advance(120_000);
        assert_eq!(gather(&cast.engine, false), Collected { spared: 1, blobs: 1, ..Collected::default() });
        assert!(row(&cast.engine, &unused).is_none());
        for blob in [&shown, &late, &again] {
            assert!(is_whole(&cast.engine, blob));
        }
        assert_eq!(objects(&cast.engine), 3);
        assert!(show(&cast.engine, &mut cast.leader, &[shown, late]).is_empty());
        let journal = cast.engine.read(|db| query!(db, journal::page(&[0; 16], 10_000)));
        let entry = journal.iter().find(|entry| entry.event == "blobs_collected").expect("an entry");
        assert!(entry.detail.contains(&hex::encode(unused)), "{}", entry.detail);
    }

    fn what_a_killed_process_left_behind_goes_after_a_day(backend) {
        let cast = Cast::meet(backend);
        let engine = &cast.engine;
        let (half, whole) = (photo(1, 200_000), photo(2, 100_000));
        assert!(matches!(send(engine, &cast.leader, &half, 120_000), Err(BlobError::Cut)));
        send(engine, &cast.leader, &whole, whole.len()).expect("a whole photo");
        let stray = engine.wait(engine.app.vault.put(Bytes::from_static(b"nobody's"))).expect("an object");
        // Its age is told by the clock of the store, not by the server's, which may be wrong.
        engine.clock.advance(2 * DAY_MS);
        assert_eq!(gather(engine, true), Collected::default());
        for object in engine.wait(engine.app.vault.all().collect::<Vec<_>>()) {
            age(&file(engine, &object.expect("an object").0));
        }
        assert_eq!(gather(engine, true), Collected { leftovers: 1, ..Collected::default() });
        assert!(engine.wait(engine.app.vault.size(&stray)).is_err());
        assert_eq!(objects(engine), 2, "an upload on its way keeps its pieces");
        assert!(is_whole(engine, &hash(&whole)));
    }

    fn what_a_restored_database_does_not_know_is_not_swept_away(backend) {
        let cast = Cast::meet(backend);
        let engine = &cast.engine;
        let stray = engine.wait(engine.app.vault.put(Bytes::from_static(b"came after the backup"))).expect("an object");
        age(&file(engine, &stray));
        let ended = engine.app.now_ms();
        let before = format!(r#"[{{"generation":"an earlier one","backup_ms":{ended},"ended_ms":{ended}}}]"#);
        let known = engine.app.store.write(|db| query!(db, meta::put("generation_before", &before)));
        known.expect("the database takes it");
        assert_eq!(gather(engine, true), Collected::default());
        let days = i64::try_from(engine.app.settings.orphan_days).expect("days");
        engine.clock.advance(days * DAY_MS);
        assert_eq!(gather(engine, true), Collected { leftovers: 1, ..Collected::default() });
    }

    fn a_photo_that_was_delivered_again_is_kept_as_long_as_a_new_one(backend) {
        let cast = Cast::meet(backend);
        let engine = &cast.engine;
        let whole = photo(1, 50_000);
        let days = engine.app.settings.orphan_days as i64;
        for _ in 0..2 {
            send(engine, &cast.leader, &whole, whole.len()).expect("a whole photo");
            assert_eq!(gather(engine, true).condemned, 0);
            engine.clock.advance((days - 1) * DAY_MS);
            assert_eq!(gather(engine, true).condemned, 0);
        }
        engine.clock.advance(2 * DAY_MS);
        assert_eq!(gather(engine, true).condemned, 1);
    }

    fn what_an_operation_refers_to_never_goes(backend) {
        let mut rng = seed::rng("collect");
        for _ in 0..seed::rounds(2) {
            history(backend, &mut rng);
        }
    }
}

/// Pushes, deliveries and two collectors at once, with hours and weeks between them.
fn history(backend: Backend, rng: &mut StdRng) {
    let mut cast = Cast::meet(backend);
    let beside = cast.engine.beside();
    let photos: Vec<Vec<u8>> = (0..6).map(|nth| photo(nth, 12_000)).collect();
    let hashes: Vec<Hash> = photos.iter().map(|photo| hash(photo)).collect();
    // Shown by an operation, and stored once since.
    let (mut shown, mut firm): (BTreeSet<Hash>, BTreeSet<Hash>) = Default::default();
    for _ in 0..60 {
        let nth = rng.random_range(0..photos.len());
        let (push, deliver, thorough) = (rng.random_bool(0.3), rng.random_bool(0.4), rng.random_bool(0.6));
        let by_ms = match rng.random_range(0..3) {
            0 => rng.random_range(1..2 * HOUR_MS),
            1 => rng.random_range(1..2 * DAY_MS),
            _ => rng.random_range(20 * DAY_MS..40 * DAY_MS),
        };
        cast.engine.clock.advance(by_ms);
        let (engine, phone) = (&cast.engine, &mut cast.leader);
        let wanted = std::thread::scope(|scope| {
            scope.spawn(|| gather(&beside, thorough));
            if deliver {
                let member = Phone::clone(phone);
                let photo = &photos[nth];
                scope.spawn(move || send(engine, &member, photo, photo.len()).expect("a whole photo"));
            }
            push.then(|| show(engine, phone, &hashes[nth..=nth]))
        });
        gather(engine, thorough);
        for (blob, whole) in hashes.iter().map(|blob| (blob, is_whole(engine, blob))) {
            assert!(whole || !firm.contains(blob), "an operation refers to it and it went");
        }
        if let Some(wanted) = wanted {
            shown.insert(hashes[nth]);
            let whole = is_whole(engine, &hashes[nth]);
            assert!(
                whole || wanted.contains(&hashes[nth]),
                "it went and nobody was asked for it"
            );
        }
        firm.extend(shown.iter().filter(|blob| row(engine, blob).is_some()));
    }
    // The store keeps what the rows name, and nothing else once it is old.
    cast.engine.clock.advance(9 * DAY_MS);
    gather(&cast.engine, true);
    cast.engine.clock.advance(2 * HOUR_MS);
    gather(&cast.engine, true);
    let stored = hashes.iter().filter(|blob| row(&cast.engine, blob).is_some()).count();
    assert_eq!(objects(&cast.engine), stored);
    assert!(firm.iter().all(|blob| is_whole(&cast.engine, blob)));
}

#[test]
fn a_file_that_was_being_written_goes_after_a_day_too() {
    let cast = Cast::meet(Backend::Sqlite);
    let kept = cast.engine.wait(
        cast.engine
            .app
            .vault
            .put(Bytes::from_static(b"named by no row, but new")),
    );
    let kept = kept.expect("an object");
    let file = file(&cast.engine, &kept);
    let unfinished = file.with_file_name(format!("{}#1", kept.rsplit('/').next().expect("a name")));
    std::fs::write(&unfinished, "half").expect("a file can be written");
    assert_eq!(gather(&cast.engine, true), Collected::default());
    age(&unfinished);
    assert_eq!(gather(&cast.engine, true).leftovers, 1);
    assert!(!unfinished.exists() && file.exists());
}
