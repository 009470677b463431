//! The sealer on a database, and its proofs against the protocol's own checks.

use proptest::prelude::*;
use sync_protocol::log::{self, Compact, Leaf, check_consistency, check_inclusion, leaf_hash};

use super::edge::Edge;
use super::seal::{Sealer, Step};
use super::{open, prove, source};
use crate::keys::Keys;
use crate::query;
use crate::store::rows::JournalRow;
use crate::store::{Store, StoreError};
use crate::testing;

const NOW_MS: i64 = 1_795_305_600_000;

fn entry(n: u64) -> JournalRow {
    let mut id = [0; 16];
    id[8..].copy_from_slice(&n.to_be_bytes());
    JournalRow {
        id,
        at_ms: NOW_MS,
        actor: None,
        event: "signed_out".to_owned(),
        subject: n.to_string(),
        detail: "{}".to_owned(),
    }
}

fn write_entries(store: &Store, numbers: std::ops::Range<u64>) {
    let written = store.write(|db| {
        for n in numbers {
            query!(db, journal::insert(entry(n)))?;
        }
        Ok::<_, StoreError>(())
    });
    written.unwrap();
}

#[test]
fn what_waits_is_sealed_once_in_batches() {
    let (_folder, store) = testing::sqlite();
    let keys = Keys::load(&store).unwrap();
    open::begin(&store, &keys.log, &keys.generation, NOW_MS).unwrap();
    open::begin(&store, &keys.log, &keys.generation, NOW_MS).unwrap();
    let sealer = |batch| Sealer {
        store: &store,
        keys: &keys.log,
        generation: &keys.generation,
        batch,
    };
    write_entries(&store, 0..700);
    assert_eq!(sealer(300).step(NOW_MS).unwrap(), Step::Sealed(300));
    assert_eq!(sealer(300).all(&|| NOW_MS).unwrap(), 400);
    assert_eq!(sealer(300).all(&|| NOW_MS).unwrap(), 0);
    let (log, runs, left) = store
        .read(|db| {
            let runs = query!(db, sealing::runs_from(1, 0, 10_000))?;
            let left = query!(db, sealing::waiting(source::JOURNAL, 10))?;
            Ok::<_, StoreError>((query!(db, logs::newest())?.unwrap(), runs, left))
        })
        .unwrap();
    assert_eq!((log.size, runs.len(), left.len()), (701, 700, 0));
    let (size, note) = store.read(|db| query!(db, logs::last_checkpoint(1))).unwrap().unwrap();
    let read = keys.log.verifier(&log.origin).open(&note).unwrap();
    assert_eq!((size, read.size, read.root), (701, 701, log.root));
}

#[test]
fn of_several_sealers_at_once_one_seals_and_none_doubles() {
    let (_folder, store) = testing::sqlite();
    let keys = Keys::load(&store).unwrap();
    open::begin(&store, &keys.log, &keys.generation, NOW_MS).unwrap();
    write_entries(&store, 0..500);
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let (store, keys) = (store.clone(), keys.clone());
            std::thread::spawn(move || {
                let sealer = Sealer {
                    store: &store,
                    keys: &keys.log,
                    generation: &keys.generation,
                    batch: 50,
                };
                let mut sealed = 0;
                loop {
                    match sealer.step(NOW_MS).unwrap() {
                        Step::Sealed(0) => return sealed,
                        Step::Sealed(leaves) => sealed += leaves,
                        Step::Late => {}
                    }
                }
            })
        })
        .collect();
    let sealed: usize = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
    assert_eq!(sealed, 500);
    let log = store.read(|db| query!(db, logs::newest())).unwrap().unwrap();
    assert_eq!(log.size, 501);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Grown in random steps, read back from the tiles alone: every proof passes the protocol's own check, and no proof
    /// passes for another leaf, size or root.
    #[test]
    fn proofs_from_tiles_pass_the_protocols_checks(steps in prop::collection::vec(1usize..400, 1..6), pick in any::<u64>()) {
        let (_folder, store) = testing::sqlite();
        let leaf = |n: u64| Leaf::Row { kind: log::JOURNAL, id: n.to_be_bytes().to_vec(), digest: [n as u8; 32] }.encode();
        let mut compact = Compact::default();
        let mut roots = vec![compact.root()];
        for step in steps {
            let size = compact.size();
            let mut edge = store.read(|db| Edge::load(db, 1, size)).unwrap();
            for n in size..size + step as u64 {
                edge.push(&leaf(n)).unwrap();
                compact.push(leaf_hash(&leaf(n)));
                roots.push(compact.root());
            }
            prop_assert_eq!(edge.root().unwrap(), compact.root());
            store.write(|db| edge.write(db, 1)).unwrap();
        }
        let to = 1 + pick % compact.size();
        let index = (pick >> 8) % to;
        let from = (pick >> 16) % (to + 1);
        let (inclusion, consistency, hash) = store.read(|db| {
            Ok::<_, StoreError>((
                prove::inclusion(db, 1, index, to)?,
                prove::consistency(db, 1, from, to)?,
                prove::leaf_hash(db, 1, index)?,
            ))
        }).unwrap();
        let (root, root_from) = (roots[to as usize], roots[from as usize]);
        prop_assert_eq!(hash, leaf_hash(&leaf(index)));
        prop_assert!(check_inclusion(&inclusion, index, to, &hash, &root));
        prop_assert!(!check_inclusion(&inclusion, index, to, &leaf_hash(b"other"), &root));
        prop_assert!(!check_inclusion(&inclusion, index + 1, to, &hash, &root));
        prop_assert!(!check_inclusion(&inclusion, index, to, &hash, &[0; 32]));
        prop_assert!(check_consistency(&consistency, from, &root_from, to, &root));
        if from > 0 {
            prop_assert!(!check_consistency(&consistency, from, &[0; 32], to, &root));
            prop_assert!(!check_consistency(&consistency, from, &root_from, to, &[0; 32]));
            let earlier = from - 1;
            prop_assert!(!check_consistency(&consistency, earlier, &root_from, to, &root) || earlier == 0);
        }
        let mut longer = consistency.clone();
        longer.push([1; 32]);
        prop_assert!(!check_consistency(&longer, from, &root_from, to, &root));
    }
}
