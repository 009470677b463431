//! Settings: by flag, `WUYUAN_*` variable or TOML file, in that order of precedence.
//!
//! Nothing else in the server reads the environment. Each setting is written down once, below; its flag,
//! variable, file key, default and line in `docs/SETTINGS.md` follow from that. A setting that cannot work
//! is refused at start with one line that names it.

mod check;
mod define;
mod types;

pub use define::Definition;
pub use types::{DatabaseUrl, LogFormat, LogLevel, Secret};

use std::net::SocketAddr;

use define::settings;

settings! {
    /// Address and port to listen on.
    listen: SocketAddr = "127.0.0.1:8080", "WUYUAN_LISTEN";
    /// The database: sqlite://PATH or postgres://USER:PASSWORD@HOST/NAME.
    database: DatabaseUrl = "sqlite://data/wuyuan.db", "WUYUAN_DATABASE";
    /// Where photos are kept: file://FOLDER or s3://BUCKET/PREFIX. Empty: beside the SQLite file, else file://data/blobs; several servers need one that all of them reach.
    blobs: String = "", "WUYUAN_BLOBS";
    /// The S3 endpoint, such as https://s3.example; empty: the public one of the region.
    s3_endpoint: String = "", "WUYUAN_S3_ENDPOINT";
    /// The S3 region.
    s3_region: String = "us-east-1", "WUYUAN_S3_REGION";
    /// The S3 access key's id.
    s3_key_id: Secret = "", "WUYUAN_S3_KEY_ID";
    /// The S3 access key.
    s3_key: Secret = "", "WUYUAN_S3_KEY";
    /// The folder with the built phone app, served at /. Empty: the one that was compiled in, if there was one.
    web: String = "", "WUYUAN_WEB";
    /// Threads that serve HTTP; 0: one per core.
    workers: usize = "0", "WUYUAN_WORKERS";
    /// Most database connections.
    pool_size: u32 = "8", "WUYUAN_POOL_SIZE";
    /// How long a request waits for a database connection or a lock, in milliseconds.
    pool_wait_ms: u64 = "5000", "WUYUAN_POOL_WAIT_MS";
    /// Longest time until a sync is answered, in milliseconds; then it is answered 503, and whether it was stored the phone learns by sending it again.
    sync_wait_ms: u64 = "20000", "WUYUAN_SYNC_WAIT_MS";
    /// Committers: workers that put waiting pushes into one transaction. SQLite always has one.
    committers: usize = "2", "WUYUAN_COMMITTERS";
    /// Most pushes in one transaction.
    committer_batch: usize = "64", "WUYUAN_COMMITTER_BATCH";
    /// Whether this server derives findings, postings and the like behind the pushes. At least one server on a database must.
    follow: bool = "true", "WUYUAN_FOLLOW";
    /// Most pushes that wait; one more is answered 503.
    queue_length: usize = "1024", "WUYUAN_QUEUE_LENGTH";
    /// Life of an access token, in seconds.
    access_token_secs: u64 = "900", "WUYUAN_ACCESS_TOKEN_SECS";
    /// Life of a refresh token, in days. A phone that syncs more seldom asks for the password again.
    refresh_token_days: u64 = "60", "WUYUAN_REFRESH_TOKEN_DAYS";
    /// How long a member may still deliver operations after the last appointment has ended, in days.
    push_only_days: u64 = "90", "WUYUAN_PUSH_ONLY_DAYS";
    /// Life of a one-time activation code, in hours.
    activation_hours: u64 = "72", "WUYUAN_ACTIVATION_HOURS";
    /// Whether administrators must sign in with a TOTP code as well.
    admin_totp: bool = "true", "WUYUAN_ADMIN_TOTP";
    /// Passwords checked at once; each check takes about 20 MiB. More wait, and are answered 503 after a while.
    parallel_sign_ins: usize = "4", "WUYUAN_PARALLEL_SIGN_INS";
    /// Requests a second of one member, on average; twice as many in a burst.
    rate_per_member: u32 = "200", "WUYUAN_RATE_PER_MEMBER";
    /// Requests a second of one member who may only push, on average; twice as many in a burst.
    rate_push_only: u32 = "2", "WUYUAN_RATE_PUSH_ONLY";
    /// Most bytes of a request body as it travels.
    max_body_bytes: u64 = "4194304", "WUYUAN_MAX_BODY_BYTES";
    /// Most bytes of a request body after inflation.
    max_inflated_bytes: u64 = "16777216", "WUYUAN_MAX_INFLATED_BYTES";
    /// Most operations in one push.
    max_push_ops: u32 = "500", "WUYUAN_MAX_PUSH_OPS";
    /// Most records in one answer.
    page_records: u32 = "1000", "WUYUAN_PAGE_RECORDS";
    /// About how many bytes of records one answer carries.
    page_bytes: u64 = "1048576", "WUYUAN_PAGE_BYTES";
    /// Most units that one request may name.
    max_units: u32 = "4096", "WUYUAN_MAX_UNITS";
    /// Most bytes of one photo or document.
    max_blob_bytes: u64 = "33554432", "WUYUAN_MAX_BLOB_BYTES";
    /// Most bytes of one voice note.
    max_voice_bytes: u64 = "8388608", "WUYUAN_MAX_VOICE_BYTES";
    /// Most unfinished uploads of one member.
    max_uploads: u32 = "64", "WUYUAN_MAX_UPLOADS";
    /// Most bytes that one member may have sent and that no record refers to.
    max_unreferred_bytes: u64 = "1073741824", "WUYUAN_MAX_UNREFERRED_BYTES";
    /// After so many bytes a part of an upload is made safe, and its phone need not send it again.
    piece_bytes: u64 = "8388608", "WUYUAN_PIECE_BYTES";
    /// How long an unfinished upload is kept, in days.
    upload_days: u64 = "7", "WUYUAN_UPLOAD_DAYS";
    /// How long a photo that no record refers to is kept, in days.
    orphan_days: u64 = "30", "WUYUAN_ORPHAN_DAYS";
    /// Pictures decoded at once, for thumbnails and likeness.
    parallel_pictures: usize = "2", "WUYUAN_PARALLEL_PICTURES";
    /// Most pixels of a picture that is decoded; larger ones are kept and have no thumbnail.
    max_pixels: u64 = "100000000", "WUYUAN_MAX_PIXELS";
    /// A folder of further holiday tables (TOML, one a year; docs/OPERATIONS.md); a year that the program brings is replaced. Empty: none.
    holidays: String = "", "WUYUAN_HOLIDAYS";
    /// How often what was stored is sealed into the transparency log, in milliseconds; 0: this server does not seal.
    seal_interval_ms: u64 = "1000", "WUYUAN_SEAL_INTERVAL_MS";
    /// Most leaves that one transaction of the sealer adds.
    seal_batch: u32 = "4096", "WUYUAN_SEAL_BATCH";
    /// How often an event stream says that it is alive, in seconds.
    events_interval_secs: u64 = "20", "WUYUAN_EVENTS_INTERVAL_SECS";
    /// How long requests in flight may take to finish when the server is told to stop, in seconds.
    shutdown_secs: u64 = "20", "WUYUAN_SHUTDOWN_SECS";
    /// Whether GET /metrics answers.
    metrics: bool = "true", "WUYUAN_METRICS";
    /// How log lines are written: json or text.
    log_format: LogFormat = "json", "WUYUAN_LOG_FORMAT";
    /// Which log lines are written: error, warn, info, debug or trace.
    log_level: LogLevel = "info", "WUYUAN_LOG_LEVEL";
}

/// Why the settings are refused. One line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the settings file {file}: {why}")]
    File {
        /// As it was given.
        file: String,
        /// Why.
        why: String,
    },
    /// The file is not TOML, or names a setting that does not exist.
    #[error("settings file {file}: {why}")]
    Toml {
        /// As it was given.
        file: String,
        /// Why, with the line.
        why: String,
    },
    /// A value that cannot work.
    #[error("setting {name}: {why}")]
    Impossible {
        /// The setting's name in the file.
        name: &'static str,
        /// What is wrong and what would do.
        why: String,
    },
}

impl ConfigError {
    fn impossible(name: &'static str, why: impl Into<String>) -> ConfigError {
        ConfigError::Impossible { name, why: why.into() }
    }
}

impl SettingsArgs {
    /// Lays flags and variables over the file over the defaults, and checks the whole.
    pub fn resolve(self) -> Result<Settings, ConfigError> {
        let file = match &self.config {
            Some(path) => read(path)?,
            None => SettingsArgs::default(),
        };
        let settings = settle(self, file)?;
        check::whole(&settings)?;
        Ok(settings)
    }
}

fn read(path: &std::path::Path) -> Result<SettingsArgs, ConfigError> {
    let file = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| ConfigError::File {
        file: file.clone(),
        why: error.to_string(),
    })?;
    // Not the parser's rendering of the place: it quotes the line, which may hold a password.
    toml::from_str(&text).map_err(|error| {
        let line = error
            .span()
            .map_or(1, |span| 1 + text[..span.start.min(text.len())].matches('\n').count());
        ConfigError::Toml {
            file,
            why: format!("line {line}: {}", error.message()),
        }
    })
}

/// The Markdown of `docs/SETTINGS.md`.
pub fn documentation() -> String {
    let mut page = String::from(
        "# Settings\n\n\
         Every setting can be given as a flag, as an environment variable, or in a TOML file named by\n\
         `--config FILE` or `WUYUAN_CONFIG`. A flag wins over a variable, a variable over the file, the file over\n\
         the default. A value that cannot work stops the server at start with one line that names the setting.\n\n\
         This page is written by `wuyuan settings` from the definitions in `server/src/config/mod.rs`; a test\n\
         fails when it is stale.\n\n\
         | in the file | flag | variable | default | what it does |\n|---|---|---|---|---|\n",
    );
    for d in DEFINITIONS {
        page.push_str(&format!(
            "| `{}` | `{}` | `{}` | `{}` | {} |\n",
            d.name,
            d.flag(),
            d.variable,
            d.default,
            d.about.trim()
        ));
    }
    page
}

#[cfg(test)]
mod tests;
