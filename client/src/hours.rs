//! The holder's own hours as the server has them: what is confirmed, and what is pending and why.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::api::Api;
use crate::error::PhoneError;
use crate::phone::Phone;
use crate::store::account;
use crate::transport::Transport;

/// Sums of one ledger.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Hours {
    /// `volunteer` or `social_service`. The two are never added together.
    pub ledger: String,
    /// What is in the ledger.
    pub confirmed: Confirmed,
    /// What is claimed and not in the ledger.
    pub pending: Pending,
}

/// What is in the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Confirmed {
    /// Minutes.
    pub minutes: i64,
    /// Of how many postings.
    pub postings: i64,
}

/// What is claimed and waits.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Pending {
    /// Minutes.
    pub minutes: i64,
    /// Of how many sessions.
    pub sessions: i64,
}

/// A session that waits.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Waiting {
    /// The session.
    pub session: String,
    /// Its day, if it is settled.
    pub day: Option<String>,
    /// Minutes.
    pub minutes: i64,
    /// What it waits for.
    pub waits: Vec<WaitsFor>,
}

/// What a session waits for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct WaitsFor {
    /// The stable code.
    pub code: String,
    /// The words, in simplified Chinese.
    pub zh: String,
    /// The words, in English.
    pub en: String,
}

/// The holder's own account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The number of the last posting that is in the sums.
    pub position: i64,
    /// A sum for each ledger in which there is something.
    pub totals: Vec<Hours>,
    /// The sessions that wait, the first two hundred of them.
    pub waiting: Vec<Waiting>,
}

#[derive(Deserialize)]
struct Totals {
    position: i64,
    totals: Vec<Hours>,
}

#[derive(Deserialize)]
struct Claims {
    claims: Vec<Waiting>,
}

impl Phone {
    /// Asks for the holder's own hours between two days (`YYYY-MM-DD`), both included.
    ///
    /// # Errors
    /// Without a sign-in, and when the server cannot be reached: hours are not kept on the phone, which knows only
    /// what it recorded.
    pub fn hours(&mut self, net: &dyn Transport, from: Option<&str>, to: Option<&str>) -> Result<Account, PhoneError> {
        self.asking(net, |phone| phone.ask_hours(net, from, to))
    }

    fn ask_hours(&self, net: &dyn Transport, from: Option<&str>, to: Option<&str>) -> Result<Account, PhoneError> {
        let account = account::load(self.conn())?;
        let mut query = BTreeMap::from([("member", account.member.to_string())]);
        query.extend(from.map(|day| ("from", day.to_owned())));
        query.extend(to.map(|day| ("to", day.to_owned())));
        let query: Vec<String> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let query = query.join("&");
        let api = Api::new(net, account.access_token);
        let Totals { position, totals } = api.get(format!("/v1/hours?{query}"))?;
        let Claims { claims } = api.get(format!("/v1/hours/claims?{query}&limit=200"))?;
        Ok(Account {
            position,
            totals,
            waiting: claims,
        })
    }
}
