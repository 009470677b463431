//! Somebody who asks for the log's newest checkpoint all the time and keeps all that he was ever told.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::Scope;
use std::time::Duration;

use sync_protocol::feed::Hash;
use sync_protocol::log::{Consistency, VerifierKey, check_consistency};
use sync_protocol::role::Role;
use wuyuan_tests::api::Api;
use wuyuan_tests::district::World;

/// Between two questions.
const AGAIN: Duration = Duration::from_millis(5);

/// What he was told.
pub struct Watch {
    api: Api,
    key: VerifierKey,
    over: AtomicBool,
    heads: BTreeMap<u64, Hash>,
}

/// He watches as long as this lives.
pub struct Watching<'w>(&'w AtomicBool);

impl Drop for Watching<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

impl Watch {
    /// Nothing yet.
    pub fn of(world: &World) -> Watch {
        let api = world.api();
        let config = api.get("/v1/config").ok();
        let key = config["log_vkey"].as_str().and_then(VerifierKey::parse);
        Watch {
            key: key.expect("a log has a key"),
            api,
            over: AtomicBool::new(false),
            heads: BTreeMap::new(),
        }
    }

    /// Watches in a thread of its own.
    ///
    /// # Panics
    /// When the log shrinks, or is another of the same size.
    pub fn begin<'s>(&'s mut self, scope: &'s Scope<'s, '_>) -> Watching<'s> {
        let Watch { api, key, over, heads } = self;
        let over = &*over;
        scope.spawn(move || {
            while !over.load(Ordering::SeqCst) {
                // A dying server says nothing, or half of it.
                if let Ok(answer) = api.try_send("GET", "/v1/log/checkpoint", &[], &[])
                    && answer.status == 200
                {
                    let head = key.open(&answer.text()).expect("signed by the log's key");
                    let last = heads.last_key_value().map_or(0, |(size, _)| *size);
                    assert!(head.size >= last, "the log had {last} leaves and has {}", head.size);
                    let before = heads.insert(head.size, head.root);
                    assert!(
                        before.is_none_or(|root| root == head.root),
                        "two logs of {} leaves",
                        head.size
                    );
                }
                std::thread::sleep(AGAIN);
            }
        });
        Watching(over)
    }

    /// Everything that he was told is a beginning of the log as it is now, which has everything that there is.
    pub fn holds(&self, world: &World) {
        let reader = world.sign_in(world.holder(Role::Auditor, 0));
        let last = self.key.open(&reader.get("/v1/log/checkpoint").text()).expect("signed");
        assert!(self.heads.len() > 1, "{:?}", self.heads);
        for (size, root) in &self.heads {
            let path = format!("/v1/log/proof/consistency?from={size}&to={}", last.size);
            let proof: Consistency = serde_json::from_value(reader.get(&path).ok()).expect("a proof");
            let grown = check_consistency(&proof.proof, *size, root, last.size, &last.root);
            assert!(
                grown,
                "the log of {size} leaves is no beginning of that of {}",
                last.size
            );
        }
        println!("{} checkpoints, the last of {} leaves", self.heads.len(), last.size);
    }
}
