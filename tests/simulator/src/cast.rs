//! Who takes part, and which appointments are in force: the simulator's own book of what it did, kept without
//! looking at the server's.

use sync_protocol::catalog::Catalog;
use sync_protocol::id::{AppointmentId, MemberId, UnitCode};
use sync_protocol::role::Role;
use wuyuan_server::accounts::appointments;
use wuyuan_server::app::App;
use wuyuan_server::demo::{DemoMember, District};
use wuyuan_tests::district::small;

/// An appointment as the simulator made it.
#[derive(Debug, Clone)]
pub struct Appointed {
    /// Its id.
    pub id: AppointmentId,
    /// Who.
    pub member: MemberId,
    /// As what.
    pub role: Role,
    /// Where.
    pub unit: UnitCode,
    /// First moment, ms.
    pub starts_ms: i64,
    /// First moment after it, ms.
    pub ends_ms: Option<i64>,
}

impl Appointed {
    /// Whether it is in force at `at_ms`.
    pub fn is_active(&self, at_ms: i64) -> bool {
        self.starts_ms <= at_ms && self.ends_ms.is_none_or(|end| at_ms < end)
    }

    /// Whether it covers `unit`: codes nest, a street's community begins with its first nine digits, everything in
    /// the district with its first six.
    pub fn covers(&self, unit: &str) -> bool {
        let own = self.unit.as_str();
        let prefix = match (own.ends_with("000000"), own.ends_with("000")) {
            (true, _) => &own[..6],
            (_, true) => &own[..9],
            _ => own,
        };
        unit.starts_with(prefix)
    }
}

/// All appointments that ever were, as of the server's present history.
#[derive(Debug, Clone, Default)]
pub struct Book(pub Vec<Appointed>);

impl Book {
    /// The roles of `member` in `unit` at `at_ms`.
    pub fn roles(&self, member: &MemberId, unit: &str, at_ms: i64) -> Vec<Role> {
        let his = self
            .0
            .iter()
            .filter(|a| a.member == *member && a.is_active(at_ms) && a.covers(unit));
        his.map(|a| a.role).collect()
    }

    /// The active appointments of `member`.
    pub fn active<'b>(&'b self, member: &MemberId, at_ms: i64) -> impl Iterator<Item = &'b Appointed> {
        let member = *member;
        self.0.iter().filter(move |a| a.member == member && a.is_active(at_ms))
    }

    /// Ends an appointment, here and on the server.
    pub fn end(&mut self, app: &App, admin: MemberId, id: AppointmentId) {
        let row = appointments::end(app, admin, id, None).expect("an active appointment can be ended");
        let own = self.0.iter_mut().find(|a| a.id == id).expect("it is in the book");
        own.ends_ms = row.ends_ms;
    }

    /// Appoints, here and on the server. Some appointments exclude each other; then nothing happens.
    pub fn appoint(&mut self, app: &App, admin: MemberId, member: MemberId, role: Role, unit: UnitCode) {
        let Ok(row) = appointments::create_by(app, admin, member, role, unit, None, None) else {
            return;
        };
        self.0.push(Appointed {
            id: row.id,
            member,
            role: row.role,
            unit: row.unit,
            starts_ms: row.starts_ms,
            ends_ms: row.ends_ms,
        });
    }
}

/// The people of a simulation: a few of every role that writes, in two communities of one street.
pub struct Cast {
    /// The two streets that the server knows.
    pub district: District,
    /// Who has phones.
    pub players: Vec<DemoMember>,
    /// The two communities.
    pub units: Vec<UnitCode>,
    /// Who administers.
    pub admin: MemberId,
    /// The catalogue.
    pub catalog: Catalog,
}

/// Who has phones: the role, in how many of the communities, and how many phones each.
const PLAYERS: &[(Role, usize, usize)] = &[
    (Role::GroupLeader, 2, 1),
    (Role::Volunteer, 2, 1),
    (Role::Supervisor, 1, 1),
    (Role::InfoOfficer, 1, 1),
    (Role::AreaManager, 1, 1),
    (Role::Prosecutor, 1, 2),
    (Role::ConflictAdmin, 1, 1),
];

impl Cast {
    /// Chooses them; always the same.
    pub fn gather() -> Cast {
        let district = small();
        let holds = |member: &DemoMember, role: Role, unit: &UnitCode| {
            let first = &member.appointments[0];
            first.role == role && first.unit == *unit
        };
        let communities = district
            .units
            .iter()
            .map(|u| &u.code)
            .filter(|u| !u.as_str().ends_with("000"));
        let needed = [Role::GroupLeader, Role::Volunteer, Role::Supervisor];
        let staffed: Vec<UnitCode> = communities
            .filter(|u| {
                needed
                    .iter()
                    .all(|role| district.members.iter().any(|m| holds(m, *role, u)))
            })
            .cloned()
            .collect();
        let street = &staffed
            .first()
            .expect("a community with leader, volunteer and supervisor")
            .as_str()[..9];
        let units: Vec<UnitCode> = staffed
            .iter()
            .filter(|u| u.as_str().starts_with(street))
            .take(2)
            .cloned()
            .collect();
        let mut players = Vec::new();
        for (role, places, phones) in PLAYERS {
            let mut holders: Vec<&DemoMember> = Vec::new();
            for unit in units.iter().take(*places) {
                holders.extend(district.members.iter().find(|m| holds(m, *role, unit)));
            }
            let above = district.members.iter().filter(|m| {
                let first = &m.appointments[0];
                let street_of_theirs = first.unit.as_str().ends_with("000") && first.unit.as_str().starts_with(street);
                first.role == *role && (street_of_theirs || first.unit.as_str().ends_with("000000"))
            });
            holders.extend(above.take(*places));
            players.extend(holders.into_iter().flat_map(|member| vec![member.clone(); *phones]));
        }
        let admin = district
            .members
            .iter()
            .find(|m| m.appointments[0].role == Role::SysAdmin)
            .expect("a system administrator")
            .id;
        Cast {
            district,
            players,
            units,
            admin,
            catalog: Catalog::builtin().expect("the program's own catalogue"),
        }
    }

    /// The appointments with which the district begins, in force since `starts_ms`.
    pub fn book(&self, starts_ms: i64) -> Book {
        let of = |member: &DemoMember| {
            let member = member.clone();
            let id = member.id;
            member.appointments.into_iter().map(move |a| Appointed {
                id: a.id,
                member: id,
                role: a.role,
                unit: a.unit,
                starts_ms,
                ends_ms: None,
            })
        };
        Book(self.district.members.iter().flat_map(of).collect())
    }
}
