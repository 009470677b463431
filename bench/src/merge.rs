//! The merge engine on the record that DESIGN calls typical: twelve fields, three actors, one conflict.
//!
//! Each engine tells the same story. The first actor fills in all fields; the second and the third, who have seen
//! that and not each other, change two each, one of them the same. What is measured starts from there.

mod map;
mod own;
#[cfg(feature = "peers")]
mod peers;

use sync_protocol::value::{Instant, Value};

use crate::report::{Report, Row, Target, number};
use crate::timing::{median, us};

/// A field and a value for it.
type Written = (&'static str, Value);

/// Something that merges records.
trait Engine {
    const NAME: &'static str;
    /// A record.
    type State;
    /// A write as it travels.
    type Op;
    /// The same, ready to be applied.
    type Received;

    /// An empty record on the replica of `actor` (0 to 2).
    fn empty(actor: usize) -> Self::State;
    /// A write by the replica's own actor, in one operation, applied there.
    fn write(state: &mut Self::State, actor: usize, fields: &[Written]) -> Self::Op;
    fn receive(op: &Self::Op) -> Self::Received;
    fn apply(state: &mut Self::State, op: Self::Received);
    fn merge(state: &mut Self::State, other: Self::State);
    fn save(state: &mut Self::State) -> Vec<u8>;
    /// A saved record on the replica of `actor`.
    fn load(bytes: &[u8], actor: usize) -> Self::State;
    /// How many values a field has.
    fn siblings(state: &mut Self::State, field: &str) -> usize;
}

/// What one engine takes, times in microseconds.
struct Figures {
    name: &'static str,
    apply: f64,
    merge: f64,
    cycle: f64,
    bytes: usize,
    siblings: usize,
}

/// Measures our engine and, in the same run, its peers.
pub fn measure(report: &mut Report) {
    let own = figures::<own::Own>();
    let others = [
        figures::<map::CrdtsMap>(),
        #[cfg(feature = "peers")]
        figures::<peers::automerge::Automerge>(),
        #[cfg(feature = "peers")]
        figures::<peers::yrs::Yrs>(),
        #[cfg(feature = "peers")]
        figures::<peers::loro::Loro>(),
    ];
    let beside = |figure: fn(&Figures) -> f64| {
        let peers: Vec<String> = others
            .iter()
            .map(|o| format!("{} {}", o.name, number(figure(o))))
            .collect();
        peers.join(", ")
    };
    let mut add = |what: &str, unit, figure: fn(&Figures) -> f64| {
        report.add(Row {
            what: format!("merge: {what}"),
            value: figure(&own),
            unit,
            beside: beside(figure),
            target: Target::None,
        });
    };
    add("apply one operation", "µs", |f| f.apply);
    add("merge two states", "µs", |f| f.merge);
    add("load, apply three operations, save", "µs", |f| f.cycle);
    add("bytes of the typical record", "bytes", |f| f.bytes as f64);
    add("values kept of the two concurrent ones", "", |f| f.siblings as f64);
}

const CONTESTED: &str = "minutes";

fn figures<E: Engine>() -> Figures {
    let mut typical = typical::<E>();
    let saved = E::save(&mut typical);
    let siblings = E::siblings(&mut typical, CONTESTED);
    let loaded = |bytes: &[u8]| {
        let mut state = E::load(bytes, 0);
        // Some engines only decode when they are read; that belongs to loading.
        E::siblings(&mut state, CONTESTED);
        state
    };
    let mut second = E::load(&saved, 1);
    let ops: Vec<E::Op> = (0..3).map(|n| E::write(&mut second, 1, &later(n))).collect();
    let apply = median(
        || (loaded(&saved), E::receive(&ops[0])),
        |(mut state, op)| {
            E::apply(&mut state, op);
            state
        },
    );
    let other = |actor: usize| {
        let mut state = E::load(&saved, actor);
        E::write(&mut state, actor, &later(actor as i64));
        E::save(&mut state)
    };
    let (here, there) = (other(1), other(2));
    let merge = median(
        || (loaded(&here), loaded(&there)),
        |(mut state, other)| {
            E::merge(&mut state, other);
            state
        },
    );
    let cycle = median(
        || ops.iter().map(E::receive).collect::<Vec<_>>(),
        |received| {
            let mut state = E::load(&saved, 0);
            received.into_iter().for_each(|op| E::apply(&mut state, op));
            E::save(&mut state)
        },
    );
    Figures {
        name: E::NAME,
        apply: us(apply),
        merge: us(merge),
        cycle: us(cycle),
        bytes: saved.len(),
        siblings,
    }
}

/// The record as a server holds it that got every operation.
fn typical<E: Engine>() -> E::State {
    let mut server = E::empty(0);
    E::write(&mut server, 0, &whole());
    let seen = E::save(&mut server);
    for (actor, fields) in [
        (1, [(CONTESTED, Value::Int(90)), ("state", text("submitted"))]),
        (2, [(CONTESTED, Value::Int(120)), ("note", text("下雨，提前结束。"))]),
    ] {
        let mut replica = E::load(&seen, actor);
        let op = E::write(&mut replica, actor, &fields);
        E::apply(&mut server, E::receive(&op));
    }
    server
}

/// A service session: twelve fields.
fn whole() -> Vec<Written> {
    let at = |minutes: i64| {
        Value::Instant(Instant {
            ms: 1_795_305_600_000 + minutes * 60_000,
            offset_s: 8 * 3600,
        })
    };
    vec![
        ("order", Value::Id([1; 16])),
        ("subject", Value::Id([2; 16])),
        ("observer", Value::Id([3; 16])),
        ("place", text("演示社区服务中心")),
        ("task", text("清扫楼道，整理公共书架")),
        ("started_at", at(0)),
        ("ended_at", at(100)),
        (CONTESTED, Value::Int(100)),
        ("in_person", Value::Bool(true)),
        ("helpers", Value::Int(3)),
        ("note", text("一切正常。")),
        ("state", text("draft")),
    ]
}

/// Two fields that are changed later.
fn later(n: i64) -> [Written; 2] {
    [
        ("note", text("补充说明：由两名志愿者见证。")),
        ("helpers", Value::Int(n)),
    ]
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds<E: Engine>(siblings: usize) {
        let mut typical = typical::<E>();
        let saved = E::save(&mut typical);
        let mut loaded = E::load(&saved, 0);
        assert_eq!(E::siblings(&mut loaded, CONTESTED), siblings, "{}", E::NAME);
        assert_eq!(E::siblings(&mut loaded, "place"), 1, "{}", E::NAME);
        let mut other = E::load(&saved, 1);
        let op = E::write(&mut other, 1, &[(CONTESTED, Value::Int(95))]);
        E::apply(&mut loaded, E::receive(&op));
        assert_eq!(
            E::siblings(&mut loaded, CONTESTED),
            1,
            "{}: who saw both replaces both",
            E::NAME
        );
    }

    #[test]
    fn every_engine_tells_the_story() {
        holds::<own::Own>(2);
        holds::<map::CrdtsMap>(2);
    }

    #[cfg(feature = "peers")]
    #[test]
    fn every_peer_tells_the_story() {
        holds::<peers::automerge::Automerge>(2);
        holds::<peers::yrs::Yrs>(1);
        holds::<peers::loro::Loro>(1);
    }
}
