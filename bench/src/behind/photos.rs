//! Photos that have arrived and were looked at, as their rows say; nobody asks for their bytes.

use rand::RngExt;
use rand::rngs::StdRng;
use sync_protocol::feed::Hash;
use wuyuan_server::store::Store;
use wuyuan_server::store::portable::{PortableRow, Value};

use crate::cast::now_ms;
use crate::scale::country;

/// Photos of one transaction.
const TOGETHER: usize = 20_000;

/// Writes that photos have arrived, each unlike all others.
pub fn arrive(store: &Store, photos: &[Hash], dice: &mut StdRng) {
    for some in photos.chunks(TOGETHER) {
        let rows = some.iter().map(|hash| row(hash, dice)).collect();
        store
            .write(|db| country::rows(db, "blob", rows))
            .expect("the photos are new");
    }
}

fn row(hash: &Hash, dice: &mut StdRng) -> PortableRow {
    let likeness: u64 = dice.random();
    PortableRow(vec![
        Value::Bytes(hash.to_vec()),
        Value::Long(400_000),
        Value::Text("image/jpeg".to_owned()),
        Value::Bytes(hash.to_vec()),
        Value::Text(hex::encode(hash)),
        Value::Long(now_ms()),
        Value::Bool(false),
        Value::Null,
        Value::Bool(true),
        Value::Bytes(likeness.to_be_bytes().to_vec()),
        Value::Null,
    ])
}
