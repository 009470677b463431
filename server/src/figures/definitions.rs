//! The figures of the monthly report, as data (`server/figures/monthly.toml`).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use sync_protocol::catalog::{Catalog, Label};

/// Why the figures are not usable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DefinitionError {
    /// The TOML does not parse.
    #[error("figures: {0}")]
    Toml(String),
    /// One contradicts itself.
    #[error("figure {0}: {1}")]
    Rule(String, &'static str),
}

/// In what a figure is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// 人
    People,
    /// 人次、次
    Times,
    /// 件
    Items,
    /// 小时; the numbers are minutes.
    Hours,
    /// 天
    Days,
    /// 个
    Units,
    /// 百分比
    Percent,
    /// 比值
    Ratio,
}

impl Unit {
    /// What people read behind a number.
    pub fn label(self) -> (&'static str, &'static str) {
        match self {
            Unit::People => ("人", "people"),
            Unit::Times => ("次", "times"),
            Unit::Items => ("件", "items"),
            Unit::Hours => ("小时", "hours"),
            Unit::Days => ("天", "days"),
            Unit::Units => ("个", "units"),
            Unit::Percent => ("%", "%"),
            Unit::Ratio => ("比值", "ratio"),
        }
    }
}

/// What is taken of the facts that are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Take {
    /// How many.
    Count,
    /// How much.
    Sum,
    /// About how many different people.
    People,
    /// What has come and not gone by the last day of the period: people where facts are about people.
    Stock,
}

/// Where a number comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Source {
    /// Facts told from records.
    Facts {
        /// Their codes.
        facts: Vec<String>,
        /// What is taken of them.
        take: Take,
        /// Only those whose sort at this place
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<usize>,
        /// is one of these.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        is: Vec<String>,
    },
    /// Minutes posted to a ledger.
    Ledger {
        /// Which.
        ledger: String,
        /// What is taken of them.
        take: Take,
    },
    /// Something else, which the program knows by name.
    Special {
        /// Its name.
        special: String,
    },
}

/// A table of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Stable code.
    pub code: String,
    /// What people call it.
    pub name: Label,
}

/// A figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// Stable code.
    pub code: String,
    /// The table in which it stands.
    pub table: String,
    /// What people call it.
    pub name: Label,
    /// What exactly it counts.
    pub about: Label,
    /// In what it is counted.
    pub unit: Unit,
    /// The number, or that above the line.
    pub top: Source,
    /// The number below the line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bottom: Option<Source>,
    /// How it is broken down: `sort:N`, `area` or `community`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// All figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definitions {
    /// Raised whenever a figure means something else.
    pub version: u32,
    /// The tables, in the order of the report.
    #[serde(rename = "table")]
    pub tables: Vec<Table>,
    /// The figures, in the order of the report.
    #[serde(rename = "figure")]
    pub figures: Vec<Definition>,
}

const FILE: &str = include_str!("../../figures/monthly.toml");

/// What the program knows how to count besides facts and postings.
pub(super) const SPECIAL: [&str; 8] = [
    "members_by_role",
    "members_in_office",
    "communities_without_records",
    "not_seen",
    "operations_refused",
    "findings_opened",
    "exports",
    "sensitive_readings",
];

impl Definition {
    /// Whether it is a number that adds up over months: neither a rate, nor people, nor what there is at an end.
    pub fn adds_up(&self) -> bool {
        self.bottom.is_none()
            && match &self.top {
                Source::Facts { take, .. } => matches!(take, Take::Count | Take::Sum),
                Source::Ledger { take, .. } => *take == Take::Sum,
                Source::Special { .. } => false,
            }
    }

    /// Whether it counts what there is at the end of the period.
    pub fn is_stock(&self) -> bool {
        matches!(
            &self.top,
            Source::Facts { take: Take::Stock, .. } | Source::Special { .. }
        )
    }
}

impl Definitions {
    /// The figures of this build.
    pub fn builtin() -> Result<Definitions, DefinitionError> {
        Definitions::read(FILE)
    }

    /// Reads figures and holds them to the rules: each is defined once, in a table, and can be counted.
    pub fn read(text: &str) -> Result<Definitions, DefinitionError> {
        let read: Definitions = toml::from_str(text).map_err(|e| DefinitionError::Toml(e.to_string()))?;
        let mut codes = BTreeSet::new();
        for figure in &read.figures {
            let refuse = |why| Err(DefinitionError::Rule(figure.code.clone(), why));
            if !codes.insert(figure.code.as_str()) {
                return refuse("is defined twice");
            }
            if !read.tables.iter().any(|table| table.code == figure.table) {
                return refuse("stands in no table");
            }
            for source in [Some(&figure.top), figure.bottom.as_ref()].into_iter().flatten() {
                match source {
                    Source::Special { special } if !SPECIAL.contains(&special.as_str()) => {
                        return refuse("is counted in an unknown way");
                    }
                    Source::Facts { at, is, .. } if at.is_some() == is.is_empty() => {
                        return refuse("names a sort and what it is, or neither");
                    }
                    _ => {}
                }
            }
        }
        Ok(read)
    }

    /// The figures that a kind of record says it feeds and that are not defined.
    pub fn lacking<'c>(&self, catalog: &'c Catalog) -> Vec<&'c str> {
        let fed = catalog.kinds().values().flat_map(|kind| &kind.figures);
        fed.map(String::as_str)
            .filter(|code| self.named(code).is_none())
            .collect()
    }

    /// The figure of this code.
    pub fn named(&self, code: &str) -> Option<&Definition> {
        self.figures.iter().find(|figure| figure.code == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_figure_that_a_kind_feeds_is_defined() {
        let catalog = Catalog::builtin().unwrap();
        let definitions = Definitions::builtin().unwrap();
        assert_eq!(definitions.lacking(&catalog), Vec::<&str>::new());
        let without = FILE.replacen("code = \"leads_funnel\"", "code = \"leads_other\"", 1);
        assert_eq!(Definitions::read(&without).unwrap().lacking(&catalog), ["leads_funnel"]);
    }

    #[test]
    fn a_figure_that_nobody_can_count_is_refused() {
        for (from, to) in [
            ("special = \"not_seen\"", "special = \"seen\""),
            ("table = \"audit\"", "table = \"other\""),
            ("code = \"exports\"", "code = \"leads_funnel\""),
            (", at = 1, is = [\"in_time\"]", ", at = 1"),
        ] {
            let text = FILE.replacen(from, to, 1);
            assert_ne!(text, FILE, "{from}");
            assert!(Definitions::read(&text).is_err(), "{to}");
        }
    }
}
