use ed25519_dalek::{Signer, SigningKey};
use sync_protocol::feed;
use sync_protocol::id::DeviceId;
use sync_protocol::role::Role;

use super::*;
use crate::accounts::devices::{self, Enrolment, KeyStorage};

fn enrolment(id: u8, key: u8, member: MemberId) -> Enrolment {
    let key = SigningKey::from_bytes(&[key; 32]);
    let id = DeviceId([id; 16]);
    Enrolment {
        id,
        suite: feed::SUITE.to_owned(),
        public_key: key.verifying_key().to_bytes().to_vec(),
        label: "旧手机".to_owned(),
        key_storage: KeyStorage::Software,
        continues: None,
        proof: key.sign(&feed::enrolment_message(&id, &member)).to_bytes().to_vec(),
    }
}

#[test]
fn a_device_enrols_once_and_repeats_harmlessly() {
    let server = server();
    let one = member(&server, "JA0001", Role::Volunteer, None);
    let other = member(&server, "JA0002", Role::Volunteer, None);
    let enrol = |member, e| devices::enrol(&server.app, member, e).map(|(d, new)| (d.head_hash, new));
    let genesis = feed::genesis(&DeviceId([1; 16]));
    assert_eq!(enrol(one, enrolment(1, 7, one)), Ok((genesis, true)));
    assert_eq!(enrol(one, enrolment(1, 7, one)), Ok((genesis, false)));
    assert_eq!(enrol(one, enrolment(1, 8, one)), Err(AccountError::DeviceTaken));
    assert_eq!(enrol(other, enrolment(1, 7, other)), Err(AccountError::DeviceTaken));
    assert_eq!(events(&server).iter().filter(|e| *e == "device_enrolled").count(), 1);
}

#[test]
fn a_device_proves_its_key_for_its_member() {
    let server = server();
    let one = member(&server, "JA0001", Role::Volunteer, None);
    let other = member(&server, "JA0002", Role::Volunteer, None);
    let enrol = |e| devices::enrol(&server.app, one, e).map(|_| ());
    assert_eq!(enrol(enrolment(1, 7, other)), Err(AccountError::DeviceProofWrong));
    assert_eq!(
        enrol(Enrolment {
            proof: vec![1; 63],
            ..enrolment(1, 7, one)
        }),
        Err(AccountError::DeviceProofWrong)
    );
    let stolen = Enrolment {
        id: DeviceId([2; 16]),
        ..enrolment(1, 7, one)
    };
    assert_eq!(enrol(stolen), Err(AccountError::DeviceProofWrong));
    // The all-zero point has small order: any message would verify under some signature.
    let weak = Enrolment {
        public_key: vec![0; 32],
        ..enrolment(1, 7, one)
    };
    assert_eq!(enrol(weak), Err(AccountError::DeviceKeyInvalid));
    let short = Enrolment {
        public_key: vec![1; 31],
        ..enrolment(1, 7, one)
    };
    assert_eq!(enrol(short), Err(AccountError::DeviceKeyInvalid));
    let suite = Enrolment {
        suite: "sm2-sm3".to_owned(),
        ..enrolment(1, 7, one)
    };
    assert_eq!(enrol(suite), Err(AccountError::DeviceSuiteUnknown));
    let label = Enrolment {
        label: " \n".to_owned(),
        ..enrolment(1, 7, one)
    };
    assert!(matches!(enrol(label), Err(AccountError::Invalid(_))));
}

#[test]
fn a_device_continues_an_own_or_a_lost_feed_but_nobody_elses() {
    let server = server();
    let one = member(&server, "JA0001", Role::Volunteer, None);
    let other = member(&server, "JA0002", Role::Volunteer, None);
    devices::enrol(&server.app, other, enrolment(9, 9, other)).unwrap();
    devices::enrol(&server.app, one, enrolment(1, 1, one)).unwrap();
    let continuing = |id: u8, from: u8| {
        let e = Enrolment {
            continues: Some((DeviceId([from; 16]), [5; 32])),
            ..enrolment(id, id, one)
        };
        devices::enrol(&server.app, one, e).map(|(d, _)| d.continues_hash.map(|h| h.0))
    };
    assert_eq!(continuing(2, 1), Ok(Some([5; 32])));
    assert_eq!(continuing(3, 77), Ok(Some([5; 32])), "a restore may have lost it");
    assert_eq!(continuing(4, 9), Err(AccountError::NotFound));
    assert_eq!(continuing(5, 5), Err(AccountError::NotFound));
}

#[test]
fn a_device_is_revoked_by_its_member_or_an_administrator() {
    let server = server();
    let one = member(&server, "JA0001", Role::Volunteer, None);
    let other = member(&server, "JA0002", Role::GroupLeader, None);
    let admin = member(&server, "JA0003", Role::SysAdmin, None);
    for id in [1, 2] {
        devices::enrol(&server.app, one, enrolment(id, id, one)).unwrap();
    }
    let revoke = |who, id: u8| devices::revoke(&server.app, who, DeviceId([id; 16]));
    assert_eq!(revoke(other, 1), Err(AccountError::NotFound));
    assert_eq!(revoke(other, 99), Err(AccountError::NotFound));
    assert_eq!(revoke(one, 1), Ok(()));
    assert_eq!(revoke(one, 1), Ok(()));
    assert_eq!(revoke(admin, 2), Ok(()));
    assert_eq!(revoke(admin, 99), Err(AccountError::NotFound));
    assert_eq!(events(&server).iter().filter(|e| *e == "device_revoked").count(), 2);
    assert_eq!(
        devices::list(&server.app, other, one).err(),
        Some(AccountError::Forbidden)
    );
    let revoked: Vec<_> = devices::list(&server.app, one, one)
        .unwrap()
        .iter()
        .map(|d| d.revoked_ms.is_some())
        .collect();
    assert_eq!(revoked, [true, true]);
}
