//! What really lies in a store, whatever the server says.

use futures_util::StreamExt;
use sha2::{Digest, Sha256};
use wuyuan_server::blobs::vault::{Vault, VaultPlace};
use wuyuan_tests::backend::Place;

/// The store of the servers on `place` that keep their photos in a folder.
pub fn folder(place: &Place) -> VaultPlace {
    VaultPlace {
        url: place.blobs(),
        endpoint: String::new(),
        region: String::new(),
        key_id: "".parse().expect("a secret of ours"),
        key: "".parse().expect("a secret of ours"),
    }
}

/// How many objects there are.
pub fn objects(place: &VaultPlace) -> usize {
    run(async {
        let all = Vault::open(place).expect("the place can be used").all();
        all.filter(|found| std::future::ready(found.is_ok())).count().await
    })
}

/// The SHA-256 of every object, in order.
pub fn hashes(place: &VaultPlace) -> Vec<String> {
    run(async {
        let vault = Vault::open(place).expect("the place can be used");
        let keys: Vec<String> = vault.all().map(|found| found.expect("a list").0).collect().await;
        let mut hashes = Vec::new();
        for key in keys {
            let mut bytes = vault.read(&key, None).await.expect("an object that is listed is there");
            let mut hash = Sha256::new();
            while let Some(part) = bytes.next().await {
                hash.update(part.expect("an object can be read"));
            }
            hashes.push(hex::encode(hash.finalize()));
        }
        hashes.sort();
        hashes
    })
}

fn run<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(work)
}
