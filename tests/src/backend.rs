//! The two databases a server can stand on.

use tempfile::TempDir;
use wuyuan_server::blobs::vault::VaultPlace;

use crate::postgres::Database;

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// A file.
    Sqlite,
    /// A PostgreSQL server.
    Postgres,
}

/// An empty database of a test's own, gone when dropped.
#[derive(Debug)]
pub enum Place {
    /// In a folder of its own.
    Sqlite(TempDir),
    /// In the shared cluster.
    Postgres(Database),
}

impl Backend {
    /// Makes an empty database.
    pub fn place(self) -> Place {
        match self {
            Backend::Sqlite => Place::Sqlite(TempDir::new().expect("a temporary folder")),
            Backend::Postgres => Place::Postgres(Database::create()),
        }
    }
}

impl Place {
    /// The URL that `wuyuan serve --database` takes.
    pub fn url(&self) -> String {
        match self {
            Place::Sqlite(folder) => format!("sqlite://{}", folder.path().join("wuyuan.db").display()),
            Place::Postgres(database) => database.url().to_owned(),
        }
    }

    /// The URL that `wuyuan serve --blobs` takes.
    pub fn blobs(&self) -> String {
        match self {
            Place::Sqlite(folder) => format!("file://{}", folder.path().join("wuyuan.db.blobs").display()),
            Place::Postgres(database) => format!("file://{}", database.blobs().display()),
        }
    }

    /// Another database with the same rows, without the photos' bytes. Nobody may be connected to this one.
    pub fn copy(&self) -> Place {
        match self {
            Place::Sqlite(_) => {
                let copy = Backend::Sqlite.place();
                let file = copy.url().trim_start_matches("sqlite://").to_owned();
                self.change(&format!("VACUUM INTO '{file}'"));
                copy
            }
            Place::Postgres(database) => Place::Postgres(database.copy()),
        }
    }

    /// The same, as the server's parts take it.
    pub fn vault(&self) -> VaultPlace {
        let none = || "".parse().expect("no key is a key");
        VaultPlace {
            url: self.blobs(),
            endpoint: String::new(),
            region: String::new(),
            key_id: none(),
            key: none(),
        }
    }
}

/// Makes two tests of each body: `name::sqlite` and `name::postgres`.
#[macro_export]
macro_rules! on_both_backends {
    ($($(#[$attribute:meta])* fn $name:ident($backend:ident) $body:block)*) => {
        $(
            $(#[$attribute])*
            mod $name {
                use super::*;

                fn body($backend: $crate::backend::Backend) $body

                #[test]
                fn sqlite() {
                    body($crate::backend::Backend::Sqlite);
                }

                #[test]
                fn postgres() {
                    body($crate::backend::Backend::Postgres);
                }
            }
        )*
    };
}
