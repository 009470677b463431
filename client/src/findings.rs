//! What waits for people, as the server tells it to the holder.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};
use sync_protocol::catalog::Label;

use crate::api::Api;
use crate::error::PhoneError;
use crate::phone::Phone;
use crate::store::account;
use crate::transport::Transport;

/// A finding.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Finding {
    /// Its id.
    pub id: String,
    /// What it stands on: a decision names it.
    pub basis: String,
    /// The rule that made it.
    pub rule: String,
    /// `low`, `medium` or `high`.
    pub severity: String,
    /// Its unit.
    pub unit: Option<String>,
    /// The record.
    pub record: Option<String>,
    /// The other record, of a finding about two.
    pub neighbour: Option<String>,
    /// A record takes part that the holder does not read.
    #[serde(default)]
    pub hidden: bool,
    /// Whole days since it was opened.
    pub days: i64,
    /// When it was closed, ms.
    pub closed_ms: Option<i64>,
}

/// Findings, and how many there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The first of them.
    pub findings: Vec<Finding>,
    /// How many there are in all.
    pub all: i64,
    /// What each rule's findings are called and say.
    pub rules: BTreeMap<String, Wording>,
}

/// A rule's words.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Wording {
    /// What its findings are called.
    pub name: Label,
    /// What they say.
    pub about: Label,
}

/// One of several values that stand beside each other.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Beside {
    /// The register.
    pub field: String,
    /// The value.
    pub value: Value,
    /// Its author.
    pub by: String,
    /// The author's device.
    pub device: String,
    /// When it arrived, ms.
    pub arrival: i64,
    /// When it was written, by the best estimate, ms.
    pub written: Option<i64>,
}

/// A record that takes part.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Side {
    /// The record.
    pub record: Shown,
    /// The values that stand beside each other.
    pub beside: Vec<Beside>,
    /// How its operations came, the latest ones.
    pub history: Vec<Value>,
}

/// What names a record.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Shown {
    /// Its id.
    pub id: String,
    /// Its kind.
    pub kind: String,
}

/// What a rule saw.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Saw {
    /// Figures.
    pub figures: Map<String, Value>,
    /// The limits that applied.
    pub limits: Map<String, Value>,
}

/// An earlier decision.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Decided {
    /// Who decided.
    pub by: String,
    /// When, ms.
    pub at: i64,
    /// How.
    pub conclusion: String,
    /// Why.
    pub reason: Option<String>,
}

/// One finding with all that is needed to decide it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Case {
    /// The finding.
    pub finding: Finding,
    /// What the rule saw.
    pub saw: Option<Saw>,
    /// The records that take part.
    pub records: Vec<Side>,
    /// Earlier decisions.
    pub decisions: Vec<Decided>,
}

#[derive(Deserialize)]
struct Page {
    findings: Vec<Finding>,
    counts: Counts,
}

#[derive(Deserialize)]
struct Counts {
    all: i64,
}

#[derive(Deserialize)]
struct RuleBook {
    rule: BTreeMap<String, Wording>,
}

impl Phone {
    /// Asks for the first hundred findings. `query` are parameters of `GET /v1/findings` that need no escaping.
    ///
    /// # Errors
    /// Without a sign-in, when the server cannot be reached, and when it refuses a parameter.
    pub fn findings(&mut self, net: &dyn Transport, query: &[(&str, &str)]) -> Result<Found, PhoneError> {
        let query: Vec<String> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let path = format!("/v1/findings?{}", query.join("&"));
        self.asking(net, |phone| {
            let api = phone.reader(net)?;
            let Page { findings, counts } = api.get(path.clone())?;
            Ok(Found {
                findings,
                all: counts.all,
                rules: wording(&api)?,
            })
        })
    }

    /// Asks for one finding, and for what its rule is called.
    ///
    /// # Errors
    /// As of [`Phone::findings`], and when there is none of this id for the holder.
    pub fn finding(&mut self, net: &dyn Transport, id: &str) -> Result<(Case, Option<Wording>), PhoneError> {
        let path = format!("/v1/findings/{id}");
        self.asking(net, |phone| {
            let api = phone.reader(net)?;
            let case: Case = api.get(path.clone())?;
            let wording = wording(&api)?.remove(&case.finding.rule);
            Ok((case, wording))
        })
    }

    fn reader<'t>(&self, net: &'t dyn Transport) -> Result<Api<'t>, PhoneError> {
        Ok(Api::new(net, account::load(self.conn())?.access_token))
    }
}

fn wording(api: &Api<'_>) -> Result<BTreeMap<String, Wording>, PhoneError> {
    let book: RuleBook = api.get("/v1/rules".to_owned())?;
    Ok(book.rule)
}
