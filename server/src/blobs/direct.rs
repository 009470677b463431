//! The blob store for commands, which do one thing after another and have no runtime of their own.

use std::io::{Read, Write};

use bytes::Bytes;
use futures_util::StreamExt;
use tokio::runtime::{Builder, Runtime};

use super::digest::{Found, Whole};
use super::vault::{Vault, VaultError, VaultPlace};

/// Bytes read from a file at once.
const CHUNK: usize = 1 << 20;

/// A store that is opened when something is needed of it: a database without photos needs none.
pub struct Direct {
    place: VaultPlace,
    runtime: Runtime,
}

/// Why bytes did not get from one place to the other.
#[derive(Debug, thiserror::Error)]
pub enum CarryError {
    /// The blob store's side.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The other side's, a file.
    #[error(transparent)]
    File(#[from] std::io::Error),
}

impl Direct {
    /// Opens nothing yet.
    pub fn new(place: VaultPlace) -> std::io::Result<Direct> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        Ok(Direct { place, runtime })
    }

    /// The store, which must be there.
    pub fn existing(&self) -> Result<Open<'_>, VaultError> {
        Ok(Open {
            vault: Vault::open_existing(&self.place)?,
            runtime: &self.runtime,
        })
    }

    /// The store, which may be new.
    pub fn open(&self) -> Result<Open<'_>, VaultError> {
        Ok(Open {
            vault: Vault::open(&self.place)?,
            runtime: &self.runtime,
        })
    }

    /// The runtime on which it is reached.
    pub fn runtime(&self) -> &Runtime {
        &self.runtime
    }
}

/// An open store.
pub struct Open<'r> {
    vault: Vault,
    runtime: &'r Runtime,
}

impl Open<'_> {
    /// The store itself.
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// Reads an object from its first byte to its last and says what it is.
    pub fn examine(&self, key: &str) -> Result<Found, VaultError> {
        match self.carry_out(key, &mut std::io::sink()) {
            Ok(found) => Ok(found),
            Err(CarryError::Vault(error)) => Err(error),
            // Nothing fails to vanish.
            Err(CarryError::File(error)) => Err(VaultError::Failed(error.to_string())),
        }
    }

    /// Writes an object's bytes to `out` and says what they are.
    pub fn carry_out(&self, key: &str, out: &mut impl Write) -> Result<Found, CarryError> {
        self.runtime.block_on(async {
            let mut whole = Whole::default();
            let mut bytes = self.vault.read(key, None).await?;
            while let Some(part) = bytes.next().await {
                let part = part?;
                whole.update(&part);
                out.write_all(&part)?;
            }
            Ok(whole.finish())
        })
    }

    /// Writes a new object of the bytes of `from`, if they are what `wanted` says; answers its key. Others leave nothing.
    pub fn carry_in(
        &self,
        from: &mut impl Read,
        wanted: impl FnOnce(&Found) -> bool,
    ) -> Result<Option<String>, CarryError> {
        self.runtime.block_on(async {
            let mut whole = Whole::default();
            let mut writing = self.vault.begin()?;
            loop {
                let mut chunk = Vec::with_capacity(CHUNK);
                if from.by_ref().take(CHUNK as u64).read_to_end(&mut chunk)? == 0 {
                    break;
                }
                whole.update(&chunk);
                writing.write(Bytes::from(chunk)).await?;
            }
            if !wanted(&whole.finish()) {
                writing.abandon().await?;
                return Ok(None);
            }
            Ok(Some(writing.finish().await?.key))
        })
    }

    /// Removes an object.
    pub fn remove(&self, key: &str) -> Result<(), VaultError> {
        self.runtime.block_on(self.vault.remove(key))
    }
}
