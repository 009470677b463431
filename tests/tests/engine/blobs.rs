//! Who reads a blob: whoever delivered it, and whoever may see an operation by a deliverer that put it into a field he
//! may read. Knowing a hash gives nobody anything.

use serde_json::json;
use sync_protocol::feed::Hash;
use sync_protocol::id::{MemberId, UnitCode};
use sync_protocol::op::OpDraft;
use sync_protocol::role::Role;
use wuyuan_server::accounts::scope;
use wuyuan_server::blobs::digest::Whole;
use wuyuan_server::blobs::{evidence, right};
use wuyuan_server::query;
use wuyuan_server::store::Db;
use wuyuan_server::store::rows::{BlobRow, CollectionRow};
use wuyuan_server::sync::SyncError;
use wuyuan_server::sync::desk::Looker;
use wuyuan_tests::engine::{Engine, record};
use wuyuan_tests::on_both_backends;
use wuyuan_tests::phones::Phone;

use crate::people::{Cast, report, subject, visit, with};

/// `member` delivers `bytes`.
fn deliver(engine: &Engine, member: MemberId, bytes: &[u8]) -> Hash {
    let mut whole = Whole::default();
    whole.update(bytes);
    let found = whole.finish();
    let object = engine
        .wait(engine.app.vault.put(bytes.to_vec().into()))
        .expect("the store takes it");
    let received_ms = engine.app.now_ms();
    let blob = BlobRow {
        sha256: found.sha256,
        bytes: bytes.len() as i64,
        media: "image/jpeg".to_owned(),
        sm3: found.sm3,
        object,
        received_ms,
        durable: false,
        condemned_ms: None,
        examined: false,
        likeness: None,
        exif: None,
    };
    let delivery = CollectionRow {
        sha256: found.sha256,
        member,
        device: None,
        source: Some("camera".to_owned()),
        captured: None,
        hashed: None,
        received_ms,
    };
    let write = |db: &mut Db<'_>| {
        query!(db, blobs::admit(&blob))?;
        query!(db, blobs::deliver(&delivery))
    };
    engine.app.store.write(write).expect("a delivery is written");
    found.sha256
}

/// Looks as a member does now.
fn look<T>(
    engine: &Engine,
    member: MemberId,
    work: impl FnOnce(&mut Db<'_>, Looker<'_>) -> Result<T, SyncError>,
) -> Result<T, SyncError> {
    let now_ms = engine.app.now_ms();
    engine.app.store.read(|db| {
        let appointments = query!(db, appointments::of_member(member))?;
        let grid = engine.app.grid.get(db, now_ms)?;
        let scope = scope::scope(&grid, &appointments, now_ms);
        let looker = Looker {
            catalog: &engine.app.catalog,
            member,
            scope: &scope,
        };
        work(db, looker)
    })
}

/// How a member reads a blob: `no`, `yes`, or which sensitive fields that discloses.
fn reads(engine: &Engine, member: MemberId, hash: Hash) -> String {
    match look(engine, member, |db, looker| right::readable(db, looker, hash, 0)) {
        Ok(readable) => readable.reading.map_or_else(|| "yes".to_owned(), |entry| entry.fields),
        Err(SyncError::NotFound) => "no".to_owned(),
        Err(error) => panic!("{error}"),
    }
}

/// The same draft with a photo.
fn showing(mut draft: OpDraft, hash: Hash) -> OpDraft {
    draft.add.insert("photos".to_owned(), vec![json!(hex::encode(hash))]);
    draft
}

fn push(engine: &Engine, phone: &mut Phone, draft: &OpDraft) -> String {
    phone.record(draft);
    engine.push_last(phone)
}

/// A holder of `role` of a unit that `unit` does not cover.
fn elsewhere(engine: &Engine, role: Role, unit: &UnitCode) -> MemberId {
    let street = &unit.as_str()[..9];
    let mut others = engine.district.members.iter().filter(|member| {
        let post = &member.appointments[0];
        post.role == role
            && !post.unit.as_str().starts_with(street)
            && post.unit.as_str().ends_with("000") == unit.as_str().ends_with("000")
    });
    others.next().unwrap_or_else(|| panic!("no {role} elsewhere")).id
}

on_both_backends! {
    fn a_reports_photo_is_read_by_its_author_and_by_readers_of_the_unit(backend) {
        let mut cast = Cast::meet(backend);
        let id = record();
        let author = cast.volunteers[0].holder.member;
        let hash = deliver(&cast.engine, author, b"a photo");
        assert_eq!(reads(&cast.engine, author, hash), "yes", "before any record refers to it");
        assert_eq!(reads(&cast.engine, cast.leader.holder.member, hash), "no");
        let draft = showing(report(&cast.volunteers[0], id, "x"), hash);
        assert_eq!(push(&cast.engine, &mut cast.volunteers[0], &draft), "accepted");
        let stranger = elsewhere(&cast.engine, Role::GroupLeader, &cast.unit);
        for (member, read) in [
            (author, "yes"),
            (cast.leader.holder.member, "yes"),
            (cast.prosecutor.holder.member, "yes"),
            (cast.volunteers[1].holder.member, "no"),
            (stranger, "no"),
        ] {
            assert_eq!(reads(&cast.engine, member, hash), read);
        }
        assert_eq!(reads(&cast.engine, author, [9; 32]), "no", "nobody has sent it");
        cast.engine.end_appointment(cast.leader.holder.appointment);
        assert_eq!(reads(&cast.engine, cast.leader.holder.member, hash), "no");
    }

    fn whoever_knows_a_hash_and_refers_to_it_reads_nothing_and_learns_nothing(backend) {
        let mut cast = Cast::meet(backend);
        let author = cast.volunteers[0].holder.member;
        let hash = deliver(&cast.engine, author, b"somebody else's");
        let thief = cast.volunteers[1].holder.member;
        let own = record();
        let draft = showing(report(&cast.volunteers[1], own, "mine"), hash);
        assert_eq!(push(&cast.engine, &mut cast.volunteers[1], &draft), "accepted");
        assert_eq!(reads(&cast.engine, thief, hash), "no");
        assert_eq!(reads(&cast.engine, cast.leader.holder.member, hash), "no", "a reader of his record, neither");
        let listed = look(&cast.engine, thief, |db, looker| evidence::list(db, looker, own, 0)).expect("his record");
        assert_eq!(listed.blobs.len(), 1);
        assert!(listed.blobs[0].arrived.is_none() && listed.blobs[0].deliveries.is_empty() && listed.people.is_empty());

        // The author uses it himself: his readers read it, the thief does not.
        let draft = showing(report(&cast.volunteers[0], record(), "the author's"), hash);
        assert_eq!(push(&cast.engine, &mut cast.volunteers[0], &draft), "accepted");
        assert_eq!(reads(&cast.engine, cast.leader.holder.member, hash), "yes");
        assert_eq!(reads(&cast.engine, thief, hash), "no");
        // Whoever has the bytes delivers them and reads them.
        assert_eq!(deliver(&cast.engine, thief, b"somebody else's"), hash);
        assert_eq!(reads(&cast.engine, thief, hash), "yes");
        let listed = look(&cast.engine, thief, |db, looker| evidence::list(db, looker, own, 0)).expect("his record");
        let deliverers: Vec<MemberId> = listed.blobs[0].deliveries.iter().map(|delivery| delivery.member).collect();
        assert_eq!(deliverers, [thief], "his own delivery and not that of another");
    }

    fn a_sensitive_photo_is_read_by_those_assigned_and_each_reading_is_noted(backend) {
        let mut cast = Cast::meet(backend);
        let (person, seen) = (record(), record());
        let assigned: Vec<MemberId> = cast.volunteers.iter().map(|phone| phone.holder.member).collect();
        let mut draft = subject(&cast.prosecutor, person);
        draft.add.insert("assigned".to_owned(), assigned.iter().map(|member| json!(member)).collect());
        assert_eq!(push(&cast.engine, &mut cast.prosecutor, &draft), "accepted");
        let hash = deliver(&cast.engine, assigned[0], b"the door");
        let draft = showing(visit(&cast.volunteers[0], seen, person), hash);
        assert_eq!(push(&cast.engine, &mut cast.volunteers[0], &draft), "accepted");

        assert_eq!(reads(&cast.engine, assigned[0], hash), "yes", "his own");
        assert_eq!(reads(&cast.engine, assigned[1], hash), "photos");
        assert_eq!(reads(&cast.engine, cast.leader.holder.member, hash), "photos");
        let entry = look(&cast.engine, assigned[1], |db, looker| right::readable(db, looker, hash, 7));
        let entry = entry.expect("he reads it").reading.expect("noted");
        assert_eq!((entry.at_ms, entry.member, entry.kind.as_str()), (7, assigned[1], "supervision_visit"));
        assert_eq!((entry.unit.as_str(), entry.records), (cast.unit.as_str(), 1));
        let listing = look(&cast.engine, assigned[1], |db, looker| evidence::list(db, looker, seen, 0));
        let listing = listing.expect("he reads it");
        assert_eq!(listing.reading.expect("noted").fields, "photos");
        assert_eq!(listing.export.fields, "export,photos");

        let mut edit = cast.prosecutor.draft("subject", person);
        edit.seen.insert(cast.prosecutor.device, 1);
        edit.remove.insert("assigned".to_owned(), vec![json!(assigned[1])]);
        assert_eq!(push(&cast.engine, &mut cast.prosecutor, &edit), "accepted");
        assert_eq!(reads(&cast.engine, assigned[1], hash), "no", "he is not assigned any more");
    }

    fn a_field_that_a_reader_of_the_record_does_not_read_hides_its_file(backend) {
        let mut cast = Cast::meet(backend);
        let (person, order) = (record(), record());
        let draft = subject(&cast.prosecutor, person);
        assert_eq!(push(&cast.engine, &mut cast.prosecutor, &draft), "accepted");
        let hash = deliver(&cast.engine, cast.prosecutor.holder.member, b"a signed pledge");
        let set = [
            ("subject", json!(person)),
            ("target_minutes", json!(600)),
            ("period_from", json!("2026-11-01")),
            ("period_until", json!("2026-12-01")),
            ("pledge", json!(hex::encode(hash))),
        ];
        let draft = with(cast.prosecutor.draft("service_order", order), &set);
        assert_eq!(push(&cast.engine, &mut cast.prosecutor, &draft), "accepted");
        let district: UnitCode = "350111000000".parse().expect("a code");
        let head = cast.engine.member(Role::DepartmentHead, &district, 0).id;
        let leader = cast.leader.holder.member;
        let listed = |member| look(&cast.engine, member, |db, looker| evidence::list(db, looker, order, 0));
        assert_eq!(reads(&cast.engine, head, hash), "pledge");
        assert_eq!(listed(head).expect("a reader").blobs.len(), 1);
        assert_eq!(reads(&cast.engine, leader, hash), "no", "he reads the order and not its pledge");
        let listing = listed(leader).expect("he reads the order");
        assert!(listing.blobs.is_empty() && listing.reading.is_none());
    }

    fn a_photo_that_was_taken_out_or_refused_is_still_read_where_its_operation_is(backend) {
        let mut cast = Cast::meet(backend);
        let id = record();
        let author = cast.volunteers[0].holder.member;
        let (kept, removed, refused) = (
            deliver(&cast.engine, author, b"kept"),
            deliver(&cast.engine, author, b"taken out"),
            deliver(&cast.engine, author, b"in an operation that is refused"),
        );
        let mut draft = report(&cast.volunteers[0], id, "x");
        draft.add.insert("photos".to_owned(), vec![json!(hex::encode(kept)), json!(hex::encode(removed))]);
        assert_eq!(push(&cast.engine, &mut cast.volunteers[0], &draft), "accepted");
        let mut edit = cast.volunteers[0].draft("photo_report", id);
        edit.seen.insert(cast.volunteers[0].device, 1);
        edit.remove.insert("photos".to_owned(), vec![json!(hex::encode(removed))]);
        assert_eq!(push(&cast.engine, &mut cast.volunteers[0], &edit), "accepted");
        let edit = cast.volunteers[0].draft("photo_report", id);
        let mut edit = with(showing(edit, refused), &[("nonsense", json!(1))]);
        edit.seen.insert(cast.volunteers[0].device, 2);
        assert_eq!(push(&cast.engine, &mut cast.volunteers[0], &edit), "unknown_field");

        let (leader, prosecutor) = (cast.leader.holder.member, cast.prosecutor.holder.member);
        for (hash, by_leader, by_prosecutor) in [(kept, "yes", "yes"), (removed, "yes", "yes"), (refused, "no", "yes")] {
            assert_eq!(reads(&cast.engine, author, hash), "yes");
            assert_eq!(reads(&cast.engine, leader, hash), by_leader);
            assert_eq!(reads(&cast.engine, prosecutor, hash), by_prosecutor, "he sits at the desk");
        }
        let list = |member| {
            let listing = look(&cast.engine, member, |db, looker| evidence::list(db, looker, id, 0)).expect("a reader");
            listing.blobs.into_iter().map(|blob| (blob.sha256, blob.current)).collect::<Vec<_>>()
        };
        assert_eq!(list(leader), [(kept, true), (removed, false)]);
        assert_eq!(list(prosecutor), [(kept, true), (removed, false), (refused, false)]);
        let missing = look(&cast.engine, cast.volunteers[1].holder.member, |db, looker| evidence::list(db, looker, id, 0));
        assert_eq!(missing.expect_err("not his").to_string(), SyncError::NotFound.to_string());
    }
}
