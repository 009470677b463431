//! What was approved is not what the record says now.

use sync_protocol::rules::RuleCode;

use super::super::found::Found;
use super::super::near::{Facts, Near};
use super::{Examined, Lens};

pub(super) fn find(_: &Lens<'_>, facts: &Facts, _: &Near, out: &mut Examined) {
    let Some(approval) = facts.approval else { return };
    // An approval of before digests were named, or one by force of the desk, is bound to nothing.
    let Some(digest) = approval.digest else { return };
    if approval.now == Some(digest) {
        return;
    }
    let found = Found::about(RuleCode::StaleApproval, facts.record)
        .figure("approval", format!("{}:{}", approval.op.0, approval.op.1))
        .figure("approved", hex::encode(digest))
        .figure("now", approval.now.map(hex::encode));
    out.found.push(found);
}

#[cfg(test)]
mod tests {
    use sync_protocol::id::DeviceId;

    use super::super::super::near::Approval;
    use super::super::cases::{NOW, codes, record};
    use super::*;

    #[test]
    fn an_approval_is_stale_when_the_hours_differ_or_are_contested() {
        let mut facts = record(1);
        for (digest, now, stale) in [
            (Some([1; 32]), Some([1; 32]), false),
            (Some([1; 32]), Some([2; 32]), true),
            (Some([1; 32]), None, true),
            (None, Some([2; 32]), false),
        ] {
            let op = (DeviceId([1; 16]), 3);
            facts.approval = Some(Approval { op, digest, now });
            assert_eq!(codes(NOW, &facts, &Near::default()) == ["stale_approval"], stale);
        }
    }
}
