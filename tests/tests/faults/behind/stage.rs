//! A community whose people have phones, in which somebody is about to serve.

use sync_protocol::id::{RecordId, UnitCode};
use sync_protocol::role::Role;
use wuyuan_tests::backend::{Backend, Place};
use wuyuan_tests::crew::Hand;
use wuyuan_tests::district::World;
use wuyuan_tests::office::Office;

use super::own::Own;
use super::serving::Serving;

/// Everything before the first kill.
pub struct Stage {
    /// The server, which runs.
    pub world: World,
    /// Its database as it is now, for a server that is never killed.
    pub twin: Place,
    /// Who observe somebody's service, and who approves it.
    pub serving: Serving,
    /// Who serve themselves, and who decide.
    pub own: Own,
    /// The arrangement.
    pub order: RecordId,
}

impl Stage {
    /// Sets it up on an empty database.
    pub fn set(backend: Backend) -> Stage {
        let mut office = Office::open(backend);
        let order = office.order();
        let Office { engine, unit, .. } = office;
        let district: UnitCode = "350111000000".parse().expect("a code");
        let member = |role, unit, nth| engine.member(role, unit, nth).clone();
        let volunteers = [0, 1, 2].map(|nth| member(Role::Volunteer, &unit, nth));
        let [supervisor, leader] = [Role::Supervisor, Role::GroupLeader].map(|role| member(role, &unit, 0));
        let officer = member(Role::ConflictAdmin, &district, 0);
        // It seals all the time and a little at once, so that it is killed while it does.
        let mut world = World::after(engine, &[("seal_interval_ms", "5"), ("seal_batch", "16")]);
        let url = world.server.url();
        let serving = Serving {
            unit: unit.clone(),
            observers: [0, 1].map(|nth: usize| Hand::enrol(&url, &volunteers[nth])),
            supervisor: Hand::enrol(&url, &supervisor),
        };
        let own = Own {
            unit,
            volunteer: Hand::enrol(&url, &volunteers[2]),
            other: Hand::enrol(&url, &volunteers[2]),
            leader: Hand::enrol(&url, &leader),
            officer: Hand::enrol(&url, &officer),
        };
        assert!(world.server.stop().success());
        let twin = world.server.place().copy();
        world.server.run();
        Stage {
            world,
            twin,
            serving,
            own,
            order,
        }
    }
}
