//! Photos as they are read: whole, in ranges, small; never as a page; and what is known of them.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sync_protocol::id::RecordId;
use sync_protocol::role::Role;
use wuyuan_tests::api::Api;
use wuyuan_tests::backend::Backend;
use wuyuan_tests::district::{Handset, World};
use wuyuan_tests::on_both_backends;
use wuyuan_tests::pictures::{bomb, deliver, jpeg, with_exif, with_segment};
use wuyuan_tests::reports::{record, report, verdicts};
use wuyuan_tests::server::Server;

/// Longest wait for an examination. Far more than it takes; a hang becomes a failure.
const DEADLINE: Duration = Duration::from_secs(60);

/// A report that shows `hashes`.
fn show(author: &mut Handset, hashes: &[&str]) -> RecordId {
    let id = record();
    let mut draft = report(&author.phone, id, "with photos");
    draft
        .add
        .insert("photos".to_owned(), hashes.iter().map(|hash| json!(hash)).collect());
    author.phone.record(&draft);
    assert_eq!(verdicts(&author.push_from(author.phone.seq())), ["accepted"]);
    id
}

fn header<'a>(answer: &'a wuyuan_tests::api::Answer, name: &str) -> &'a str {
    answer.header(name).unwrap_or_else(|| panic!("no {name}"))
}

/// Waits until a record's blobs have been examined; the record's blobs.
fn examined(api: &Api, record: RecordId) -> Value {
    let started = Instant::now();
    loop {
        let listing = api.get(&format!("/v1/records/{record}/blobs")).ok();
        let blobs = listing["blobs"].as_array().expect("a list");
        if blobs.iter().all(|blob| blob["arrived"]["examined"] == true) {
            return listing;
        }
        assert!(started.elapsed() < DEADLINE, "not examined: {listing}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

on_both_backends! {
    fn a_photo_is_read_whole_in_ranges_and_once(backend) {
        let world = World::start(backend);
        let mut author = world.handset(world.holder(Role::Volunteer, 0));
        let bytes = jpeg(1_200, 900, 1);
        let hash = deliver(&author.api, &bytes, &[]);
        show(&mut author, &[&hash]);
        let desk = world.sign_in(world.holder(Role::Prosecutor, 0));
        let path = format!("/v1/blobs/{hash}");
        for api in [&author.api, &desk] {
            let answer = api.get(&path);
            assert_eq!((answer.status, answer.body == bytes), (200, true));
            assert_eq!(header(&answer, "content-type"), "image/jpeg");
            assert_eq!(header(&answer, "etag"), format!("\"{hash}\""));
            assert_eq!(header(&answer, "cache-control"), "private, max-age=31536000, immutable");
            assert_eq!(header(&answer, "content-disposition"), "attachment");
            assert_eq!(header(&answer, "x-content-type-options"), "nosniff");
            assert_eq!(header(&answer, "cross-origin-resource-policy"), "same-origin");
            let policy = header(&answer, "content-security-policy");
            assert!(policy.contains("default-src 'none'") && policy.contains("sandbox"), "{policy}");
        }
        // Nobody else learns that it exists.
        let stranger = world.sign_in(world.holder(Role::Volunteer, 1));
        let unknown = format!("/v1/blobs/{}", "0".repeat(64));
        for path in [&path, &format!("{path}/thumbnail"), &unknown, &"/v1/blobs/x".to_owned()] {
            assert_eq!(stranger.get(path).problem(), (404, "not_found".to_owned()));
        }

        let size = bytes.len();
        let ask = |headers: &[(&str, &str)]| author.api.send("GET", &path, headers, &[]);
        for (range, from, to) in [
            ("bytes=0-0".to_owned(), 0, 1),
            ("bytes=100-".to_owned(), 100, size),
            ("bytes=-7".to_owned(), size - 7, size),
            (format!("bytes=5-{}", size * 2), 5, size),
        ] {
            let answer = ask(&[("range", &range)]);
            assert_eq!((answer.status, answer.body.as_slice()), (206, &bytes[from..to]), "{range}");
            assert_eq!(header(&answer, "content-range"), format!("bytes {from}-{}/{size}", to - 1));
        }
        // What is no single range of these bytes is answered by the whole.
        let etag = format!("\"{hash}\"");
        for headers in [
            &[("range", "bytes=0-1,4-5")][..],
            &[("range", "bytes=9-3")],
            &[("range", "lines=1-2")],
            &[("range", "bytes=0-1"), ("if-range", "\"another\"")],
            &[("range", "bytes=0-1"), ("if-range", "Tue, 24 Nov 2026 00:00:00 GMT")],
            &[("range", "bytes=0-1"), ("if-none-match", "\"another\""), ("if-range", "W/\"x\"")],
        ] {
            let answer = ask(headers);
            assert_eq!((answer.status, answer.body.len()), (200, size), "{headers:?}");
        }
        assert_eq!(ask(&[("range", "bytes=0-1"), ("if-range", &etag)]).body, bytes[..2]);
        let outside = ask(&[("range", &format!("bytes={size}-"))]);
        assert_eq!(header(&outside, "content-range"), format!("bytes */{size}"));
        assert_eq!(outside.problem(), (416, "range_wrong".to_owned()));
        for tag in [etag.clone(), format!("W/{etag}"), format!("\"a\", {etag}"), "*".to_owned()] {
            let answer = ask(&[("if-none-match", &tag), ("range", "bytes=0-1")]);
            assert_eq!((answer.status, answer.body.len()), (304, 0), "{tag}");
            assert_eq!(header(&answer, "etag"), etag);
        }
        let head = author.api.send("HEAD", &path, &[("accept-encoding", "gzip")], &[]);
        assert_eq!((head.status, header(&head, "content-length")), (200, size.to_string().as_str()));
        assert_eq!((header(&head, "accept-ranges"), head.body.len()), ("bytes", 0));
        // Nothing is compressed once more.
        let packed = ask(&[("accept-encoding", "gzip, zstd")]);
        assert_eq!((header(&packed, "content-encoding"), packed.body == bytes), ("identity", true));
    }

    fn a_record_says_how_much_has_arrived_and_what_is_known_of_it(backend) {
        let world = World::start(backend);
        let mut author = world.handset(world.holder(Role::Volunteer, 0));
        let first = with_exif(&jpeg(800, 600, 2), "=HYPERLINK(\"http://x\")", 6, "2026:11:24 08:00:00");
        let (second, third) = (jpeg(640, 480, 3), jpeg(640, 480, 4));
        let said = [
            ("source", "camera"),
            ("captured", "2026-11-24T08:00:00+08:00"),
            ("hashed", "2026-11-24T08:00:01+08:00"),
            ("device", &author.phone.device.to_string()),
        ];
        let one = deliver(&author.api, &first, &said);
        let two = deliver(&author.api, &second, &[("source", "album")]);
        let absent = wuyuan_tests::uploads::sha256(&third);
        let id = show(&mut author, &[&one, &two, &absent]);
        let desk = world.sign_in(world.holder(Role::Prosecutor, 0));
        let listing = desk.get(&format!("/v1/records/{id}/blobs")).ok();
        assert_eq!((&listing["arrived"], &listing["expected"]), (&json!(2), &json!(3)));
        assert!(listing["blobs"][2].get("arrived").is_none());
        assert_eq!(deliver(&author.api, &third, &[]), absent);
        let listing = examined(&desk, id);
        assert_eq!((&listing["arrived"], &listing["expected"]), (&json!(3), &json!(3)));
        let blob = &listing["blobs"][0];
        assert_eq!((&blob["sha256"], &blob["fields"]), (&json!(one), &json!(["photos"])));
        assert_eq!((&blob["current"], &blob["by"]), (&json!(true), &json!([author.phone.holder.member])));
        let known = &blob["arrived"];
        assert_eq!((&known["bytes"], &known["media"]), (&json!(first.len()), &json!("image/jpeg")));
        assert_eq!(known["sm3"].as_str().map(str::len), Some(64));
        assert_eq!(known["likeness"].as_str().map(str::len), Some(16));
        assert_eq!(known["exif"]["taken"], "2026-11-24T08:00:00");
        assert_eq!((&known["exif"]["orientation"], &known["exif"]["width"]), (&json!(6), &json!(800)));
        let delivery = &known["deliveries"][0];
        assert_eq!(delivery["by"], json!(author.phone.holder.member));
        assert_eq!((&delivery["source"], &delivery["device"]), (&json!("camera"), &json!(author.phone.device)));
        assert_eq!(delivery["captured"], "2026-11-24T08:00:00+08:00");

        let sheet = desk.get(&format!("/v1/records/{id}/evidence"));
        assert_eq!(header(&sheet, "content-type"), "text/csv; charset=utf-8");
        let text = sheet.text();
        assert!(text.starts_with("\u{feff}序号 No.,文件 File,"), "{text}");
        let lines: Vec<&str> = text.trim_end().split("\r\n").collect();
        assert_eq!(lines.len(), 4, "{text}");
        assert!(lines[1].contains(&one) && lines[1].contains("拍摄 camera") && lines[2].contains("相册 album"), "{text}");
        assert!(lines[1].contains(known["sm3"].as_str().expect("a hash")), "{text}");
        assert!(lines[1].contains("\"'=HYPERLINK("), "no formula: {text}");
        assert!(lines[1].contains(&world.holder(Role::Volunteer, 0).name), "{text}");

        let auditor = world.sign_in(world.holder(Role::Auditor, 0));
        let log = auditor.get("/v1/access-log").ok();
        let exports: Vec<&Value> = log.as_array().expect("a list").iter().filter(|e| e["fields"][0] == "export").collect();
        assert_eq!(exports.len(), 1, "{log}");
        assert_eq!((&exports[0]["kind"], &exports[0]["fields"]), (&json!("photo_report"), &json!(["export", "photos"])));
        let stranger = world.sign_in(world.holder(Role::Volunteer, 1));
        for what in ["blobs", "evidence"] {
            assert_eq!(stranger.get(&format!("/v1/records/{id}/{what}")).problem().0, 404);
        }
    }

    fn what_was_admitted_is_examined_also_by_a_server_that_starts_later(backend) {
        let mut world = World::with(backend, &[("parallel_pictures", "1")]);
        let mut author = world.handset(world.holder(Role::Volunteer, 0));
        let photos: Vec<Vec<u8>> = (0..6).map(|seed| jpeg(700, 500, seed)).collect();
        let mut hashes: Vec<String> = photos.iter().map(|photo| deliver(&author.api, photo, &[])).collect();
        // What cannot be examined is not tried for ever.
        hashes.push(deliver(&author.api, &bomb(50_000, 50_000), &[]));
        hashes.push(deliver(&author.api, &photos[0][..photos[0].len() / 3], &[]));
        hashes.push(deliver(&author.api, b"%PDF-1.7\nnot much", &[]));
        world.server.kill();
        world.server.run();
        let hashes: Vec<&str> = hashes.iter().map(String::as_str).collect();
        let id = show(&mut author, &hashes);
        let listing = examined(&author.api, id);
        for (nth, blob) in listing["blobs"].as_array().expect("a list").iter().enumerate() {
            let hash = blob["sha256"].as_str().expect("a hash");
            let whole = hashes[..6].contains(&hash);
            if whole {
                assert!(blob["arrived"]["likeness"].is_string(), "{nth}: {blob}");
            }
        }
    }
}

#[test]
fn two_servers_examine_what_either_has_admitted() {
    let world = World::start(Backend::Postgres);
    let settings = wuyuan_tests::district::with_usual(&[]);
    let other = Server::on(world.server.place().clone(), &settings);
    let mut author = world.handset(world.holder(Role::Volunteer, 0));
    let there = author.api.at(&other.url());
    let photos: Vec<Vec<u8>> = (0..8).map(|seed| jpeg(900, 700, seed)).collect();
    let places = [&author.api, &there].into_iter().cycle();
    let hashes: Vec<String> = photos
        .iter()
        .zip(places)
        .map(|(photo, api)| deliver(api, photo, &[]))
        .collect();
    let hashes: Vec<&str> = hashes.iter().map(String::as_str).collect();
    let id = show(&mut author, &hashes);
    let listing = examined(&author.api, id);
    assert!(
        listing["blobs"]
            .as_array()
            .expect("a list")
            .iter()
            .all(|blob| blob["arrived"]["likeness"].is_string())
    );
}

#[test]
fn thumbnails_are_small_turned_and_never_of_what_cannot_be_shown() {
    let world = World::start(Backend::Sqlite);
    let author = world.handset(world.holder(Role::Volunteer, 0));
    let hash = deliver(
        &author.api,
        &with_exif(&jpeg(1_600, 800, 5), "Made Up", 6, "2026:11:24 08:00:00"),
        &[],
    );
    let path = |hash: &str, size: &str| format!("/v1/blobs/{hash}/thumbnail{size}");
    for (size, width, height) in [
        ("", 160, 320),
        ("?size=1", 80, 160),
        ("?size=161", 160, 320),
        ("?size=640", 320, 640),
        ("?size=99999999999", 640, 1_280),
    ] {
        let answer = author.api.get(&path(&hash, size));
        assert_eq!(
            (answer.status, header(&answer, "content-type")),
            (200, "image/jpeg"),
            "{size}"
        );
        let small = image::load_from_memory(&answer.body).expect("a JPEG");
        assert_eq!((small.width(), small.height()), (width, height), "{size}");
        let etag = header(&answer, "etag").to_owned();
        let again = author
            .api
            .send("GET", &path(&hash, size), &[("if-none-match", &etag)], &[]);
        assert_eq!((again.status, again.body.len()), (304, 0));
    }
    for size in ["?size=-1", "?size=a", "?size=1&size=2", "?width=3"] {
        assert_eq!(author.api.get(&path(&hash, size)).problem().0, 400, "{size}");
    }
    let whole = jpeg(640, 480, 6);
    for bytes in [
        bomb(50_000, 50_000),
        bomb(0x7fff_ffff, 0x7fff_ffff),
        whole[..40].to_vec(),
        b"%PDF-1.7\n".to_vec(),
        b"\xff\xd8\xff\xe0 no more".to_vec(),
    ] {
        let hash = deliver(&author.api, &bytes, &[]);
        for _ in 0..2 {
            assert_eq!(
                author.api.get(&path(&hash, "")).problem(),
                (422, "thumbnail_impossible".to_owned())
            );
        }
        assert_eq!(
            author.api.get(&format!("/v1/blobs/{hash}")).body,
            bytes,
            "the original is there all the same"
        );
    }
    // Half of a photo is shown as far as it goes, or not at all.
    let half = deliver(&author.api, &whole[..whole.len() / 2], &[]);
    assert!(matches!(author.api.get(&path(&half, "")).status, 200 | 422));
    assert!(world.server.memory().1 < 1 << 30, "no bomb went off");
}

#[test]
fn a_photo_that_is_a_page_as_well_is_served_as_a_photo() {
    let world = World::start(Backend::Sqlite);
    let author = world.handset(world.holder(Role::Volunteer, 0));
    let page = b"<!DOCTYPE html><html><script>alert(document.domain)</script></html>";
    let whole = jpeg(320, 240, 7);
    for bytes in [with_segment(&whole, 0xfe, page), [&whole[..], page].concat()] {
        let hash = deliver(
            &author.api,
            &bytes,
            &[("filetype", "text/html"), ("filename", "x.html\"\r\nset-cookie: a=b")],
        );
        let answer = author.api.get(&format!("/v1/blobs/{hash}"));
        assert_eq!((answer.status, answer.body == bytes), (200, true));
        assert_eq!(header(&answer, "content-type"), "image/jpeg");
        assert_eq!(header(&answer, "content-disposition"), "attachment");
        assert_eq!(header(&answer, "x-content-type-options"), "nosniff");
        assert!(header(&answer, "content-security-policy").contains("sandbox"));
        assert!(answer.header("set-cookie").is_none());
        let small = author.api.get(&format!("/v1/blobs/{hash}/thumbnail"));
        assert_eq!(small.status, 200);
        assert!(
            !small.body.windows(8).any(|eight| eight == b"<script>"),
            "what a thumbnail holds was drawn"
        );
    }
}

#[test]
fn a_photo_whose_bytes_are_lost_is_a_fault_and_not_absent() {
    let world = World::start(Backend::Sqlite);
    let author = world.handset(world.holder(Role::Volunteer, 0));
    let hash = deliver(&author.api, &jpeg(320, 240, 8), &[]);
    let folder = world.server.place().blobs().replacen("file://", "", 1);
    std::fs::remove_dir_all(folder).expect("the store's folder");
    assert_eq!(
        author.api.get(&format!("/v1/blobs/{hash}")).problem(),
        (500, "internal".to_owned())
    );
    assert!(world.server.log().contains(&hash), "the log says which");
}
