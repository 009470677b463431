//! The main job on real input: the district's grid, its 641 members with a real client each. They record while the
//! server is down, and reconcile when it is back.

use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::thread;

use serde_json::json;
use sync_protocol::id::RecordId;
use tempfile::TempDir;
use wuyuan_client::env::SystemEnv;
use wuyuan_client::http::Http;
use wuyuan_client::{Credentials, Entry, IfMoved, NewPhone, Outcome, Phone};
use wuyuan_server::demo::{self, DemoMember};
use wuyuan_tests::on_both_backends;
use wuyuan_tests::server::Server;
use wuyuan_tests::workspace;

/// Members in the five roles.
const MEMBERS: usize = 641;
/// People who use their phones at the same time.
const HANDS: usize = 8;

/// One member's phone and what was recorded on it.
struct Held {
    phone: Phone,
    net: Http,
    recorded: Vec<RecordId>,
}

fn enrol(server: &Server, folder: &Path, member: &DemoMember) -> Held {
    let url = server.url();
    let net = Http::new(&url).expect("a server's address");
    let path = folder.join(format!("{}.db", member.number));
    let new = NewPhone {
        path: &path,
        server: &url,
        number: &member.number,
        label: "test",
    };
    let credentials = Credentials::Password {
        password: demo::PASSWORD,
        totp: None,
    };
    let env = Box::new(SystemEnv::new().expect("random bits"));
    let (phone, outcome) = Phone::enrol(&new, &credentials, env, &net).expect("a phone can be enrolled");
    assert_eq!(outcome, Outcome::UpToDate, "{}", member.number);
    Held {
        phone,
        net,
        recorded: Vec::new(),
    }
}

/// Writes a report, then says more about it, without any network.
fn record(held: &mut Held, member: &DemoMember) {
    let appointment = &member.appointments[0];
    let form = held
        .phone
        .new_form("photo_report", appointment.unit.clone())
        .expect("a form");
    let set = [
        ("channel", json!("app")),
        ("interest", json!("accessibility")),
        ("title", json!("演示:盲道被占")),
    ];
    let first = Entry {
        set: set.map(|(name, value)| (name.to_owned(), value)).into(),
        ..Entry::default()
    };
    let saved = held
        .phone
        .save(&form, &appointment.id, &first, IfMoved::Ask)
        .expect("saved");
    let form = held
        .phone
        .open_form(&saved.record)
        .expect("readable")
        .expect("shown at once");
    let more = Entry {
        set: [("description".to_owned(), json!("演示:共享单车占道"))].into(),
        act: Some("submit".to_owned()),
        ..Entry::default()
    };
    held.phone
        .save(&form, &appointment.id, &more, IfMoved::Ask)
        .expect("saved");
    held.recorded.push(saved.record);
}

/// Does `work` for everybody, a few at a time.
fn everybody<T: Send, I: Send>(items: Vec<I>, work: impl Fn(I) -> T + Sync) -> Vec<T> {
    let queue = Mutex::new(items.into_iter());
    let done = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..HANDS {
            scope.spawn(|| {
                loop {
                    let next = queue.lock().expect("nobody panicked").next();
                    let Some(item) = next else { return };
                    let result = work(item);
                    done.lock().expect("nobody panicked").push(result);
                }
            });
        }
    });
    done.into_inner().expect("nobody panicked")
}

on_both_backends! {
    fn six_hundred_and_forty_one_members_record_while_the_server_is_down_and_reconcile_afterwards(backend) {
        let district = demo::district(demo::SEED).expect("the program's own grid");
        let members: Vec<&DemoMember> = district.members.iter().take(MEMBERS).collect();
        let mut server = Server::demo(backend);
        let folder = TempDir::new().expect("a temporary folder");
        let phones = everybody(members, |member| (enrol(&server, folder.path(), member), member));
        assert_eq!(phones.len(), MEMBERS);

        server.kill();
        let phones = everybody(phones, |(mut held, member)| {
            record(&mut held, member);
            let outcome = held.phone.sync_once(&held.net).expect("no fault of the phone");
            assert!(matches!(outcome, Outcome::Wait { .. }), "{outcome:?}");
            let counts = held.phone.status().expect("a status").counts;
            assert_eq!(counts.waiting + counts.sent, 2, "both are kept and say so");
            held
        });

        server.run();
        let phones = everybody(phones, |mut held| {
            assert_eq!(held.phone.sync_once(&held.net).expect("no fault of the phone"), Outcome::UpToDate);
            held
        });
        let recorded: Vec<RecordId> = phones.iter().flat_map(|held| held.recorded.clone()).collect();
        for held in &phones {
            let status = held.phone.status().expect("a status");
            assert_eq!((status.counts.accepted, status.counts.waiting, status.counts.sent), (2, 0, 0));
            assert_eq!(status.attention(), 0, "{:?}", status.quarantined);
            let shown: Vec<RecordId> = held.phone.list(None).expect("a list").iter().map(|v| v.record.id).collect();
            assert_eq!(shown, held.recorded, "everybody sees his own, and nobody else's");
        }

        let prosecutor = district.members.iter().find(|m| m.number == "D9001").expect("the office");
        let desk = enrol(&server, folder.path(), prosecutor);
        let mut there: Vec<RecordId> = desk.phone.list(Some("photo_report")).expect("a list").iter().map(|v| v.record.id).collect();
        let mut expected = recorded;
        there.sort_unstable();
        expected.sort_unstable();
        assert_eq!(there, expected, "the district sees every report once");

        let verify = Command::new(workspace::program("wuyuan"))
            .args(["verify", "--database", &server.place().url()])
            .output()
            .expect("the program runs");
        assert!(verify.status.success(), "{}", String::from_utf8_lossy(&verify.stdout));
    }
}
