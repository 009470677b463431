//! A server on a fresh district, and phones with tokens on it.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use sync_protocol::id::UnitCode;
use wuyuan_server::accounts::tokens::{TokenScope, Tokens};
use wuyuan_server::demo::{self, DemoMember, District};
use wuyuan_server::keys::Keys;
use wuyuan_server::store::{PoolSettings, Store};
use wuyuan_tests::backend::{Backend, Place};
use wuyuan_tests::district::install;
use wuyuan_tests::phones::{Holder, Phone};
use wuyuan_tests::server::Server;

use crate::http::{Connection, post};

/// For how long the tokens serve, in seconds: longer than any measurement.
const TOKEN_SECS: u64 = 7_200;

/// A running server with its district.
pub struct Stage {
    /// The server, with the settings it comes with.
    pub server: Server,
    /// Its database.
    pub place: Arc<Place>,
    tokens: Tokens,
    generation: String,
}

/// A phone whose holder is signed in.
pub struct SignedIn {
    /// The phone.
    pub phone: Phone,
    /// An access token.
    pub token: String,
}

impl Stage {
    /// Starts the server on an empty database with `district` in it.
    pub fn set(backend: Backend, district: &District) -> Stage {
        Stage::on(Arc::new(backend.place()), district)
    }

    /// Starts the server on the empty database `place`.
    pub fn on(place: Arc<Place>, district: &District) -> Stage {
        install(&place, district);
        let pool = PoolSettings {
            size: 2,
            wait: std::time::Duration::from_secs(10),
        };
        let store = Store::open(&place.url(), pool).expect("the database opens");
        let keys = Keys::load(&store).expect("keys can be made");
        // Signing in 641 times would only measure argon2; the server checks these tokens like any other.
        let tokens = Tokens::new(&keys.token, TOKEN_SECS);
        Stage {
            server: Server::on(Arc::clone(&place), &[]),
            place,
            tokens,
            generation: keys.generation,
        }
    }

    /// A new phone of `member` that writes in `unit`, enrolled over HTTP.
    pub fn phone(&self, member: &DemoMember, unit: &UnitCode) -> SignedIn {
        let appointment = member
            .appointments
            .iter()
            .find(|a| a.unit == *unit)
            .unwrap_or(&member.appointments[0])
            .id;
        let holder = Holder {
            member: member.id,
            appointment,
            unit: unit.clone(),
        };
        let phone = Phone::new(holder, &self.generation, CATALOG);
        let family = *uuid::Uuid::new_v4().as_bytes();
        let token = self
            .tokens
            .issue(member.id, family, TokenScope::Full, now_ms())
            .expect("a token can be signed");
        let request = post("/v1/devices", &token, None, &phone.enrolment().to_string());
        let answer = Connection::open(&self.server.url()).send(&request);
        assert!(
            matches!(answer.status, 200 | 201),
            "{}",
            String::from_utf8_lossy(&answer.body)
        );
        SignedIn { phone, token }
    }
}

/// The catalogue version of the forms.
const CATALOG: u32 = 1;

/// The whole demonstration district.
pub fn district() -> District {
    demo::district(demo::SEED).expect("the program's own grid can be read")
}

/// Milliseconds since 1970.
pub fn now_ms() -> i64 {
    let passed = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("a clock after 1970");
    i64::try_from(passed.as_millis()).expect("a clock before the year 292 million")
}
