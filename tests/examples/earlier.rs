//! Writes what `tests/fixtures` keeps to an empty demonstration server (`wuyuan serve --demo`) of whatever version:
//! reports with photos, one of each fate. The server's database and backup then show a later program what this version
//! wrote.
//!
//! `cargo run -p wuyuan-tests --example earlier -- http://127.0.0.1:8080`

use serde_json::json;
use sync_protocol::role::Role;
use wuyuan_server::demo;
use wuyuan_tests::api::Api;
use wuyuan_tests::phones::{Holder, Phone};
use wuyuan_tests::reports::{record, report, verdicts};

fn main() {
    let url = std::env::args().nth(1).expect("the address of a server");
    let district = demo::district(demo::SEED).expect("the program's own grid");
    let members = district.members.iter();
    let member = members
        .filter(|member| member.appointments[0].role == Role::Volunteer)
        .nth(3)
        .expect("volunteers");
    let api = Api::new(&url);
    let who = json!({"number": member.number, "password": demo::PASSWORD});
    let session = api.post("/v1/auth/sign-in", &who).ok();
    let api = api.with_token(session["access_token"].as_str().expect("a sign-in gives a token"));
    let config = api.get("/v1/config").ok();
    let holder = Holder {
        member: member.id,
        appointment: member.appointments[0].id,
        unit: member.appointments[0].unit.clone(),
    };
    let generation = config["generation"].as_str().expect("a generation");
    let mut phone = Phone::new(holder, generation, 1);
    api.post("/v1/devices", &phone.enrolment()).ok();

    // The hashes are told apart by their first byte: what became of the operation.
    let photo = |fate: u8| json!(hex::encode([fate; 32]));
    let mut accepted = report(&phone, record(), "演示:盲道被占");
    accepted.add.insert("photos".to_owned(), vec![photo(0xaa), photo(0xab)]);
    phone.record(&accepted);
    let mut untitled = report(&phone, record(), "");
    untitled.set.remove("title");
    untitled.add.insert("photos".to_owned(), vec![photo(0xbb)]);
    phone.record(&untitled);
    phone.cat = 99;
    let mut newer = report(&phone, record(), "演示:消防通道被占");
    newer.add.insert("photos".to_owned(), vec![photo(0xcc)]);
    phone.record(&newer);
    let answer = api.post_text("/v1/sync", &phone.push(1..=3).text());
    println!("{:?}", verdicts(&answer));
}
