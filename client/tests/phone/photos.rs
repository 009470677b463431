//! Photos on their way: what is sent, what is not sent twice, and what needs somebody.

use sync_protocol::verdict::{Code, Verdict};
use wuyuan_client::lang::Lang;
use wuyuan_client::photos::{Keep, PhotoState, PhotoTrouble, Sending};
use wuyuan_client::{Outcome, Phone};

use crate::server::{Data, Fault};
use crate::takes::{hash, jpeg, save_with};
use crate::{Rig, record};

/// An hour and a bit, ms.
const HOUR: i64 = 3_700_000;

impl Rig {
    pub fn small_pieces(&mut self) {
        self.phone.set_sending(Sending {
            piece_bytes: 1_000,
            ..Sending::default()
        });
    }

    /// How many uploads were begun.
    pub fn begun(&self) -> usize {
        self.server.with(|s| s.metadata.len())
    }

    /// Requests for uploads since the last look.
    pub fn requests(&self) -> usize {
        self.server.with(|s| std::mem::take(&mut s.tus).len())
    }

    pub fn arrived(&self, photo: &[u8]) -> bool {
        let blobs = self.server.with(|s| s.data.blobs.clone());
        blobs.get(&hash(photo)).is_some_and(|(bytes, _)| bytes == photo)
    }

    pub fn trouble(&self, nth: usize) -> Option<PhotoTrouble> {
        self.phone.photos().unwrap()[nth].trouble
    }

    pub fn make_durable(&self) {
        self.server
            .with(|s| s.data.blobs.values_mut().for_each(|blob| blob.1 = true));
    }
}

#[test]
fn three_photos_arrive_whole_after_their_record_and_stay_until_they_are_durable() {
    let mut rig = Rig::enrolled();
    let photos = [jpeg(1, 4_500), jpeg(2, 1_000), jpeg(3, 1)];
    let saved = rig.report("one", &photos);
    rig.small_pieces();
    let line = |rig: &Rig, lang| rig.phone.status().unwrap().line(lang);
    assert_eq!(line(&rig, Lang::Zh), "1 条待同步,照片 0/3 已送达");
    rig.server.fault("/v1/sync", Fault::LoseAnswer);
    rig.sync();
    assert_eq!(rig.begun(), 0, "records first");
    let mut seen = Vec::new();
    let outcome = rig
        .phone
        .sync_watched(&rig.server, &mut |p| seen.push((p.sent, p.bytes)))
        .unwrap();
    assert_eq!(outcome, Outcome::UpToDate);
    assert_eq!(
        seen[..5],
        [
            (1_000, 4_500),
            (2_000, 4_500),
            (3_000, 4_500),
            (4_000, 4_500),
            (4_500, 4_500)
        ]
    );
    assert!(photos.iter().all(|photo| rig.arrived(photo)));
    assert_eq!(rig.phone.photos().unwrap()[0].sent, 4_500);
    rig.server
        .with(|s| assert!(s.log.iter().all(|(path, _)| path != "/v1/blobs/status"), "want said it"));
    assert_eq!(line(&rig, Lang::En), "everything delivered");
    let count = rig.view(&saved.record).photos;
    assert_eq!((count.delivered, count.total), (3, 3));
    assert_eq!(count.line(Lang::Zh), "照片 3/3 已送达");
    let metadata = rig.server.with(|s| s.metadata[0].clone());
    for (key, value) in [
        ("captured", "2026-11-22T07:59:00.000+08:00"),
        ("hashed", "2026-11-22T08:00:00.000+08:00"),
        ("source", "camera"),
        ("filetype", "image/jpeg"),
        ("device", &saved.device.to_string()),
    ] {
        use base64::Engine;
        let pair = format!("{key} {}", base64::engine::general_purpose::STANDARD.encode(value));
        assert!(metadata.split(',').any(|known| known == pair), "{pair} in {metadata}");
    }

    // Within the hour nothing is asked again; then the server says what its backup has.
    rig.make_durable();
    rig.sync();
    assert_eq!(rig.kept().len(), 3);
    rig.world.advance(HOUR);
    rig.sync();
    assert!(rig.kept().is_empty());
    let states: Vec<PhotoState> = rig.phone.photos().unwrap().iter().map(|p| p.state).collect();
    assert_eq!(states, [PhotoState::Durable; 3]);
    assert_eq!(rig.view(&saved.record).photos, count);
    rig.world.advance(HOUR);
    rig.server.with(|s| s.log.clear());
    rig.sync();
    rig.server
        .with(|s| assert!(s.log.iter().all(|(path, _)| path != "/v1/blobs/status")));
}

#[test]
fn a_phone_with_little_room_keeps_an_original_only_until_it_is_received() {
    let mut rig = Rig::enrolled();
    rig.phone.set_sending(Sending {
        keep: Keep::UntilReceived,
        ..Sending::default()
    });
    rig.report("one", &[jpeg(1, 4_500)]);
    assert_eq!(rig.sync(), Outcome::UpToDate);
    assert!(rig.kept().is_empty() && rig.arrived(&jpeg(1, 4_500)));
}

#[test]
fn nothing_is_sent_that_the_server_has() {
    for says_want in [true, false] {
        let mut rig = Rig::enrolled();
        let (here, there) = (jpeg(1, 2_000), jpeg(2, 2_000));
        rig.report("one", &[here.clone(), there.clone()]);
        rig.server.with(|s| {
            s.says_want = says_want;
            s.data.blobs.insert(hash(&there), (there.clone(), false));
        });
        assert_eq!(rig.sync(), Outcome::UpToDate);
        assert_eq!(rig.begun(), 1);
        assert!(rig.arrived(&here));
        assert!(!rig.phone.status().unwrap().photos.is_open());
    }
}

#[test]
fn a_lost_answer_to_the_creation_leaves_one_upload_behind_and_no_more() {
    let mut rig = Rig::enrolled();
    rig.report("one", &[jpeg(1, 2_000)]);
    rig.server.fault("/v1/blobs", Fault::LoseAnswer);
    assert!(matches!(rig.sync(), Outcome::Wait { .. }));
    assert_eq!(rig.sync(), Outcome::UpToDate);
    assert_eq!(rig.begun(), 2);
}

#[test]
fn a_lost_answer_to_the_last_piece_costs_one_question() {
    for is_gone in [false, true] {
        let mut rig = Rig::enrolled();
        rig.report("one", &[jpeg(1, 2_000)]);
        rig.server.fault("/v1/blobs/uploads/", Fault::LoseAnswer);
        assert!(matches!(rig.sync(), Outcome::Wait { .. }));
        if is_gone {
            rig.server.with(|s| s.data.uploads.clear());
        }
        rig.requests();
        assert_eq!(rig.sync(), Outcome::UpToDate);
        assert_eq!((rig.requests(), rig.begun()), (1, 1), "gone: {is_gone}");
        assert_eq!(rig.phone.photos().unwrap()[0].state, PhotoState::Received);
    }
}

#[test]
fn a_restored_server_gets_back_what_it_lost() {
    let mut rig = Rig::enrolled();
    let (kept, durable) = (jpeg(1, 2_000), jpeg(2, 2_000));
    rig.report("one", std::slice::from_ref(&durable));
    rig.sync();
    rig.make_durable();
    rig.world.advance(HOUR);
    rig.sync();
    let backup: Data = rig.server.with(|s| s.data.clone());
    rig.report("two", std::slice::from_ref(&kept));
    rig.sync();
    assert!(rig.arrived(&kept));
    rig.server.restore(&backup, "generation-2");
    assert!(!rig.arrived(&kept));
    assert_eq!(rig.sync(), Outcome::UpToDate);
    assert!(rig.arrived(&kept) && rig.arrived(&durable));
    assert_eq!(rig.begun(), 3);
    // Again, now of before the feed's last operation was there, and in the middle of an upload.
    let third = jpeg(3, 3_000);
    rig.report("three", std::slice::from_ref(&third));
    rig.small_pieces();
    rig.server.fault("/v1/blobs/uploads/", Fault::Cut(500));
    assert!(matches!(rig.sync(), Outcome::Wait { .. }));
    rig.server.restore(&backup, "generation-3");
    assert_eq!(rig.sync(), Outcome::UpToDate);
    assert!([kept, durable, third].iter().all(|photo| rig.arrived(photo)));
}

#[test]
fn a_server_that_was_restored_without_its_photos_is_asked_and_healed() {
    let mut rig = Rig::enrolled();
    let photo = jpeg(1, 2_000);
    rig.report("one", std::slice::from_ref(&photo));
    rig.sync();
    let mut backup: Data = rig.server.with(|s| s.data.clone());
    backup.blobs.clear();
    rig.server.restore(&backup, "generation-2");
    rig.server.fault("/v1/blobs", Fault::LoseRequest);
    assert!(matches!(rig.sync(), Outcome::Wait { .. }));
    let known = rig.phone.photos().unwrap()[0].clone();
    assert_eq!((known.state, known.sent), (PhotoState::Absent, 0));
    assert_eq!(rig.sync(), Outcome::UpToDate);
    assert!(rig.arrived(&photo));
}

#[test]
fn evidence_of_what_was_not_accepted_is_delivered_too_and_so_it_is_when_all_appointments_have_ended() {
    let mut rig = Rig::enrolled();
    let photo = jpeg(1, 2_000);
    rig.server
        .with(|s| s.verdicts.insert("bad".into(), Verdict::Refused(Code::UnitForbidden)));
    let saved = rig.report("bad", std::slice::from_ref(&photo));
    assert_eq!(rig.sync(), Outcome::UpToDate);
    assert!(rig.arrived(&photo));
    assert_eq!(rig.view(&saved.record).photos.delivered, 1);

    let last = jpeg(2, 2_000);
    rig.report("last", std::slice::from_ref(&last));
    rig.server.with(|s| s.push_only = true);
    assert_eq!(rig.sync(), Outcome::UpToDate);
    assert!(rig.phone.status().unwrap().push_only && rig.arrived(&last));
}

#[test]
fn what_is_recorded_while_photos_are_on_their_way_does_not_wait_for_them() {
    let mut rig = Rig::enrolled();
    rig.report("one", &[jpeg(1, 5_000)]);
    rig.small_pieces();
    let (path, env) = (rig.path(), rig.world.env());
    let mut other = Phone::open(&path, env).unwrap();
    let mut written = false;
    rig.phone
        .sync_watched(&rig.server, &mut |progress| {
            if !written {
                assert_eq!(progress.sent, 1_000);
                record(&mut other, "two");
                written = true;
            }
        })
        .unwrap();
    rig.server.with(|s| {
        let places: Vec<usize> = (0..s.log.len()).filter(|at| s.log[*at].1 > 0).collect();
        assert_eq!(places.len(), 2);
        assert_eq!(s.log.len() - 1 - places[1], 4, "four pieces were still to come");
    });
}

#[test]
fn a_restored_phone_has_no_originals_and_goes_on_with_new_ones() {
    let mut rig = Rig::enrolled();
    let photo = jpeg(1, 2_000);
    rig.report("one", std::slice::from_ref(&photo));
    let backup = rig.backup();
    rig.sync();
    let mut clone = Phone::open(&backup, rig.world.env()).unwrap();
    clone.sync_once(&rig.server).unwrap();
    clone.sign_in(&crate::password(), &rig.server).unwrap();
    assert_eq!(clone.sync_once(&rig.server).unwrap(), Outcome::UpToDate);
    let photos = clone.photos().unwrap();
    assert_eq!((photos[0].state, photos[0].trouble), (PhotoState::Received, None));

    // What was rewritten under the new device is counted once.
    let file = rig.file("new.jpg", &jpeg(2, 2_000));
    let original = clone.take_in(&crate::takes::taking(&file)).unwrap();
    let saved = save_with(&mut clone, "two", &[crate::takes::attached(original)]).unwrap();
    assert_eq!(clone.sync_once(&rig.server).unwrap(), Outcome::UpToDate);
    let count = clone.view(&saved.record).unwrap().unwrap().photos;
    assert_eq!((count.delivered, count.total), (1, 1));
}
