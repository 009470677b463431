//! Every push that one server took, once more to another, as the phone sent it and at the moment at which it arrived.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sync_protocol::op::{Parsed, read};
use wuyuan_server::query;
use wuyuan_server::store::rows::{DeviceRow, OpRow};
use wuyuan_server::store::{Db, Store, StoreError, StoreResult};
use wuyuan_tests::engine::Engine;

/// More than a test writes.
const MANY: i64 = 1_000_000;

/// A push, as the database tells of it.
struct Pushed {
    device: DeviceRow,
    base: (i64, [u8; 32]),
    ops: Vec<OpRow>,
    signature: Vec<u8>,
}

/// Pushes to `to` what `from` has and it lacks, and lets its follower look after each push. Answers how many there were.
pub fn replay(from: &Store, to: &Engine) -> usize {
    let pushes = from.read::<_, StoreError>(|db| pushes(db, to));
    let mut pushes = pushes.expect("the database can be read");
    // All are about one unit, whose log is in the order in which they were taken; they may have arrived in another.
    pushes.sort_by_key(|pushed| pushed.ops.first().map(|op| op.pos));
    for pushed in &pushes {
        let arrival_ms = pushed.ops[0].arrival_ms;
        to.clock.advance(arrival_ms - to.app.now_ms());
        let answer = to
            .sync(pushed.device.member, pushed.text())
            .expect("a push is answered");
        assert_eq!(answer.verdicts.len(), pushed.ops.len());
        to.follow();
    }
    pushes.len()
}

/// The pushes of every device after what `to` has of it.
fn pushes(db: &mut Db<'_>, to: &Engine) -> StoreResult<Vec<Pushed>> {
    let mut pushes = Vec::new();
    let there: Vec<DeviceRow> = to.read(|db| query!(db, inspect::devices_after(&[], MANY)));
    for device in there {
        let mut base = (device.head_seq, device.head_hash);
        let ops: Vec<OpRow> = query!(db, inspect::ops_after(device.id, base.0, MANY))?;
        let mut signatures = query!(db, inspect::signatures(device.id, base.0 + 1, MANY))?;
        signatures.sort_unstable();
        let mut ops = ops.into_iter().peekable();
        for (last, signature) in signatures {
            let some: Vec<OpRow> = std::iter::from_fn(|| ops.next_if(|op| op.seq <= last)).collect();
            let head = some.last().map(|op| (op.seq, op.chain)).ok_or(StoreError::Corrupt)?;
            pushes.push(Pushed {
                device: device.clone(),
                base,
                ops: some,
                signature,
            });
            base = head;
        }
        assert_eq!(ops.count(), 0, "nothing stands behind the last signature");
    }
    Ok(pushes)
}

impl Pushed {
    /// The request. The phone's clocks are such that the estimates of when it wrote are the same again.
    fn text(&self) -> String {
        let last = self.ops.last().expect("a push has operations");
        let text = |op: &OpRow| String::from_utf8(op.body.clone()).expect("JSON");
        let (boot, uptime_ms) = match read(&text(last)).0 {
            Parsed::Op(op) => (op.boot.clone(), op.uptime_ms),
            other => panic!("not an operation: {other:?}"),
        };
        let ago_ms = last.arrival_ms - last.written_ms.unwrap_or(last.arrival_ms);
        let ops: Vec<String> = self.ops.iter().map(text).collect();
        let head = json!({"seq": self.base.0, "hash": hex::encode(self.base.1)});
        format!(
            "{{\"device\":\"{}\",\"push\":{{\"base\":{head},\"sig\":\"{}\",\"boot\":{},\"uptime_ms\":{},\"sent_at\":{},\"ops\":[{}]}}}}",
            self.device.id,
            URL_SAFE_NO_PAD.encode(&self.signature),
            Value::from(boot),
            uptime_ms + ago_ms,
            last.arrival_ms,
            ops.join(",")
        )
    }
}
