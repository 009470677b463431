//! What may be recorded, in the catalogue's words.

use clap::Args;
use sync_protocol::catalog::{Kind, Policy};
use wuyuan_client::lang::Lang;

use super::table::Table;
use super::told::{Told, told};
use super::value::Reader;
use super::{Context, choose, out};

/// What may be recorded: kinds, and the fields of one
#[derive(Args)]
pub struct Kinds {
    /// Show the fields and steps of this kind
    kind: Option<String>,
}

impl Kinds {
    pub fn run(self, context: &Context) -> Result<(), Told> {
        let lang = context.lang;
        let phone = context.open()?;
        let zh = "还没有记录目录,请先同步一次";
        let catalog = phone
            .catalog()
            .ok_or_else(|| told(lang.pick(zh, "no catalogue yet: sync once")))?;
        let roles = phone.appointments().map_err(|e| Told::phone(&e, lang))?;
        let mut table = Table::default();
        let Some(code) = self.kind else {
            for (code, kind) in catalog.kinds() {
                let may = roles.iter().any(|a| choose::may_create(kind, None, a.role));
                let mark = if may { lang.pick("可填写", "may record") } else { "" };
                table.row([code, lang.label(&kind.name), mark, lang.label(&kind.about)]);
            }
            return out::print(&table.render(""));
        };
        let zh = "没有这种记录";
        let missing = || told(format!("{code}: {} [unknown_kind]", lang.pick(zh, "no such kind")));
        let kind = catalog.kinds().get(&code).ok_or_else(missing)?;
        let reader = Reader {
            phone: &phone,
            catalog: &catalog,
            lang,
        };
        out::line(&format!("{}  {}", lang.label(&kind.name), lang.label(&kind.about)))?;
        for (name, field) in kind.form.iter().filter_map(|name| Some((name, kind.field(name)?))) {
            let required = if field.required {
                lang.pick("必填", "required")
            } else {
                ""
            };
            let how = if field.policy == Policy::Set { "--add" } else { "--set" };
            table.row([how, name, lang.label(&field.label), required, &reader.expected(field)]);
        }
        out::print(&table.render("  "))?;
        out::print(&steps(kind, lang).render("  "))
    }
}

fn label<'k>(kind: &'k Kind, state: &'k str, lang: Lang) -> &'k str {
    kind.workflow.states.get(state).map_or(state, |s| lang.label(&s.label))
}

fn steps(kind: &Kind, lang: Lang) -> Table {
    let mut table = Table::default();
    for (name, transition) in &kind.workflow.transitions {
        let mut from: Vec<&str> = transition.from.iter().map(|state| label(kind, state, lang)).collect();
        if transition.creates {
            from.insert(0, lang.pick("新建", "new"));
        }
        let way = format!("{} -> {}", from.join(" | "), label(kind, &transition.to, lang));
        table.row(["--act", name, lang.label(&transition.label), &way]);
    }
    table
}
