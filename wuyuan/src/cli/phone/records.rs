//! Listing and showing records.

use clap::Args;
use serde_json::Value as Json;
use sync_protocol::catalog::{Field, FieldType, Kind, Policy, STATE_FIELD};
use sync_protocol::decision::Conclusion;
use sync_protocol::id::{DeviceId, MemberId, Seq};
use sync_protocol::value::Instant;
use sync_protocol::verdict::Fate;
use sync_protocol::wire::{DecisionView, FieldView, ProposalView, ValueView};
use wuyuan_client::api::Directory;
use wuyuan_client::lang::Lang;
use wuyuan_client::view::{Apart, View};

use super::table::Table;
use super::told::{Told, told};
use super::{Context, choose, desk, out};

/// How wide a title in a list may be, in characters.
const TITLE_CHARS: usize = 40;
/// China keeps one time all over the country.
const CHINA_S: i32 = 8 * 3600;

/// List records
#[derive(Args)]
pub struct List {
    /// Only this kind
    kind: Option<String>,
}

/// Show one record
#[derive(Args)]
pub struct Show {
    /// The record's id, or a part of it that no other has
    record: String,
}

/// A moment in China's time.
pub fn time(ms: i64) -> String {
    let text = Instant { ms, offset_s: CHINA_S }.render();
    text.get(..19).map_or(text.clone(), |t| t.replace('T', " "))
}

/// Words for values.
struct Words<'a> {
    kind: Option<&'a Kind>,
    directory: &'a Directory,
    lang: Lang,
}

impl Words<'_> {
    fn member(&self, id: &str) -> String {
        let found = self.directory.members.iter().find(|m| m.id.to_string() == id);
        found.map_or_else(|| id.to_owned(), |m| format!("{} {}", m.name, m.number))
    }

    fn state(&self, value: &Json) -> String {
        let code = value.as_str().unwrap_or_default();
        let state = self.kind.and_then(|k| k.workflow.states.get(code));
        state.map_or(code, |s| self.lang.label(&s.label)).to_owned()
    }

    fn value(&self, field: Option<&Field>, value: &Json) -> String {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        match (field.map(|f| f.kind), value) {
            (_, Json::Null) => self.lang.pick("(空)", "(empty)").into(),
            (_, Json::Bool(b)) => if *b {
                self.lang.pick("是", "yes")
            } else {
                self.lang.pick("否", "no")
            }
            .into(),
            (Some(FieldType::Enum), _) => {
                let choice = field.and_then(|f| f.values.iter().find(|v| v.code == text));
                choice.map_or(text.clone(), |v| self.lang.label(&v.label).to_owned())
            }
            (Some(FieldType::Member), _) => self.member(&text),
            (Some(FieldType::Instant), _) => Instant::parse(&text).map_or(text, |i| time(i.ms)),
            _ => text,
        }
    }
}

/// The values of a register, the latest first.
fn register<'v>(view: &'v View, name: &str) -> &'v [ValueView] {
    match view.record.fields.get(name) {
        Some(FieldView::Register(values)) => values,
        _ => &[],
    }
}

/// Values that differ: equal ones of several authors are one.
fn different(values: &[ValueView]) -> Vec<&ValueView> {
    let mut kept: Vec<&ValueView> = Vec::new();
    for value in values {
        if !kept.iter().any(|k| k.value == value.value) {
            kept.push(value);
        }
    }
    kept
}

fn is_contested(kind: Option<&Kind>, name: &str, values: &[ValueView]) -> bool {
    let latest = kind
        .and_then(|k| k.field(name))
        .is_some_and(|f| f.policy == Policy::Latest);
    !latest && different(values).len() > 1
}

/// What stands out of a record, for its line in a list.
fn marks(view: &View, kind: Option<&Kind>, lang: Lang) -> String {
    let mut marks = Vec::new();
    let waiting = view.laid.iter().filter(|l| l.fate.is_none()).count();
    let held = view.laid.iter().filter(|l| l.fate == Some(Fate::Held)).count();
    let contested = view
        .record
        .fields
        .keys()
        .filter(|name| is_contested(kind, name, register(view, name)))
        .count();
    for (count, zh, en) in [
        (view.record.proposals.len(), "项提议待确认", "proposed"),
        (waiting, "待同步", "pending"),
        (held, "等待处理", "held"),
        (contested, "处不一致", "contested"),
        (view.apart.len(), "需要处理", "needs attention"),
    ] {
        if count > 0 {
            marks.push(format!("{count} {}", lang.pick(zh, en)));
        }
    }
    if view.photos.is_open() {
        marks.push(view.photos.line(lang));
    }
    marks.join(lang.pick(",", ", "))
}

impl List {
    pub fn run(self, context: &Context) -> Result<(), Told> {
        let lang = context.lang;
        let phone = context.open()?;
        let views = phone.list(self.kind.as_deref()).map_err(|e| Told::phone(&e, lang))?;
        let directory = phone.directory().map_err(|e| Told::phone(&e, lang))?;
        let catalog = phone.catalog();
        let mut table = Table::default();
        for view in &views {
            let kind = catalog.as_ref().and_then(|c| c.kinds().get(&view.record.kind));
            let words = Words {
                kind,
                directory: &directory,
                lang,
            };
            let name = kind.map_or(view.record.kind.as_str(), |k| lang.label(&k.name));
            let state = register(view, STATE_FIELD)
                .first()
                .map(|v| words.state(&v.value))
                .unwrap_or_default();
            let marks = marks(view, kind, lang);
            let id = view.record.id.to_string();
            table.row([
                &id,
                name,
                &state,
                view.record.unit.as_str(),
                &title(view, kind, &words),
                &marks,
            ]);
        }
        match table.is_empty() {
            true => out::line(lang.pick("没有记录", "no records")),
            false => out::print(&table.render("")),
        }
    }
}

/// The first text of the form, else its first moment.
fn title(view: &View, kind: Option<&Kind>, words: &Words<'_>) -> String {
    let Some(kind) = kind else { return String::new() };
    let filled = |wanted: FieldType| {
        let fields = kind
            .form
            .iter()
            .filter_map(|name| Some((name, kind.field(name).filter(|f| f.kind == wanted)?)));
        let mut values = fields.filter_map(|(name, field)| Some((field, register(view, name).first()?)));
        values
            .find(|(_, v)| !v.value.is_null())
            .map(|(field, v)| words.value(Some(field), &v.value))
    };
    let text = filled(FieldType::Text)
        .or_else(|| filled(FieldType::Instant))
        .unwrap_or_default();
    match text.chars().count() > TITLE_CHARS {
        true => text.chars().take(TITLE_CHARS - 1).chain(['…']).collect(),
        false => text,
    }
}

impl Show {
    pub fn run(self, context: &Context) -> Result<(), Told> {
        let lang = context.lang;
        let mut phone = context.open()?;
        let id = choose::record(&phone, &self.record, lang)?;
        let view = phone.view(&id).map_err(|e| Told::phone(&e, lang))?;
        let view = view.ok_or_else(|| told(lang.pick("没有这条记录", "there is no such record here")))?;
        let directory = phone.directory().map_err(|e| Told::phone(&e, lang))?;
        let catalog = phone.catalog();
        let kind = catalog.as_ref().and_then(|c| c.kinds().get(&view.record.kind));
        out::print(&rendered(&view, kind, &directory, lang))?;
        // From now on an edit names what was shown here.
        if let Some(form) = phone.open_form(&id).map_err(|e| Told::phone(&e, lang))? {
            phone.remember_form(&form).map_err(|e| Told::phone(&e, lang))?;
        }
        Ok(())
    }
}

fn rendered(view: &View, kind: Option<&Kind>, directory: &Directory, lang: Lang) -> String {
    let words = Words { kind, directory, lang };
    let record = &view.record;
    let mut table = Table::default();
    let name = kind.map_or(record.kind.as_str(), |k| lang.label(&k.name));
    let unit = directory.units.iter().find(|u| u.code == record.unit);
    let unit = unit.map_or_else(|| record.unit.to_string(), |u| format!("{} {}", u.name, u.code));
    table.row([lang.pick("记录", "record"), &record.id.to_string(), ""]);
    table.row([lang.pick("类型", "kind"), name, ""]);
    table.row([lang.pick("单位", "unit"), &unit, ""]);
    table.row([
        lang.pick("记录人", "creator"),
        &words.member(&record.creator.to_string()),
        "",
    ]);
    let form = kind
        .map(|k| k.form.iter())
        .into_iter()
        .flatten()
        .filter(|name| record.fields.contains_key(*name));
    let state = STATE_FIELD.to_owned();
    let rest = record
        .fields
        .keys()
        .filter(|name| kind.is_none_or(|k| !k.form.contains(name)) && **name != state);
    for name in std::iter::once(&state).chain(form).chain(rest) {
        let field = kind.and_then(|k| k.field(name));
        let label = match (field, *name == state) {
            (_, true) => lang.pick("状态", "state"),
            (Some(field), _) => lang.label(&field.label),
            (None, _) => name,
        };
        match record.fields.get(name) {
            Some(FieldView::Register(values)) => registered(&mut table, view, label, name, values, &words, field),
            Some(FieldView::Set { items }) => {
                for item in items {
                    let own = item.dots.iter().any(|dot| is_laid(view, dot));
                    let mark = if own { lang.pick("待同步", "pending") } else { "" };
                    table.row([label, &words.value(field, &item.value), mark]);
                }
            }
            None => {}
        }
    }
    let mut text = table.render("");
    for proposal in &record.proposals {
        text.push_str(&proposed(proposal, &words));
    }
    for decision in &record.decisions {
        text.push_str(&decided(decision, &words));
    }
    if view.photos.total > 0 {
        text.push_str(&format!("{}\n", view.photos.line(lang)));
    }
    for apart in &view.apart {
        text.push_str(&set_apart(apart, &words));
    }
    text
}

fn registered(
    table: &mut Table,
    view: &View,
    label: &str,
    name: &str,
    values: &[ValueView],
    words: &Words<'_>,
    field: Option<&Field>,
) {
    let contested = is_contested(words.kind, name, values);
    // Where the latest is shown the others stay in the history.
    let shown = if contested {
        different(values)
    } else {
        values.iter().take(1).collect()
    };
    for value in shown {
        let text = if name == STATE_FIELD {
            words.state(&value.value)
        } else {
            words.value(field, &value.value)
        };
        let mut notes = Vec::new();
        if contested {
            notes.push(words.lang.pick("不一致,请核对", "contested").to_owned());
        }
        if let Some(by) = &value.by {
            notes.push(author(words, by, value.at));
        }
        if is_laid(view, &value.dot) {
            notes.push(words.lang.pick("待同步", "pending").to_owned());
        }
        table.row([label, &text, &notes.join(" · ")]);
    }
}

fn author(words: &Words<'_>, by: &MemberId, at: Option<i64>) -> String {
    let name = words.member(&by.to_string());
    at.map_or(name.clone(), |ms| format!("{name} {}", time(ms)))
}

fn is_laid(view: &View, dot: &(DeviceId, Seq)) -> bool {
    view.laid.iter().any(|l| (l.device, l.seq) == *dot && l.fate.is_none())
}

/// A proposal that waits: what it would do, who proposes it and why.
fn proposed(proposal: &ProposalView, words: &Words<'_>) -> String {
    let lang = words.lang;
    let head = lang.pick("待确认的提议", "waits for another member");
    let by = author(words, &proposal.by, Some(proposal.at));
    let mut text = format!("{head} {}: {by}\n", desk::name(proposal));
    let mut table = Table::default();
    let label = |name: &str| match words.kind.and_then(|k| k.field(name)) {
        Some(field) => lang.label(&field.label).to_owned(),
        None => name.to_owned(),
    };
    let field = |name: &str| words.kind.and_then(|k| k.field(name));
    for (name, value) in &proposal.set {
        table.row([&label(name), &words.value(field(name), value)]);
    }
    for (sign, lists) in [("+", &proposal.add), ("-", &proposal.remove)] {
        for (name, values) in lists {
            for value in values {
                table.row([&label(name), &format!("{sign} {}", words.value(field(name), value))]);
            }
        }
    }
    if let Some(act) = &proposal.act {
        let transition = words.kind.and_then(|k| k.workflow.transitions.get(act));
        let name = transition.map_or(act.as_str(), |t| lang.label(&t.label));
        table.row([lang.pick("步骤", "step"), name]);
    }
    if proposal.hidden {
        let zh = "另有您看不到的内容";
        table.row([lang.pick("其他", "more"), lang.pick(zh, "that you may not see")]);
    }
    if let Some(reason) = &proposal.reason {
        table.row([lang.pick("理由", "reason"), reason]);
    }
    text.push_str(&table.render("  "));
    text
}

/// What was decided, on which findings, by whom and why.
fn decided(decision: &DecisionView, words: &Words<'_>) -> String {
    let lang = words.lang;
    let conclusion = Conclusion::parse(&decision.conclusion);
    let conclusion = conclusion.map_or(decision.conclusion.as_str(), |c| lang.pick(c.zh(), c.en()));
    let head = lang.pick("已处理", "decided");
    let by = author(words, &decision.by, Some(decision.at));
    let mut text = format!("{head}: {conclusion} [{}] {by}\n", decision.findings.join(", "));
    let mut table = Table::default();
    if let Some(first) = &decision.proposed_by {
        table.row([lang.pick("提出人", "proposed by"), &author(words, first, None)]);
    }
    if let Some(reason) = &decision.reason {
        table.row([lang.pick("理由", "reason"), reason]);
    }
    text.push_str(&table.render("  "));
    text
}

/// A save that was quarantined: what it said, why it has no effect, what to do.
fn set_apart(apart: &Apart, words: &Words<'_>) -> String {
    let lang = words.lang;
    let why = apart.code.map_or("", |code| lang.pick(code.zh(), code.en()));
    let code = apart.code.map_or("", |code| code.as_str());
    let head = lang.pick("未被接收", "not accepted");
    let mut text = format!("{head} #{}: {why} [{code}]\n", apart.seq);
    let mut table = Table::default();
    for (name, value) in &apart.set {
        let field = words.kind.and_then(|k| k.field(name));
        table.row([
            field.map_or(name.as_str(), |f| lang.label(&f.label)),
            &words.value(field, value),
        ]);
    }
    text.push_str(&table.render("  "));
    text
}
