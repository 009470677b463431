//! A PostgreSQL of the tests' own.
//!
//! One cluster under cargo's target folder is started by whichever test needs it first, under a file lock, and
//! shared by all test processes; every test makes a database of its own in it and drops it afterwards.
//! `make test` stops the cluster at its end (the program `test-postgres stop`). PostgreSQL refuses to run as
//! root, so under root it runs as the ordinary user `postgres`, or `nobody` where there is none. `fsync` is on:
//! tests kill servers and ask what survived.
//!
//! `PG_URL=postgres://user@host/postgres` makes the tests use another server; the user must be allowed to create
//! databases.

use std::net::{SocketAddr, ToSocketAddrs};
use std::ops::Range;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::postgres::cluster::Cluster;

pub mod cluster;
pub mod private;
pub mod programs;
pub mod session;
pub mod standby;

/// A database that exists as long as this value.
#[derive(Debug)]
pub struct Database {
    url: String,
    /// The server and the name under which it is dropped, unless somebody else keeps it.
    own: Option<(String, String)>,
    /// The folder of its photos.
    blobs: TempDir,
}

impl Database {
    /// Makes an empty database.
    ///
    /// # Panics
    /// When there is no PostgreSQL and none can be started. That is a failure of the test, never a skip.
    pub fn create() -> Database {
        let server = match std::env::var("PG_URL") {
            Ok(url) => url,
            Err(_) => Cluster::shared().url(),
        };
        let name = format!("wuyuan_{}", uuid::Uuid::new_v4().simple());
        psql(&server, &format!("CREATE DATABASE {name}"));
        let url = with_database(&server, &name);
        Database {
            url,
            own: Some((server, name)),
            blobs: blobs(),
        }
    }

    /// Another database with the same content.
    ///
    /// # Panics
    /// When somebody stays connected to this one, or something else keeps it.
    pub fn copy(&self) -> Database {
        let (server, own) = self.own.clone().expect("a database of a test's own");
        let name = format!("wuyuan_{}", uuid::Uuid::new_v4().simple());
        psql(&server, &format!("CREATE DATABASE {name} TEMPLATE {own}"));
        Database {
            url: with_database(&server, &name),
            own: Some((server, name)),
            blobs: blobs(),
        }
    }

    /// A database that something else keeps: behind a proxy, or in a cluster of a test's own.
    pub fn at(url: &str) -> Database {
        Database {
            url: url.to_owned(),
            own: None,
            blobs: blobs(),
        }
    }

    /// How to connect to it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where the photos of the servers on it are kept.
    pub fn blobs(&self) -> &Path {
        self.blobs.path()
    }

    /// Where its server listens.
    ///
    /// # Panics
    /// When the URL names no host and port that can be found.
    pub fn address(&self) -> SocketAddr {
        let authority = &self.url[authority(&self.url)];
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let found = host.to_socket_addrs().or_else(|_| (host, 5432).to_socket_addrs());
        let found = found.ok().and_then(|mut all| all.next());
        found.unwrap_or_else(|| panic!("cannot find {host}"))
    }

    /// The same database, reached through something that listens on `address`.
    pub fn through(&self, address: SocketAddr) -> Database {
        let place = authority(&self.url);
        let user = self.url[place.clone()].rsplit_once('@').map_or("", |(user, _)| user);
        let at = if user.is_empty() { "" } else { "@" };
        let (before, after) = (&self.url[..place.start], &self.url[place.end..]);
        Database::at(&format!("{before}{user}{at}{address}{after}"))
    }

    /// Runs one statement and gives what it returned: a line a row, columns parted by `|`.
    pub fn sql(&self, statement: &str) -> String {
        psql(&self.url, statement)
    }

    /// The same of a statement that may be refused; then what the server says.
    pub fn try_sql(&self, statement: &str) -> Result<String, String> {
        try_psql(&self.url, statement)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // A test that already fails must not end in a second panic; the cluster is thrown away anyhow.
        if let Some((server, name)) = self.own.as_ref().filter(|_| !std::thread::panicking()) {
            psql(server, &format!("DROP DATABASE {name} WITH (FORCE)"));
        }
    }
}

fn blobs() -> TempDir {
    TempDir::new().expect("a temporary folder")
}

/// `url` with another database name.
fn with_database(url: &str, name: &str) -> String {
    let query = url
        .split_once('?')
        .map(|(_, query)| format!("?{query}"))
        .unwrap_or_default();
    format!("{}/{name}{query}", &url[..authority(url).end])
}

/// Where in `url` its user, host and port stand.
fn authority(url: &str) -> Range<usize> {
    let start = url.find("://").map_or(0, |at| at + 3);
    let end = url[start..].find(['/', '?']).map_or(url.len(), |at| start + at);
    start..end
}

fn psql(url: &str, statement: &str) -> String {
    try_psql(url, statement).unwrap_or_else(|error| panic!("{statement}: {error}"))
}

fn try_psql(url: &str, statement: &str) -> Result<String, String> {
    let program = programs::programs().join("psql");
    let output = Command::new(&program)
        .args([
            "--no-psqlrc",
            "--quiet",
            "--tuples-only",
            "--no-align",
            "--set",
            "ON_ERROR_STOP=1",
        ])
        .args(["--dbname", url, "--command", statement])
        .current_dir("/")
        .output()
        .unwrap_or_else(|e| panic!("cannot run {}: {e}", program.display()));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end().to_owned();
    match output.status.success() {
        true => Ok(text(&output.stdout)),
        false => Err(text(&output.stderr)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_of_a_url_is_replaced() {
        for (url, expected) in [
            ("postgres://u@h:1/postgres", "postgres://u@h:1/x"),
            ("postgres://u@h:1", "postgres://u@h:1/x"),
            ("postgres://u@h/a?sslmode=disable", "postgres://u@h/x?sslmode=disable"),
        ] {
            assert_eq!(with_database(url, "x"), expected);
        }
    }

    #[test]
    fn databases_are_apart_and_gone_afterwards() {
        let (one, two) = (Database::create(), Database::create());
        one.sql("CREATE TABLE t (n int)");
        assert_eq!(one.sql("INSERT INTO t VALUES (1), (2) RETURNING n"), "1\n2");
        assert_eq!(two.sql("SELECT count(*) FROM pg_tables WHERE tablename = 't'"), "0");
        assert_eq!(one.sql("SHOW fsync"), "on");
        let name = one.own.clone().expect("it is its own").1;
        drop(one);
        assert_eq!(
            two.sql(&format!("SELECT count(*) FROM pg_database WHERE datname = '{name}'")),
            "0"
        );
    }
}
