//! Photos over the wire and in their store, with clients and an S3 service that nobody here wrote.

mod across;
mod backups;
mod browser;
mod kept;
mod leaver;
mod many;
mod spec;
mod tuspy;
mod vault;
mod weather;
