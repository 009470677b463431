//! Recording something new, and changing a record.

use clap::Args;
use sync_protocol::catalog::{Catalog, Kind};
use sync_protocol::role::Role;
use wuyuan_client::api::Appointment;
use wuyuan_client::form::{Entry, Form, IfMoved};
use wuyuan_client::lang::Lang;
use wuyuan_client::{Attached, Phone, SaveError};

use super::photos::Attach;
use super::told::{Told, told};
use super::value::{Reader, split};
use super::{Context, choose, out, status};

/// What is filled in.
#[derive(Args)]
pub struct Filled {
    /// Fill in a field: field=value; an empty value clears it
    #[arg(long, value_name = "FIELD=VALUE", value_parser = split)]
    set: Vec<(String, String)>,
    /// Add to a field that holds several: field=value
    #[arg(long, value_name = "FIELD=VALUE", value_parser = split)]
    add: Vec<(String, String)>,
    /// Remove from a field that holds several: field=value
    #[arg(long, value_name = "FIELD=VALUE", value_parser = split)]
    remove: Vec<(String, String)>,
    /// Take a step of the workflow, such as submit
    #[arg(long)]
    act: Option<String>,
    /// Why
    #[arg(long)]
    reason: Option<String>,
    /// In which appointment: its id, its role or its unit; needed where several fit
    #[arg(long = "as", value_name = "APPOINTMENT")]
    appointment: Option<String>,
}

/// Record something new
#[derive(Args)]
pub struct Record {
    /// What to record, see `phone kinds`
    kind: String,
    /// In which unit: its code or its name; by default the appointment's
    #[arg(long)]
    unit: Option<String>,
    #[command(flatten)]
    filled: Filled,
    #[command(flatten)]
    attach: Attach,
}

/// Change a record as it was last shown
#[derive(Args)]
pub struct Edit {
    /// The record's id, or a part of it that no other has
    record: String,
    /// Save even if the record has changed since it was shown; both values stay until somebody decides
    #[arg(long)]
    anyway: bool,
    #[command(flatten)]
    filled: Filled,
    #[command(flatten)]
    attach: Attach,
}

impl Filled {
    fn entry(&self, phone: &Phone, catalog: &Catalog, kind: &Kind, lang: Lang) -> Result<Entry, Told> {
        let reader = Reader { phone, catalog, lang };
        let mut entry = Entry {
            act: self.act.clone(),
            reason: self.reason.clone(),
            ..Entry::default()
        };
        let field = |name: &String| {
            kind.field(name).ok_or_else(|| {
                let zh = "没有这个项目,可用 phone kinds 查看";
                let en = "no such field, see `phone kinds`";
                told(format!("{name}: {} [unknown_field]", lang.pick(zh, en)))
            })
        };
        for (name, text) in &self.set {
            entry.set.insert(name.clone(), reader.value(name, field(name)?, text)?);
        }
        for (lists, typed) in [(&mut entry.add, &self.add), (&mut entry.remove, &self.remove)] {
            for (name, text) in typed {
                lists
                    .entry(name.clone())
                    .or_default()
                    .push(reader.value(name, field(name)?, text)?);
            }
        }
        Ok(entry)
    }
}

impl Record {
    pub fn run(self, context: &Context) -> Result<(), Told> {
        let lang = context.lang;
        let mut phone = context.open()?;
        let catalog = phone.catalog().ok_or_else(|| Told::save(&SaveError::NotReady, lang))?;
        let kind = kind(&catalog, &self.kind, lang)?;
        let directory = phone.directory().map_err(|e| Told::phone(&e, lang))?;
        let named = self
            .unit
            .as_deref()
            .map(|text| choose::unit(&directory, text, lang))
            .transpose()?;
        let fits = |a: &Appointment| {
            choose::may_create(kind, self.filled.act.as_deref(), a.role)
                && named
                    .as_ref()
                    .is_none_or(|unit| choose::covers(&directory, &a.unit, unit))
        };
        let appointment = choose::appointment(&phone, self.filled.appointment.as_deref(), fits, lang)?;
        let unit = named.unwrap_or_else(|| appointment.unit.clone());
        let entry = self.filled.entry(&phone, &catalog, kind, lang)?;
        let attached = self.attach.take(&phone, kind, lang)?;
        let form = phone.new_form(&self.kind, unit).map_err(|e| Told::phone(&e, lang))?;
        let filled = (&entry, attached.as_slice());
        save(&mut phone, &form, &appointment.id, filled, IfMoved::Ask, lang)
    }
}

impl Edit {
    pub fn run(self, context: &Context) -> Result<(), Told> {
        let change = Change {
            record: &self.record,
            anyway: self.anyway,
            filled: &self.filled,
            attach: Some(&self.attach),
        };
        change.save(
            context,
            |kind, act, role| act.map_or(kind.write.edit.contains(&role), |act| choose::may_act(kind, act, role)),
            |_, entry| Ok(entry),
        )
    }
}

/// A change of a record as it was last shown.
pub struct Change<'c> {
    pub record: &'c str,
    pub anyway: bool,
    pub filled: &'c Filled,
    pub attach: Option<&'c Attach>,
}

impl Change<'_> {
    /// Saves what was filled in, as `finish` completes it, in the appointment whose role `may` do it.
    pub fn save(
        &self,
        context: &Context,
        may: impl Fn(&Kind, Option<&str>, Role) -> bool,
        finish: impl FnOnce(&Form, Entry) -> Result<Entry, Told>,
    ) -> Result<(), Told> {
        let lang = context.lang;
        let mut phone = context.open()?;
        let catalog = phone.catalog().ok_or_else(|| Told::save(&SaveError::NotReady, lang))?;
        let record = choose::record(&phone, self.record, lang)?;
        let open = |form: Option<Form>| match form {
            Some(form) => Ok(Some(form)),
            None => phone.open_form(&record),
        };
        let form = phone
            .remembered_form(&record)
            .and_then(open)
            .map_err(|e| Told::phone(&e, lang))?;
        let form = form.ok_or_else(|| told(lang.pick("没有这条记录", "there is no such record here")))?;
        let kind = kind(&catalog, &form.kind, lang)?;
        let directory = phone.directory().map_err(|e| Told::phone(&e, lang))?;
        let entry = finish(&form, self.filled.entry(&phone, &catalog, kind, lang)?)?;
        let fits = |a: &Appointment| {
            may(kind, entry.act.as_deref(), a.role) && choose::covers(&directory, &a.unit, &form.unit)
        };
        let appointment = choose::appointment(&phone, self.filled.appointment.as_deref(), fits, lang)?;
        let attached = match self.attach {
            Some(attach) => attach.take(&phone, kind, lang)?,
            None => Vec::new(),
        };
        let if_moved = if self.anyway { IfMoved::Save } else { IfMoved::Ask };
        save(&mut phone, &form, &appointment.id, (&entry, &attached), if_moved, lang)
    }
}

fn kind<'c>(catalog: &'c Catalog, code: &str, lang: Lang) -> Result<&'c Kind, Told> {
    catalog.kind(code, catalog.version()).ok_or_else(|| {
        let zh = "没有这种记录,可用 phone kinds 查看";
        told(format!(
            "{code}: {} [unknown_kind]",
            lang.pick(zh, "no such kind, see `phone kinds`")
        ))
    })
}

fn save(
    phone: &mut Phone,
    form: &Form,
    appointment: &sync_protocol::id::AppointmentId,
    (entry, attached): (&Entry, &[Attached]),
    if_moved: IfMoved,
    lang: Lang,
) -> Result<(), Told> {
    let saved = phone
        .save_with(form, appointment, entry, attached, if_moved)
        .map_err(|error| match error {
            SaveError::Moved(_) => {
                let zh = "请先运行 phone show 查看,或加上 --anyway 保存";
                let en = "look at it with `phone show`, or add --anyway";
                told(format!("{}; {}", Told::save(&error, lang), lang.pick(zh, en)))
            }
            other => Told::save(&other, lang),
        })?;
    out::line(&format!("{}  {}", lang.pick("已保存", "saved"), saved.record))?;
    out::line(&status::line(phone, lang)?)
}
