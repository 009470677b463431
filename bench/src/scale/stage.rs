//! A server on a database that grows, and phones on it.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use sync_protocol::feed::{SUITE, genesis};
use sync_protocol::id::{AppointmentId, MemberId, UnitCode};
use sync_protocol::role::Role;
use uuid::Uuid;
use wuyuan_server::accounts::founding;
use wuyuan_server::accounts::password;
use wuyuan_server::accounts::tokens::{TokenScope, Tokens};
use wuyuan_server::demo::{self, DemoAppointment, DemoMember};
use wuyuan_server::keys::Keys;
use wuyuan_server::query;
use wuyuan_server::random;
use wuyuan_server::store::portable::{PortableRow, Value};
use wuyuan_server::store::rows::JournalRow;
use wuyuan_server::store::{PoolSettings, Store, StoreResult};
use wuyuan_tests::backend::{Backend, Place};
use wuyuan_tests::phones::{Holder, Phone};
use wuyuan_tests::server::Server;

use super::country::{self, Country};
use crate::cast::{SignedIn, now_ms};

/// For how long the tokens serve, in seconds: longer than any measurement.
const TOKEN_SECS: u64 = 7_200;

/// The catalogue version of the forms.
const CATALOG: u32 = 1;

/// Devices written in one transaction.
const TOGETHER: usize = 20_000;

/// A running server with its database.
pub struct Stage {
    /// The server. A reader who is timed asks more often than a member may.
    pub server: Server,
    /// Its database.
    pub place: Arc<Place>,
    /// The same, opened beside the server.
    pub store: Store,
    /// Who and what there is.
    pub country: Country,
    password_hash: String,
    tokens: Tokens,
    generation: String,
}

impl Stage {
    /// Starts a server on a new database with the first `districts` of the country.
    pub fn set(backend: Backend, districts: u32) -> Stage {
        Stage::with(backend, districts, &[("rate_per_member", "1000000")])
    }

    /// The same with other settings.
    pub fn with(backend: Backend, districts: u32, settings: &[(&str, &str)]) -> Stage {
        let place = Arc::new(backend.place());
        let pool = PoolSettings {
            size: 2,
            wait: Duration::from_secs(60),
        };
        let store = Store::open(&place.url(), pool).expect("the database opens");
        let keys = Keys::load(&store).expect("keys can be made");
        let country = Country::new();
        let password_hash = password::hash(demo::PASSWORD).expect("a password can be hashed");
        let founded: StoreResult<()> = store.write(|db| query!(db, journal::insert(founding_entry())));
        founded.expect("the database takes an entry of the journal");
        country.write(&store, 0..districts, &password_hash);
        Stage {
            server: Server::on(Arc::clone(&place), settings),
            place,
            store,
            country,
            password_hash,
            // Signing in a hundred thousand times would only measure argon2; the server checks these tokens like any other.
            tokens: Tokens::new(&keys.token, TOKEN_SECS),
            generation: keys.generation,
        }
    }

    /// Adds districts to the database.
    pub fn grow(&self, districts: Range<u32>) {
        self.country.write(&self.store, districts, &self.password_hash);
    }

    /// A new prosecutor of several districts at once.
    pub fn prosecutor(&self, districts: Range<u32>) -> DemoMember {
        let units = districts.clone().map(|nth| {
            let district = self.country.district(nth);
            district
                .units
                .into_iter()
                .find(|u| u.parent.is_none())
                .expect("a district")
                .code
        });
        let number = format!("P{:04}", districts.len());
        let member = somebody(&number, Role::Prosecutor, units.collect());
        self.appoint(std::slice::from_ref(&member));
        member
    }

    /// New volunteers of one community.
    pub fn volunteers(&self, unit: &UnitCode, count: usize) -> Vec<DemoMember> {
        let member = |nth| somebody(&format!("V{nth:04}"), Role::Volunteer, vec![unit.clone()]);
        let members: Vec<DemoMember> = (0..count).map(member).collect();
        self.appoint(&members);
        members
    }

    fn appoint(&self, members: &[DemoMember]) {
        let written: StoreResult<()> = self
            .store
            .write(|db| country::write_members(db, members.iter(), &self.password_hash));
        written.expect("the members are new");
    }

    /// New phones of members, each writing in the unit named with him; their rows are written as an enrolment writes
    /// them, but many in one transaction.
    pub fn phones(&self, holders: &[(&DemoMember, UnitCode)]) -> Vec<SignedIn> {
        let phones: Vec<SignedIn> = holders.iter().map(|(member, unit)| self.phone(member, unit)).collect();
        for some in phones.chunks(TOGETHER) {
            let rows = some.iter().map(|signed_in| device_row(&signed_in.phone)).collect();
            self.store
                .write(|db| country::rows(db, "device", rows))
                .expect("new devices");
        }
        phones
    }

    fn phone(&self, member: &DemoMember, unit: &UnitCode) -> SignedIn {
        let own = member.appointments.iter().find(|a| a.unit == *unit);
        let holder = Holder {
            member: member.id,
            appointment: own.unwrap_or(&member.appointments[0]).id,
            unit: unit.clone(),
        };
        SignedIn {
            phone: Phone::new(holder, &self.generation, CATALOG),
            token: self.token(member.id),
        }
    }

    fn token(&self, member: MemberId) -> String {
        let family = *Uuid::new_v4().as_bytes();
        self.tokens
            .issue(member, family, TokenScope::Full, now_ms())
            .expect("a token can be signed")
    }
}

fn somebody(number: &str, role: Role, units: Vec<UnitCode>) -> DemoMember {
    let appointment = |unit| DemoAppointment {
        id: AppointmentId::from(Uuid::new_v4()),
        role,
        unit,
    };
    DemoMember {
        id: MemberId::from(Uuid::new_v4()),
        number: number.to_owned(),
        name: "演示·某某".to_owned(),
        appointments: units.into_iter().map(appointment).collect(),
    }
}

fn device_row(phone: &Phone) -> PortableRow {
    let text = |text: &str| Value::Text(text.to_owned());
    PortableRow(vec![
        Value::Bytes(phone.device.0.to_vec()),
        Value::Bytes(phone.holder.member.0.to_vec()),
        text(SUITE),
        Value::Bytes(phone.key.verifying_key().as_bytes().to_vec()),
        text("bench"),
        text("software"),
        Value::Long(now_ms()),
        Value::Null,
        Value::Null,
        Value::Null,
        Value::Long(0),
        Value::Bytes(genesis(&phone.device).to_vec()),
        Value::Long(0),
        Value::Null,
        Value::Null,
        Value::Null,
    ])
}

/// The entry that stands for the accounts, appointments and phones which are written without one of their own.
fn founding_entry() -> JournalRow {
    let at_ms = now_ms();
    JournalRow {
        id: random::uuid_at(at_ms).expect("random bytes").into_bytes(),
        at_ms,
        actor: None,
        event: founding::EVENT.to_owned(),
        subject: String::new(),
        detail: founding::unheld(),
    }
}
