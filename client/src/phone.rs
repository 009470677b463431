//! The phone: one file, one device, one member.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::Connection;
use sync_protocol::catalog::Catalog;

use crate::api::{Appointment, Config, Directory};
use crate::env::Env;
use crate::error::PhoneError;
use crate::photos::{Folder, Sending};
use crate::store::{Store, account, cache};

/// An enrolled phone. Methods that need the server take a transport; all others work without.
pub struct Phone {
    path: PathBuf,
    store: Store,
    env: Box<dyn Env>,
    catalog: Option<Arc<Catalog>>,
    folder: Folder,
    /// How photos are sent.
    pub(crate) sending: Sending,
    /// Most operations of the next push, where an answer asked for fewer than the limit.
    pub(crate) push_cap: Option<u32>,
    /// The next push goes with nothing beside it: a single operation and what went with it were too much.
    pub(crate) push_alone: bool,
}

impl std::fmt::Debug for Phone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Phone")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl Phone {
    /// Opens the phone that is kept in the file `path`.
    pub fn open(path: &Path, env: Box<dyn Env>) -> Result<Phone, PhoneError> {
        let mut store = Store::open(path)?;
        // A file that was made and never filled is no phone.
        account::load(store.read())?;
        let catalog = match cache::load(store.read(), cache::CATALOG)? {
            Some(cached) => Some(Arc::new(Catalog::from_json(&cached.body)?)),
            None => None,
        };
        let folder = Folder::beside(path);
        folder.tidy(&mut store)?;
        Ok(Phone {
            path: path.to_owned(),
            store,
            env,
            catalog,
            folder,
            sending: Sending::default(),
            push_cap: None,
            push_alone: false,
        })
    }

    pub(crate) fn env(&self) -> &dyn Env {
        self.env.as_ref()
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    pub(crate) fn store_mut(&mut self) -> &mut Store {
        &mut self.store
    }

    pub(crate) fn folder(&self) -> &Folder {
        &self.folder
    }

    /// Removes originals that nobody needs, and encrypts those that are to lie here encrypted.
    pub(crate) fn tidy(&mut self) -> Result<(), PhoneError> {
        Ok(self.folder.tidy(&mut self.store)?)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn conn(&self) -> &Connection {
        self.store.read()
    }

    /// The catalogue as last heard; `None` before the first sync.
    pub fn catalog(&self) -> Option<Arc<Catalog>> {
        self.catalog.clone()
    }

    pub(crate) fn set_catalog(&mut self, catalog: Catalog) {
        self.catalog = Some(Arc::new(catalog));
    }

    /// The server's address.
    pub fn server(&self) -> Result<String, PhoneError> {
        Ok(account::load(self.conn())?.server)
    }

    /// What the member is appointed to, as last heard.
    pub fn appointments(&self) -> Result<Vec<Appointment>, PhoneError> {
        Ok(account::load(self.conn())?.appointments)
    }

    /// Units and members for choice lists, as last heard.
    pub fn directory(&self) -> Result<Directory, PhoneError> {
        match cache::load(self.conn(), cache::DIRECTORY)? {
            Some(cached) => serde_json::from_str(&cached.body).map_err(|_| PhoneError::Foreign("directory")),
            None => Ok(Directory::default()),
        }
    }

    pub(crate) fn config(&self) -> Result<Option<Config>, PhoneError> {
        match cache::load(self.conn(), cache::CONFIG)? {
            Some(cached) => serde_json::from_str(&cached.body)
                .map(Some)
                .map_err(|_| PhoneError::Foreign("config")),
            None => Ok(None),
        }
    }
}
