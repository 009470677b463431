//! What makes a setting impossible.

use sync_protocol::limits::{Limits, OP_BYTES};

use super::{ConfigError, Settings};

type Checked = Result<(), ConfigError>;

/// Refuses settings that cannot work, the first one by name.
pub(super) fn whole(s: &Settings) -> Checked {
    let url = s.database.reveal();
    if !["sqlite://", "postgres://", "postgresql://"]
        .iter()
        .any(|scheme| url.starts_with(scheme))
    {
        return Err(ConfigError::impossible(
            "database",
            "begin with sqlite:// or postgres://",
        ));
    }
    if url == "sqlite://" || url.contains(":memory:") {
        return Err(ConfigError::impossible(
            "database",
            "name a file after sqlite://; a database in memory would be lost",
        ));
    }
    within("workers", s.workers as u64, 0, 1_024)?;
    within("pool_size", s.pool_size.into(), 2, 1_000)?;
    within("pool_wait_ms", s.pool_wait_ms, 10, 600_000)?;
    within("sync_wait_ms", s.sync_wait_ms, 100, 600_000)?;
    within("committers", s.committers as u64, 1, 64)?;
    if s.committers >= s.pool_size as usize && !url.starts_with("sqlite://") {
        return Err(ConfigError::impossible(
            "committers",
            "must be fewer than pool_size, or nothing else could reach the database",
        ));
    }
    within("committer_batch", s.committer_batch as u64, 1, 1_024)?;
    within(
        "queue_length",
        s.queue_length as u64,
        s.committer_batch as u64,
        1_000_000,
    )?;
    within("access_token_secs", s.access_token_secs, 60, 86_400)?;
    within("refresh_token_days", s.refresh_token_days, 1, 366)?;
    within("push_only_days", s.push_only_days, 0, 3_660)?;
    within("activation_hours", s.activation_hours, 1, 24 * 90)?;
    within("parallel_sign_ins", s.parallel_sign_ins as u64, 1, 256)?;
    within("rate_per_member", s.rate_per_member.into(), 1, 1_000_000)?;
    within("rate_push_only", s.rate_push_only.into(), 1, 1_000_000)?;
    within("max_body_bytes", s.max_body_bytes, OP_BYTES as u64 + 4_096, 1 << 30)?;
    within("max_inflated_bytes", s.max_inflated_bytes, s.max_body_bytes, 4 << 30)?;
    within("max_push_ops", s.max_push_ops.into(), 1, 100_000)?;
    within("page_records", s.page_records.into(), 1, 100_000)?;
    within("page_bytes", s.page_bytes, 4_096, 1 << 30)?;
    within("max_units", s.max_units.into(), 1, 1_000_000)?;
    let place = s.blob_place();
    if !["file://", "s3://"]
        .iter()
        .any(|scheme| place.len() > scheme.len() && place.starts_with(scheme))
    {
        return Err(ConfigError::impossible(
            "blobs",
            "begin with file:// or s3:// and name a folder or a bucket",
        ));
    }
    if place.starts_with("s3://") && (s.s3_key_id.reveal().is_empty() || s.s3_key.reveal().is_empty()) {
        return Err(ConfigError::impossible(
            "s3_key",
            "an S3 store needs s3_key_id and s3_key",
        ));
    }
    within("max_blob_bytes", s.max_blob_bytes, 65_536, 1 << 40)?;
    within("max_voice_bytes", s.max_voice_bytes, 65_536, 1 << 40)?;
    within("max_uploads", s.max_uploads.into(), 1, 100_000)?;
    within(
        "max_unreferred_bytes",
        s.max_unreferred_bytes,
        s.max_blob_bytes,
        1 << 50,
    )?;
    within("piece_bytes", s.piece_bytes, 65_536, 1 << 30)?;
    within("upload_days", s.upload_days, 1, 366)?;
    within("orphan_days", s.orphan_days, 1, 3_660)?;
    within("parallel_pictures", s.parallel_pictures as u64, 1, 64)?;
    within("max_pixels", s.max_pixels, 1_000_000, 1_000_000_000)?;
    within("seal_interval_ms", s.seal_interval_ms, 0, 3_600_000)?;
    within("seal_batch", s.seal_batch.into(), 1, 65_536)?;
    within("events_interval_secs", s.events_interval_secs, 1, 600)?;
    within("shutdown_secs", s.shutdown_secs, 0, 3_600)
}

fn within(name: &'static str, value: u64, least: u64, most: u64) -> Checked {
    if (least..=most).contains(&value) {
        Ok(())
    } else {
        Err(ConfigError::impossible(
            name,
            format!("{value} is not between {least} and {most}"),
        ))
    }
}

impl Settings {
    /// Where photos are kept, `file://…` or `s3://…`.
    pub fn blob_place(&self) -> String {
        if !self.blobs.is_empty() {
            return self.blobs.clone();
        }
        match self.database.reveal().strip_prefix("sqlite://") {
            Some(file) => format!("file://{file}.blobs"),
            None => "file://data/blobs".to_owned(),
        }
    }

    /// The limits that `GET /v1/config` announces.
    pub fn limits(&self) -> Limits {
        Limits {
            body_bytes: self.max_body_bytes,
            inflated_bytes: self.max_inflated_bytes,
            push_ops: self.max_push_ops,
            // Not a setting: a phone may carry an operation for months, so the limit is never lowered.
            op_bytes: OP_BYTES as u32,
            page_records: self.page_records,
            page_bytes: self.page_bytes,
            units: self.max_units,
            blob_bytes: self.max_blob_bytes,
            voice_bytes: self.max_voice_bytes,
        }
    }
}
