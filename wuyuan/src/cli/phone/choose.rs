//! What the person at the terminal means: an appointment, a unit, a member, a record.

use sync_protocol::catalog::Kind;
use sync_protocol::id::{MemberId, RecordId, UnitCode};
use sync_protocol::role::Role;
use sync_protocol::verdict::Code;
use wuyuan_client::Phone;
use wuyuan_client::api::{Appointment, Directory};
use wuyuan_client::lang::Lang;

use super::told::{Told, told};

/// The one of `found`, or why it is not one.
fn the_one<T>(mut found: Vec<T>, what: &str, lang: Lang) -> Result<T, Told> {
    match (found.len(), found.pop()) {
        (1, Some(one)) => Ok(one),
        (0, _) => Err(told(match lang {
            Lang::Zh => format!("没有找到 {what}"),
            Lang::En => format!("there is no {what} here"),
        })),
        (n, _) => Err(told(match lang {
            Lang::Zh => format!("{what} 对应 {n} 项,请写得更完整"),
            Lang::En => format!("{what} fits {n}; say more of it"),
        })),
    }
}

/// The appointment that fits: the only one, or the one called `text` (its id, its role's code or name, its unit).
pub fn appointment(
    phone: &Phone,
    text: Option<&str>,
    fits: impl Fn(&Appointment) -> bool,
    lang: Lang,
) -> Result<Appointment, Told> {
    let all = phone.appointments().map_err(|e| Told::phone(&e, lang))?;
    let called = |a: &Appointment| {
        text.is_none_or(|text| [&a.id.to_string(), a.role.code(), a.role.zh(), a.unit.as_str()].contains(&text))
    };
    let named: Vec<Appointment> = all.into_iter().filter(called).collect();
    let found: Vec<Appointment> = named.iter().filter(|a| fits(a)).cloned().collect();
    match found.len() {
        1 => the_one(found, "", lang),
        0 if named.is_empty() => the_one(named, text.unwrap_or(lang.pick("聘任", "appointment")), lang),
        0 => {
            let zh = "您的聘任不能在这个单位这样填写";
            let en = "none of your appointments may do this in that unit";
            Err(told(format!("{} [{}]", lang.pick(zh, en), Code::RoleForbidden)))
        }
        _ => {
            let list: Vec<String> = found
                .iter()
                .map(|a| format!("{} ({}, {})", a.id, a.role, a.unit))
                .collect();
            let zh = "有几项聘任都可以,请用 --as 指定";
            let en = "several appointments fit, choose one by --as";
            Err(told(format!("{}: {}", lang.pick(zh, en), list.join("; "))))
        }
    }
}

/// Whether an appointment in `above` covers `unit`: the same or one below it, as far as the directory knows.
pub fn covers(directory: &Directory, above: &UnitCode, unit: &UnitCode) -> bool {
    let mut at = Some(unit);
    // A directory that names a unit above itself must not hold the terminal for ever.
    for _ in 0..=directory.units.len() {
        match at {
            Some(code) if code == above => return true,
            Some(code) => {
                at = directory
                    .units
                    .iter()
                    .find(|u| u.code == *code)
                    .and_then(|u| u.parent.as_ref())
            }
            None => return false,
        }
    }
    false
}

/// Whether a role may create a record of the kind, by the way of `act` if one is taken.
pub fn may_create(kind: &Kind, act: Option<&str>, role: Role) -> bool {
    kind.write.create.contains(&role) && act.is_none_or(|act| may_act(kind, act, role))
}

/// Whether a role may take the transition.
pub fn may_act(kind: &Kind, act: &str, role: Role) -> bool {
    kind.workflow
        .transitions
        .get(act)
        .is_some_and(|t| t.roles.contains(&role))
}

/// The unit called `text`: its code or its name.
pub fn unit(directory: &Directory, text: &str, lang: Lang) -> Result<UnitCode, Told> {
    if let Ok(code) = text.parse() {
        return Ok(code);
    }
    let found = directory
        .units
        .iter()
        .filter(|u| u.name == text)
        .map(|u| u.code.clone())
        .collect();
    the_one(found, text, lang)
}

/// The member called `text`: `me`, an id, a number or a name.
pub fn member(phone: &Phone, directory: &Directory, text: &str, lang: Lang) -> Result<MemberId, Told> {
    if text == "me" {
        return phone.status().map(|s| s.member).map_err(|e| Told::phone(&e, lang));
    }
    if let Ok(id) = text.parse() {
        return Ok(id);
    }
    let named = directory
        .members
        .iter()
        .filter(|m| m.number == text || m.name == text)
        .map(|m| m.id);
    let mut found: Vec<MemberId> = named.collect();
    found.sort();
    found.dedup();
    the_one(found, text, lang)
}

/// The record called `text`: its id or a part of it that no other has.
pub fn record(phone: &Phone, text: &str, lang: Lang) -> Result<RecordId, Told> {
    if let Ok(id) = text.parse() {
        return Ok(id);
    }
    let views = phone.list(None).map_err(|e| Told::phone(&e, lang))?;
    let part = text.to_ascii_lowercase();
    let found = views
        .iter()
        .map(|v| v.record.id)
        .filter(|id| id.to_string().contains(&part))
        .collect();
    the_one(found, text, lang)
}
