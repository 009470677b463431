//! What two persons do, and what the desk decides.

use clap::{Args, ValueEnum};
use sync_protocol::catalog::Kind;
use sync_protocol::decision::{Conclusion, Decides};
use sync_protocol::role::Role;
use sync_protocol::wire::ProposalView;
use wuyuan_client::form::Entry;
use wuyuan_client::lang::Lang;

use super::entry::{Change, Filled};
use super::told::{Told, told};
use super::{Context, choose};

/// Propose a change that another member has to confirm
#[derive(Args)]
pub struct Propose {
    /// The record's id, or a part of it that no other has
    record: String,
    #[command(flatten)]
    filled: Filled,
}

/// Confirm what another member proposes
#[derive(Args)]
pub struct Confirm {
    /// The record's id, or a part of it that no other has
    record: String,
    /// Which proposal, as `phone show` names it; needed where several wait
    #[arg(long)]
    proposal: Option<String>,
    #[command(flatten)]
    filled: Filled,
}

/// Decide findings
#[derive(Args)]
pub struct Decide {
    /// The record's id, or a part of it that no other has
    record: String,
    /// How
    conclusion: ConclusionArg,
    /// A finding and what it stands on, as the desk's list shows them: id=basis
    #[arg(long = "finding", value_name = "ID=BASIS", required = true, value_parser = super::value::split)]
    findings: Vec<(String, String)>,
    /// Only propose it: another member confirms
    #[arg(long)]
    propose: bool,
    #[command(flatten)]
    filled: Filled,
}

#[derive(Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
enum ConclusionArg {
    /// One of several values holds
    KeepOne,
    /// The fields were put together from several values
    MergeFields,
    /// Both stand
    KeepBoth,
    /// Two records are about the same matter
    Link,
    /// The author is asked to put it right
    Return,
    /// The record does not count
    Void,
    /// What was refused is issued again
    Reissue,
    /// Looked at; nothing is to be changed
    Dismiss,
}

impl From<ConclusionArg> for Conclusion {
    fn from(arg: ConclusionArg) -> Conclusion {
        match arg {
            ConclusionArg::KeepOne => Conclusion::KeepOne,
            ConclusionArg::MergeFields => Conclusion::MergeFields,
            ConclusionArg::KeepBoth => Conclusion::KeepBoth,
            ConclusionArg::Link => Conclusion::Link,
            ConclusionArg::Return => Conclusion::Return,
            ConclusionArg::Void => Conclusion::Void,
            ConclusionArg::Reissue => Conclusion::Reissue,
            ConclusionArg::Dismiss => Conclusion::Dismiss,
        }
    }
}

/// Whether the role may write what is filled in.
fn may_write(kind: &Kind, act: Option<&str>, role: Role) -> bool {
    act.map_or(kind.write.edit.contains(&role), |act| choose::may_act(kind, act, role))
}

impl Propose {
    pub fn run(self, context: &Context) -> Result<(), Told> {
        change(&self.record, &self.filled).save(context, may_write, |_, entry| {
            Ok(Entry {
                proposes: true,
                ..entry
            })
        })
    }
}

impl Confirm {
    pub fn run(self, context: &Context) -> Result<(), Told> {
        let lang = context.lang;
        let named = self.proposal.as_deref();
        change(&self.record, &self.filled).save(
            context,
            |kind, act, role| act.is_none_or(|act| choose::may_act(kind, act, role)),
            |form, entry| {
                let waiting = form.shown.as_ref().map_or(&[][..], |view| &view.proposals);
                let fits = |p: &&ProposalView| named.is_none_or(|named| name(p).starts_with(named));
                let mut fitting = waiting.iter().filter(fits);
                let (Some(proposal), None) = (fitting.next(), fitting.next()) else {
                    return Err(which(waiting, lang));
                };
                Entry::confirming(proposal, entry.reason).ok_or_else(|| {
                    told(lang.pick(
                        "提议中有您看不到的内容,请由其他人确认",
                        "the proposal holds what you cannot see; somebody else has to confirm it",
                    ))
                })
            },
        )
    }
}

/// How a proposal is named in the terminal: by its hash.
pub fn name(proposal: &ProposalView) -> String {
    hex::encode(&proposal.hash[..6])
}

fn which(waiting: &[ProposalView], lang: Lang) -> Told {
    if waiting.is_empty() {
        return told(lang.pick("这条记录没有待确认的提议", "no proposal waits on this record"));
    }
    let names: Vec<String> = waiting.iter().map(name).collect();
    let zh = "请用 --proposal 指明确认哪一项";
    let en = "say which by --proposal";
    told(format!("{}: {}", lang.pick(zh, en), names.join(" ")))
}

impl Decide {
    pub fn run(self, context: &Context) -> Result<(), Told> {
        let decides = Decides {
            conclusion: self.conclusion.into(),
            findings: self.findings.iter().cloned().collect(),
        };
        let may = |kind: &Kind, act: Option<&str>, role: Role| {
            kind.may_decide(role) && act.is_none_or(|act| choose::may_act(kind, act, role))
        };
        change(&self.record, &self.filled).save(context, may, |_, entry| {
            Ok(Entry {
                decides: Some(decides),
                proposes: self.propose,
                ..entry
            })
        })
    }
}

fn change<'c>(record: &'c str, filled: &'c Filled) -> Change<'c> {
    Change {
        record,
        anyway: false,
        filled,
        attach: None,
    }
}
