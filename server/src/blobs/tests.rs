//! Uploads whose clients, store or limits are not what they were when they began.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt, TryStreamExt};
use sync_protocol::id::MemberId;
use tokio::sync::Notify;

use super::BlobError;
use super::lease::Receivers;
use super::receive::Arriving;
use super::uploads::{Creation, Parts, Standing, UploadLimits, Uploads};
use crate::testing;

const MEMBER: MemberId = MemberId([7; 16]);
/// `sha256` of 64 zeros.
const ANNOUNCED: &str =
    "sha256 MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMA==";

async fn begun(uploads: &Uploads, length: Option<u64>) -> [u8; 16] {
    let metadata = ANNOUNCED.to_owned();
    let asked = Creation {
        length,
        metadata,
        concat: None,
    };
    uploads.begin(MEMBER, asked).await.unwrap().id
}

async fn append(
    uploads: &Uploads,
    id: [u8; 16],
    offset: u64,
    body: BoxStream<'static, Result<Bytes, ()>>,
) -> Result<Standing, BlobError> {
    let arriving = Arriving {
        offset,
        length: None,
        announced: None,
        checksum: None,
        body,
    };
    uploads.append(MEMBER, id, arriving).await
}

fn some(bytes: &'static [u8]) -> BoxStream<'static, Result<Bytes, ()>> {
    stream::iter([Ok(Bytes::from_static(bytes))]).boxed()
}

#[tokio::test]
async fn who_falls_silent_is_sent_away_in_the_end_and_what_came_is_kept() {
    let test = testing::app(&[]);
    let limits = UploadLimits {
        silence: Duration::from_millis(50),
        ..test.app.uploads.limits()
    };
    let uploads = &Uploads(Arc::new(Parts {
        store: test.app.store.clone(),
        vault: test.app.vault.clone(),
        clock: test.clock.clone(),
        receivers: Receivers::default(),
        admitted: Notify::new(),
        limits,
    }));
    let id = begun(uploads, Some(10)).await;
    let ended = append(uploads, id, 0, some(b"half").chain(stream::pending()).boxed()).await;
    assert!(matches!(ended, Err(BlobError::Locked)), "{ended:?}");
    assert_eq!(uploads.look(MEMBER, id).await.unwrap().reached, 4);
}

#[tokio::test]
async fn an_upload_that_has_lost_a_piece_ends() {
    let test = testing::app(&[]);
    let uploads = &test.app.uploads;
    let id = begun(uploads, Some(10)).await;
    append(uploads, id, 0, some(b"half")).await.unwrap();
    let objects: Vec<_> = test.app.vault.all().try_collect().await.unwrap();
    for (key, _, _) in objects {
        test.app.vault.remove(&key).await.unwrap();
    }
    for _ in 0..2 {
        let ended = append(uploads, id, 4, some(b"a half")).await;
        assert!(matches!(ended, Err(BlobError::Gone)), "{ended:?}");
    }
    let left = test.app.vault.all().count().await;
    assert_eq!(left, 0, "what came in vain is not kept");
}

#[tokio::test]
async fn an_upload_that_has_more_than_is_taken_by_now_goes_no_further() {
    let test = testing::app(&[]);
    let id = begun(&test.app.uploads, None).await;
    append(&test.app.uploads, id, 0, some(b"half")).await.unwrap();
    let mut settings = test.app.settings.clone();
    settings.max_blob_bytes = 3;
    let (store, vault) = (test.app.store.clone(), test.app.vault.clone());
    let smaller = Uploads::new(store, vault, test.clock.clone(), &settings);
    let ended = append(&smaller, id, 4, some(b"more")).await;
    assert!(matches!(ended, Err(BlobError::TooLarge(_))), "{ended:?}");
    assert_eq!(smaller.look(MEMBER, id).await.unwrap().reached, 4);
}

#[tokio::test]
async fn parts_of_which_nothing_was_made_are_unfinished() {
    let test = testing::app(&["--max-uploads", "2"]);
    let part = || Creation {
        length: Some(0),
        metadata: String::new(),
        concat: Some("partial".to_owned()),
    };
    for _ in 0..2 {
        test.app.uploads.begin(MEMBER, part()).await.unwrap();
    }
    let more = test.app.uploads.begin(MEMBER, part()).await;
    assert!(matches!(more, Err(BlobError::TooMany(2))), "{more:?}");
}
