mod administration;
mod devices;
mod signing_in;

use sync_protocol::id::MemberId;
use sync_protocol::role::Role;

use super::appointments::{self, Post};
use super::session::Session;
use super::{AccountError, activation, members, sign_in};
use crate::query;
use crate::store::rows::JournalRow;
use crate::testing::{self, TestApp};

const DAY_MS: i64 = 86_400_000;
const UNIT: &str = "350111001001";
const PASSWORD: &str = "a long enough password";

const GRID: &str = "code,name,level,parent\n\
    350111000000,演示区,district,\n\
    350111001000,演示街道,area,350111000000\n\
    350111001001,演示社区,community,350111001000\n\
    350111001003,示范社区,community,350111001000\n";

/// A server with a small grid; administrators need TOTP.
fn server() -> TestApp {
    server_with(&[])
}

fn server_with(flags: &[&str]) -> TestApp {
    let server = testing::app(flags);
    super::import::units_from_command_line(&server.app, GRID).unwrap();
    server
}

/// A member who is appointed and has a password.
fn member(server: &TestApp, number: &str, role: Role, ends_ms: Option<i64>) -> MemberId {
    let app = &server.app;
    let now_ms = app.now_ms();
    let id = app
        .store
        .write(|db| {
            let row = members::create(db, None, number, "某人", now_ms)?;
            let post = Post {
                role,
                unit: UNIT.parse().unwrap(),
                starts_ms: now_ms,
                ends_ms,
            };
            appointments::create(db, None, row.id, post, now_ms)?;
            Ok::<_, AccountError>(row.id)
        })
        .unwrap();
    activate(server, number);
    id
}

fn activate(server: &TestApp, number: &str) -> Session {
    let code = members::reset(&server.app, number, false).unwrap();
    activation::activate(&server.app, number, &code, PASSWORD).unwrap()
}

fn sign_in(server: &TestApp, number: &str) -> Result<Session, AccountError> {
    sign_in::sign_in(&server.app, number, PASSWORD, None)
}

fn events(server: &TestApp) -> Vec<String> {
    let rows: Vec<JournalRow> = server
        .app
        .store
        .read(|db| query!(db, journal::page(&[0; 16], 1_000)))
        .unwrap();
    rows.into_iter().map(|r| r.event).collect()
}
