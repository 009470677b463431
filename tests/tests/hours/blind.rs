//! One observer never learns what the other stated: not by a pull, not by a history, not by a photo.

use serde_json::json;
use sync_protocol::feed::Hash;
use sync_protocol::id::RecordId;
use wuyuan_server::blobs::digest::Whole;
use wuyuan_server::blobs::right;
use wuyuan_server::query;
use wuyuan_server::store::Db;
use wuyuan_server::store::rows::{BlobRow, CollectionRow};
use wuyuan_server::sync::SyncError;
use wuyuan_server::sync::desk;
use wuyuan_tests::office::{Office, Person};
use wuyuan_tests::on_both_backends;
use wuyuan_tests::replica::Replica;

use Person::{Leader, Officer, Supervisor, Volunteer};

fn pulled(office: &Office, person: Person, id: RecordId) -> bool {
    let mut replica = Replica::default();
    replica.pull(&office.engine, &office.phones[&person], None);
    replica.record(&id).is_some()
}

fn history(office: &Office, person: Person, id: RecordId) -> Result<usize, SyncError> {
    office
        .look(person, |db, looker| desk::history(db, looker, id))
        .map(|lines| lines.len())
}

/// Somebody delivers a picture of his signature.
fn sign(office: &Office, person: Person, bytes: &[u8]) -> Hash {
    let mut whole = Whole::default();
    whole.update(bytes);
    let found = whole.finish();
    let object = office.engine.wait(office.engine.app.vault.put(bytes.to_vec().into()));
    let received_ms = office.engine.app.now_ms();
    let blob = BlobRow {
        sha256: found.sha256,
        bytes: bytes.len() as i64,
        media: "image/jpeg".to_owned(),
        sm3: found.sm3,
        object: object.expect("the store takes it"),
        received_ms,
        durable: false,
        condemned_ms: None,
        examined: false,
        likeness: None,
        exif: None,
    };
    let delivery = CollectionRow {
        sha256: found.sha256,
        member: office.member(person),
        device: None,
        source: None,
        captured: None,
        hashed: None,
        received_ms,
    };
    let write = |db: &mut Db<'_>| {
        query!(db, blobs::admit(&blob))?;
        query!(db, blobs::deliver(&delivery))
    };
    office.engine.app.store.write(write).expect("a delivery is written");
    found.sha256
}

on_both_backends! {
    fn an_observer_reads_his_own_attestation_alone(backend) {
        let mut office = Office::open(backend);
        let order = office.order();
        let session = office.session(order, 20, 9, 60);
        let all = [Volunteer(0), Volunteer(1), Volunteer(2), Supervisor, Leader, Officer];
        assert!(all.iter().all(|person| pulled(&office, *person, session)), "the session is everybody's");
        let attestations = [office.attest(0, session), office.attest(1, session)];
        for (nth, id) in attestations.into_iter().enumerate() {
            let own = Volunteer(nth);
            for person in all {
                let may = person == own || !matches!(person, Volunteer(_));
                assert_eq!(pulled(&office, person, id), may, "{person:?}");
                let answer = history(&office, person, id);
                match may {
                    true => assert_eq!(answer, Ok(1), "{person:?}"),
                    false => assert_eq!(answer, Err(SyncError::NotFound), "{person:?}"),
                }
            }
            // Writing to it answers as if it were not there.
            let other = Volunteer(1 - nth);
            assert_eq!(office.set(other, id, "remarks", json!("x")), "record_unavailable");
        }
        // A signature in it is read by those who read the attestation, whoever knows its hash.
        let signature = sign(&office, Volunteer(0), b"a signature");
        let hex = json!(hex::encode(signature));
        let returned = office.act(Supervisor, attestations[0], "return");
        assert_eq!(returned, "accepted");
        assert_eq!(office.set(Volunteer(0), attestations[0], "signature", hex), "accepted");
        for person in all {
            let now_ms = office.engine.app.now_ms();
            let answer = office.look(person, |db, looker| right::readable(db, looker, signature, now_ms));
            let may = person == Volunteer(0) || !matches!(person, Volunteer(_));
            assert_eq!(answer.is_ok(), may, "{person:?}");
            // What he reads of it is sensitive and written down.
            assert_eq!(answer.is_ok_and(|read| read.reading.is_some()), may && person != Volunteer(0), "{person:?}");
        }
        // Not by way of the session or of the arrangement either.
        let links = office.engine.read(|db| query!(db, records::links(&[attestations[0].0.as_slice()])));
        assert!(links.is_empty());
    }
}
