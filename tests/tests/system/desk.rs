//! Two persons and the desk in the terminal: what is proposed is seen and confirmed on another phone, and what is decided
//! reaches the phones.

use sync_protocol::role::Role;
use tempfile::TempDir;
use wuyuan_server::demo::{self, DemoMember};
use wuyuan_tests::command::{done, refused};
use wuyuan_tests::district::World;
use wuyuan_tests::on_both_backends;

/// A phone in a folder, used by the program alone.
struct Terminal(TempDir);

impl Terminal {
    fn enrol(world: &World, member: &DemoMember) -> Terminal {
        let terminal = Terminal(TempDir::new().expect("a temporary folder"));
        let url = world.server.url();
        terminal.done(&[
            "enrol",
            "--server",
            &url,
            "--number",
            &member.number,
            "--password",
            demo::PASSWORD,
        ]);
        terminal
    }

    fn arguments<'a>(&'a self, rest: &[&'a str]) -> Vec<&'a str> {
        let home = self.0.path().to_str().expect("text");
        [&["phone", "--lang", "en", "--home", home], rest].concat()
    }

    fn done(&self, rest: &[&str]) -> String {
        done(&self.arguments(rest))
    }

    /// Syncs and shows a record.
    fn see(&self, record: &str) -> String {
        self.done(&["sync"]);
        self.done(&["show", record])
    }
}

/// The one record that a phone lists.
fn only(terminal: &Terminal, kind: &str) -> String {
    let list = terminal.done(&["list", kind]);
    list.split_whitespace().next().expect("a record").to_owned()
}

/// An open finding and what it stands on, as the program shows and takes them.
fn finding(desk: &Terminal, code: &str) -> String {
    let list = desk.done(&["findings", "--rule", code]);
    assert!(list.ends_with("1 in all\n"), "{list}");
    list.split_whitespace().next().expect("a finding").to_owned()
}

on_both_backends! {
    fn hours_are_corrected_by_two_and_a_conflict_is_decided_in_the_terminal(backend) {
        let world = World::start(backend);
        let leader = world.holder(Role::GroupLeader, 0);
        let unit = &leader.appointments[0].unit;
        let leads = Terminal::enrol(&world, leader);
        let desk = Terminal::enrol(&world, world.holder(Role::ConflictAdmin, 0));
        let set: Vec<String> = [
            "volunteer=me", "service_kind=home_repair", "started_at=2026-11-22T08:00:00+08:00", "ended_at=2026-11-22T09:00:00+08:00",
            "claimed_minutes=60", "activity_name=演示", "place_text=演示", "content=演示", "organising_unit=演示",
            "person_in_charge=演示",
        ].iter().flat_map(|set| ["--set".to_owned(), (*set).to_owned()]).collect();
        let set: Vec<&str> = set.iter().map(String::as_str).collect();
        leads.done(&[&["record", "volunteer_session", "--unit", unit.as_str(), "--act", "submit"], &set[..]].concat());
        leads.done(&["sync"]);
        let session = only(&leads, "volunteer_session");
        leads.done(&["edit", &session, "--act", "approve"]);
        leads.done(&["sync"]);

        desk.see(&session);
        let less = ["--set", "claimed_minutes=30", "--reason", "half of it was travel"];
        let (_, err) = refused(&desk.arguments(&[&["edit", &session], &less[..]].concat()));
        assert!(err.contains("[second_person_required]"), "{err}");
        let propose = [&["propose", &session], &less[..]].concat();
        desk.done(&propose);
        desk.done(&["sync"]);
        let (_, err) = refused(&desk.arguments(&["confirm", &session]));
        assert!(err.contains("no proposal waits") || err.contains("[proposal_same_person]"), "{err}");

        let shown = leads.see(&session);
        assert!(shown.contains("waits for another member") && shown.contains("half of it was travel"), "{shown}");
        assert!(leads.done(&["list"]).contains("1 proposed"));
        leads.done(&["confirm", &session]);
        leads.done(&["sync"]);
        let shown = desk.see(&session);
        assert!(!shown.contains("waits for another member"), "{shown}");
        let minutes = shown.lines().find(|line| line.contains(" 30")).map(str::to_owned);
        assert!(minutes.is_some(), "{shown}");

        leads.done(&["record", "photo_report", "--unit", unit.as_str(), "--set", "channel=app", "--set", "interest=work_safety",
            "--set", "title=演示", "--set", "description=演示"]);
        leads.done(&["sync"]);
        let report = only(&leads, "photo_report");
        desk.see(&report);
        leads.done(&["edit", &report, "--set", "interest=women"]);
        desk.done(&["edit", &report, "--set", "interest=heritage"]);
        leads.done(&["sync"]);
        desk.see(&report);
        let finding = finding(&desk, "contested_field");
        let id = finding.split('=').next().expect("an id");
        let case = desk.done(&["findings", id]);
        assert!(case.contains("Contested value") && case.contains(&report), "{case}");
        assert!(case.contains("interest  women") && case.contains("interest  heritage"), "{case}");
        let decide = ["decide", &report, "keep_one", "--finding", &finding, "--set", "interest=women", "--reason", "seen on site"];
        desk.done(&decide);
        assert!(desk.done(&["sync"]).contains("everything delivered"));
        let shown = leads.see(&report);
        assert!(shown.contains("decided: keep one [contested_field]") && shown.contains("seen on site"), "{shown}");
        assert!(!shown.contains("contested ·"), "{shown}");
        assert!(desk.done(&["findings", id]).contains("keep_one"), "the decision is with the finding");
        assert_eq!(leads.done(&["findings", "--rule", "contested_field"]), "0 in all\n");
        let (_, err) = refused(&leads.arguments(&["decide", &session, "dismiss", "--finding", &finding, "--reason", "x"]));
        assert!(!err.is_empty(), "a leader decides no hours");
    }
}
