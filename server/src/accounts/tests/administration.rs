use sync_protocol::role::Role;

use super::*;
use crate::accounts::audit;
use crate::accounts::session::AppointmentView;
use crate::directory::listing::directory;

fn appoint(
    server: &TestApp,
    by: MemberId,
    who: MemberId,
    role: Role,
    from: i64,
    to: Option<i64>,
) -> Result<AppointmentView, AccountError> {
    let now = server.app.now_ms();
    appointments::create_by(
        &server.app,
        by,
        who,
        role,
        UNIT.parse().unwrap(),
        Some(now + from),
        to.map(|t| now + t),
    )
    .map(|row| AppointmentView::from(&row))
}

#[test]
fn only_a_system_administrator_administers_and_only_an_auditor_audits() {
    let server = server();
    let app = &server.app;
    let mut people = Vec::new();
    for (index, role) in Role::ALL.iter().enumerate() {
        people.push((*role, member(&server, &format!("JA{index:04}"), *role, None)));
    }
    let other = people[0].1;
    for (role, id) in people.iter().skip(1) {
        let number = format!("NEW-{}", role.code().replace('_', "-"));
        let refused = |result: Option<AccountError>| result == Some(AccountError::Forbidden);
        let admin = *role == Role::SysAdmin;
        assert_eq!(
            refused(members::create_by(app, *id, &number, "新人").err()),
            !admin,
            "{role}"
        );
        assert_eq!(
            refused(members::rename(app, *id, other, "改名").err()),
            !admin,
            "{role}"
        );
        assert_eq!(refused(members::issue_code(app, *id, other).err()), !admin, "{role}");
        assert_eq!(refused(members::reset_totp(app, *id, other).err()), !admin, "{role}");
        assert_eq!(
            refused(appoint(&server, *id, other, Role::Counsellor, 0, None).err()),
            !admin,
            "{role}"
        );
        let reads = admin || *role == Role::Auditor;
        assert_eq!(refused(members::page(app, *id, "", 10).err()), !reads, "{role}");
        assert_eq!(refused(members::one(app, *id, other).err()), !reads, "{role}");
        let audits = *role == Role::Auditor;
        assert_eq!(refused(audit::journal(app, *id, &[0; 16], 10).err()), !audits, "{role}");
        assert_eq!(
            refused(audit::access_log(app, *id, &[0; 16], 10).err()),
            !audits,
            "{role}"
        );
        assert!(members::one(app, *id, *id).is_ok(), "everybody reads himself");
    }
}

#[test]
fn every_change_is_journaled_with_its_actor() {
    let server = server();
    let app = &server.app;
    let admin = member(&server, "JA0001", Role::SysAdmin, None);
    let auditor = member(&server, "JA0002", Role::Auditor, None);
    let before = events(&server).len();
    let row = members::create_by(app, admin, "JA0003", "某人").unwrap();
    members::rename(app, admin, row.id, "另一人").unwrap();
    members::rename(app, admin, row.id, "另一人").unwrap();
    let held = appoint(&server, admin, row.id, Role::Volunteer, 0, None).unwrap();
    members::issue_code(app, admin, row.id).unwrap();
    server.clock.advance(1);
    appointments::end(app, admin, held.id, None).unwrap();
    let entries = audit::journal(app, auditor, &[0; 16], 500).unwrap();
    let new: Vec<_> = entries[before..]
        .iter()
        .map(|e| (e.event.as_str(), e.actor.map(|a| a.0)))
        .collect();
    let by = Some(admin.0);
    assert_eq!(
        new,
        [
            ("member_created", by),
            ("member_renamed", by),
            ("appointment_created", by),
            ("activation_issued", by),
            ("appointment_ended", by),
        ]
    );
    let page = audit::journal(app, auditor, &entries[0].id, 1).unwrap();
    assert_eq!(page[0].id, entries[1].id);
    assert!(!format!("{entries:?}").contains("另一人"), "no names in the journal");
}

#[test]
fn appointments_that_make_no_sense_are_refused() {
    let server = server();
    let app = &server.app;
    let admin = member(&server, "JA0001", Role::SysAdmin, None);
    let one = members::create_by(app, admin, "JA0002", "某人").unwrap().id;
    let appoint = |role, from, to| appoint(&server, admin, one, role, from, to).map(|a| a.id);
    assert_eq!(
        appoint(Role::Volunteer, 10, Some(10)),
        Err(AccountError::AppointmentDates)
    );
    let first = appoint(Role::Volunteer, 0, Some(10 * DAY_MS)).unwrap();
    assert_eq!(
        appoint(Role::Volunteer, 5 * DAY_MS, None),
        Err(AccountError::AppointmentOverlap)
    );
    assert!(
        appoint(Role::Volunteer, 10 * DAY_MS, None).is_ok(),
        "the end is exclusive"
    );
    assert!(appoint(Role::Supervisor, 0, None).is_ok(), "roles add up");
    for apart in [Role::SysAdmin, Role::SecAdmin, Role::Auditor] {
        assert_eq!(appoint(apart, 0, None), Err(AccountError::RolesConflict), "{apart}");
    }
    let elsewhere = appointments::create_by(
        app,
        admin,
        one,
        Role::Volunteer,
        "999999999999".parse().unwrap(),
        None,
        None,
    );
    assert_eq!(elsewhere.err(), Some(AccountError::UnitUnknown));
    let nobody = appointments::create_by(
        app,
        admin,
        MemberId([9; 16]),
        Role::Volunteer,
        UNIT.parse().unwrap(),
        None,
        None,
    );
    assert_eq!(nobody.err(), Some(AccountError::NotFound));

    let now = app.now_ms();
    let end = |at| appointments::end(app, admin, first, at).map(|a| a.ends_ms);
    assert_eq!(end(Some(now - 1)), Err(AccountError::AppointmentDates));
    assert_eq!(end(Some(now + 5)), Ok(Some(now + 5)));
    server.clock.advance(5);
    assert_eq!(end(None), Err(AccountError::AppointmentEnded));
}

#[test]
fn the_last_system_administrator_stays() {
    let server = server();
    let app = &server.app;
    let (first, _) = appointments::first_admin(app, "JA0001", "某人").unwrap();
    let held = |id| members::one(app, id, id).unwrap().1[0].id;
    server.clock.advance(1);
    assert_eq!(
        appointments::end(app, first.id, held(first.id), None).err(),
        Some(AccountError::LastAdmin)
    );
    let (second, _) = appointments::first_admin(app, "JA0002", "某人").unwrap();
    assert!(appointments::end(app, first.id, held(second.id), Some(app.now_ms() + DAY_MS)).is_ok());
    let last = appointments::end(app, first.id, held(first.id), Some(app.now_ms() + 2 * DAY_MS));
    assert_eq!(last.err(), Some(AccountError::LastAdmin));
}

#[test]
fn numbers_are_unique_and_plain() {
    let server = server();
    let admin = member(&server, "JA0001", Role::SysAdmin, None);
    let create = |number: &str, name: &str| members::create_by(&server.app, admin, number, name).map(|_| ());
    assert_eq!(create("JA0001", "某人"), Err(AccountError::NumberTaken));
    for (number, name) in [
        ("", "某人"),
        ("J A", "某人"),
        ("JA:1", "某人"),
        ("JA0002", " "),
        ("JA0002", "某\n人"),
    ] {
        assert!(
            matches!(create(number, name), Err(AccountError::Invalid(_))),
            "{number:?} {name:?}"
        );
    }
}

#[test]
fn the_directory_shows_the_scope_and_what_is_above_it() {
    let server = server();
    let app = &server.app;
    let one = member(&server, "JA0001", Role::Volunteer, None);
    let admin = member(&server, "JA0002", Role::SysAdmin, None);
    let elsewhere = members::create_by(app, admin, "JA0003", "某人").unwrap().id;
    let other_unit = "350111001003".parse().unwrap();
    appointments::create_by(app, admin, elsewhere, Role::Volunteer, other_unit, None, None).unwrap();
    let area = members::create_by(app, admin, "JA0004", "某人").unwrap().id;
    let area_unit = "350111001000".parse().unwrap();
    appointments::create_by(app, admin, area, Role::AreaManager, area_unit, None, None).unwrap();

    let seen = |who| {
        let directory = directory(app, who).unwrap();
        let units: Vec<_> = directory
            .units
            .iter()
            .map(|u| (u.code.to_string(), u.roles.len()))
            .collect();
        let members: Vec<_> = directory.members.iter().map(|m| m.number.clone()).collect();
        (units, members)
    };
    let (units, members) = seen(one);
    let unit = |code: &str, roles| (code.to_owned(), roles);
    assert_eq!(
        units,
        [
            unit("350111000000", 0),
            unit("350111001000", 0),
            unit("350111001001", 1)
        ]
    );
    assert_eq!(
        members,
        ["JA0001", "JA0004"],
        "no administrators, nobody from elsewhere"
    );
    let (units, mut members) = seen(area);
    members.sort();
    assert_eq!(units.len(), 4);
    assert_eq!(members, ["JA0001", "JA0003", "JA0004"]);
    assert!(seen(admin).1.contains(&"JA0002".to_owned()));
}
