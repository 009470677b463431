//! A small district with a server on it, and people who are signed in there.
//!
//! It is the demonstration district cut to two neighbouring streets: everybody of all sixteen roles is there, and
//! a server starts on it in a fraction of a second.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use sync_protocol::id::UnitCode;
use sync_protocol::role::Role;
use wuyuan_server::accounts::password;
use wuyuan_server::accounts::unit::Level;
use wuyuan_server::demo::{self, DemoMember, District};
use wuyuan_server::store::{PoolSettings, Store};

use crate::api::{Answer, Api};
use crate::backend::{Backend, Place};
use crate::engine::Engine;
use crate::phones::{Holder, Phone};
use crate::server::Server;

/// The two streets, by the beginnings of their communities' codes.
const STREETS: [&str; 2] = ["350111002", "350111003"];

/// A district and its first server.
pub struct World {
    /// The server.
    pub server: Server,
    /// Who and what there is.
    pub district: District,
}

/// A phone with the connection of its signed-in holder.
pub struct Handset {
    /// The holder's connection.
    pub api: Api,
    /// The phone.
    pub phone: Phone,
}

impl World {
    /// A small district on an empty database.
    pub fn start(backend: Backend) -> World {
        World::with(backend, &[])
    }

    /// The same with `settings` beside those that tests always need.
    pub fn with(backend: Backend, settings: &[(&str, &str)]) -> World {
        World::on(Arc::new(backend.place()), settings)
    }

    /// The same on `place`, which is empty.
    pub fn on(place: Arc<Place>, settings: &[(&str, &str)]) -> World {
        let district = small();
        install(&place, &district);
        World {
            server: Server::on(place, &with_usual(settings)),
            district,
        }
    }

    /// A real server on what an engine has written, which ends.
    pub fn after(engine: Engine, settings: &[(&str, &str)]) -> World {
        let (place, district) = engine.close();
        World {
            server: Server::on(place, &with_usual(settings)),
            district,
        }
    }

    /// A caller without a token.
    pub fn api(&self) -> Api {
        Api::new(&self.server.url())
    }

    /// The `nth` holder of `role`, from 0, in the order of their numbers.
    pub fn holder(&self, role: Role, nth: usize) -> &DemoMember {
        let mut holders = self.district.members.iter().filter(|m| m.appointments[0].role == role);
        holders
            .nth(nth)
            .unwrap_or_else(|| panic!("fewer than {} of {role}", nth + 1))
    }

    /// Signs in.
    pub fn sign_in(&self, member: &DemoMember) -> Api {
        let api = self.api();
        let session = api
            .post(
                "/v1/auth/sign-in",
                &json!({"number": member.number, "password": demo::PASSWORD}),
            )
            .ok();
        api.with_token(session["access_token"].as_str().expect("a sign-in gives a token"))
    }

    /// Signs in and enrols a new phone, which writes in the member's first appointment.
    pub fn handset(&self, member: &DemoMember) -> Handset {
        self.enrol(self.sign_in(member), member)
    }

    /// Enrols a new phone of a member who is signed in.
    pub fn enrol(&self, api: Api, member: &DemoMember) -> Handset {
        let config = api.get("/v1/config").ok();
        let generation = config["generation"].as_str().expect("a server names its generation");
        let cat = config["catalog"].as_u64().expect("a server names its catalogue") as u32;
        let appointment = &member.appointments[0];
        let unit = match appointment.unit.as_str() {
            "350111000000" => self.community(0),
            _ => appointment.unit.clone(),
        };
        let holder = Holder {
            member: member.id,
            appointment: appointment.id,
            unit,
        };
        let phone = Phone::new(holder, generation, cat);
        let answer = api.post("/v1/devices", &phone.enrolment());
        assert!(
            matches!(answer.status, 200 | 201),
            "{}: {}",
            answer.status,
            answer.text()
        );
        Handset { api, phone }
    }

    /// The `nth` community, from 0.
    pub fn community(&self, nth: usize) -> UnitCode {
        let mut all = self.district.units.iter().filter(|u| u.level == Level::Community);
        all.nth(nth)
            .expect("a small district has sixteen communities")
            .code
            .clone()
    }
}

/// `settings`, and beside them those that tests always need. Administrators sign in with a password alone: what a
/// second factor does has tests of its own.
pub fn with_usual<'s>(settings: &[(&'s str, &'s str)]) -> Vec<(&'s str, &'s str)> {
    let usual = [("admin_totp", "false"), ("rate_per_member", "1000000")];
    let mut all = settings.to_vec();
    all.extend(
        usual
            .iter()
            .filter(|(name, _)| settings.iter().all(|(given, _)| given != name)),
    );
    all
}

impl Handset {
    /// Pushes what it has written from `first` on.
    pub fn push_from(&self, first: u64) -> Answer {
        self.push_text(&self.phone.push(first..=self.phone.seq()).text())
    }

    /// Sends a sync request as it is.
    pub fn push_text(&self, body: &str) -> Answer {
        self.api.post_text("/v1/sync", body)
    }
}

/// The demonstration district cut to two streets, with everybody who is appointed there or in the whole district.
pub fn small() -> District {
    let whole = demo::district(demo::SEED).expect("the program's own grid can be read");
    let inside = |unit: &UnitCode| {
        let code = unit.as_str();
        code == "350111000000" || STREETS.iter().any(|street| code.starts_with(street))
    };
    District {
        units: whole.units.into_iter().filter(|u| inside(&u.code)).collect(),
        members: whole
            .members
            .into_iter()
            .filter(|m| m.appointments.iter().all(|a| inside(&a.unit)))
            .collect(),
    }
}

/// Writes a district into an empty database; everybody's password is the demonstration's.
pub fn install(place: &Place, district: &District) {
    let settings = PoolSettings {
        size: 2,
        wait: Duration::from_secs(10),
    };
    let store = Store::open(&place.url(), settings).expect("an empty database opens");
    let hash = password::hash(demo::PASSWORD).expect("a password can be hashed");
    let now_ms = chrono::Utc::now().timestamp_millis();
    demo::install(&store, district, &hash, now_ms).expect("an empty database takes the district");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_district_has_every_role() {
        let district = small();
        for role in Role::ALL {
            assert!(
                district.members.iter().any(|m| m.appointments[0].role == *role),
                "{role}"
            );
        }
        assert_eq!(
            district.units.iter().filter(|u| u.level == Level::Community).count(),
            16
        );
    }
}
