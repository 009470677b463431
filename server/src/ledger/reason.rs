//! Why claimed hours are not in the ledger yet.

use std::fmt;

macro_rules! reasons {
    ($($name:ident = $code:literal, $zh:literal, $en:literal;)*) => {
        /// What claimed hours wait for. The codes are stable.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
        #[allow(missing_docs, reason = "the words say it")]
        pub enum Reason {
            $($name,)*
            /// A finding on the session, by its code, is open and blocks posting.
            Finding(String),
        }

        impl Reason {
            /// The words for people: simplified Chinese and English.
            pub fn words(&self) -> (&'static str, &'static str) {
                match self {
                    $(Reason::$name => ($zh, $en),)*
                    Reason::Finding(_) => ("有待处理事项", "a finding is open"),
                }
            }
        }

        impl fmt::Display for Reason {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Reason::$name => f.write_str($code),)*
                    Reason::Finding(code) => write!(f, "{FINDING}{code}"),
                }
            }
        }

        /// Every reason but findings, with its code.
        pub const REASONS: &[(&str, Reason)] = &[$(($code, Reason::$name),)*];
    };
}

/// Stands before a finding's code.
const FINDING: &str = "finding.";

reasons! {
    NotSubmitted = "not_submitted", "尚未提交", "it is not submitted";
    NotApproved = "not_approved", "尚未认定", "nobody has approved it";
    Questioned = "questioned", "有疑问待处理", "it is in question";
    StateContested = "state_contested", "状态有分歧", "its state is contested";
    HoursContested = "hours_contested", "时长内容有分歧", "what counts towards the hours is contested";
    Incomplete = "incomplete", "时间或时长不全", "times or minutes are missing";
    Impossible = "impossible", "申报时长超过起止时间", "it claims more minutes than it lasted";
    ApprovedByClaimant = "approved_by_claimant", "认定人就是申报或填写时长的人", "who approved it claimed it or wrote what counts";
    NotOverYet = "not_over_yet", "认定时服务尚未结束", "it was approved before it was over";
    DateImpossible = "date_impossible", "服务日期不合理", "its date cannot be";
    ApprovalStale = "approval_stale", "认定后时长内容有变化", "the hours have changed since they were approved";
    AccountUnknown = "account_unknown", "账户未确定，或此人当时不在任", "whose hours they are is not settled, or that person held no office";
    OrderMissing = "order_missing", "找不到所属安排", "its arrangement is missing";
    OrderContested = "order_contested", "所属安排有分歧", "its arrangement is contested";
    OrderNotPledged = "order_not_pledged", "尚未登记自愿承诺", "no pledge is recorded";
    PledgeAfterSession = "pledge_after_session", "承诺晚于服务", "the pledge came after the session";
    OrderNotInForce = "order_not_in_force", "服务当日安排未在执行期内", "the arrangement was not in force then";
    SubjectObjects = "subject_objects", "服务人有异议", "the person who served objects";
    MinutesDiffer = "minutes_differ", "申报时长多于见证人所见", "it claims more minutes than an observer saw";
    AttestationsMissing = "attestations_missing", "见证记录不足", "too few observers have attested it";
    AttestedTwice = "attested_twice", "同一见证人有两份记录", "one observer has attested it twice";
    AttestationUnclear = "attestation_unclear", "见证记录不全或有分歧", "an attestation is incomplete or contested";
    AttestationGap = "attestation_gap", "服务时间未全程见证", "the session was not observed from beginning to end";
    AttestationNotOwn = "attestation_not_own", "见证记录并非全由见证人本人填写", "an attestation is not all in the observer's own hand";
    ObserverNotOfOrder = "observer_not_of_order", "见证人不在安排名单内", "who attested it does not observe under the arrangement";
    ObserverNotDrawn = "observer_not_drawn", "见证人不是事先抽取产生的", "who attested it was not drawn for it before";
    ObserverApproved = "observer_approved", "见证人与认定人为同一人", "who attested it also approved it";
    ObserverNotBlind = "observer_not_blind", "见证人能看到他人的见证", "who attested it can read the other's attestation";
}

impl Reason {
    /// Reads a code.
    pub fn parse(text: &str) -> Option<Reason> {
        if let Some(code) = text.strip_prefix(FINDING) {
            return Some(Reason::Finding(code.to_owned()));
        }
        REASONS
            .iter()
            .find(|(code, _)| *code == text)
            .map(|(_, reason)| reason.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_reads_back() {
        let finding = Reason::Finding("overlap".to_owned());
        for reason in REASONS.iter().map(|(_, reason)| reason).chain([&finding]) {
            assert_eq!(Reason::parse(&reason.to_string()).as_ref(), Some(reason));
        }
        assert_eq!(Reason::parse("because"), None);
    }
}
