//! The people: who there is, and where each is appointed. `server/demo/README.md` says which figures this follows.

use sync_protocol::id::{AppointmentId, MemberId, UnitCode};
use sync_protocol::role::Role;

use super::{DemoUnit, Seed, names};
use crate::accounts::unit::Level;

/// Leaders in 2020: one for each of 113 villages and 75 communities.
const LEADERS: usize = 188;
const COUNSELLORS: usize = 5;

/// What the six members of a pair of neighbouring communities are.
const PAIR: [Role; 6] = [
    Role::Supervisor,
    Role::InfoOfficer,
    Role::LiaisonOfficer,
    Role::Volunteer,
    Role::Volunteer,
    Role::Volunteer,
];

/// The procuratorate's own accounts, in the order of their numbers.
const OFFICE: [Role; 9] = [
    Role::Prosecutor,
    Role::ProsecutorAssistant,
    Role::DepartmentHead,
    Role::ChiefProcurator,
    Role::CaseAdmin,
    Role::ConflictAdmin,
    Role::SysAdmin,
    Role::SecAdmin,
    Role::Auditor,
];

/// A made-up person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoMember {
    /// Id.
    pub id: MemberId,
    /// What the person signs in with.
    pub number: String,
    /// Name, plainly not a real one.
    pub name: String,
    /// At least one.
    pub appointments: Vec<DemoAppointment>,
}

/// What a made-up person is, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoAppointment {
    /// Id.
    pub id: AppointmentId,
    /// As what.
    pub role: Role,
    /// Where.
    pub unit: UnitCode,
}

pub(super) fn members(units: &[DemoUnit], seed: &Seed) -> Vec<DemoMember> {
    let of = |level: Level| units.iter().filter(move |u| u.level == level).map(|u| u.code.clone());
    let district: Vec<UnitCode> = of(Level::District).collect();
    let pairs = pairs(units);
    let mut all = Vec::new();

    let paired = pairs
        .iter()
        .flat_map(|pair| PAIR.iter().map(move |role| (*role, pair.clone())));
    let counsellors = std::iter::repeat_n((Role::Counsellor, district.clone()), COUNSELLORS);
    all.extend(numbered(seed, 1, paired.chain(counsellors)));
    all.extend(numbered(
        seed,
        1001,
        leaders(&pairs, seed).into_iter().map(|led| (Role::GroupLeader, led)),
    ));
    all.extend(numbered(
        seed,
        2001,
        of(Level::Area).map(|area| (Role::AreaManager, vec![area])),
    ));
    all.extend(numbered(
        seed,
        9001,
        OFFICE.iter().map(|role| (*role, district.clone())),
    ));
    all
}

/// Gives each person of a list the next number, and what follows from it.
fn numbered(
    seed: &Seed,
    first: usize,
    posts: impl Iterator<Item = (Role, Vec<UnitCode>)>,
) -> impl Iterator<Item = DemoMember> {
    posts.enumerate().map(move |(place, (role, units))| {
        let number = format!("D{:04}", first + place);
        let appointment = |unit: UnitCode| DemoAppointment {
            id: AppointmentId(seed.id(&format!("appointment/{number}/{unit}"))),
            role,
            unit,
        };
        DemoMember {
            id: MemberId(seed.id(&format!("member/{number}"))),
            name: names::name(seed, &number),
            appointments: units.into_iter().map(appointment).collect(),
            number,
        }
    })
}

/// Communities two by two, neighbours in the list of their area; those left over are paired with each other.
fn pairs(units: &[DemoUnit]) -> Vec<Vec<UnitCode>> {
    let mut pairs = Vec::new();
    let mut left = Vec::new();
    for area in units.iter().filter(|u| u.level == Level::Area) {
        let below = units
            .iter()
            .filter(|u| u.level == Level::Community && u.parent.as_ref() == Some(&area.code));
        let below: Vec<UnitCode> = below.map(|u| u.code.clone()).collect();
        for pair in below.chunks(2) {
            if pair.len() == 2 {
                pairs.push(pair.to_vec())
            } else {
                left.extend_from_slice(pair)
            }
        }
    }
    pairs.extend(left.chunks(2).map(<[UnitCode]>::to_vec));
    pairs
}

/// What each leader leads: one community, or both of a pair where there are more communities than leaders.
fn leaders(pairs: &[Vec<UnitCode>], seed: &Seed) -> Vec<Vec<UnitCode>> {
    let communities: usize = pairs.iter().map(Vec::len).sum();
    let together = seed.choose("led together", communities.saturating_sub(LEADERS), pairs.len());
    let mut led = Vec::new();
    for (place, pair) in pairs.iter().enumerate() {
        if together.binary_search(&place).is_ok() {
            led.push(pair.clone());
        } else {
            led.extend(pair.iter().map(|unit| vec![unit.clone()]));
        }
    }
    led
}
