//! Members and their appointments: `number,name,role,unit,starts,ends`.
//!
//! Several rows with one number are several appointments of one member. `starts` and `ends` are days in
//! China (+08:00), both included; an empty `ends` is open. Rows that are in the database already change
//! nothing, so that a file can be imported again.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use serde::Serialize;
use sync_protocol::id::{MemberId, UnitCode};
use sync_protocol::role::Role;
use utoipa::ToSchema;

use super::sheet::{self, Errors};
use crate::accounts::appointments::{self, Post};
use crate::accounts::journal::{self, Actor, Event};
use crate::accounts::{AccountError, activation, members, standing};
use crate::app::App;
use crate::query;
use crate::store::Db;
use crate::store::rows::AppointmentRow;

const COLUMNS: [&str; 6] = ["number", "name", "role", "unit", "starts", "ends"];

/// China's one zone, without summer time.
const CHINA_MS: i64 = 8 * 3_600_000;

/// What an import of members did.
#[derive(Clone, Serialize, ToSchema)]
pub struct ImportedMembers {
    /// New members.
    pub created: usize,
    /// New appointments.
    pub appointments: usize,
    /// Appointments that existed.
    pub unchanged: usize,
    /// An activation code for each new member. They are shown this once.
    pub codes: Vec<MemberCode>,
}

/// A new member's activation code.
#[derive(Clone, Serialize, ToSchema)]
pub struct MemberCode {
    /// The number.
    pub number: String,
    /// The code.
    pub code: String,
}

/// A member as a file gives him.
#[derive(Debug)]
pub struct Person {
    /// The first line that names him.
    pub line: u64,
    /// His name.
    pub name: String,
    /// His appointments, each with its line.
    pub posts: Vec<(u64, Post)>,
}

/// A system administrator imports members.
pub fn members_by(app: &App, caller: MemberId, text: &str) -> Result<ImportedMembers, AccountError> {
    let now_ms = app.now_ms();
    app.store.write(|db| {
        standing::require(db, caller, &[Role::SysAdmin], now_ms)?;
        import(db, Some(caller), text, app.settings.activation_hours, now_ms)
    })
}

/// The same from the command line.
pub fn members_from_command_line(app: &App, text: &str) -> Result<ImportedMembers, AccountError> {
    let now_ms = app.now_ms();
    app.store
        .write(|db| import(db, None, text, app.settings.activation_hours, now_ms))
}

fn import(db: &mut Db<'_>, actor: Actor, text: &str, hours: u64, now_ms: i64) -> Result<ImportedMembers, AccountError> {
    journal::lock(db)?;
    let mut errors = Errors::default();
    let people = read_members(text, &mut errors);
    let mut done = ImportedMembers {
        created: 0,
        appointments: 0,
        unchanged: 0,
        codes: Vec::new(),
    };
    for (number, person) in people {
        let stored = query!(db, members::by_number(&number))?;
        let member = match stored {
            Some(row) if row.name != person.name => {
                let detail = "the number belongs to a member of another name; correct the number, or the name first";
                errors.add(person.line, "name", "name_differs", detail);
                continue;
            }
            Some(row) => row.id,
            None => {
                let row = members::create(db, actor, &number, &person.name, now_ms)?;
                let code = activation::issue(db, actor, row.id, hours, now_ms)?;
                done.created += 1;
                done.codes.push(MemberCode {
                    number: number.clone(),
                    code,
                });
                row.id
            }
        };
        for (line, post) in person.posts {
            let held = query!(db, appointments::of_member(member))?;
            if held.iter().any(|a| is_same(a, &post)) {
                done.unchanged += 1;
                continue;
            }
            match appointments::create(db, actor, member, post, now_ms) {
                Ok(_) => done.appointments += 1,
                Err(error) => note(&mut errors, line, error)?,
            }
        }
    }
    // What was written before the first wrong row is undone with the transaction.
    errors.refuse()?;
    let detail = serde_json::json!({ "created": done.created, "appointments": done.appointments });
    journal::write(db, now_ms, actor, Event::MembersImported, "", detail)?;
    Ok(done)
}

fn is_same(held: &AppointmentRow, post: &Post) -> bool {
    held.role == post.role && held.unit == post.unit && held.starts_ms == post.starts_ms && held.ends_ms == post.ends_ms
}

fn note(errors: &mut Errors, line: u64, error: AccountError) -> Result<(), AccountError> {
    match error {
        AccountError::UnitUnknown => errors.add(line, "unit", "unit_unknown", "no such unit; import units first"),
        AccountError::AppointmentDates => errors.add(line, "ends", "appointment_dates", "the end is before the start"),
        AccountError::AppointmentOverlap => {
            errors.add(
                line,
                "starts",
                "appointment_overlap",
                "the member holds this role there for part of that time",
            );
        }
        AccountError::RolesConflict => {
            errors.add(
                line,
                "role",
                "roles_conflict",
                "administration and auditing are held apart from other roles",
            );
        }
        other => return Err(other),
    }
    Ok(())
}

/// Reads a file: the people by their numbers. What is wrong is noted in `errors`; the rest is read all the same.
pub fn read_members(text: &str, errors: &mut Errors) -> BTreeMap<String, Person> {
    let mut people: BTreeMap<String, Person> = BTreeMap::new();
    for row in sheet::rows(text, &COLUMNS, errors) {
        let line = row.line;
        let number = members::number(row.cell("number"));
        let name = members::name(row.cell("name"));
        let role = row.cell("role").parse::<Role>();
        let unit = row.cell("unit").parse::<UnitCode>();
        let starts = day(row.cell("starts"));
        let ends = if row.cell("ends").is_empty() {
            Some(None)
        } else {
            day(row.cell("ends")).map(Some)
        };
        if number.is_err() {
            errors.add(
                line,
                "number",
                "number_invalid",
                "a number has 2 to 32 letters, digits and hyphens",
            );
        }
        if name.is_err() {
            errors.add(line, "name", "name_invalid", "a name has 1 to 60 characters");
        }
        if role.is_err() {
            errors.add(line, "role", "role_unknown", "no such role");
        }
        if unit.is_err() {
            errors.add(line, "unit", "unit_invalid", "a unit's code has 12 digits");
        }
        if starts.is_none() {
            errors.add(line, "starts", "date_invalid", "a date is YYYY-MM-DD");
        }
        if ends.is_none() {
            errors.add(line, "ends", "date_invalid", "a date is YYYY-MM-DD, or empty");
        }
        let (Ok(number), Ok(name), Ok(role), Ok(unit), Some(starts), Some(ends)) =
            (number, name, role, unit, starts, ends)
        else {
            continue;
        };
        let ends_ms = match ends.map(|day| day.checked_add_days(Days::new(1))) {
            None => None,
            Some(Some(next)) => Some(midnight_ms(next)),
            Some(None) => {
                errors.add(line, "ends", "date_invalid", "the date is too late");
                continue;
            }
        };
        let person = people.entry(number).or_insert_with(|| Person {
            line,
            name: name.clone(),
            posts: Vec::new(),
        });
        if person.name != name {
            errors.add(
                line,
                "name",
                "name_differs",
                format!("line {} gives this number another name", person.line),
            );
        }
        person.posts.push((
            line,
            Post {
                role,
                unit,
                starts_ms: midnight_ms(starts),
                ends_ms,
            },
        ));
    }
    people
}

fn day(text: &str) -> Option<NaiveDate> {
    // `%Y` alone would take other lengths of year.
    (text.len() == 10)
        .then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok())
        .flatten()
}

fn midnight_ms(day: NaiveDate) -> i64 {
    day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_millis() - CHINA_MS
}
