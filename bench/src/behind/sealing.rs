//! Sealing what many pushes left, beside nothing but the hashing of as many leaves and nodes.

use std::hint::black_box;
use std::time::Instant;

use sha2::{Digest, Sha256};
use wuyuan_server::log::{edge, seal};
use wuyuan_server::query;
use wuyuan_server::store::StoreResult;

use super::scene::Scene;
use crate::report::{Report, Row, Target, number};

/// Seals everything, and reports the rate if that is `asked`.
pub fn measure(report: &mut Report, name: &str, scene: &mut Scene, asked: bool) {
    let began = Instant::now();
    let leaves = seal::seal_all(&scene.app).expect("everything can be sealed");
    let rate = leaves as f64 / began.elapsed().as_secs_f64();
    if !asked {
        return;
    }
    let leaf = leaf_bytes(scene);
    let alone = hashed(leaf, leaves);
    report.add(Row {
        what: format!("{name}: sealing {} leaves", number(leaves as f64)),
        value: rate,
        unit: "leaves/s",
        beside: format!(
            "SHA-256 alone over as many leaves of {leaf} bytes and nodes of 65: {} leaves/s ({} of it reached)",
            number(alone),
            number(rate / alone)
        ),
        target: Target::None,
    });
}

/// Bytes of a leaf, on average over a full bundle.
fn leaf_bytes(scene: &Scene) -> usize {
    let read: StoreResult<Option<usize>> = scene.stage.store.read(|db| {
        let Some(log) = query!(db, logs::newest())? else {
            return Ok(None);
        };
        let bundle = query!(db, logs::entries(log.number, 0))?;
        let leaves = bundle.as_deref().and_then(edge::split);
        Ok(leaves.map(|leaves| leaves.iter().map(|leaf| leaf.len()).sum::<usize>() / leaves.len().max(1)))
    });
    read.expect("the log can be read").expect("the log has leaves")
}

/// Leaves a second, each hashed together with one node.
fn hashed(leaf: usize, leaves: u64) -> f64 {
    let (leaf, node) = (vec![7; leaf + 1], [7; 65]);
    let began = Instant::now();
    for _ in 0..leaves {
        black_box(Sha256::digest(black_box(&leaf)));
        black_box(Sha256::digest(black_box(&node)));
    }
    leaves as f64 / began.elapsed().as_secs_f64()
}
