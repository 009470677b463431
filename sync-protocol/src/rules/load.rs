//! Reading the rules from their file and holding them to their form.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Reading, Rule, RuleCode};
use crate::calendar::china_date;
use crate::catalog::{Catalog, Label};

/// Why the rules are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RulesError {
    /// The TOML or JSON does not parse.
    #[error("the rules: {0}")]
    Unreadable(String),
    /// A rule is missing, or contradicts itself or the catalogue.
    #[error("the rules, {place}: {message}")]
    Rule {
        /// Where.
        place: String,
        /// What is wrong.
        message: String,
    },
}

/// All rules, with the text that is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    content: Content,
    json: Arc<str>,
    hash: [u8; 32],
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    rule: BTreeMap<RuleCode, Rule>,
    facts: BTreeMap<String, Reading>,
}

const FILE: &str = include_str!("../../catalog/rules.toml");

impl Rules {
    /// The rules that this build ships.
    ///
    /// # Errors
    /// When they do not fit `catalog`.
    pub fn builtin(catalog: &Catalog) -> Result<Rules, RulesError> {
        Rules::from_toml(catalog, FILE)
    }

    /// Parses TOML and holds it to `catalog`.
    pub fn from_toml(catalog: &Catalog, text: &str) -> Result<Rules, RulesError> {
        let content: Content = toml::from_str(text).map_err(|e| RulesError::Unreadable(e.to_string()))?;
        check(&content, catalog)?;
        let json = serde_json::to_string(&content).map_err(|e| RulesError::Unreadable(e.to_string()))?;
        Ok(Rules {
            content,
            hash: Sha256::digest(json.as_bytes()).into(),
            json: json.into(),
        })
    }

    /// The JSON that `GET /v1/rules` serves and its SHA-256: what was derived under another one is to be derived anew.
    pub fn to_json(&self) -> (&str, [u8; 32]) {
        (&self.json, self.hash)
    }

    /// A rule.
    ///
    /// # Panics
    /// Never: rules that lack one are refused when they are read.
    pub fn rule(&self, code: RuleCode) -> &Rule {
        &self.content.rule[&code]
    }

    /// Where a kind tells what the rules look at.
    pub fn reading(&self, kind: &str) -> Option<&Reading> {
        self.content.facts.get(kind)
    }

    /// The codes of the rules whose findings keep hours from being posted.
    pub fn blocking(&self) -> impl Iterator<Item = RuleCode> {
        let blocks = self.content.rule.iter().filter(|(_, rule)| rule.blocks_posting);
        blocks.map(|(code, _)| *code)
    }

    /// All limits of a rule that are in force at a moment, ms since 1970. A moment before the first date has the first
    /// limits.
    pub fn limits(&self, code: RuleCode, at_ms: i64) -> &BTreeMap<String, i64> {
        static NONE: BTreeMap<String, i64> = BTreeMap::new();
        let day = china_date(at_ms);
        let limits = &self.rule(code).limits;
        let in_force = limits
            .iter()
            .rev()
            .find(|l| date(&l.valid_from).is_some_and(|from| from <= day));
        in_force.or(limits.first()).map_or(&NONE, |limits| &limits.values)
    }

    /// One limit of a rule that is in force at a moment, ms since 1970.
    ///
    /// # Panics
    /// For a name that is not of that rule: every rule has all of its own.
    pub fn limit(&self, code: RuleCode, name: &str, at_ms: i64) -> i64 {
        self.limits(code, at_ms)[name]
    }
}

fn date(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()
}

fn check(content: &Content, catalog: &Catalog) -> Result<(), RulesError> {
    let fault = |place: String, message: String| Err(RulesError::Rule { place, message });
    for code in RuleCode::ALL {
        let Some(rule) = content.rule.get(code) else {
            return fault(format!("rule.{}", code.code()), "is missing".to_owned());
        };
        if let Err(message) = worded(&rule.name).and(worded(&rule.about)).and(dated(*code, rule)) {
            return fault(format!("rule.{}", code.code()), message);
        }
    }
    for (code, reading) in &content.facts {
        let place = format!("facts.{code}");
        let Some(kind) = catalog.kinds().get(code) else {
            return fault(place, "there is no such kind".to_owned());
        };
        if let Some(message) = reading.fault(kind, catalog.kinds()) {
            return fault(place, message);
        }
    }
    Ok(())
}

fn worded(label: &Label) -> Result<(), String> {
    let empty = |text: &str| text.trim().is_empty() || text.chars().any(char::is_control);
    if empty(&label.zh_hans) || empty(&label.en) {
        return Err("the wording is empty or holds a control character".to_owned());
    }
    Ok(())
}

fn dated(code: RuleCode, rule: &Rule) -> Result<(), String> {
    let wanted = code.limits();
    if rule.limits.is_empty() != wanted.is_empty() {
        return Err(format!("its limits are {wanted:?}"));
    }
    let mut before = None;
    for limits in &rule.limits {
        let names: Vec<&str> = limits.values.keys().map(String::as_str).collect();
        if names != wanted {
            return Err(format!("its limits are {wanted:?}, not {names:?}"));
        }
        let Some(from) = date(&limits.valid_from) else {
            return Err(format!("{} is no date", limits.valid_from));
        };
        if before.is_some_and(|before| from <= before) {
            return Err("the dates of its limits do not rise".to_owned());
        }
        before = Some(from);
    }
    Ok(())
}
