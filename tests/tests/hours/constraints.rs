//! What the database itself refuses, whoever asks: the two ledgers never mix, and nothing that was posted is changed.

use sync_protocol::id::{DeviceId, RecordId};
use wuyuan_server::ledger::settle::posting_id;
use wuyuan_server::query;
use wuyuan_server::store::StoreError;
use wuyuan_server::store::column::Fixed;
use wuyuan_server::store::rows::PostingRow;
use wuyuan_tests::engine::Engine;
use wuyuan_tests::on_both_backends;

const SESSION: RecordId = RecordId([3; 16]);

fn entry(number: i64, round: i64) -> PostingRow {
    PostingRow {
        number,
        id: posting_id(SESSION, round, false),
        ledger: "volunteer".to_owned(),
        member: Some(Fixed([1; 16])),
        subject: None,
        session: SESSION,
        round,
        minutes: 60,
        unit: "350111002001".to_owned(),
        kind: "volunteer_session".to_owned(),
        day: "2026-11-20".to_owned(),
        digest: [7; 32],
        approved_device: DeviceId([8; 16]),
        approved_seq: 1,
        posted_ms: 1,
        reverses: None,
    }
}

fn reversal(number: i64, of: &PostingRow) -> PostingRow {
    PostingRow {
        number,
        id: posting_id(of.session, of.round, true),
        minutes: -of.minutes,
        reverses: Some(of.number),
        ..of.clone()
    }
}

fn post(engine: &Engine, row: PostingRow) -> Result<(), StoreError> {
    engine.app.store.write(|db| query!(db, ledger::post(row)))
}

on_both_backends! {
    fn postings_that_cannot_be_are_refused(backend) {
        let engine = Engine::start(backend);
        let first = entry(1, 1);
        post(&engine, first.clone()).expect("an entry is taken");
        let served = |row: PostingRow| PostingRow { ledger: "social_service".to_owned(), ..row };
        let subject = Some(Fixed([2; 16]));
        let apart = |row: PostingRow| PostingRow { session: RecordId([4; 16]), id: [40; 16], ..row };
        let refused = [
            ("no such ledger", apart(PostingRow { ledger: "other".to_owned(), ..entry(2, 1) })),
            ("a volunteer's account in the other ledger", apart(served(entry(2, 1)))),
            ("a subject's account in the volunteer ledger", apart(PostingRow { member: None, subject, ..entry(2, 1) })),
            ("both accounts", apart(PostingRow { subject, ..entry(2, 1) })),
            ("both accounts in the other ledger", apart(served(PostingRow { subject, ..entry(2, 1) }))),
            ("no account", apart(PostingRow { member: None, ..entry(2, 1) })),
            ("the session's hours in the other ledger", served(PostingRow { member: None, subject, ..entry(2, 2) })),
            ("the round a second time", PostingRow { id: [40; 16], ..entry(2, 1) }),
            ("the id a second time", PostingRow { id: first.id, ..entry(2, 2) }),
            ("the number a second time", entry(1, 2)),
            ("no number", entry(0, 2)),
            ("round 0", entry(2, 0)),
            ("an entry of negative minutes", PostingRow { minutes: -1, ..entry(2, 2) }),
            ("a reversal of positive minutes", PostingRow { minutes: 60, ..reversal(2, &first) }),
            ("a reversal of fewer minutes", PostingRow { minutes: -59, ..reversal(2, &first) }),
            ("a reversal of more minutes", PostingRow { minutes: -61, ..reversal(2, &first) }),
            ("a reversal of nothing", PostingRow { reverses: Some(9), ..reversal(2, &first) }),
            ("a reversal of another round", PostingRow { round: 2, ..reversal(2, &first) }),
            ("a reversal of another session", PostingRow { session: RecordId([4; 16]), ..reversal(2, &first) }),
            ("a reversal in another's account", PostingRow { member: Some(Fixed([9; 16])), ..reversal(2, &first) }),
            ("a reversal in the other ledger", served(PostingRow { member: None, subject, ..reversal(2, &first) })),
        ];
        for (what, row) in refused {
            assert!(post(&engine, row).is_err(), "{what} was taken");
        }
        post(&engine, reversal(2, &first)).expect("a reversal is taken");
        let again = PostingRow { id: [41; 16], ..reversal(3, &first) };
        assert!(post(&engine, again).is_err(), "a second reversal was taken");
        let of_reversal = PostingRow { id: [42; 16], minutes: 60, reverses: Some(2), ..reversal(3, &first) };
        assert!(post(&engine, of_reversal).is_err(), "a reversal of a reversal was taken");
        post(&engine, entry(3, 2)).expect("the next round is taken");
        assert_eq!(engine.read(|db| query!(db, ledger::last())), 3);
    }

    fn nothing_that_was_posted_is_changed_or_removed(backend) {
        let engine = Engine::start(backend);
        let first = entry(1, 1);
        post(&engine, first.clone()).expect("an entry is taken");
        for sql in [
            "UPDATE posting SET minutes = 61",
            "UPDATE posting SET member = NULL",
            "UPDATE posting SET number = 2",
            "UPDATE posting SET minutes = 60",
            "DELETE FROM posting",
            "DELETE FROM posting WHERE number = 1",
        ] {
            let said = engine.place().refusal(sql);
            assert!(said.contains("a posting is never"), "{sql}: {said}");
        }
        assert_eq!(engine.read(|db| query!(db, ledger::after(0, 10))), [first]);
    }
}
