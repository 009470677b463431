//! The server's store of objects on a real S3 service.

use std::ops::Range;

use bytes::Bytes;
use futures_util::StreamExt;
use wuyuan_server::blobs::vault::{Vault, VaultError, VaultPlace};
use wuyuan_tests::s3::S3;

/// Above what is sent to S3 in one piece, and no whole number of parts.
const LARGE: usize = (20 << 20) + 12_345;

fn vault(place: &VaultPlace) -> Vault {
    Vault::open(place).expect("the place can be used")
}

fn numbered(length: usize) -> Vec<u8> {
    (0..length).map(|n| (n % 251) as u8).collect()
}

async fn write(vault: &Vault, whole: &[u8]) -> Result<String, VaultError> {
    let mut writing = vault.begin()?;
    for part in whole.chunks(100_000) {
        writing.write(Bytes::copy_from_slice(part)).await?;
    }
    let written = writing.finish().await?;
    assert_eq!(written.bytes, whole.len() as u64);
    Ok(written.key)
}

async fn read(vault: &Vault, key: &str, range: Option<Range<u64>>) -> Result<Vec<u8>, VaultError> {
    let mut stream = vault.read(key, range).await?;
    let mut bytes = Vec::new();
    while let Some(part) = stream.next().await {
        bytes.extend_from_slice(&part?);
    }
    Ok(bytes)
}

async fn all(vault: &Vault) -> Vec<(String, u64)> {
    let listed = vault.all().map(|found| found.expect("the service lists"));
    let mut found: Vec<(String, u64)> = listed.map(|(key, bytes, _)| (key, bytes)).collect().await;
    found.sort();
    found
}

#[tokio::test]
async fn an_object_is_read_listed_and_removed_as_in_a_folder() {
    let service = S3::start();
    let vault = vault(&service.place());
    let mut kept = Vec::new();
    for length in [0, 1, 70_000, 8 << 20, LARGE] {
        let whole = numbered(length);
        let key = write(&vault, &whole).await.unwrap();
        assert_eq!(vault.size(&key).await.unwrap(), length as u64);
        assert!(read(&vault, &key, None).await.unwrap() == whole, "{length} bytes");
        if length > 10 {
            let (first, last) = (length / 3, length - 2);
            let part = read(&vault, &key, Some(first as u64..last as u64)).await.unwrap();
            assert!(part == whole[first..last], "a range of {length} bytes");
        }
        kept.push((key, length as u64));
    }
    kept.sort();
    assert_eq!(all(&vault).await, kept);
    for (key, _) in &kept {
        vault.remove(key).await.unwrap();
        vault.remove(key).await.unwrap();
        assert!(matches!(vault.size(key).await, Err(VaultError::Missing)));
        assert!(matches!(read(&vault, key, None).await, Err(VaultError::Missing)));
    }
    assert_eq!(all(&vault).await, []);
}

#[tokio::test]
async fn what_was_not_finished_is_nowhere() {
    let service = S3::start();
    let vault = vault(&service.place());
    let mut writing = vault.begin().unwrap();
    writing.write(Bytes::from(numbered(LARGE))).await.unwrap();
    writing.abandon().await.unwrap();
    let mut writing = vault.begin().unwrap();
    writing.write(Bytes::from(numbered(LARGE))).await.unwrap();
    drop(writing);
    assert_eq!(all(&vault).await, []);
}

#[tokio::test]
async fn a_service_that_stops_is_an_error_until_it_is_back() {
    let mut service = S3::start();
    let vault = vault(&service.place());
    let whole = numbered(LARGE);
    let before = write(&vault, &whole).await.unwrap();
    let mut begun = vault.begin().unwrap();
    begun.write(Bytes::copy_from_slice(&whole)).await.unwrap();

    service.kill();
    assert!(matches!(begun.finish().await, Err(VaultError::Failed(_))));
    assert!(matches!(
        write(&vault, b"a small one").await,
        Err(VaultError::Failed(_))
    ));
    assert!(matches!(read(&vault, &before, None).await, Err(VaultError::Failed(_))));
    assert!(matches!(vault.size(&before).await, Err(VaultError::Failed(_))));
    assert!(matches!(vault.remove(&before).await, Err(VaultError::Failed(_))));

    service.run();
    assert!(read(&vault, &before, None).await.unwrap() == whole);
    let after = write(&vault, &whole).await.unwrap();
    assert!(read(&vault, &after, None).await.unwrap() == whole);
    assert_eq!(all(&vault).await.len(), 2);
}

#[tokio::test]
async fn a_wrong_key_is_said_to_be() {
    let service = S3::start();
    let wrong_key = VaultPlace {
        key: "another-key".parse().unwrap(),
        ..service.place()
    };
    let wrong_name = VaultPlace {
        key_id: "nobody".parse().unwrap(),
        ..service.place()
    };
    for (place, word) in [(wrong_key, "SignatureDoesNotMatch"), (wrong_name, "InvalidAccessKeyId")] {
        let refused = write(&vault(&place), b"a photo").await;
        let Err(VaultError::Failed(why)) = refused else {
            panic!("{refused:?}");
        };
        assert!(why.contains(word) && !why.contains("another-key"), "{why}");
        let refused = read(&vault(&place), "ab/cd", None).await;
        assert!(
            matches!(&refused, Err(VaultError::Failed(why)) if why.contains(word)),
            "{refused:?}"
        );
    }
}

/// Nobody may conclude from a mistyped bucket that the photos are lost.
#[tokio::test]
async fn a_bucket_that_is_not_there_is_no_missing_object() {
    let service = S3::start();
    let place = VaultPlace {
        url: "s3://nowhere/station".to_owned(),
        ..service.place()
    };
    let vault = vault(&place);
    for length in [10, LARGE] {
        let refused = write(&vault, &numbered(length)).await;
        assert!(
            matches!(&refused, Err(VaultError::Failed(why)) if why.contains("NoSuchBucket")),
            "{refused:?}"
        );
    }
    let refused = read(&vault, "ab/cd", None).await;
    assert!(
        matches!(&refused, Err(VaultError::Failed(why)) if why.contains("NoSuchBucket")),
        "{refused:?}"
    );
}
