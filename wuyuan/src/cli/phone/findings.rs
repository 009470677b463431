//! What waits for somebody to decide.

use clap::{Args, ValueEnum};
use wuyuan_client::findings::{Beside, Case, Finding, Found, Wording};
use wuyuan_client::lang::Lang;

use super::Context;
use super::out::print;
use super::records::time;
use super::table::Table;
use super::told::{Told, told};

/// What waits for somebody to decide, and one finding with all that is needed to decide it
#[derive(Args)]
pub struct Findings {
    /// One finding: its id
    id: Option<String>,
    /// Only of this rule, by its code
    #[arg(long)]
    rule: Option<String>,
    /// Only of this unit and those below it
    #[arg(long)]
    unit: Option<String>,
    /// Only of records that you created or are assigned to
    #[arg(long)]
    mine: bool,
    /// How they stand
    #[arg(long, default_value = "open")]
    state: StateArg,
}

#[derive(Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
enum StateArg {
    /// They wait for somebody
    Open,
    /// They are closed
    Closed,
    /// They are closed, and somebody decided
    Decided,
}

impl StateArg {
    fn code(self) -> &'static str {
        match self {
            StateArg::Open => "open",
            StateArg::Closed => "closed",
            StateArg::Decided => "decided",
        }
    }
}

impl Findings {
    /// Asks the server and prints.
    pub fn run(self, context: &Context) -> Result<(), Told> {
        let lang = context.lang;
        let words = [&self.id, &self.rule, &self.unit];
        let plain = |text: &String| text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if !words.into_iter().flatten().all(plain) {
            return Err(told(lang.pick(
                "编号只含字母、数字和下划线",
                "ids and codes are of letters, digits and underscores",
            )));
        }
        let (mut phone, net) = context.online()?;
        if let Some(id) = &self.id {
            let (case, wording) = phone.finding(&net, id).map_err(|e| Told::phone(&e, lang))?;
            return print(&one(&case, wording.as_ref(), lang));
        }
        let mut query = vec![("state", self.state.code())];
        query.extend(self.rule.as_deref().map(|rule| ("rule", rule)));
        query.extend(self.unit.as_deref().map(|unit| ("unit", unit)));
        if self.mine {
            query.push(("mine", "true"));
        }
        let found = phone.findings(&net, &query).map_err(|e| Told::phone(&e, lang))?;
        print(&list(&found, lang))
    }
}

fn name<'w>(rule: &'w str, wording: Option<&'w Wording>, lang: Lang) -> &'w str {
    wording.map_or(rule, |wording| lang.label(&wording.name))
}

fn age(finding: &Finding, lang: Lang) -> String {
    match lang {
        Lang::Zh => format!("{} 天", finding.days),
        Lang::En => format!("{} days", finding.days),
    }
}

fn list(found: &Found, lang: Lang) -> String {
    let mut table = Table::default();
    for finding in &found.findings {
        table.row([
            &format!("{}={}", finding.id, finding.basis),
            name(&finding.rule, found.rules.get(&finding.rule), lang),
            &age(finding, lang),
            finding.record.as_deref().unwrap_or("-"),
        ]);
    }
    let total = match lang {
        Lang::Zh => format!("共 {} 项\n", found.all),
        Lang::En => format!("{} in all\n", found.all),
    };
    table.render("") + &total
}

fn one(case: &Case, wording: Option<&Wording>, lang: Lang) -> String {
    let finding = &case.finding;
    let mut text = format!("{}  {}\n", name(&finding.rule, wording, lang), age(finding, lang));
    if let Some(wording) = wording {
        text += &format!("{}\n", lang.label(&wording.about));
    }
    if finding.hidden {
        let zh = "涉及您看不到的记录，请由都能看到的人处理";
        let en = "a record takes part that you do not read: somebody who reads both has to decide";
        text += &format!("{}\n", lang.pick(zh, en));
    }
    text += &format!("{}={}\n", finding.id, finding.basis);
    if let Some(saw) = &case.saw {
        for (name, value) in saw.figures.iter().chain(&saw.limits) {
            text += &format!("  {name} {value}\n");
        }
    }
    for side in &case.records {
        let shown = &side.record;
        let operations = match lang {
            Lang::Zh => format!("{} 次操作", side.history.len()),
            Lang::En => format!("{} operations", side.history.len()),
        };
        text += &format!("{}  {}  {operations}\n", shown.id, shown.kind);
        let mut table = Table::default();
        side.beside.iter().for_each(|value| row(&mut table, value));
        text += &table.render("  ");
    }
    for made in &case.decisions {
        let why = made.reason.as_deref().unwrap_or_default();
        text += &format!("{}  {}  {}  {why}\n", time(made.at), made.conclusion, made.by);
    }
    text
}

fn row(table: &mut Table, value: &Beside) {
    let said = match value.value.as_str() {
        Some(text) => text.to_owned(),
        None => value.value.to_string(),
    };
    let when = time(value.written.unwrap_or(value.arrival));
    table.row([&value.field, &said, &when, &value.by, &value.device]);
}
