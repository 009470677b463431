//! Parameters in a query.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sync_protocol::catalog::Ledger;
use utoipa::ToSchema;

use super::problem::{Problem, ProblemCode};

/// A query's parameters, each once. A NUL in them is refused: PostgreSQL cannot even compare with it.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(read(request.query_string()))
    }
}

fn read<T: DeserializeOwned>(text: &str) -> Result<Query<T>, Problem> {
    let invalid = |detail: String| Problem::with(ProblemCode::RequestInvalid, detail);
    if text.contains("%00") {
        return Err(invalid("the query holds a NUL".to_owned()));
    }
    web::Query::<T>::from_query(text)
        .map(|query| Query(query.into_inner()))
        .map_err(|error| invalid(error.to_string()))
}

/// Of which hours ledger. The two are never added together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InLedger {
    /// Volunteers' own hours.
    Volunteer,
    /// Social service.
    SocialService,
}

impl InLedger {
    /// The ledger's code in the store.
    pub fn code(self) -> &'static str {
        match self {
            InLedger::Volunteer => Ledger::Volunteer.code(),
            InLedger::SocialService => Ledger::SocialService.code(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn a_nul_is_refused() {
        let read = |text: &str| read::<BTreeMap<String, String>>(text).map(|query| query.0);
        assert_eq!(read("after=%00").unwrap_err().code, ProblemCode::RequestInvalid);
        assert_eq!(read("after=a%2500").unwrap()["after"], "a%00");
    }
}
