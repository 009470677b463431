//! tus 1.0.0, sentence by sentence: what <https://tus.io/protocols/resumable-upload> says that a server must do, of the
//! core protocol and of the extensions that ours announces.

use std::sync::atomic::{AtomicU64, Ordering};

use wuyuan_tests::api::{Answer, Api};
use wuyuan_tests::backend::Backend;
use wuyuan_tests::district::World;
use wuyuan_tests::uploads::{BYTES, photo, send};

mod core;
mod extensions;

/// A server, somebody who is signed in there, and photos.
pub struct Site {
    pub world: World,
    pub api: Api,
    photos: AtomicU64,
}

impl Site {
    pub fn new() -> Site {
        let world = World::start(Backend::Sqlite);
        let api = world.sign_in(&world.district.members[0]);
        Site {
            world,
            api,
            photos: AtomicU64::new(0),
        }
    }

    /// A photo that this server has not seen.
    pub fn photo(&self) -> Vec<u8> {
        photo(self.photos.fetch_add(1, Ordering::Relaxed), 2_000)
    }

    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        send(&self.api, method, path, headers, body)
    }
}

pub const PLACE: &str = "/v1/blobs";

pub fn patch_of(offset: &str) -> [(&str, &str); 2] {
    [("upload-offset", offset), ("content-type", BYTES)]
}
