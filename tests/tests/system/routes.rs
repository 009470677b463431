//! Every route asked by every role, by nobody and by a member whose appointment has ended: who is let in, and how
//! the others are refused. A route that is missing here fails the test.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use sync_protocol::role::Role;
use wuyuan_tests::api::Api;
use wuyuan_tests::arrangements;
use wuyuan_tests::backend::Backend;
use wuyuan_tests::district::{Handset, World};

use wuyuan_tests::pictures;
use wuyuan_tests::reports::{record, report, verdicts};

/// Who is let in.
#[derive(Clone, Copy)]
enum Who {
    /// Without a token too.
    Everybody,
    /// With any token.
    SignedIn,
    /// With any token of somebody who is appointed.
    Appointed,
    /// Of those who are appointed only these.
    Only(&'static [Role]),
    /// Likewise, but the others must not even learn whether the thing exists.
    Hidden(&'static [Role]),
}

/// A route and a request that it would carry out for whoever may.
struct Route {
    name: &'static str,
    who: Who,
    request: fn(&Things, &Caller) -> (String, Body),
}

enum Body {
    Nothing,
    Json(Value),
    Csv(&'static str),
    /// The answer never ends.
    Stream,
}

/// Somebody who asks.
struct Caller {
    title: String,
    /// None: an ended member.
    role: Option<Role>,
    handset: Handset,
}

/// What requests are about.
struct Things {
    record: String,
    /// The photo that the record shows.
    photo: String,
    held: String,
    /// An arrangement under the first supervisor, and a form for it.
    order: String,
    form: String,
    /// A draw of observers that was made.
    draw: String,
    /// The finding that `held` waits.
    finding: String,
    author_device: String,
    foreign_device: String,
    member: String,
    appointment: String,
    unit: String,
}

/// Those who read the forms of an arrangement.
const FORM_READERS: &[Role] = &[
    Role::Supervisor,
    Role::GroupLeader,
    Role::Prosecutor,
    Role::ProsecutorAssistant,
    Role::DepartmentHead,
    Role::ChiefProcurator,
    Role::ConflictAdmin,
];

/// Those who read all of a form: its author, and those who weigh it.
const FORM_EXPORTERS: &[Role] = &[
    Role::Supervisor,
    Role::Prosecutor,
    Role::ProsecutorAssistant,
    Role::DepartmentHead,
    Role::ChiefProcurator,
];

/// Those who read whom a draw has excluded.
const DRAW_READERS: &[Role] = &[
    Role::Supervisor,
    Role::Prosecutor,
    Role::ProsecutorAssistant,
    Role::DepartmentHead,
    Role::ChiefProcurator,
    Role::ConflictAdmin,
];

const ADMIN: &[Role] = &[Role::SysAdmin];
const OVERSIGHT: &[Role] = &[Role::SysAdmin, Role::Auditor];
const AUDIT: &[Role] = &[Role::Auditor];
const DESK: &[Role] = &[
    Role::Prosecutor,
    Role::DepartmentHead,
    Role::ChiefProcurator,
    Role::ConflictAdmin,
];
/// Readers of a photo report in their unit, and its creator, who is the first volunteer.
const REPORT_READERS: &[Role] = &[
    Role::Volunteer,
    Role::GroupLeader,
    Role::AreaManager,
    Role::Prosecutor,
    Role::ProsecutorAssistant,
    Role::DepartmentHead,
    Role::ChiefProcurator,
    Role::CaseAdmin,
    Role::ConflictAdmin,
];

/// Who sees figures of his unit.
const FIGURE_READERS: &[Role] = &[
    Role::GroupLeader,
    Role::AreaManager,
    Role::Prosecutor,
    Role::ProsecutorAssistant,
    Role::DepartmentHead,
    Role::ChiefProcurator,
    Role::CaseAdmin,
    Role::ConflictAdmin,
    Role::Auditor,
];

/// Who sees all of the whole district's report.
const WHOLE_READERS: &[Role] = &[
    Role::Prosecutor,
    Role::ProsecutorAssistant,
    Role::DepartmentHead,
    Role::ChiefProcurator,
    Role::CaseAdmin,
];

/// Who reads every photo report of his unit.
const REPORT_LISTERS: &[Role] = &[
    Role::GroupLeader,
    Role::AreaManager,
    Role::Prosecutor,
    Role::ProsecutorAssistant,
    Role::DepartmentHead,
    Role::ChiefProcurator,
    Role::CaseAdmin,
    Role::ConflictAdmin,
];

/// To whom an operation on the report is proven: its readers and auditors.
const PROVEN: &[Role] = &[
    Role::Volunteer,
    Role::GroupLeader,
    Role::AreaManager,
    Role::Prosecutor,
    Role::ProsecutorAssistant,
    Role::DepartmentHead,
    Role::ChiefProcurator,
    Role::CaseAdmin,
    Role::ConflictAdmin,
    Role::Auditor,
];

fn plain(path: &str) -> (String, Body) {
    (path.to_owned(), Body::Nothing)
}

fn with(path: &str, body: Value) -> (String, Body) {
    (path.to_owned(), Body::Json(body))
}

#[rustfmt::skip]
const ROUTES: &[Route] = &[
    Route { name: "GET /healthz", who: Who::Everybody, request: |_, _| plain("/healthz") },
    Route { name: "GET /readyz", who: Who::Everybody, request: |_, _| plain("/readyz") },
    Route { name: "GET /metrics", who: Who::Everybody, request: |_, _| plain("/metrics") },
    Route { name: "GET /.well-known/jwks.json", who: Who::Everybody, request: |_, _| plain("/.well-known/jwks.json") },
    Route { name: "GET /v1/config", who: Who::Everybody, request: |_, _| plain("/v1/config") },
    Route { name: "GET /v1/catalog", who: Who::Everybody, request: |_, _| plain("/v1/catalog") },
    Route { name: "POST /v1/auth/sign-in", who: Who::Everybody, request: |_, _| with("/v1/auth/sign-in", json!({"number": "NOBODY", "password": "no password"})) },
    Route { name: "POST /v1/auth/activate", who: Who::Everybody, request: |_, _| with("/v1/auth/activate", json!({"number": "NOBODY", "code": "0000-0000-0000", "password": "long enough"})) },
    Route { name: "POST /v1/auth/refresh", who: Who::Everybody, request: |_, _| with("/v1/auth/refresh", json!({"refresh_token": "none"})) },
    Route { name: "POST /v1/auth/totp", who: Who::SignedIn, request: |_, _| plain("/v1/auth/totp") },
    Route { name: "POST /v1/auth/totp/confirm", who: Who::SignedIn, request: |_, _| with("/v1/auth/totp/confirm", json!({"code": "000000"})) },
    Route { name: "GET /v1/me", who: Who::SignedIn, request: |_, _| plain("/v1/me") },
    Route { name: "POST /v1/sync", who: Who::SignedIn, request: |_, c| with("/v1/sync", json!({"device": c.handset.phone.device})) },
    Route { name: "POST /v1/devices", who: Who::SignedIn, request: |_, c| with("/v1/devices", c.handset.phone.enrolment()) },
    Route { name: "GET /v1/devices/{id}/chain", who: Who::SignedIn, request: |_, c| plain(&format!("/v1/devices/{}/chain?from=1&to=1", c.handset.phone.device)) },
    Route { name: "GET /v1/devices", who: Who::Appointed, request: |_, _| plain("/v1/devices") },
    Route { name: "GET /v1/devices", who: Who::Only(ADMIN), request: |t, _| plain(&format!("/v1/devices?member={}", t.member)) },
    Route { name: "GET /v1/directory", who: Who::Appointed, request: |_, _| plain("/v1/directory") },
    Route { name: "GET /v1/events", who: Who::Appointed, request: |_, _| ("/v1/events".to_owned(), Body::Stream) },
    Route { name: "GET /v1/records/{id}/history", who: Who::Hidden(REPORT_READERS), request: |t, _| plain(&format!("/v1/records/{}/history", t.record)) },
    Route { name: "GET /v1/records/{id}/blobs", who: Who::Hidden(REPORT_READERS), request: |t, _| plain(&format!("/v1/records/{}/blobs", t.record)) },
    Route { name: "GET /v1/records/{id}/evidence", who: Who::Hidden(REPORT_READERS), request: |t, _| plain(&format!("/v1/records/{}/evidence", t.record)) },
    Route { name: "GET /v1/blobs/{sha256}", who: Who::Hidden(REPORT_READERS), request: |t, _| plain(&format!("/v1/blobs/{}", t.photo)) },
    Route { name: "HEAD /v1/blobs/{sha256}", who: Who::Hidden(REPORT_READERS), request: |t, _| plain(&format!("/v1/blobs/{}", t.photo)) },
    Route { name: "GET /v1/blobs/{sha256}/thumbnail", who: Who::Hidden(REPORT_READERS), request: |t, _| plain(&format!("/v1/blobs/{}/thumbnail", t.photo)) },
    Route { name: "GET /v1/hours", who: Who::Appointed, request: |_, _| plain("/v1/hours?by=person") },
    Route { name: "GET /v1/hours/postings", who: Who::Appointed, request: |_, _| plain("/v1/hours/postings") },
    Route { name: "GET /v1/hours/claims", who: Who::Appointed, request: |_, _| plain("/v1/hours/claims") },
    Route { name: "GET /v1/findings", who: Who::Appointed, request: |_, _| plain("/v1/findings") },
    Route { name: "GET /v1/findings/{id}", who: Who::Hidden(DESK), request: |t, _| plain(&format!("/v1/findings/{}", t.finding)) },
    Route { name: "GET /v1/rules", who: Who::Appointed, request: |_, _| plain("/v1/rules") },
    Route { name: "GET /v1/deadlines", who: Who::Appointed, request: |_, _| plain("/v1/deadlines") },
    Route { name: "GET /v1/figures", who: Who::Only(FIGURE_READERS), request: |_, _| plain("/v1/figures") },
    Route { name: "GET /v1/figures/{period}", who: Who::Only(FIGURE_READERS), request: |_, _| plain("/v1/figures/2026-10") },
    Route { name: "POST /v1/figures/{month}/issue", who: Who::Only(&[Role::CaseAdmin, Role::DepartmentHead, Role::ChiefProcurator]), request: |_, _| plain("/v1/figures/2026-10/issue") },
    Route { name: "GET /v1/figures/{month}/issued", who: Who::Only(WHOLE_READERS), request: |_, _| plain("/v1/figures/2026-10/issued") },
    Route { name: "GET /v1/figures/{period}/{figure}/rows", who: Who::Only(REPORT_LISTERS), request: |_, _| plain("/v1/figures/2026-10/records_written/rows") },
    Route { name: "POST /v1/exports", who: Who::Only(REPORT_LISTERS), request: |_, _| with("/v1/exports", json!({"what": "records", "kind": "photo_report", "format": "csv", "purpose": "a test of who may"})) },
    // The protocol's version is asked for behind the door, and these do not name it.
    Route { name: "OPTIONS /v1/blobs", who: Who::Everybody, request: |_, _| plain("/v1/blobs") },
    Route { name: "POST /v1/blobs", who: Who::SignedIn, request: |_, _| plain("/v1/blobs") },
    Route { name: "HEAD /v1/blobs/uploads/{id}", who: Who::SignedIn, request: |t, _| plain(&format!("/v1/blobs/uploads/{}", t.record)) },
    Route { name: "PATCH /v1/blobs/uploads/{id}", who: Who::SignedIn, request: |t, _| plain(&format!("/v1/blobs/uploads/{}", t.record)) },
    Route { name: "DELETE /v1/blobs/uploads/{id}", who: Who::SignedIn, request: |t, _| plain(&format!("/v1/blobs/uploads/{}", t.record)) },
    Route { name: "POST /v1/blobs/uploads/{id}", who: Who::SignedIn, request: |t, _| plain(&format!("/v1/blobs/uploads/{}", t.record)) },
    Route { name: "POST /v1/blobs/status", who: Who::SignedIn, request: |_, _| with("/v1/blobs/status", json!({"hashes": []})) },
    Route { name: "POST /v1/draws", who: Who::Hidden(DRAW_READERS), request: |t, _| with("/v1/draws", json!({"record": t.draw})) },
    Route { name: "GET /v1/draws/{id}", who: Who::Hidden(DRAW_READERS), request: |t, _| plain(&format!("/v1/draws/{}", t.draw)) },
    Route { name: "GET /v1/forms/draft", who: Who::Hidden(FORM_READERS), request: |t, _| plain(&format!("/v1/forms/draft?order={}", t.order)) },
    Route { name: "GET /v1/forms/{id}/page", who: Who::Hidden(FORM_READERS), request: |t, _| plain(&format!("/v1/forms/{}/page", t.form)) },
    Route { name: "GET /v1/forms/{id}/export", who: Who::Hidden(FORM_EXPORTERS), request: |t, _| plain(&format!("/v1/forms/{}/export", t.form)) },
    Route { name: "GET /v1/ops", who: Who::Only(DESK), request: |_, _| plain("/v1/ops?fate=held") },
    Route { name: "POST /v1/ops/{device}/{seq}/release", who: Who::Hidden(DESK), request: |t, _| plain(&format!("/v1/ops/{}/release", t.held)) },
    Route { name: "GET /v1/members", who: Who::Only(OVERSIGHT), request: |_, _| plain("/v1/members") },
    Route { name: "POST /v1/members", who: Who::Only(ADMIN), request: |_, _| with("/v1/members", json!({"number": "N-1", "name": "演示·林某新"})) },
    Route { name: "GET /v1/members/{id}", who: Who::Only(OVERSIGHT), request: |t, _| plain(&format!("/v1/members/{}", t.member)) },
    Route { name: "PATCH /v1/members/{id}", who: Who::Only(ADMIN), request: |t, _| with(&format!("/v1/members/{}", t.member), json!({"name": "演示·林某改"})) },
    Route { name: "POST /v1/members/{id}/activation", who: Who::Only(ADMIN), request: |t, _| plain(&format!("/v1/members/{}/activation", t.member)) },
    Route { name: "DELETE /v1/members/{id}/totp", who: Who::Only(ADMIN), request: |t, _| plain(&format!("/v1/members/{}/totp", t.member)) },
    Route { name: "POST /v1/members/{id}/appointments", who: Who::Only(ADMIN), request: |t, _| with(&format!("/v1/members/{}/appointments", t.member), json!({"role": "info_officer", "unit": t.unit})) },
    Route { name: "POST /v1/appointments/{id}/end", who: Who::Only(ADMIN), request: |t, _| with(&format!("/v1/appointments/{}/end", t.appointment), json!({})) },
    Route { name: "POST /v1/imports/units", who: Who::Only(ADMIN), request: |_, _| ("/v1/imports/units".to_owned(), Body::Csv("code,name,level,parent\n")) },
    Route { name: "POST /v1/imports/members", who: Who::Only(ADMIN), request: |_, _| ("/v1/imports/members".to_owned(), Body::Csv("number,name,role,unit,starts,ends\n")) },
    Route { name: "GET /v1/journal", who: Who::Only(AUDIT), request: |_, _| plain("/v1/journal") },
    Route { name: "GET /v1/access-log", who: Who::Only(AUDIT), request: |_, _| plain("/v1/access-log") },
    Route { name: "GET /v1/log/checkpoint", who: Who::Everybody, request: |_, _| plain("/v1/log/checkpoint") },
    Route { name: "GET /v1/log/tile/{level}/{index}", who: Who::Everybody, request: |_, _| plain("/v1/log/tile/0/000.p/1") },
    Route { name: "GET /v1/log/tile/entries/{index}", who: Who::Only(AUDIT), request: |_, _| plain("/v1/log/tile/entries/000.p/1") },
    Route { name: "GET /v1/log/origins", who: Who::Appointed, request: |_, _| plain("/v1/log/origins") },
    Route { name: "GET /v1/log/proof/consistency", who: Who::Appointed, request: |_, _| plain("/v1/log/proof/consistency?from=1") },
    Route { name: "GET /v1/log/proof/inclusion", who: Who::Appointed, request: |_, _| plain("/v1/log/proof/inclusion?leaf=0") },
    Route { name: "GET /v1/log/proof/inclusion", who: Who::Hidden(PROVEN), request: |t, _| plain(&format!("/v1/log/proof/inclusion?device={}&seq=1", t.author_device)) },
    Route { name: "DELETE /v1/devices/{id}", who: Who::Hidden(ADMIN), request: |t, _| plain(&format!("/v1/devices/{}", t.foreign_device)) },
    Route { name: "DELETE /v1/devices/{id}", who: Who::Appointed, request: |_, c| plain(&format!("/v1/devices/{}", c.handset.phone.device)) },
    // Last: it ends the caller's sign-in.
    Route { name: "POST /v1/auth/sign-out", who: Who::SignedIn, request: |_, _| plain("/v1/auth/sign-out") },
];

/// How the server stopped the caller at the door; `None` when it let him in, whatever it then thought of the request.
fn stopped(api: &Api, method: &str, path: &str, body: &Body) -> Option<(u16, String)> {
    let answer = match body {
        Body::Nothing => api.send(method, path, &[], &[]),
        Body::Json(value) => api.send(
            method,
            path,
            &[("content-type", "application/json")],
            value.to_string().as_bytes(),
        ),
        Body::Csv(text) => api.send(method, path, &[("content-type", "text/csv")], text.as_bytes()),
        Body::Stream => match api.open(path).0 {
            200 => return None,
            _ => api.send(method, path, &[], &[]),
        },
    };
    if answer.status < 400 {
        return None;
    }
    assert!(answer.status < 500, "{method} {path}: {}", answer.text());
    if method == "HEAD" {
        // Its answer has no words; each of these statuses stands for one.
        let code = match answer.status {
            401 => "token_missing",
            403 => "push_only",
            404 => "not_found",
            _ => return None,
        };
        return Some((answer.status, code.to_owned()));
    }
    let (status, code) = answer.problem();
    assert_ne!(
        code, "too_many_requests",
        "{method} {path}: the test itself was stopped"
    );
    let door = [
        "token_missing",
        "token_invalid",
        "token_expired",
        "totp_enrolment",
        "push_only",
        "forbidden",
        "not_found",
    ];
    door.contains(&code.as_str()).then_some((status, code))
}

/// How the caller must be stopped.
fn expected(who: Who, role: Option<Role>) -> Option<(u16, String)> {
    let refusal = |status: u16, code: &str| Some((status, code.to_owned()));
    match (who, role) {
        (Who::Everybody | Who::SignedIn, _) | (Who::Appointed, Some(_)) => None,
        (_, None) => refusal(403, "push_only"),
        (Who::Only(roles) | Who::Hidden(roles), Some(role)) if roles.contains(&role) => None,
        (Who::Only(_), _) => refusal(403, "forbidden"),
        (Who::Hidden(_), _) => refusal(404, "not_found"),
    }
}

#[test]
fn every_route_lets_in_whom_it_should_and_nobody_else() {
    let world = World::with(Backend::Sqlite, &[("rate_push_only", "1000000")]);
    let things = things(&world);
    let mut callers: Vec<Caller> = Role::ALL
        .iter()
        .map(|role| Caller {
            title: role.to_string(),
            role: Some(*role),
            handset: world.handset(world.holder(*role, 0)),
        })
        .collect();
    callers.push(ended(&world));

    let mut wrong = Vec::new();
    for route in ROUTES {
        let method = route.name.split(' ').next().expect("a name begins with the method");
        for caller in &callers {
            let (path, body) = (route.request)(&things, caller);
            let (found, wanted) = (
                stopped(&caller.handset.api, method, &path, &body),
                expected(route.who, caller.role),
            );
            if found != wanted {
                wrong.push(format!(
                    "{} {path} by {}: {found:?}, not {wanted:?}",
                    route.name, caller.title
                ));
            }
        }
        let (path, body) = (route.request)(&things, &callers[0]);
        let found = stopped(&world.api(), method, &path, &body);
        let wanted = (!matches!(route.who, Who::Everybody)).then(|| (401, "token_missing".to_owned()));
        if found != wanted {
            wrong.push(format!("{} {path} by nobody: {found:?}, not {wanted:?}", route.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_route_of_the_api_is_in_the_table() {
    let api = serde_json::to_value(wuyuan_server::api::openapi()).expect("the API can be written down");
    let mut documented = BTreeSet::new();
    for (path, methods) in api["paths"].as_object().expect("an API has paths") {
        for method in methods.as_object().expect("a path has methods").keys() {
            documented.insert(format!("{} {path}", method.to_uppercase()));
        }
    }
    let tested: BTreeSet<String> = ROUTES.iter().map(|route| route.name.to_owned()).collect();
    assert_eq!(tested, documented);
}

fn things(world: &World) -> Things {
    // The second volunteer's belongings are foreign to every caller; the report is the first one's.
    let mut author = world.handset(world.holder(Role::Volunteer, 0));
    let shown = record();
    let photo = pictures::deliver(&author.api, &pictures::jpeg(64, 48, 1), &[]);
    let mut draft = report(&author.phone, shown, "a report");
    draft.add.insert("photos".to_owned(), vec![json!(photo)]);
    author.phone.record(&draft);
    let draft = report(&author.phone, record(), "held: written by a newer app");
    let held =
        author.phone.write(
            draft
                .to_text()
                .expect("a draft can be written")
                .replacen("\"cat\":", "\"cat\":9", 1),
        );
    assert_eq!(verdicts(&author.push_from(1)), ["accepted", "cat_newer"]);
    let other = world.holder(Role::Volunteer, 1).clone();
    let foreign = world.handset(&other);
    let mut prosecutor = world.handset(world.holder(Role::Prosecutor, 0));
    let mut supervisor = world.handset(world.holder(Role::Supervisor, 0));
    let (order, _) = arrangements::arrange(&mut prosecutor, Some(supervisor.phone.holder.member));
    let mut leader = world.handset(world.holder(Role::GroupLeader, 0));
    let form = arrangements::issue_form(&mut supervisor, &mut leader, order).to_string();
    let draw = arrangements::ask_for_draw(&mut prosecutor, order).to_string();
    prosecutor.api.post("/v1/draws", &json!({"record": draw})).ok();
    let waiting = prosecutor.api.get("/v1/findings?rule=held_op").ok();
    Things {
        finding: waiting["findings"][0]["id"].as_str().expect("one").to_owned(),
        order: order.to_string(),
        form,
        draw,
        record: shown.to_string(),
        photo,
        held: format!("{}/{held}", author.phone.device),
        author_device: author.phone.device.to_string(),
        foreign_device: foreign.phone.device.to_string(),
        member: other.id.to_string(),
        appointment: other.appointments[1].id.to_string(),
        unit: world.community(2).to_string(),
    }
}

/// A member whose appointments have all ended, signed in all the same to deliver what is pending.
fn ended(world: &World) -> Caller {
    let member = world.holder(Role::Volunteer, 5).clone();
    let admin = world.sign_in(world.holder(Role::SysAdmin, 0));
    for appointment in &member.appointments {
        admin
            .post(&format!("/v1/appointments/{}/end", appointment.id), &json!({}))
            .ok();
    }
    Caller {
        title: "an ended member".to_owned(),
        role: None,
        handset: world.handset(&member),
    }
}
