//! A small district prepared for a stranger who calls every route: who may call what, and what exists there.

use std::path::PathBuf;

use serde_json::{Value, json};
use sync_protocol::role::Role;
use wuyuan_server::demo;
use wuyuan_tests::api::Api;
use wuyuan_tests::arrangements;
use wuyuan_tests::backend::Backend;
use wuyuan_tests::district::{Handset, World};
use wuyuan_tests::phones::Phone;
use wuyuan_tests::pictures;
use wuyuan_tests::reports::{record, report, verdicts};

use crate::uploads::Uploads;

/// A running server and its description for `hooks.py`.
pub struct Prepared {
    /// The server.
    pub world: World,
    /// Tokens, good requests and what must be kept.
    pub description: Value,
}

/// The token of a caller who is signed in.
fn token(api: &Api) -> &str {
    api.token().expect("a caller who has signed in has a token")
}

/// A session of the `nth` volunteer, as the answer gives it.
fn session(world: &World, nth: usize) -> Value {
    let number = &world.holder(Role::Volunteer, nth).number;
    let body = json!({"number": number, "password": demo::PASSWORD});
    world.api().post("/v1/auth/sign-in", &body).ok().clone()
}

/// Starts a server that lets one member ask as often as he likes, for longer than the run takes.
pub fn start(backend: Backend) -> World {
    let settings = [
        ("rate_push_only", "1000000"),
        ("access_token_secs", "3600"),
        ("log_level", "warn"),
    ];
    World::with(backend, &settings)
}

/// A member whose appointments have all ended, signed in all the same to deliver what is pending.
pub fn ended(world: &World) -> Api {
    let member = world.holder(Role::Volunteer, 5).clone();
    let admin = world.sign_in(world.holder(Role::SysAdmin, 0));
    for appointment in &member.appointments {
        let path = format!("/v1/appointments/{}/end", appointment.id);
        admin.post(&path, &json!({})).ok();
    }
    world.sign_in(&member)
}

/// Starts a server and makes one of everything that a route can be about.
pub fn prepare(backend: Backend) -> Prepared {
    let world = start(backend);
    let admin = world.sign_in(world.holder(Role::SysAdmin, 0));
    let auditor = world.sign_in(world.holder(Role::Auditor, 0));
    let desk = world.sign_in(world.holder(Role::Prosecutor, 0));
    let issuer = world.sign_in(world.holder(Role::ChiefProcurator, 0));
    issuer.send("POST", "/v1/figures/2026-10/issue", &[], &[]).ok();
    let mut volunteer = world.handset(world.holder(Role::Volunteer, 0));
    let leaving = world.sign_in(world.holder(Role::Volunteer, 1));
    let careful = world.sign_in(world.holder(Role::Volunteer, 2));
    let confirming = world.sign_in(world.holder(Role::Volunteer, 3));
    let changing = world.holder(Role::Volunteer, 4).clone();
    let revoking = world.sign_in(&changing);

    let shown = record();
    let photo = pictures::deliver(&volunteer.api, &pictures::jpeg(640, 480, 1), &[("source", "camera")]);
    let mut draft = report(&volunteer.phone, shown, "a report");
    draft.add.insert("photos".to_owned(), vec![json!(photo)]);
    volunteer.phone.record(&draft);
    let held: Vec<u64> = (0..3).map(|_| write_held(&mut volunteer)).collect();
    let pushed = volunteer.push_from(1);
    assert_eq!(verdicts(&pushed), ["accepted", "cat_newer", "cat_newer", "cat_newer"]);
    let waiting = desk.get("/v1/findings?rule=held_op").ok();
    let finding = text(&waiting["findings"][0]["id"]).to_owned();
    let push: Value = serde_json::from_str(&volunteer.phone.push(1..=1).text()).expect("a push is JSON");

    let devices: Vec<String> = (0..3)
        .map(|_| world.enrol(revoking.clone(), &changing).phone.device.to_string())
        .collect();
    let fresh = world.enrol(revoking.clone(), &changing);
    let unknown = Phone::new(fresh.phone.holder.clone(), &fresh.phone.generation, fresh.phone.cat);
    let other = world.holder(Role::Volunteer, 6);
    let new = admin.post("/v1/members", &json!({"number": "JA-NEW", "name": "演示·林某新"}));
    let new: Value = new.ok().clone();
    let post = json!({"role": "volunteer", "unit": world.community(3)});
    admin
        .post(&format!("/v1/members/{}/appointments", text(&new["id"])), &post)
        .ok();
    let code = admin.send(
        "POST",
        &format!("/v1/members/{}/activation", text(&new["id"])),
        &[],
        &[],
    );
    let secret = confirming.send("POST", "/v1/auth/totp", &[], &[]).ok()["secret"].clone();
    let sessions = [session(&world, 7), session(&world, 8)];
    let device = volunteer.phone.device.to_string();
    let again = |path: Value| json!([{"path": path, "again": true}]);
    let appointments: Vec<Value> = [6, 7, 8]
        .iter()
        .map(|nth| json!({"path": {"id": world.holder(Role::Volunteer, *nth).appointments[0].id}, "body": {}}))
        .collect();

    let mut prosecutor = world.enrol(desk.clone(), world.holder(Role::Prosecutor, 0));
    let mut supervisor = world.handset(world.holder(Role::Supervisor, 0));
    let (order, _) = arrangements::arrange(&mut prosecutor, Some(supervisor.phone.holder.member));
    let mut leader = world.handset(world.holder(Role::GroupLeader, 0));
    let form = arrangements::issue_form(&mut supervisor, &mut leader, order);
    let draw = arrangements::ask_for_draw(&mut prosecutor, order);

    arrangements::sealed(&prosecutor.api, form);
    let uploads = Uploads::begin(&volunteer.api);

    let people = format!(
        "number,name,role,unit,starts,ends\nJA-CSV,演示·某人,volunteer,{},2026-01-01,\n",
        world.community(1)
    );

    let mut kept = kept(&world, &device);
    kept.push(uploads.looked_at.clone());
    let description = json!({
        "tokens": {
            "*": token(&volunteer.api),
            "GET /v1/devices": token(&revoking),
            "POST /v1/devices": token(&revoking),
            "DELETE /v1/devices/{id}": token(&revoking),
            "POST /v1/auth/sign-out": token(&leaving),
            "POST /v1/auth/totp": token(&careful),
            "POST /v1/auth/totp/confirm": token(&confirming),
            "GET /v1/journal": token(&auditor),
            "GET /v1/access-log": token(&auditor),
            "GET /v1/figures": token(&desk),
            "GET /v1/figures/{period}": token(&desk),
            "GET /v1/figures/{period}/{figure}/rows": token(&desk),
            "GET /v1/figures/{month}/issued": token(&desk),
            "POST /v1/figures/{month}/issue": token(&issuer),
            "POST /v1/exports": token(&desk),
            "GET /v1/log/tile/entries/{index}": token(&auditor),
            "GET /v1/forms/draft": token(&desk),
            "GET /v1/forms/{id}/page": token(&desk),
            "GET /v1/forms/{id}/export": token(&desk),
            "POST /v1/draws": token(&desk),
            "GET /v1/draws/{id}": token(&desk),
            "GET /v1/ops": token(&desk),
            "GET /v1/findings": token(&desk),
            "GET /v1/findings/{id}": token(&desk),
            "POST /v1/ops/{device}/{seq}/release": token(&desk),
            "GET /v1/records/{id}/history": token(&desk),
            "GET /v1/members": token(&admin),
            "POST /v1/members": token(&admin),
            "GET /v1/members/{id}": token(&admin),
            "PATCH /v1/members/{id}": token(&admin),
            "POST /v1/members/{id}/activation": token(&admin),
            "DELETE /v1/members/{id}/totp": token(&admin),
            "POST /v1/members/{id}/appointments": token(&admin),
            "POST /v1/appointments/{id}/end": token(&admin),
            "POST /v1/imports/units": token(&admin),
            "POST /v1/imports/members": token(&admin),
        },
        "good": {
            "POST /v1/auth/sign-in": [{"body": {"number": other.number, "password": demo::PASSWORD}}],
            "POST /v1/auth/activate": [{"body": {"number": "JA-NEW", "code": code.ok()["code"], "password": "a long pass phrase"}}],
            "POST /v1/auth/refresh": sessions.iter().map(|s| json!({"body": {"refresh_token": s["refresh_token"]}})).collect::<Vec<_>>(),
            "POST /v1/auth/totp/confirm": [{"secret": secret}],
            "POST /v1/sync": [
                {"body": {"device": device, "pull": {}}},
                {"body": push},
                {"body": {"device": device, "held": held, "pull": {"max_records": 1}}, "again": true},
            ],
            "POST /v1/devices": [{"body": unknown.enrolment()}, {"body": fresh.phone.enrolment(), "again": true}],
            "DELETE /v1/devices/{id}": devices.iter().map(|id| json!({"path": {"id": id}})).collect::<Vec<_>>(),
            "GET /v1/devices/{id}/chain": [{"path": {"id": device}, "query": {"from": 1, "to": 3}, "again": true}],
            "GET /v1/records/{id}/history": again(json!({"id": shown})),
            "GET /v1/records/{id}/blobs": again(json!({"id": shown})),
            "GET /v1/records/{id}/evidence": again(json!({"id": shown})),
            "GET /v1/hours": [{"query": {"by": "person", "from": "2026-11-01"}, "again": true}],
            "GET /v1/hours/postings": [{"query": {"ledger": "volunteer"}, "again": true}],
            "GET /v1/hours/claims": [{"query": {"limit": 10}, "again": true}],
            "GET /v1/figures/{period}": again(json!({"period": "2026-10"})),
            "GET /v1/figures/{period}/{figure}/rows": again(json!({"period": "2026-10", "figure": "records_written"})),
            "GET /v1/figures/{month}/issued": again(json!({"month": "2026-10"})),
            "POST /v1/figures/{month}/issue": again(json!({"month": "2026-10"})),
            "POST /v1/exports": [{"body": {"what": "records", "kind": "photo_report", "format": "csv", "purpose": "a contract test"}, "again": true}],
            "GET /v1/findings": [{"query": {"state": "open", "rule": "held_op"}, "again": true}],
            "GET /v1/findings/{id}": again(json!({"id": finding})),
            "GET /v1/deadlines": [{"query": {"state": "open"}, "again": true}],
            "GET /v1/blobs/{sha256}": again(json!({"sha256": photo})),
            "HEAD /v1/blobs/{sha256}": again(json!({"sha256": photo})),
            "GET /v1/blobs/{sha256}/thumbnail": again(json!({"sha256": photo})),
            "GET /v1/log/tile/{level}/{index}": again(json!({"level": "0", "index": "000.p/1"})),
            "GET /v1/log/tile/entries/{index}": again(json!({"index": "000.p/1"})),
            "GET /v1/log/proof/consistency": [{"query": {"from": 1}, "again": true}],
            "GET /v1/log/proof/inclusion": [{"query": {"leaf": 0}, "again": true}],
            "GET /v1/forms/draft": [{"query": {"order": order}, "again": true}],
            "GET /v1/forms/{id}/page": again(json!({"id": form})),
            "GET /v1/forms/{id}/export": again(json!({"id": form})),
            "POST /v1/draws": [{"body": {"record": draw}, "again": true}],
            "GET /v1/draws/{id}": again(json!({"id": draw})),
            "GET /v1/ops": [{"query": {"fate": "held"}, "again": true}],
            "POST /v1/ops/{device}/{seq}/release": held.iter().map(|seq| json!({"path": {"device": device, "seq": seq}})).collect::<Vec<_>>(),
            "GET /v1/members/{id}": again(json!({"id": other.id})),
            "PATCH /v1/members/{id}": again(json!({"id": other.id})),
            "POST /v1/members/{id}/activation": again(json!({"id": other.id})),
            "DELETE /v1/members/{id}/totp": again(json!({"id": other.id})),
            "POST /v1/members/{id}/appointments": [
                {"path": {"id": other.id}, "body": {"role": "info_officer", "unit": world.community(2)}},
                {"path": {"id": other.id}, "again": true},
            ],
            "POST /v1/appointments/{id}/end": appointments,
            "POST /v1/imports/units": [{"body": "code,name,level,parent\n350111002990,演示新社区,community,350111002000\n"}],
            "POST /v1/imports/members": [{"body": people}],
            "POST /v1/blobs": [{"headers": uploads.creation(), "body": Uploads::BYTES, "again": true}],
            "HEAD /v1/blobs/uploads/{id}": [{"path": {"id": uploads.looked_at}, "headers": uploads.version(), "again": true}],
            "PATCH /v1/blobs/uploads/{id}": uploads.each(&uploads.appended, Uploads::patch(), Some(Uploads::BYTES)),
            "DELETE /v1/blobs/uploads/{id}": uploads.each(&uploads.ended, uploads.version(), None),
            "POST /v1/blobs/uploads/{id}": [{"path": {"id": uploads.looked_at}, "headers": Uploads::instead(), "again": true}],
        },
        "kept": kept,
    });
    Prepared { world, description }
}

fn text(json: &Value) -> &str {
    json.as_str().expect("a text")
}

/// An operation by a newer app, which is held.
fn write_held(handset: &mut Handset) -> u64 {
    let draft = report(&handset.phone, record(), "held: written by a newer app");
    let text = draft.to_text().expect("a draft can be written");
    handset.phone.write(text.replacen("\"cat\":", "\"cat\":9", 1))
}

/// Ids of those on whom the run stands: their appointments and second factors are not taken from them.
fn kept(world: &World, device: &str) -> Vec<String> {
    let mut kept = vec![device.to_owned()];
    for (role, nth) in [
        (Role::SysAdmin, 0),
        (Role::Auditor, 0),
        (Role::Prosecutor, 0),
        (Role::Volunteer, 0),
        (Role::Volunteer, 1),
        (Role::Volunteer, 2),
        (Role::Volunteer, 3),
        (Role::Volunteer, 4),
    ] {
        let member = world.holder(role, nth);
        kept.push(member.id.to_string());
        kept.extend(member.appointments.iter().map(|a| a.id.to_string()));
    }
    kept
}

/// Where `hooks.py` lies.
pub fn hooks() -> PathBuf {
    wuyuan_tests::workspace::root().join("tests/tests/contract/hooks.py")
}
