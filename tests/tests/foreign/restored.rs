//! After the restore of an old backup, phones of both makes bring back what it lacks.

use std::sync::Arc;

use serde_json::json;
use sync_protocol::id::RecordId;
use sync_protocol::role::Role;
use tempfile::TempDir;
use wuyuan_tests::backend::Backend;
use wuyuan_tests::command::done;
use wuyuan_tests::crew::Hand;
use wuyuan_tests::district::{World, with_usual};
use wuyuan_tests::on_both_backends;
use wuyuan_tests::server::Server;

use crate::folk::{Stranger, settle, shown};

/// A backup of a world as it was at some moment.
struct Backup(TempDir);

impl Backup {
    fn of(world: &World) -> Backup {
        let backup = Backup(TempDir::new().expect("a temporary folder"));
        done(&[
            "backup",
            "--to",
            &backup.file(),
            "--database",
            &world.server.place().url(),
        ]);
        backup
    }

    fn file(&self) -> String {
        self.0.path().join("backup").to_str().expect("text").to_owned()
    }

    /// The server burns down, and the backup goes into a new database.
    fn restore(&self, world: &mut World, backend: Backend) {
        world.server.kill();
        let place = Arc::new(backend.place());
        done(&["restore", "--from", &self.file(), "--database", &place.url()]);
        world.server = Server::on(place, &with_usual(&[]));
    }
}

on_both_backends! {
    fn a_backup_that_is_restored_twice_costs_nobody_anything(backend) {
        let mut world = World::start(backend);
        let member = world.holder(Role::Volunteer, 0).clone();
        let desk = world.holder(Role::Prosecutor, 0).clone();
        let unit = member.appointments[0].unit.clone();
        let mut author = Stranger::enrol(&world.server.url(), &member, 1);
        let mut reader = Stranger::enrol(&world.server.url(), &desk, 2);
        let mut ours = Hand::enrol(&world.server.url(), &desk);
        let before = author.report(unit.as_str(), "before the backup");
        author.sync();
        let backup = Backup::of(&world);

        // Restored once; everybody goes on in that history.
        backup.restore(&mut world, backend);
        let url = world.server.url();
        author.turn_to(&url);
        reader.turn_to(&url);
        ours.turn_to(&url);
        author.sync();
        let between = author.report(unit.as_str(), "between the two restores");
        author.sync();
        reader.sync();
        ours.sync();
        // Both have seen what the second restore has never heard of, and say so only after it.
        let edit = json!({"set": {"description": "seen between"}});
        reader.edit(&between, unit.as_str(), &edit);
        let form = ours.open(&between.parse::<RecordId>().expect("an id"));
        ours.fill(&form, &[("interest", "heritage")]);

        backup.restore(&mut world, backend);
        let url = world.server.url();
        author.turn_to(&url);
        reader.turn_to(&url);
        ours.turn_to(&url);
        // Those who have seen it come first.
        reader.sync();
        ours.sync();
        author.sync();
        reader.settle();
        settle(&mut ours);
        // Now nothing moves any more.
        reader.sync();
        assert_eq!(shown(&ours), reader.replica());
        let fields = &reader.replica()[&between]["fields"];
        assert_eq!(fields["description"][0]["value"], "seen between");
        assert_eq!(fields["interest"][0]["value"], "heritage");
        assert!(reader.replica().contains_key(&before));
        author.accounted();
        reader.accounted();
        assert!(done(&["verify", "--database", &world.server.place().url()]).ends_with("all is right\n"));
    }

    fn so_does_a_phone_of_our_own_make(backend) {
        our_own_earlier_device(backend, true);
    }

    fn a_phone_that_was_restored_brings_back_what_its_earlier_device_wrote(backend) {
        their_earlier_device(backend, true);
    }
}

// Of this the database knows nothing, so one kind is enough.
#[test]
fn so_do_both_when_the_backup_has_never_heard_of_the_device() {
    our_own_earlier_device(Backend::Sqlite, false);
    their_earlier_device(Backend::Sqlite, false);
}

/// A foreign phone forks, and the server is restored to before, when it knew the phone's device or did not.
fn their_earlier_device(backend: Backend, known: bool) {
    let mut world = World::start(backend);
    let member = world.holder(Role::Volunteer, 0).clone();
    let unit = member.appointments[0].unit.clone();
    let unheard = Backup::of(&world);
    let mut phone = Stranger::enrol(&world.server.url(), &member, 1);
    phone.report(unit.as_str(), "before the backup");
    phone.sync();
    let backup = if known { Backup::of(&world) } else { unheard };
    let common = phone.report(unit.as_str(), "before the copy");
    phone.sync();
    phone.copy();
    phone.report(unit.as_str(), "the lost future");
    phone.sync();
    phone.restore();
    phone.edit(&common, unit.as_str(), &json!({"set": {"title": "after the copy"}}));
    phone.sync();

    backup.restore(&mut world, backend);
    phone.turn_to(&world.server.url());
    phone.settle();
    let title = &phone.replica()[&common]["fields"]["title"];
    assert_eq!(title[0]["value"], "after the copy", "{title}");
    phone.accounted();
    assert!(done(&["verify", "--database", &world.server.place().url()]).ends_with("all is right\n"));
}

/// A phone of our own make forks, and the server is restored to before, when it knew the phone's device or did not.
fn our_own_earlier_device(backend: Backend, known: bool) {
    let mut world = World::start(backend);
    let member = world.holder(Role::Volunteer, 0).clone();
    let unit = member.appointments[0].unit.clone();
    let unheard = Backup::of(&world);
    let mut ours = Hand::enrol(&world.server.url(), &member);
    ours.report(&unit, "before the backup");
    ours.sync();
    let backup = if known { Backup::of(&world) } else { unheard };
    let common = ours.report(&unit, "before the copy");
    ours.sync();
    let old = ours.copied();
    ours.report(&unit, "the lost future");
    ours.sync();
    ours.phone = old;
    let form = ours.open(&common);
    ours.fill(&form, &[("title", "after the copy")]);
    ours.sync();

    backup.restore(&mut world, backend);
    ours.turn_to(&world.server.url());
    settle(&mut ours);
    let record = &shown(&ours)[&common.to_string()];
    assert_eq!(record["fields"]["title"][0]["value"], "after the copy", "{record}");
    let stored = world.server.place().number("SELECT COUNT(*) FROM op");
    assert_eq!(stored, 3, "before the backup, before the copy, after the copy");
    assert!(done(&["verify", "--database", &world.server.place().url()]).ends_with("all is right\n"));
}
