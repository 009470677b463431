//! What the person at the terminal means: an appointment, a unit, a member, a record.

use sync_protocol::catalog::Kind;
use sync_protocol::id::{MemberId, RecordId, UnitCode};
use sync_protocol::role::Role;
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

/// The appointment called `text` (its id, its role's code or name), else the only one that fits.
pub fn appointment(
    phone: &Phone,
    text: Option<&str>,
    fits: impl Fn(Role) -> bool,
    lang: Lang,
) -> Result<Appointment, Told> {
    let all = phone.appointments().map_err(|e| Told::phone(&e, lang))?;
    let called = |a: &Appointment| match text {
        Some(text) => [a.id.to_string().as_str(), a.role.code(), a.role.zh()].contains(&text),
        None => fits(a.role),
    };
    let found: Vec<Appointment> = all.iter().filter(|a| called(a)).cloned().collect();
    match (found.len(), text) {
        (1, _) => the_one(found, "", lang),
        (0, None) => the_one(all, lang.pick("可以填写这种记录的聘任", "appointment that may record this"), lang),
        (_, Some(text)) => the_one(found, text, lang),
        (_, None) => {
            let list: Vec<String> = found.iter().map(|a| format!("{} ({}, {})", a.id, a.role, a.unit)).collect();
            let zh = "有几项聘任都可以,请用 --as 指定";
            let en = "several appointments fit, choose one by --as";
            Err(told(format!("{}: {}", lang.pick(zh, en), list.join("; "))))
        }
    }
}

/// Whether a role may create a record of the kind, by the way of `act` if one is taken.
pub fn may_create(kind: &Kind, act: Option<&str>, role: Role) -> bool {
    kind.write.create.contains(&role) && act.is_none_or(|act| may_act(kind, act, role))
}

/// Whether a role may take the transition.
pub fn may_act(kind: &Kind, act: &str, role: Role) -> bool {
    kind.workflow.transitions.get(act).is_some_and(|t| t.roles.contains(&role))
}

/// The unit called `text`: its code or its name.
pub fn unit(directory: &Directory, text: &str, lang: Lang) -> Result<UnitCode, Told> {
    if let Ok(code) = text.parse() {
        return Ok(code);
    }
    let found = directory.units.iter().filter(|u| u.name == text).map(|u| u.code.clone()).collect();
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
    let named = directory.members.iter().filter(|m| m.number == text || m.name == text).map(|m| m.id);
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
    let found = views.iter().map(|v| v.record.id).filter(|id| id.to_string().contains(&part)).collect();
    the_one(found, text, lang)
}
