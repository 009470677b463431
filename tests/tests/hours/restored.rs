//! Backups carry postings; what an old backup lacks is posted again, once, when phones bring it back.

use tempfile::TempDir;
use wuyuan_server::{backup, verify};
use wuyuan_tests::office::{Office, Person};
use wuyuan_tests::on_both_backends;

use Person::{Leader, Officer, Volunteer};

fn is_right(office: &Office) {
    let (app, mut faults) = (&office.engine.app, Vec::new());
    verify::verify(&app.store, &app.law, &mut |fault| faults.push(fault.to_string())).expect("everything can be read");
    assert!(faults.is_empty(), "{faults:?}");
}

on_both_backends! {
    fn approvals_that_come_back_post_again_once(backend) {
        let mut office = Office::open(backend);
        let kept = office.volunteering(0, 18, 8, 60);
        assert_eq!(office.approve(Leader, kept), "accepted");
        office.follow();
        assert_eq!(office.act(Leader, kept, "question"), "accepted");
        assert_eq!(office.agree(Leader, Officer, kept, "void"), "accepted");
        let waiting = office.volunteering(1, 18, 8, 45);
        office.follow();
        let (saved, waits) = (office.ledger(), office.claim(waiting));
        assert_eq!(saved.len(), 2, "an entry and its reversal");
        let folder = TempDir::new().expect("a folder");
        let file = folder.path().join("old");
        let app = &office.engine.app;
        backup::save(&app.store, &file, app.now_ms(), &mut |_, _| {}).expect("a backup is written");
        let heads: Vec<(Person, u64)> = office.phones.iter().map(|(person, phone)| (*person, phone.seq())).collect();

        let lost = office.volunteering(1, 19, 8, 90);
        assert_eq!(office.approve(Leader, lost), "accepted");
        assert_eq!(office.approve(Leader, waiting), "accepted");
        office.follow();
        let before = office.ledger();
        assert_eq!((before.len(), office.posted(lost), office.posted(waiting)), (4, 90, 45));

        office.engine = office.engine.restored(backend, &file);
        assert_eq!((office.ledger(), office.claim(waiting)), (saved, waits));
        is_right(&office);
        office.follow();
        assert_eq!(office.ledger().len(), 2, "what is there posts nothing anew");
        // Phones bring back what the backup lacks, some of them twice, and followers look in between.
        for person in [Volunteer(1), Leader, Leader, Volunteer(1)] {
            let (_, head) = heads.iter().find(|(who, _)| *who == person).expect("a phone");
            let phone = &office.phones[&person];
            office.engine.push_from(phone, head + 1).expect("a push is answered");
            office.follow();
        }
        let again = office.ledger();
        assert_eq!((again.len(), office.posted(lost), office.posted(waiting)), (4, 90, 45));
        let ids = |rows: &[wuyuan_server::store::rows::PostingRow]| -> std::collections::BTreeSet<[u8; 16]> {
            rows.iter().map(|row| row.id).collect()
        };
        assert_eq!(ids(&again), ids(&before), "under the same ids");
        is_right(&office);
    }
}
