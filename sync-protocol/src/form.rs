//! The evaluation form: the list of posted sessions that it freezes, and the hash by which it is known.
//!
//! The list is a text, so that it can be read, printed and hashed as it is:
//!
//! ```text
//! wuyuan-form-sessions-v1
//! order <record>
//! subject <record>
//! <posting> <session> <round> <minutes> <day> <digest>        a line for each posting that stands, by its number
//! total <minutes>
//! ```

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::catalog::Kind;
use crate::feed::Hash;
use crate::id::RecordId;
use crate::record::Record;
use crate::value::Value;
use crate::wire::parse_hash;

const DOMAIN: &str = "wuyuan-form-sessions-v1";

/// The kind of the record.
pub const KIND: &str = "evaluation_form";

/// Nobody changes these outside of a draft: what is hashed, and the list.
pub const FROZEN: [&str; 13] = [
    "form_no",
    "grade",
    "issued_on",
    "list_hash",
    "observers_opinion",
    "opinion",
    "order",
    "period_from",
    "period_until",
    "replaces",
    "sessions",
    "signature",
    "total_minutes",
];

/// The fields of a form that are hashed: all that it says but what the prosecutor adds to it. The sessions, and
/// who served, are in it by the hash of their list.
const HASHED: [&str; 12] = [
    "form_no",
    "grade",
    "issued_on",
    "list_hash",
    "observers_opinion",
    "opinion",
    "order",
    "period_from",
    "period_until",
    "replaces",
    "signature",
    "total_minutes",
];

/// A posting that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its number in the ledger.
    pub number: u64,
    /// The session.
    pub session: RecordId,
    /// Which entry of the session it is.
    pub round: u64,
    /// Minutes.
    pub minutes: u64,
    /// The day of the service, `YYYY-MM-DD`.
    pub day: String,
    /// What was approved (`hours::digest`).
    pub digest: Hash,
}

/// The sessions of one arrangement that stand in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sessions {
    /// The arrangement.
    pub order: RecordId,
    /// Who served.
    pub subject: RecordId,
    /// The postings, by their numbers.
    pub lines: Vec<Line>,
}

impl Sessions {
    /// Minutes in all.
    pub fn total(&self) -> u64 {
        self.lines.iter().map(|line| line.minutes).sum()
    }

    /// The text.
    pub fn text(&self) -> String {
        let mut text = format!("{DOMAIN}\norder {}\nsubject {}\n", self.order, self.subject);
        for line in &self.lines {
            let Line {
                number,
                session,
                round,
                minutes,
                day,
                digest,
            } = line;
            let digest = hex::encode(digest);
            // Writing into a text cannot fail.
            let _ = writeln!(text, "{number} {session} {round} {minutes} {day} {digest}");
        }
        let _ = writeln!(text, "total {}", self.total());
        text
    }

    /// Reads a text; only the one spelling of a list is read.
    pub fn parse(text: &str) -> Option<Sessions> {
        let mut lines: Vec<&str> = text.strip_suffix('\n')?.split('\n').collect();
        lines.pop()?;
        let mut lines = lines.into_iter();
        let mut head = |name: &str| lines.next()?.strip_prefix(name);
        head(DOMAIN).filter(|rest| rest.is_empty())?;
        let order = head("order ")?.parse().ok()?;
        let subject = head("subject ")?.parse().ok()?;
        let sessions = Sessions {
            order,
            subject,
            lines: lines.map(line).collect::<Option<_>>()?,
        };
        (sessions.text() == text).then_some(sessions)
    }

    /// SHA-256 of a list's text.
    pub fn hash(text: &str) -> Hash {
        Sha256::digest(text).into()
    }
}

fn line(text: &str) -> Option<Line> {
    let mut parts = text.split(' ');
    let mut part = || parts.next();
    Some(Line {
        number: part()?.parse().ok()?,
        session: part()?.parse().ok()?,
        round: part()?.parse().ok()?,
        minutes: part()?.parse().ok()?,
        day: part()?.to_owned(),
        digest: parse_hash(part()?)?,
    })
}

/// The hash by which a form is known: SHA-256 over `"wuyuan-form-v1\n"`, the record's id and a line feed, and for each hashed field
/// that has a value, in the order of names, its name, `=`, its value as JSON on the wire and a line feed. `None` while people
/// have not decided between differing values.
pub fn hash(kind: &Kind, id: RecordId, record: &Record) -> Option<Hash> {
    let mut hash = Sha256::new()
        .chain_update(b"wuyuan-form-v1\n")
        .chain_update(id.to_string())
        .chain_update(b"\n");
    for name in HASHED.into_iter().filter(|name| kind.field(name).is_some()) {
        if record.is_contested(name) {
            return None;
        }
        let Some(entry) = record.latest(name).filter(|entry| entry.value != Value::Null) else {
            continue;
        };
        hash.update(name);
        hash.update(b"=");
        hash.update(entry.value.to_json().to_string());
        hash.update(b"\n");
    }
    Some(hash.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sessions(count: u64) -> Sessions {
        let line = |n: u64| Line {
            number: n,
            session: RecordId([n as u8; 16]),
            round: 1,
            minutes: 30 * n,
            day: format!("2026-11-{n:02}"),
            digest: [n as u8; 32],
        };
        Sessions {
            order: RecordId([1; 16]),
            subject: RecordId([2; 16]),
            lines: (1..=count).map(line).collect(),
        }
    }

    #[test]
    fn a_list_has_one_text_that_reads_back() {
        for count in [0, 1, 9] {
            let list = sessions(count);
            let text = list.text();
            assert_eq!(Sessions::parse(&text), Some(list.clone()));
            assert!(text.ends_with(&format!("total {}\n", list.total())), "{text}");
        }
        let text = sessions(3).text();
        for wrong in [
            text.replace("total 180", "total 181"),
            text.replace("1 01", "01 01"),
            text.replacen(" 30 ", " +30 ", 1),
            text.replacen(" 2026", "  2026", 1),
            text.replace("order", "Order"),
            text[..text.len() - 1].to_owned(),
            format!("{text}\n"),
            String::new(),
        ] {
            assert_eq!(Sessions::parse(&wrong), None, "{wrong}");
        }
    }

    #[test]
    fn sixty_sessions_fit_into_the_field() {
        let catalog = crate::catalog::Catalog::builtin().unwrap();
        let most = catalog.kinds()[KIND].field("sessions").unwrap().max_chars.unwrap();
        let mut list = sessions(9);
        list.lines = (0..250).map(|n| list.lines[n % 9].clone()).collect();
        assert!(list.text().len() < most as usize, "{}", list.text().len());
    }
}
