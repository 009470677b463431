//! How many volunteers a supervisor may leave out of a draw: with a free hand he would choose whom to draw.

use sync_protocol::draw::{Candidate, Exclusion, Roster};

/// What people put down, each with no more than their word.
const NAMED: [Exclusion; 3] = [Exclusion::Kin, Exclusion::Conflict, Exclusion::Household];

/// So many anybody who asks may leave out.
const FEW: usize = 2;

/// One in so many may be left out.
const SHARE: usize = 4;

/// Whether people left out so many who could have been drawn that a prosecutor must ask.
pub(super) fn are_many(roster: &Roster) -> bool {
    let is_named_alone = |candidate: &&Candidate| candidate.excluded.iter().all(|why| NAMED.contains(why));
    let (mut able, mut left_out) = (0, 0);
    for candidate in roster.candidates().iter().filter(is_named_alone) {
        able += 1;
        left_out += usize::from(!candidate.excluded.is_empty());
    }
    left_out > FEW.max(able / SHARE)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use sync_protocol::id::MemberId;

    use super::*;

    fn roster(free: u8, named: u8, ended: u8) -> Roster {
        let all = (0..free + named + ended).map(|n| {
            let excluded: BTreeSet<Exclusion> = match n {
                n if n < free => BTreeSet::new(),
                n if n < free + named => [Exclusion::Conflict].into(),
                _ => [Exclusion::Kin, Exclusion::Ended].into(),
            };
            Candidate {
                member: MemberId([n; 16]),
                excluded,
            }
        });
        Roster::new(all.collect()).unwrap()
    }

    #[test]
    fn two_or_a_quarter_may_be_left_out() {
        for (free, named, many) in [(2, 2, false), (2, 3, true), (9, 3, false), (8, 3, true), (0, 3, true)] {
            assert_eq!(are_many(&roster(free, named, 0)), many, "{free} and {named}");
        }
        assert!(
            !are_many(&roster(2, 2, 9)),
            "who could not be drawn anyway does not count"
        );
    }
}
