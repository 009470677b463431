//! What is asked of the hours ledger: which postings or claims, and summed by what.

use diesel::backend::Backend;
use diesel::deserialize::QueryableByName;
use diesel::query_builder::AstPass;
use diesel::result::QueryResult;
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, Binary, HasSqlType, Nullable, Text};

/// Whose hours a reader may see. Any of its parts is enough.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HoursSight {
    /// Units whose hours he reads in the volunteer ledger.
    pub volunteer: Vec<String>,
    /// Units whose hours he reads in the ledger of social service.
    pub service: Vec<String>,
    /// Members whose volunteer hours he reads wherever they are.
    pub members: Vec<[u8; 16]>,
    /// Subjects whose hours he reads wherever they are.
    pub subjects: Vec<[u8; 16]>,
}

/// Which hours.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HoursFilter {
    /// Those that the reader may see.
    pub sight: HoursSight,
    /// Only of this ledger.
    pub ledger: Option<String>,
    /// Only of these units.
    pub units: Option<Vec<String>>,
    /// Only of this kind of session.
    pub kind: Option<String>,
    /// Only of this member.
    pub member: Option<[u8; 16]>,
    /// Only of this subject.
    pub subject: Option<[u8; 16]>,
    /// Only of this day or later, `YYYY-MM-DD`.
    pub from: Option<String>,
    /// Only of this day or earlier.
    pub to: Option<String>,
}

impl HoursFilter {
    /// All that the reader may see of the same ledgers.
    pub fn seen(&self) -> HoursFilter {
        HoursFilter {
            sight: self.sight.clone(),
            ledger: self.ledger.clone(),
            ..HoursFilter::default()
        }
    }
}

/// What hours are summed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoursKey {
    /// The ledger alone.
    Ledger,
    /// Whose they are.
    Person,
    /// The unit.
    Unit,
    /// The kind of session.
    Kind,
    /// The day.
    Day,
    /// The month.
    Month,
}

impl HoursKey {
    /// The key as SQL; a person is bytes, all others are text.
    pub fn sql(self) -> &'static str {
        match self {
            HoursKey::Ledger => "ledger",
            HoursKey::Person => "COALESCE(member, subject)",
            HoursKey::Unit => "unit",
            HoursKey::Kind => "kind",
            HoursKey::Day => "day",
            HoursKey::Month => "substr(day, 1, 7)",
        }
    }
}

/// A sum as it is selected by a person.
#[derive(Debug, QueryableByName)]
pub struct PersonSum {
    #[diesel(sql_type = Nullable<Binary>)]
    key: Option<Vec<u8>>,
    #[diesel(sql_type = Text)]
    ledger: String,
    #[diesel(sql_type = Text)]
    reasons: String,
    #[diesel(sql_type = BigInt)]
    minutes: i64,
    #[diesel(sql_type = BigInt)]
    entries: i64,
}

/// A sum as it is selected by anything else.
#[derive(Debug, QueryableByName)]
pub struct WordSum {
    #[diesel(sql_type = Nullable<Text>)]
    key: Option<String>,
    #[diesel(sql_type = Text)]
    ledger: String,
    #[diesel(sql_type = Text)]
    reasons: String,
    #[diesel(sql_type = BigInt)]
    minutes: i64,
    #[diesel(sql_type = BigInt)]
    entries: i64,
}

/// By what a sum is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum HoursOf {
    /// That is not settled yet.
    Unsettled,
    /// A person's: a member's, or in the ledger of social service a subject's.
    Person(Vec<u8>),
    /// A unit, kind, day, month or ledger.
    Word(String),
}

/// A sum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoursSum {
    /// By what.
    pub of: HoursOf,
    /// Its ledger.
    pub ledger: String,
    /// Of claims: what they wait for, codes separated by commas.
    pub reasons: String,
    /// Minutes.
    pub minutes: i64,
    /// Of how many postings or claims.
    pub entries: i64,
}

impl From<PersonSum> for HoursSum {
    fn from(row: PersonSum) -> HoursSum {
        HoursSum {
            of: row.key.map_or(HoursOf::Unsettled, HoursOf::Person),
            ledger: row.ledger,
            reasons: row.reasons,
            minutes: row.minutes,
            entries: row.entries,
        }
    }
}

impl From<WordSum> for HoursSum {
    fn from(row: WordSum) -> HoursSum {
        HoursSum {
            of: row.key.map_or(HoursOf::Unsettled, HoursOf::Word),
            ledger: row.ledger,
            reasons: row.reasons,
            minutes: row.minutes,
            entries: row.entries,
        }
    }
}

impl HoursFilter {
    /// Writes the condition. The columns are those that postings and claims share.
    pub fn condition<'b, B>(&'b self, out: &mut AstPass<'_, 'b, B>) -> QueryResult<()>
    where
        B: Backend + HasSqlType<Text> + HasSqlType<Binary>,
        str: ToSql<Text, B>,
        [u8]: ToSql<Binary, B>,
    {
        let HoursFilter {
            sight,
            ledger,
            units,
            kind,
            member,
            subject,
            from,
            to,
        } = self;
        // Nobody's hours, so that an empty sight shows nothing.
        out.push_sql("(1 = 0");
        for (ledger, units) in [("volunteer", &sight.volunteer), ("social_service", &sight.service)] {
            if !units.is_empty() {
                out.push_sql(&format!(" OR (ledger = '{ledger}' AND unit IN ("));
                texts(out, units)?;
                out.push_sql("))");
            }
        }
        for (column, ids) in [("member", &sight.members), ("subject", &sight.subjects)] {
            if !ids.is_empty() {
                out.push_sql(&format!(" OR {column} IN ("));
                for (n, id) in ids.iter().enumerate() {
                    out.push_sql(if n == 0 { "" } else { ", " });
                    out.push_bind_param::<Binary, [u8]>(id)?;
                }
                out.push_sql(")");
            }
        }
        out.push_sql(")");
        if let Some(units) = units {
            out.push_sql(" AND unit IN (");
            texts(out, units)?;
            out.push_sql(")");
        }
        for (words, text) in [
            (" AND ledger = ", ledger),
            (" AND kind = ", kind),
            (" AND day >= ", from),
            (" AND day <= ", to),
        ] {
            if let Some(text) = text {
                out.push_sql(words);
                out.push_bind_param::<Text, str>(text)?;
            }
        }
        for (words, id) in [(" AND member = ", member), (" AND subject = ", subject)] {
            if let Some(id) = id {
                out.push_sql(words);
                out.push_bind_param::<Binary, [u8]>(id)?;
            }
        }
        Ok(())
    }
}

/// Writes a list of texts; one that is empty holds a text that no column has.
fn texts<'b, B>(out: &mut AstPass<'_, 'b, B>, texts: &'b [String]) -> QueryResult<()>
where
    B: Backend + HasSqlType<Text>,
    str: ToSql<Text, B>,
{
    if texts.is_empty() {
        out.push_sql("''");
    }
    for (n, text) in texts.iter().enumerate() {
        out.push_sql(if n == 0 { "" } else { ", " });
        out.push_bind_param::<Text, str>(text)?;
    }
    Ok(())
}
