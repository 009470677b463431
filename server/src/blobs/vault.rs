//! Where the bytes are: a folder of this machine, or a bucket of an S3 service. The only place that knows how.

use std::error::Error as _;
use std::fs::File;
use std::ops::Range;
use std::path::Path as FilePath;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use object_store::aws::AmazonS3Builder;
use object_store::buffered::BufWriter;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{ClientOptions, GetOptions, GetRange, ObjectStore, ObjectStoreExt, RetryConfig};
use tokio::io::AsyncWriteExt;

use crate::config::{Secret, Settings};
use crate::random;

/// Bytes that are gathered before they are written: of a file, and of an S3 object, whose parts have at least 5 MiB.
const LOCAL_BUFFER: usize = 1 << 20;
const S3_BUFFER: usize = 8 << 20;
/// Parts of one object that are on their way to S3 at once: each is held in memory.
const S3_PARTS: usize = 2;

/// How long S3 may take to accept a connection, and to answer or to go on with an answer. How long a whole answer takes
/// is up to the reader: a phone on a weak link needs minutes for a photo. Only one that takes nothing for so long loses
/// it, and comes back with a range.
const S3_CONNECT: Duration = Duration::from_secs(5);
const S3_ANSWER: Duration = Duration::from_secs(30);

/// How often, and until when, a request to S3 is made again. The phone waits, and will come back by itself.
const S3_RETRIES: usize = 5;
const S3_RETRY_UNTIL: Duration = Duration::from_secs(60);

/// What stands in the name of a file that is being written, as `object_store` names it: `KEY#1`.
const UNFINISHED: char = '#';

/// Which store, and how to reach it.
#[derive(Debug, Clone)]
pub struct VaultPlace {
    /// `file://FOLDER` or `s3://BUCKET/PREFIX`.
    pub url: String,
    /// The S3 endpoint; empty: the region's public one.
    pub endpoint: String,
    /// The S3 region.
    pub region: String,
    /// The S3 key's id.
    pub key_id: Secret,
    /// The S3 key.
    pub key: Secret,
}

impl VaultPlace {
    /// As the settings say.
    pub fn of(settings: &Settings) -> VaultPlace {
        VaultPlace {
            url: settings.blob_place(),
            endpoint: settings.s3_endpoint.clone(),
            region: settings.s3_region.clone(),
            key_id: settings.s3_key_id.clone(),
            key: settings.s3_key.clone(),
        }
    }
}

/// Why bytes could not be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The place cannot be used.
    #[error("{0}")]
    Place(String),
    /// There is no such object.
    #[error("an object is missing")]
    Missing,
    /// The disk is full.
    #[error("no space is left")]
    Full,
    /// The store did not answer or failed; it may do so later. For the log, not for clients.
    #[error("the blob store failed: {0}")]
    Failed(String),
}

impl From<object_store::Error> for VaultError {
    fn from(error: object_store::Error) -> VaultError {
        if let object_store::Error::NotFound { source, .. } = &error {
            // S3 says with the same status that there is no such bucket. Nothing follows from that for the object.
            let said = source.to_string();
            if !said.contains("<Code>NoSuchBucket</Code>") {
                return VaultError::Missing;
            }
            return VaultError::Failed(said);
        }
        let mut cause: Option<&dyn std::error::Error> = error.source();
        while let Some(inner) = cause {
            if let Some(io) = inner.downcast_ref::<std::io::Error>()
                && matches!(
                    io.kind(),
                    std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded
                )
            {
                return VaultError::Full;
            }
            cause = inner.source();
        }
        VaultError::Failed(error.to_string())
    }
}

/// Makes a folder, and those in which its objects will lie. Their names are on the disk before anything is kept in them:
/// whoever writes an object sees to the name in its own folder only.
fn make(folder: &FilePath) -> std::io::Result<()> {
    let missing = folder
        .ancestors()
        .take_while(|one| !one.exists() && !one.as_os_str().is_empty());
    let missing: Vec<&FilePath> = missing.collect();
    std::fs::create_dir_all(folder)?;
    for above in missing.iter().filter_map(|made| made.parent()) {
        let here = FilePath::new(".");
        let above = if above.as_os_str().is_empty() { here } else { above };
        File::open(above)?.sync_all()?;
    }
    let mut made = false;
    for first in 0..=u8::MAX {
        match std::fs::create_dir(folder.join(hex::encode([first]))) {
            Ok(()) => made = true,
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    if made {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// A store of objects, each written once under a random key. Cloning shares it.
#[derive(Clone, Debug)]
pub struct Vault {
    objects: Arc<dyn ObjectStore>,
    buffer: usize,
    folder: Option<Arc<FilePath>>,
}

/// The stream of an object's bytes.
pub type Stream = BoxStream<'static, Result<Bytes, VaultError>>;

impl Vault {
    /// Opens the store; a missing folder is made. An S3 service is first asked when something is needed of it.
    pub fn open(place: &VaultPlace) -> Result<Vault, VaultError> {
        if let Some(folder) = place.url.strip_prefix("file://") {
            make(FilePath::new(folder)).map_err(|error| VaultError::Place(format!("{}: {error}", place.url)))?;
        }
        Vault::reach(place)
    }

    fn reach(place: &VaultPlace) -> Result<Vault, VaultError> {
        let wrong = |error: &dyn std::fmt::Display| VaultError::Place(format!("{}: {error}", place.url));
        if let Some(folder) = place.url.strip_prefix("file://") {
            let folder = FilePath::new(folder);
            let files = LocalFileSystem::new_with_prefix(folder).map_err(|e| wrong(&e))?;
            return Ok(Vault {
                // The file and its name are on the disk before anybody is told.
                objects: Arc::new(files.with_fsync(true)),
                buffer: LOCAL_BUFFER,
                folder: Some(folder.into()),
            });
        }
        let Some(bucket) = place.url.strip_prefix("s3://") else {
            return Err(wrong(&"neither file:// nor s3://"));
        };
        let (bucket, prefix) = bucket.split_once('/').unwrap_or((bucket, ""));
        // Several TLS providers may be compiled in; a second call finds the first one's choice.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = ClientOptions::new()
            .with_connect_timeout(S3_CONNECT)
            .with_read_timeout(S3_ANSWER)
            .with_timeout_disabled();
        let retry = RetryConfig {
            max_retries: S3_RETRIES,
            retry_timeout: S3_RETRY_UNTIL,
            ..RetryConfig::default()
        };
        let mut builder = AmazonS3Builder::new()
            .with_retry(retry)
            .with_bucket_name(bucket)
            .with_region(&place.region)
            .with_access_key_id(place.key_id.reveal())
            .with_secret_access_key(place.key.reveal());
        if !place.endpoint.is_empty() {
            builder = builder.with_endpoint(&place.endpoint);
        }
        let client = client.with_allow_http(place.endpoint.starts_with("http://"));
        let bucket = builder.with_client_options(client).build().map_err(|e| wrong(&e))?;
        let prefix = prefix.trim_matches('/');
        let objects: Arc<dyn ObjectStore> = if prefix.is_empty() {
            Arc::new(bucket)
        } else {
            Arc::new(PrefixStore::new(bucket, prefix))
        };
        Ok(Vault {
            objects,
            buffer: S3_BUFFER,
            folder: None,
        })
    }

    /// The same, but a folder must be there: a mistyped path is an error, not a new, empty store.
    pub fn open_existing(place: &VaultPlace) -> Result<Vault, VaultError> {
        match place.url.strip_prefix("file://") {
            Some(folder) if !FilePath::new(folder).is_dir() => {
                Err(VaultError::Place(format!("there is no blob store {}", place.url)))
            }
            _ => Vault::reach(place),
        }
    }

    /// Begins a new object.
    pub fn begin(&self) -> Result<Writing, VaultError> {
        let id = random::uuid().map_err(|_| VaultError::Failed("no randomness".to_owned()))?;
        // A folder of a hundred thousand files is slow: 256 of them are not.
        let text = id.simple().to_string();
        let key = format!("{}/{text}", &text[..2]);
        Ok(Writing {
            out: BufWriter::with_capacity(Arc::clone(&self.objects), Path::from(key.as_str()), self.buffer)
                .with_max_concurrency(S3_PARTS),
            key,
            bytes: 0,
        })
    }

    /// Writes a whole object and answers its key.
    pub async fn put(&self, bytes: Bytes) -> Result<String, VaultError> {
        let mut writing = self.begin()?;
        writing.write(bytes).await?;
        Ok(writing.finish().await?.key)
    }

    /// How many bytes an object has.
    pub async fn size(&self, key: &str) -> Result<u64, VaultError> {
        Ok(self.objects.head(&Path::from(key)).await?.size)
    }

    /// An object's bytes, or a range of them that lies within it.
    pub async fn read(&self, key: &str, range: Option<Range<u64>>) -> Result<Stream, VaultError> {
        let options = GetOptions {
            range: range.map(GetRange::Bounded),
            ..GetOptions::default()
        };
        let object = self.objects.get_opts(&Path::from(key), options).await?;
        Ok(object.into_stream().map(|part| part.map_err(VaultError::from)).boxed())
    }

    /// Removes an object. One that is not there is no error.
    pub async fn remove(&self, key: &str) -> Result<(), VaultError> {
        match self.objects.delete(&Path::from(key)).await.map_err(VaultError::from) {
            Err(VaultError::Missing) => Ok(()),
            other => other,
        }
    }

    /// What time it is by the clock by which objects are written, ms. Whoever asks how old one is must not go by another.
    pub async fn clock_ms(&self) -> Result<i64, VaultError> {
        let key = self.put(Bytes::from_static(b"what time is it")).await?;
        let written = self.objects.head(&Path::from(key.as_str())).await;
        self.remove(&key).await?;
        Ok(written?.last_modified.timestamp_millis())
    }

    /// Every object: its key, how many bytes, and when it was last written, ms.
    pub fn all(&self) -> BoxStream<'static, Result<(String, u64, i64), VaultError>> {
        self.objects
            .list(None)
            .map(|meta| {
                let meta = meta?;
                Ok((
                    meta.location.to_string(),
                    meta.size,
                    meta.last_modified.timestamp_millis(),
                ))
            })
            .boxed()
    }
}

impl Vault {
    /// Removes what was being written when a process was killed, if nothing was added to it since `before_ms`. A listing
    /// does not show it. Answers how many. An S3 service keeps such parts out of sight until a rule of its own removes
    /// them.
    pub fn sweep(&self, before_ms: i64) -> Result<u64, VaultError> {
        let failed = |error: std::io::Error| VaultError::Failed(error.to_string());
        let Some(root) = self.folder.as_deref() else {
            return Ok(0);
        };
        let mut removed = 0;
        for folder in std::fs::read_dir(root).map_err(failed)? {
            let folder = folder.map_err(failed)?;
            if !folder.file_type().map_err(failed)?.is_dir() {
                continue;
            }
            for file in std::fs::read_dir(folder.path()).map_err(failed)? {
                let file = file.map_err(failed)?;
                if !file.file_name().to_string_lossy().contains(UNFINISHED) {
                    continue;
                }
                let gone = |error: &std::io::Error| error.kind() == std::io::ErrorKind::NotFound;
                match file.metadata().and_then(|meta| meta.modified()) {
                    Ok(at) if DateTime::<Utc>::from(at).timestamp_millis() < before_ms => {}
                    Ok(_) => continue,
                    // It was finished, or given up, a moment ago.
                    Err(error) if gone(&error) => continue,
                    Err(error) => return Err(failed(error)),
                }
                match std::fs::remove_file(file.path()) {
                    Ok(()) => removed += 1,
                    Err(error) if gone(&error) => {}
                    Err(error) => return Err(failed(error)),
                }
            }
        }
        Ok(removed)
    }
}

/// An object that is being written. Dropping it leaves nothing under its key.
#[derive(Debug)]
pub struct Writing {
    out: BufWriter,
    key: String,
    bytes: u64,
}

/// An object that was written and is safe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Its key.
    pub key: String,
    /// How many bytes.
    pub bytes: u64,
}

impl Writing {
    /// How many bytes it has so far.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Adds bytes.
    pub async fn write(&mut self, part: Bytes) -> Result<(), VaultError> {
        self.bytes += part.len() as u64;
        Ok(self.out.put(part).await?)
    }

    /// Makes it safe: once this is answered it survives a power cut.
    pub async fn finish(mut self) -> Result<Written, VaultError> {
        self.out.shutdown().await.map_err(|error| {
            VaultError::from(object_store::Error::Generic {
                store: "vault",
                source: Box::new(error),
            })
        })?;
        Ok(Written {
            key: self.key,
            bytes: self.bytes,
        })
    }

    /// Forgets it.
    pub async fn abandon(mut self) -> Result<(), VaultError> {
        Ok(self.out.abort().await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(path: &FilePath) -> VaultPlace {
        VaultPlace {
            url: format!("file://{}", path.display()),
            endpoint: String::new(),
            region: String::new(),
            key_id: "".parse().unwrap(),
            key: "".parse().unwrap(),
        }
    }

    async fn bytes(vault: &Vault, key: &str, range: Option<Range<u64>>) -> Vec<u8> {
        let mut stream = vault.read(key, range).await.unwrap();
        let mut bytes = Vec::new();
        while let Some(part) = stream.next().await {
            bytes.extend_from_slice(&part.unwrap());
        }
        bytes
    }

    #[tokio::test]
    async fn an_object_is_read_as_it_was_written() {
        let temporary = tempfile::tempdir().unwrap();
        let vault = Vault::open(&folder(&temporary.path().join("a/b"))).unwrap();
        // Below and above what is gathered.
        for length in [0, 1, LOCAL_BUFFER - 1, LOCAL_BUFFER, 3 * LOCAL_BUFFER + 5] {
            let whole: Vec<u8> = (0..length).map(|n| (n % 251) as u8).collect();
            let mut writing = vault.begin().unwrap();
            for part in whole.chunks(100_000) {
                writing.write(Bytes::copy_from_slice(part)).await.unwrap();
            }
            let written = writing.finish().await.unwrap();
            assert_eq!(written.bytes, length as u64);
            assert_eq!(vault.size(&written.key).await.unwrap(), length as u64);
            assert_eq!(bytes(&vault, &written.key, None).await, whole);
            if length > 10 {
                assert_eq!(bytes(&vault, &written.key, Some(3..9)).await, whole[3..9]);
            }
            vault.remove(&written.key).await.unwrap();
            vault.remove(&written.key).await.unwrap();
            assert!(matches!(vault.size(&written.key).await, Err(VaultError::Missing)));
        }
    }

    #[tokio::test]
    async fn what_was_not_finished_is_nowhere() {
        let temporary = tempfile::tempdir().unwrap();
        let vault = Vault::open(&folder(temporary.path())).unwrap();
        let mut writing = vault.begin().unwrap();
        writing.write(Bytes::from(vec![7; 2 * LOCAL_BUFFER])).await.unwrap();
        drop(writing);
        let mut writing = vault.begin().unwrap();
        writing.write(Bytes::from(vec![7; 2 * LOCAL_BUFFER])).await.unwrap();
        writing.abandon().await.unwrap();
        assert_eq!(vault.all().count().await, 0);
    }

    #[tokio::test]
    async fn what_a_killed_process_was_writing_is_swept_up_once_it_is_old() {
        let temporary = tempfile::tempdir().unwrap();
        let vault = Vault::open(&folder(temporary.path())).unwrap();
        let kept = vault.put(Bytes::from_static(b"kept")).await.unwrap();
        let mut writing = vault.begin().unwrap();
        writing.write(Bytes::from(vec![7; 2 * LOCAL_BUFFER])).await.unwrap();
        // The process ends without a word: nothing is given up.
        std::mem::forget(writing);
        assert_eq!(vault.all().count().await, 1);
        let now_ms = Utc::now().timestamp_millis();
        assert_eq!(vault.sweep(now_ms - 60_000).unwrap(), 0);
        assert_eq!(vault.sweep(now_ms + 60_000).unwrap(), 1);
        assert_eq!(vault.sweep(now_ms + 60_000).unwrap(), 0);
        assert_eq!(bytes(&vault, &kept, None).await, b"kept");
    }

    #[tokio::test]
    async fn a_disk_that_is_full_is_said_to_be() {
        let io = std::io::Error::from(std::io::ErrorKind::StorageFull);
        let error = object_store::Error::Generic {
            store: "test",
            source: Box::new(io),
        };
        assert!(matches!(VaultError::from(error), VaultError::Full));
    }
}
