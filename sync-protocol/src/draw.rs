//! The draw of two observers: everything that anybody needs to work one out again.
//!
//! ```text
//! beacon message = "wuyuan-draw-beacon-v1" || order (16) || request (32) || checkpoint
//! seed           = SHA-256("wuyuan-draw-v1" || checkpoint || order (16) || request (32) || beacon (64))
//! place          = SHA-256(seed || member (16))                for each who is not excluded, the least first
//! ```
//!
//! `checkpoint` is the signed note as the request names it, `request` the SHA-256 of the request's text, `beacon` the
//! server's Ed25519 signature over the beacon message. The first two are the observers, the next two their substitutes.
//!
//! Who asks for a draw writes the request and so could try texts until he likes the result; he cannot make the beacon.
//! The server makes the beacon (RFC 8032 leaves one possible signature) over a text that it cannot write. The
//! checkpoint, older than both, ties the draw to what was on record before anybody asked.

mod proof;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use self::proof::{Asked, Fault, Proof, named};
use crate::feed::Hash;
use crate::id::{MemberId, RecordId};

/// How many observe.
pub const OBSERVERS: usize = 2;
/// How many stand by.
pub const SUBSTITUTES: usize = 2;
/// A pool with fewer than this is widened from the community to its area.
pub const POOL: usize = OBSERVERS + SUBSTITUTES;
/// A checkpoint that is not the newest may be named so long after it was signed, ms: what a phone takes from its last
/// contact to the save. A short time leaves few checkpoints to choose from.
pub const CHECKPOINT_MS: i64 = 10 * 60 * 1_000;

const DOMAIN: &[u8] = b"wuyuan-draw-v1";
const BEACON: &[u8] = b"wuyuan-draw-beacon-v1";
const ROSTER: &str = "wuyuan-roster-v1";

/// Why somebody on the roster is not drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exclusion {
    /// Kin of the person who serves; recorded by who asks for the draw.
    Kin,
    /// Another conflict of interest; recorded by who asks.
    Conflict,
    /// Lives in the same household; recorded by who asks.
    Household,
    /// Takes part in the matter himself, as supervisor, as prosecutor or by asking for the draw.
    Involved,
    /// Observes under another arrangement at that time.
    Serving,
    /// His appointment is not in force.
    Ended,
    /// An earlier draw for the same arrangement had drawn him and was set aside, or he was replaced there.
    Earlier,
}

impl Exclusion {
    /// Every reason.
    pub const ALL: [Exclusion; 7] = [
        Exclusion::Kin,
        Exclusion::Conflict,
        Exclusion::Household,
        Exclusion::Involved,
        Exclusion::Serving,
        Exclusion::Ended,
        Exclusion::Earlier,
    ];

    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Exclusion::Kin => "kin",
            Exclusion::Conflict => "conflict",
            Exclusion::Household => "household",
            Exclusion::Involved => "involved",
            Exclusion::Serving => "serving",
            Exclusion::Ended => "ended",
            Exclusion::Earlier => "earlier",
        }
    }

    /// Reads a code.
    pub fn parse(text: &str) -> Option<Exclusion> {
        Exclusion::ALL.into_iter().find(|reason| reason.code() == text)
    }
}

/// Somebody on the roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Who.
    pub member: MemberId,
    /// Why he is not drawn; nothing: he may be.
    pub excluded: BTreeSet<Exclusion>,
}

/// Everybody who might have been drawn, in the order of their ids, each once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roster(Vec<Candidate>);

impl Roster {
    /// Puts candidates in order; `None`: somebody stands in it twice.
    pub fn new(mut candidates: Vec<Candidate>) -> Option<Roster> {
        candidates.sort_unstable_by_key(|c| c.member);
        let once = candidates.windows(2).all(|pair| pair[0].member != pair[1].member);
        once.then_some(Roster(candidates))
    }

    /// Everybody.
    pub fn candidates(&self) -> &[Candidate] {
        &self.0
    }

    /// Those who may be drawn.
    pub fn pool(&self) -> impl Iterator<Item = MemberId> {
        let free = self.0.iter().filter(|c| c.excluded.is_empty());
        free.map(|c| c.member)
    }

    /// Its text, which is stored and hashed: a line `wuyuan-roster-v1`, then for each member his id, a space, and why he is
    /// excluded, the codes in the order of [`Exclusion`] with commas between, or `-`; a line feed ends each line.
    pub fn text(&self) -> String {
        let mut text = format!("{ROSTER}\n");
        for candidate in &self.0 {
            let codes: Vec<&str> = candidate.excluded.iter().map(|reason| reason.code()).collect();
            let why = if codes.is_empty() {
                "-".to_owned()
            } else {
                codes.join(",")
            };
            // Writing into a text cannot fail.
            let _ = writeln!(text, "{} {why}", candidate.member);
        }
        text
    }

    /// Reads a text; only the one spelling of a roster is read.
    pub fn parse(text: &str) -> Option<Roster> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        if lines.next()? != ROSTER {
            return None;
        }
        let candidate = |line: &str| {
            let (member, why) = line.split_once(' ')?;
            let codes = why.split(',').filter(|_| why != "-");
            Some(Candidate {
                member: member.parse().ok()?,
                excluded: codes.map(Exclusion::parse).collect::<Option<_>>()?,
            })
        };
        let roster = Roster::new(lines.map(candidate).collect::<Option<_>>()?)?;
        (roster.text() == text).then_some(roster)
    }

    /// SHA-256 of its text.
    pub fn hash(&self) -> Hash {
        Sha256::digest(self.text()).into()
    }
}

/// What a draw was asked for with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request<'r> {
    /// The arrangement to be observed.
    pub order: RecordId,
    /// SHA-256 of the request's text.
    pub hash: Hash,
    /// The checkpoint that it names, as the signed note.
    pub checkpoint: &'r str,
}

impl Request<'_> {
    /// What the server signs.
    pub fn beacon_message(&self) -> Vec<u8> {
        [BEACON, &self.order.0, &self.hash, self.checkpoint.as_bytes()].concat()
    }

    /// The seed, once the server's signature is known.
    pub fn seed(&self, beacon: &[u8; 64]) -> Hash {
        Sha256::new()
            .chain_update(DOMAIN)
            .chain_update(self.checkpoint.as_bytes())
            .chain_update(self.order.0)
            .chain_update(self.hash)
            .chain_update(beacon)
            .finalize()
            .into()
    }
}

/// Where a member stands in the order of a seed.
pub fn place(seed: &Hash, member: &MemberId) -> Hash {
    Sha256::new()
        .chain_update(seed)
        .chain_update(member.0)
        .finalize()
        .into()
}

/// Those of `pool` in the order in which the seed draws them.
pub fn order(seed: &Hash, pool: impl IntoIterator<Item = MemberId>) -> Vec<MemberId> {
    let mut drawn: Vec<(Hash, MemberId)> = pool.into_iter().map(|member| (place(seed, &member), member)).collect();
    drawn.sort_unstable();
    drawn.into_iter().map(|(_, member)| member).collect()
}

/// What comes out of a draw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drawn {
    /// SHA-256 of the roster's text.
    #[serde(with = "crate::wire::hex32")]
    pub roster_hash: Hash,
    /// How many could be drawn.
    pub pool_size: usize,
    /// The seed.
    #[serde(with = "crate::wire::hex32")]
    pub seed: Hash,
    /// Who observes.
    pub observers: Vec<MemberId>,
    /// Who takes an observer's place, in this order.
    pub substitutes: Vec<MemberId>,
}

impl Drawn {
    /// Works a draw out.
    pub fn work_out(request: &Request<'_>, beacon: &[u8; 64], roster: &Roster) -> Drawn {
        let seed = request.seed(beacon);
        let mut observers = order(&seed, roster.pool());
        let pool_size = observers.len();
        observers.truncate(POOL);
        let substitutes = observers.split_off(OBSERVERS.min(pool_size));
        Drawn {
            roster_hash: roster.hash(),
            pool_size,
            seed,
            observers,
            substitutes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(n: u16) -> MemberId {
        let mut id = [0; 16];
        id[..2].copy_from_slice(&n.to_be_bytes());
        MemberId(id)
    }

    fn free(n: u16) -> Candidate {
        Candidate {
            member: member(n),
            excluded: BTreeSet::new(),
        }
    }

    #[test]
    fn a_roster_has_one_text() {
        let mut candidates = vec![free(3), free(1), free(2)];
        candidates[1].excluded = [Exclusion::Serving, Exclusion::Kin].into();
        let roster = Roster::new(candidates.clone()).unwrap();
        let text = roster.text();
        assert!(text.contains("kin,serving"));
        assert_eq!(Roster::parse(&text), Some(roster.clone()));
        assert_eq!(roster.pool().collect::<Vec<_>>(), [member(2), member(3)]);
        for wrong in [
            text.replace("kin,serving", "serving,kin"),
            text.replace("kin,serving", "kin,kin"),
            text.replace('-', "_"),
            text[..text.len() - 1].to_owned(),
            text.clone() + "\n",
        ] {
            assert_eq!(Roster::parse(&wrong), None, "{wrong}");
        }
        candidates.push(free(2));
        assert_eq!(Roster::new(candidates), None, "twice");
    }

    #[test]
    fn every_part_of_a_request_moves_the_seed() {
        let request = Request {
            order: RecordId([1; 16]),
            hash: [2; 32],
            checkpoint: "note",
        };
        let seed = request.seed(&[3; 64]);
        let others = [
            Request {
                order: RecordId([9; 16]),
                ..request
            }
            .seed(&[3; 64]),
            Request {
                hash: [9; 32],
                ..request
            }
            .seed(&[3; 64]),
            Request {
                checkpoint: "nota",
                ..request
            }
            .seed(&[3; 64]),
            request.seed(&[4; 64]),
        ];
        assert!(others.iter().all(|other| *other != seed));
    }

    /// 20 people, 40,000 draws from fixed seeds. Each comes first, and among the first two, as often as the others: the
    /// statistic has 19 degrees of freedom, and 43.8 is passed by chance once in a thousand.
    #[test]
    fn everybody_in_the_pool_is_drawn_equally_often() {
        const PEOPLE: u16 = 20;
        const DRAWS: u32 = 40_000;
        const BOUND: f64 = 43.8;
        let pool: Vec<MemberId> = (0..PEOPLE).map(member).collect();
        let (mut first, mut among) = (vec![0u32; pool.len()], vec![0u32; pool.len()]);
        for n in 0..DRAWS {
            let seed: Hash = Sha256::digest(n.to_be_bytes()).into();
            let drawn = order(&seed, pool.iter().copied());
            assert_eq!(drawn.iter().collect::<BTreeSet<_>>().len(), pool.len());
            let index = |m: &MemberId| pool.iter().position(|p| p == m).unwrap();
            first[index(&drawn[0])] += 1;
            drawn[..OBSERVERS].iter().for_each(|m| among[index(m)] += 1);
        }
        let chi = |counts: &[u32], draws: f64| {
            let expected = draws / f64::from(PEOPLE);
            counts
                .iter()
                .map(|c| (f64::from(*c) - expected).powi(2) / expected)
                .sum::<f64>()
        };
        assert!(chi(&first, f64::from(DRAWS)) < BOUND, "{first:?}");
        // Two different people a draw: their counts lean against each other, which only makes the statistic smaller.
        assert!(chi(&among, f64::from(DRAWS * OBSERVERS as u32)) < BOUND, "{among:?}");
    }
}
