//! What the server refuses of photos, and originals that are not what they were.

use serde_json::{Value as Json, json};
use wuyuan_client::Outcome;
use wuyuan_client::lang::Lang;
use wuyuan_client::photos::{PhotoState, PhotoTrouble};

use crate::Rig;
use crate::server::Fault;
use crate::takes::{hash, jpeg};

fn refuse(status: u16, code: &'static str) -> Fault {
    Fault::Refuse(status, code, json!({}), None)
}

fn waits(outcome: &Outcome, code: &str) -> bool {
    matches!(outcome, Outcome::Wait { code: known, .. } if known == code)
}

#[test]
fn a_photo_that_is_found_wrong_is_sent_anew_a_bounded_number_of_times() {
    let mut rig = Rig::enrolled();
    let photo = jpeg(1, 2_000);
    rig.report("one", std::slice::from_ref(&photo));
    rig.server.fault("/v1/blobs/uploads/", refuse(422, "blob_hash_wrong"));
    assert_eq!(rig.sync(), Outcome::UpToDate);
    assert!(rig.arrived(&photo));

    rig.report("two", &[jpeg(2, 2_000)]);
    for _ in 0..40 {
        rig.server.fault("/v1/blobs/uploads/", refuse(422, "blob_hash_wrong"));
    }
    rig.requests();
    assert!(waits(&rig.sync(), "blob_hash_wrong"));
    assert!(rig.requests() <= 6);
    assert_eq!(rig.phone.status().unwrap().counts.accepted, 2, "the record is there");
    rig.server.with(|s| s.faults.clear());
    assert_eq!(rig.sync(), Outcome::UpToDate);
}

#[test]
fn an_original_that_has_changed_is_somebodys_business_and_heals_when_it_is_added_again() {
    let mut rig = Rig::enrolled();
    let photo = jpeg(1, 2_000);
    rig.report("one", std::slice::from_ref(&photo));
    let path = rig.photos().join(hash(&photo));
    std::fs::write(&path, jpeg(9, 2_000)).unwrap();
    assert_eq!(rig.sync(), Outcome::UpToDate);
    assert_eq!((rig.requests(), rig.trouble(0)), (2, Some(PhotoTrouble::Damaged)));
    let status = rig.phone.status().unwrap();
    assert_eq!(status.attention(), 1);
    assert_eq!(status.line(Lang::En), "1 needs attention, 0 of 1 photo delivered");
    assert!(path.exists(), "what there is stays");
    rig.requests();
    rig.sync();
    assert_eq!(rig.requests(), 0);
    rig.report("again", std::slice::from_ref(&photo));
    assert_eq!(rig.sync(), Outcome::UpToDate);
    assert!(rig.arrived(&photo));
    assert_eq!((rig.trouble(0), rig.phone.status().unwrap().attention()), (None, 0));
}

#[test]
fn an_original_that_breaks_on_the_way_ends_its_upload() {
    for is_gone in [true, false] {
        let mut rig = Rig::enrolled();
        let photo = jpeg(1, 3_000);
        rig.report("one", std::slice::from_ref(&photo));
        rig.small_pieces();
        rig.server.fault("/v1/blobs/uploads/", Fault::Cut(700));
        assert!(matches!(rig.sync(), Outcome::Wait { .. }));
        let path = rig.photos().join(hash(&photo));
        match is_gone {
            true => std::fs::remove_file(&path).unwrap(),
            false => std::fs::write(&path, &photo[..2_000]).unwrap(),
        }
        assert_eq!(rig.sync(), Outcome::UpToDate);
        let expected = if is_gone {
            PhotoTrouble::Missing
        } else {
            PhotoTrouble::Damaged
        };
        assert_eq!(rig.trouble(0), Some(expected));
        rig.server.with(|s| assert!(s.data.uploads.is_empty()));
        // Somebody else's phone, or an earlier answer that was lost: the server has it all the same.
        rig.server
            .with(|s| s.data.blobs.insert(hash(&photo), (photo.clone(), false)));
        match is_gone {
            true => rig.server.with(|s| s.generation = "generation-2".into()),
            false => rig.phone.retry_photos().unwrap(),
        }
        rig.sync();
        assert_eq!(
            (rig.trouble(0), rig.phone.photos().unwrap()[0].state),
            (None, PhotoState::Received)
        );
    }
}

#[test]
fn what_the_server_does_not_take_stays_here_and_is_shown() {
    let mut rig = Rig::enrolled();
    let page = b"<html>no photo".to_vec();
    let photo = jpeg(1, 2_000);
    let saved = rig.report("one", &[page.clone(), photo.clone()]);
    assert_eq!(rig.sync(), Outcome::UpToDate);
    assert_eq!(rig.trouble(0), Some(PhotoTrouble::Refused));
    assert!(rig.arrived(&photo) && rig.kept().contains(&hash(&page)));
    let count = rig.view(&saved.record).photos;
    assert_eq!((count.delivered, count.total, count.trouble), (1, 2, 1));
    rig.requests();
    rig.sync();
    assert_eq!(rig.requests(), 0);
    rig.phone.retry_photos().unwrap();
    rig.sync();
    assert_eq!(rig.begun(), 3);

    let mut rig = Rig::enrolled();
    rig.report("one", &[jpeg(1, 2_000)]);
    rig.server.fault("/v1/blobs", refuse(413, "blob_too_large"));
    assert_eq!(rig.sync(), Outcome::UpToDate);
    assert_eq!(rig.trouble(0), Some(PhotoTrouble::TooLarge));
}

#[test]
fn one_photo_that_must_wait_holds_no_other_back() {
    let cases: [(&str, u16, &str, usize); 3] = [
        ("/v1/blobs/uploads/", 423, "upload_locked", 1),
        ("/v1/blobs", 429, "too_many_uploads", 0),
        ("/v1/blobs", 400, "request_invalid", 1),
    ];
    for (path, status, code, others) in cases {
        let mut rig = Rig::enrolled();
        rig.report("one", &[jpeg(1, 2_000), jpeg(2, 2_000)]);
        rig.server.fault(path, Fault::Refuse(status, code, Json::Null, Some(7)));
        let outcome = rig.sync();
        match code {
            "request_invalid" => assert!(matches!(outcome, Outcome::Stopped { .. }), "{outcome:?}"),
            _ => assert_eq!(
                outcome,
                Outcome::Wait {
                    code: code.into(),
                    seconds: Some(7)
                }
            ),
        }
        assert_eq!(rig.server.with(|s| s.data.blobs.len()), others, "{code}");
        assert_eq!(rig.sync(), Outcome::UpToDate, "{code}");
        assert_eq!(rig.server.with(|s| s.data.blobs.len()), 2, "{code}");
    }
    for (status, code) in [(507, "storage_full"), (503, "busy"), (429, "rate_limited")] {
        let mut rig = Rig::enrolled();
        rig.report("one", &[jpeg(1, 2_000), jpeg(2, 2_000)]);
        rig.server.fault("/v1/blobs", refuse(status, code));
        assert!(waits(&rig.sync(), code));
        assert_eq!(rig.requests(), 0, "the others would hear the same");
        assert_eq!(rig.sync(), Outcome::UpToDate);
    }
}

#[test]
fn offsets_that_do_not_fit_and_sign_in_pages_are_got_over() {
    let mut rig = Rig::enrolled();
    let photo = jpeg(1, 3_000);
    rig.report("one", std::slice::from_ref(&photo));
    rig.small_pieces();
    rig.server
        .fault("/v1/blobs/uploads/", refuse(409, "upload_offset_wrong"));
    assert_eq!(rig.sync(), Outcome::UpToDate);
    assert!(rig.arrived(&photo));
    for path in ["/v1/blobs", "/v1/blobs/uploads/", "/v1/blobs/status"] {
        let mut rig = Rig::enrolled();
        rig.server.with(|s| s.says_want = false);
        rig.report("one", std::slice::from_ref(&photo));
        rig.server.fault(path, Fault::Portal);
        assert!(waits(&rig.sync(), "answer_foreign"), "{path}");
        assert_eq!(rig.sync(), Outcome::UpToDate, "{path}");
        assert!(rig.arrived(&photo));
    }
    // The sign-in runs out in the middle.
    let mut rig = Rig::enrolled();
    rig.report("one", std::slice::from_ref(&photo));
    rig.server.fault("/v1/blobs/uploads/", refuse(401, "token_expired"));
    assert_eq!(rig.sync(), Outcome::UpToDate);
    assert!(rig.arrived(&photo));
}

#[test]
fn a_server_that_makes_nothing_of_a_photo_is_left_alone_for_now() {
    for says in [0, 1_500, 1_000_000] {
        let mut rig = Rig::enrolled();
        let photo = jpeg(1, 3_000);
        rig.report("one", std::slice::from_ref(&photo));
        rig.small_pieces();
        rig.server.with(|s| s.says_offset = Some(says));
        let outcome = rig.sync();
        assert!(matches!(outcome, Outcome::Wait { .. }), "{says}: {outcome:?}");
        assert!(rig.requests() < 12, "{says}");
        rig.server.with(|s| s.says_offset = None);
        assert_eq!(rig.sync(), Outcome::UpToDate);
        assert!(rig.arrived(&photo));
    }
    // An address that now is another's upload.
    let mut rig = Rig::enrolled();
    let photo = jpeg(1, 3_000);
    rig.report("one", std::slice::from_ref(&photo));
    rig.small_pieces();
    rig.server.fault("/v1/blobs/uploads/", Fault::Cut(500));
    rig.sync();
    rig.server
        .with(|s| s.data.uploads.values_mut().for_each(|u| u.length = 9_999));
    assert_eq!(rig.sync(), Outcome::UpToDate);
    assert_eq!((rig.begun(), rig.arrived(&photo)), (2, true));
}

#[test]
fn what_must_be_looked_at_is_said_before_what_passes() {
    for codes in [[400, 423], [423, 400]] {
        let mut rig = Rig::enrolled();
        rig.report("one", &[jpeg(1, 2_000), jpeg(2, 2_000)]);
        for status in codes {
            rig.server.fault("/v1/blobs", refuse(status, "no"));
        }
        assert!(matches!(rig.sync(), Outcome::Stopped { .. }));
        assert_eq!(rig.sync(), Outcome::UpToDate);
    }
}
