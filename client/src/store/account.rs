//! The member whose phone this is, and how things stand with the server.

use std::fmt;

use rusqlite::{Connection, OptionalExtension, params};
use sync_protocol::id::MemberId;

use super::StoreError;
use crate::api::{Appointment, Scope, Session};

/// What keeps the phone from syncing until somebody acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The sign-in has run out.
    SignIn,
    /// The feed has another history on the server: this phone was restored or cloned.
    Forked,
    /// The server asks for operations whose bytes are gone: the feed goes on under a new device.
    Lost,
    /// After a restore another member's device bears this one's id: what was written goes on under a new device.
    Taken,
}

impl Trouble {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Trouble::SignIn => "sign_in",
            Trouble::Forked => "feed_forked",
            Trouble::Lost => "feed_lost",
            Trouble::Taken => "device_taken",
        }
    }

    fn parse(text: &str) -> Option<Trouble> {
        [Trouble::SignIn, Trouble::Forked, Trouble::Lost, Trouble::Taken]
            .into_iter()
            .find(|t| t.code() == text)
    }
}

/// The account row.
#[derive(Clone)]
pub(crate) struct Account {
    pub server: String,
    pub member: MemberId,
    pub number: String,
    pub name: String,
    pub label: String,
    pub appointments: Vec<Appointment>,
    pub push_only: bool,
    pub access_token: Option<String>,
    pub refresh_token: Option<String>,
    pub trouble: Option<Trouble>,
    /// There was a sign-in with the password after the trouble began.
    pub signed_in_since: bool,
    pub generation: Option<String>,
    /// The newest catalogue version that the server named.
    pub catalog: u32,
    pub clock_offset_ms: Option<i64>,
    pub last_sync_ms: Option<i64>,
    pub sealing_key: [u8; 32],
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("member", &self.member)
            .field("trouble", &self.trouble)
            .finish_non_exhaustive()
    }
}

/// Writes the first and only row.
pub fn insert(
    conn: &Connection,
    server: &str,
    label: &str,
    session: &Session,
    sealing_key: &[u8; 32],
) -> Result<(), StoreError> {
    conn.execute(
        "INSERT INTO account (id, server, member, number, name, label, appointments, push_only, access_token, \
         refresh_token, signed_in_since, sealing_key) VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 1, ?10)",
        params![
            server,
            session.member.id.bytes(),
            session.member.number,
            session.member.name,
            label,
            appointments_text(session)?,
            session.scope == Scope::PushOnly,
            session.access_token,
            session.refresh_token,
            sealing_key,
        ],
    )?;
    Ok(())
}

fn appointments_text(session: &Session) -> Result<String, StoreError> {
    serde_json::to_string(&session.appointments).map_err(|_| StoreError::Damaged("appointments"))
}

/// Reads the row.
pub fn load(conn: &Connection) -> Result<Account, StoreError> {
    let row = conn
        .query_row(
            "SELECT server, member, number, name, label, appointments, push_only, access_token, refresh_token, \
             trouble, signed_in_since, generation, catalog, clock_offset_ms, last_sync_ms, sealing_key FROM account",
            [],
            |row| {
                let appointments: String = row.get(5)?;
                let trouble: Option<String> = row.get(9)?;
                let account = Account {
                    server: row.get(0)?,
                    member: MemberId(row.get(1)?),
                    number: row.get(2)?,
                    name: row.get(3)?,
                    label: row.get(4)?,
                    appointments: Vec::new(),
                    push_only: row.get(6)?,
                    access_token: row.get(7)?,
                    refresh_token: row.get(8)?,
                    trouble: trouble.as_deref().and_then(Trouble::parse),
                    signed_in_since: row.get(10)?,
                    generation: row.get(11)?,
                    catalog: row.get(12)?,
                    clock_offset_ms: row.get(13)?,
                    last_sync_ms: row.get(14)?,
                    sealing_key: row.get(15)?,
                };
                Ok((account, appointments))
            },
        )
        .optional()?;
    let (mut account, appointments) = row.ok_or(StoreError::Absent)?;
    account.appointments = serde_json::from_str(&appointments).map_err(|_| StoreError::Damaged("appointments"))?;
    Ok(account)
}

/// Takes over the tokens and what the server says of the member.
pub fn set_session(conn: &Connection, session: &Session) -> Result<(), StoreError> {
    conn.execute(
        "UPDATE account SET access_token = ?1, refresh_token = ?2, number = ?3, name = ?4, appointments = ?5, \
         push_only = ?6, trouble = CASE trouble WHEN 'sign_in' THEN NULL ELSE trouble END",
        params![
            session.access_token,
            session.refresh_token,
            session.member.number,
            session.member.name,
            appointments_text(session)?,
            session.scope == Scope::PushOnly,
        ],
    )?;
    Ok(())
}

/// Notes that the password was given after the present trouble began.
pub fn set_signed_in_since(conn: &Connection) -> Result<(), StoreError> {
    conn.execute("UPDATE account SET signed_in_since = 1", [])?;
    Ok(())
}

/// Notes a trouble. A fork or a loss stays until it is mended, whatever comes after. Where the sign-in has run out the
/// tokens go too.
pub fn set_trouble(conn: &Connection, trouble: Trouble) -> Result<(), StoreError> {
    conn.execute(
        "UPDATE account SET trouble = ?1, signed_in_since = 0 WHERE trouble IS NULL OR trouble = 'sign_in'",
        [trouble.code()],
    )?;
    if trouble == Trouble::SignIn {
        conn.execute(
            "UPDATE account SET access_token = NULL, refresh_token = NULL, signed_in_since = 0",
            [],
        )?;
    }
    Ok(())
}

/// Ends the trouble.
pub fn clear_trouble(conn: &Connection) -> Result<(), StoreError> {
    conn.execute("UPDATE account SET trouble = NULL", [])?;
    Ok(())
}

/// From now on this device only delivers.
pub fn set_push_only(conn: &Connection) -> Result<(), StoreError> {
    conn.execute("UPDATE account SET push_only = 1", [])?;
    Ok(())
}

/// What an answer says about the server.
pub fn heard(
    conn: &Connection,
    generation: &str,
    catalog: u32,
    clock_offset_ms: i64,
    at_ms: i64,
) -> Result<(), StoreError> {
    conn.execute(
        "UPDATE account SET generation = ?1, catalog = ?2, clock_offset_ms = ?3, last_sync_ms = ?4",
        params![generation, catalog, clock_offset_ms, at_ms],
    )?;
    Ok(())
}

/// What `GET /v1/config` says about the server.
pub fn set_catalog(conn: &Connection, catalog: u32) -> Result<(), StoreError> {
    conn.execute("UPDATE account SET catalog = ?1", [catalog])?;
    Ok(())
}

/// The generation under which operations are written before the first sync.
pub fn set_first_generation(conn: &Connection, generation: &str) -> Result<(), StoreError> {
    conn.execute(
        "UPDATE account SET generation = ?1 WHERE generation IS NULL",
        [generation],
    )?;
    Ok(())
}
