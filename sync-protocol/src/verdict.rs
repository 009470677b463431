//! What became of an operation. Refused is not lost: it is stored, visible and can be re-issued.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The three fates. `accepted` and `quarantined` are final; `held` becomes one of them once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It is in the record.
    Accepted,
    /// It waits for something that may still come.
    Held,
    /// It is kept apart with a reason.
    Quarantined,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $fate:ident, $zh:literal, $en:literal;)*) => {
        /// Why an operation was held or quarantined. The codes are stable.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Code { $($(#[$doc])* $name,)* }

        impl Code {
            /// Every code.
            pub const ALL: &[Code] = &[$(Code::$name,)*];

            /// The code on the wire and in the store.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$name => $code,)* }
            }

            /// Whether it holds or quarantines.
            pub fn fate(self) -> Fate {
                match self { $(Code::$name => Fate::$fate,)* }
            }

            /// What was wrong and what to do, for people, in simplified Chinese.
            pub fn zh(self) -> &'static str {
                match self { $(Code::$name => $zh,)* }
            }

            /// The same in English.
            pub fn en(self) -> &'static str {
                match self { $(Code::$name => $en,)* }
            }

            /// Reads a code.
            pub fn parse(text: &str) -> Option<Code> {
                match text { $($code => Some(Code::$name),)* _ => None }
            }
        }
    };
}

codes! {
    /// Not an object, a member missing or of the wrong JSON type, a number or time that cannot be read.
    Malformed = "malformed", Quarantined, "内容格式有误,已保留原文,请联系管理员", "The operation cannot be read as the protocol says; its bytes are kept.";
    /// An object names a key twice, so it has two readings.
    DuplicateKey = "duplicate_key", Quarantined, "内容中有重复的项目,已保留原文", "An object names the same key twice.";
    /// A lone surrogate or a NUL: text that not every system can keep.
    BadText = "bad_text", Quarantined, "文字中有无法保存的字符,请删去后重新提交", "Text holds a NUL or half a character.";
    /// The operation has a member that the protocol does not know.
    UnknownMember = "unknown_member", Quarantined, "内容中有系统不认识的部分,请更新应用", "The operation has a member that the protocol does not know.";
    /// The inner `seq` is not its place in the feed.
    SeqMismatch = "seq_mismatch", Quarantined, "记录序号不符,已保留原文", "The inner seq differs from the place in the feed.";
    /// Over the op limit; the bytes travel as a blob.
    TooLarge = "too_large", Quarantined, "内容过大,已保留,请分成几条提交", "The operation is over the size limit.";
    /// `by` is not the member whose device this is.
    NotAuthor = "not_author", Quarantined, "记录人与手机登记的人不一致", "`by` is not the member whose device this is.";
    /// No such kind in that catalogue version.
    UnknownKind = "unknown_kind", Quarantined, "没有这种记录", "The catalogue has no such kind.";
    /// No such field in that catalogue version.
    UnknownField = "unknown_field", Quarantined, "记录中没有这个项目", "The kind has no such field.";
    /// A value is not of its field's type or out of its range.
    WrongType = "wrong_type", Quarantined, "有一项填写的内容不符合要求,请改正后重新提交", "A value is not of its field's type or is out of range.";
    /// A creating operation leaves out a required field.
    MissingRequired = "missing_required", Quarantined, "有必填项没有填写,请补全后重新提交", "A required field has no value.";
    /// `as` names no appointment of the member.
    AppointmentUnknown = "appointment_unknown", Quarantined, "没有这项聘任", "The member has no such appointment.";
    /// Written before the appointment began.
    AppointmentNotStarted = "appointment_not_started", Quarantined, "记录时聘任尚未开始", "The appointment had not begun.";
    /// The appointment had ended when it was written or when it arrived.
    AppointmentEnded = "appointment_ended", Quarantined, "聘任已结束,记录已保留,由管理员处理", "The appointment had ended; the record is kept for the desk.";
    /// The unit is not one of the appointment's.
    UnitForbidden = "unit_forbidden", Quarantined, "不在您负责的社区范围内", "The unit is outside the appointment.";
    /// The role may not create or change such a record.
    RoleForbidden = "role_forbidden", Quarantined, "您的角色不能填写这种记录", "The role may not write such a record.";
    /// The role may not write the field.
    FieldForbidden = "field_forbidden", Quarantined, "您的角色不能填写其中的一项", "The role may not write one of the fields.";
    /// The record does not exist or the author may not read it: both answer alike.
    RecordUnavailable = "record_unavailable", Quarantined, "找不到这条记录,或您无权查看", "No such record, or the author may not read it.";
    /// The record is of another kind.
    KindMismatch = "kind_mismatch", Quarantined, "记录类型与原记录不一致", "The record is of another kind.";
    /// The record is in another unit.
    UnitMismatch = "unit_mismatch", Quarantined, "所属社区与原记录不一致", "The record belongs to another unit.";
    /// `seen` names an operation that is not on that record.
    SeenUnknown = "seen_unknown", Quarantined, "依据的内容不存在,已保留原文", "`seen` names an operation that is not on this record.";
    /// A link names a record of the wrong kind or unit.
    LinkInvalid = "link_invalid", Quarantined, "关联的记录不合适", "A link names a record of the wrong kind or unit.";
    /// The workflow has no such transition.
    TransitionUnknown = "transition_unknown", Quarantined, "没有这一步操作", "The workflow has no such transition.";
    /// Not from the present state, or not by this role.
    TransitionForbidden = "transition_forbidden", Quarantined, "当前状态下不能进行这一步", "The transition is not open from this state or to this role.";
    /// The transition needs a field that has no value.
    TransitionIncomplete = "transition_incomplete", Quarantined, "还有内容没有填写,不能进行这一步", "The transition needs a field that has no value.";
    /// The present state, which the author had seen, no longer lets this role change the fields.
    StateLocked = "state_locked", Quarantined, "记录已进入下一步,不能再改", "The record's state no longer lets this role change it.";
    /// A reason is required.
    ReasonRequired = "reason_required", Quarantined, "请写明理由", "A reason is required.";
    /// The record was to be created by an operation that is quarantined.
    DependsOnQuarantined = "depends_on_quarantined", Quarantined, "这条记录的第一次提交未被接收,由管理员一并处理", "The operation that should have created the record is quarantined.";
    /// The device was revoked.
    DeviceRevoked = "device_revoked", Quarantined, "这台手机已停用,记录已保留,由管理员处理", "The device was revoked; the record is kept for the desk.";
    /// The field holds so many concurrent values or elements already that people must decide first.
    TooContested = "too_contested", Quarantined, "这一项已有太多不同的填写,请先由管理员处理", "The field holds too many concurrent values; a person must decide first.";
    /// `reissues` names an operation that does not exist, differs, or is not the author's to re-issue.
    ReissueInvalid = "reissue_invalid", Quarantined, "重新提交所指的原记录不符", "`reissues` does not name an operation that may be re-issued.";
    /// The named operation was re-issued before.
    ReissueTaken = "reissue_taken", Quarantined, "原记录已经重新提交过", "The operation was re-issued before.";
    /// The transition approves hours, and the operation does not say which.
    ApprovalMissing = "approval_missing", Quarantined, "认定时长须注明所认定的内容,请更新应用后重新认定", "The transition approves hours; the operation must name the digest of what it approves.";
    /// What it approves is not what the record says.
    ApprovalStale = "approval_stale", Quarantined, "时长内容已有变化或尚有分歧,请核对后重新认定", "The hours have changed or are contested; look at them again.";
    /// Only another member may carry out what one member proposes.
    SecondPersonRequired = "second_person_required", Quarantined, "涉及时长的更改须由一人提出、另一人确认", "A change of hours is proposed by one member and confirmed by another.";
    /// `confirms` names no proposal on this record.
    ProposalUnknown = "proposal_unknown", Quarantined, "找不到要确认的提议", "`confirms` does not name a proposal on this record.";
    /// Who proposes cannot confirm.
    ProposalSamePerson = "proposal_same_person", Quarantined, "提出人和确认人不能是同一人", "Who proposed it cannot confirm it.";
    /// The confirmation says something else than the proposal.
    ProposalDiffers = "proposal_differs", Quarantined, "确认的内容与提议不一致", "The confirmation says something else than the proposal.";
    /// What the proposal is about has moved since.
    ProposalStale = "proposal_stale", Quarantined, "提议之后内容已有变化,请重新提出", "What the proposal is about has moved since; propose it anew.";
    /// The desk decided on a screen that no longer showed the present state.
    DecisionStale = "decision_stale", Quarantined, "处理时内容已有变化,请刷新后重新处理", "The finding or the record had moved; look at it again and decide anew.";
    /// The operation does not do what its conclusion says.
    DecisionUnfit = "decision_unfit", Quarantined, "处理结论与所作更改不符,请核对后重新处理", "The operation does not do what its conclusion says.";
    /// Only the desk decides findings.
    DecisionForbidden = "decision_forbidden", Quarantined, "您的角色不能处理这一事项", "The role may not decide findings.";
    /// Who has a part in hours decides what they wait for.
    DecisionByParty = "decision_by_party", Quarantined, "您与所涉时长有关,请由其他有权处理的人处理", "Who has a part in the hours does not decide what they wait for; let somebody else decide.";
    /// A draw's record says something else than was drawn.
    DrawDiffers = "draw_differs", Quarantined, "填写的内容与抽取结果不符,请按抽取结果登记", "It says something else than was drawn; enter what the server answered.";
    /// A form issues hours that are not what stands in the ledger.
    FormStale = "form_stale", Quarantined, "入账时长已有变化,请重新生成评价表后再出具", "The ledger has changed since the form was drafted; draft it again, then issue it.";
    /// A form is reviewed by somebody who had not seen all of it.
    FormMoved = "form_moved", Quarantined, "评价表在打开后已有变化,请重新核对后再复核", "The form has changed since it was opened; look at it again, then review it.";
    /// A form is reviewed by who drew it up, or issued by who reviewed it.
    FormSamePerson = "form_same_person", Quarantined, "起草、出具人与复核人不能是同一人", "Who draws up or issues a form cannot be who reviews it.";
    /// A session on a form is not approved as it was posted, or what the form says is contested.
    FormUnsettled = "form_unsettled", Quarantined, "所列服务记录有疑问、有分歧或认定后有变化,处理后再出具", "A session on the form is in question, contested or changed since it was approved; settle that first.";
    /// Hours on a form are in the account of another person than the arrangement names.
    FormOtherPerson = "form_other_person", Quarantined, "所列时长中有他人的入账,请先更正安排或入账", "Hours under the arrangement were posted to another person; put that right first.";
    /// Written under a catalogue version that the server does not have yet.
    CatNewer = "cat_newer", Held, "应用比服务器新,服务器更新后自动处理", "Written under a newer catalogue; judged when the server has it.";
    /// Written under an earlier server history; what it saw may still come.
    SeenEarlierGeneration = "seen_earlier_generation", Held, "等待其他手机补传后自动处理", "It saw what the restored server has not received again yet.";
    /// A link names a record that the server lacks.
    LinkMissing = "link_missing", Held, "等待关联的记录上传后自动处理", "It links to a record that has not arrived.";
    /// Written on the record after a held operation of the same device, or having seen one of another.
    AfterHeld = "after_held", Held, "等待前一次提交处理后自动处理", "It follows an operation that waits.";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The table of `docs/PROTOCOL.md`, in Markdown.
pub fn documentation() -> String {
    let mut table = String::from("| code | | for people | 用语 |\n|---|---|---|---|\n");
    for code in Code::ALL {
        let fate = if code.fate() == Fate::Held { "h" } else { "q" };
        table.push_str(&format!("| `{code}` | {fate} | {} | {} |\n", code.en(), code.zh()));
    }
    table
}

/// Accepted, or the code that says why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It is in the record.
    Accepted,
    /// Held or quarantined.
    Refused(Code),
}

impl Verdict {
    /// The fate.
    pub fn fate(self) -> Fate {
        match self {
            Verdict::Accepted => Fate::Accepted,
            Verdict::Refused(code) => code.fate(),
        }
    }

    /// The code, if it was not accepted.
    pub fn code(self) -> Option<Code> {
        match self {
            Verdict::Accepted => None,
            Verdict::Refused(code) => Some(code),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wire_the_store_and_serde_spell_codes_alike() {
        for code in Code::ALL {
            assert_eq!(serde_json::to_string(code).ok(), Some(format!("\"{code}\"")));
            assert_eq!(Code::parse(code.as_str()), Some(*code));
            assert_ne!(code.fate(), Fate::Accepted);
        }
    }
}
