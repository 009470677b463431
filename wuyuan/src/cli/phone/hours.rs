//! The holder's own hours.

use clap::Args;
use sync_protocol::catalog::Ledger;
use wuyuan_client::hours::{Account, WaitsFor};
use wuyuan_client::lang::Lang;

use super::table::Table;
use super::told::Told;
use super::{Context, out};

/// Your own hours: confirmed, and pending with the reasons
#[derive(Args)]
pub struct Hours {
    /// First day, YYYY-MM-DD
    #[arg(long)]
    from: Option<String>,
    /// Last day, YYYY-MM-DD
    #[arg(long)]
    to: Option<String>,
}

impl Hours {
    /// Asks the server and prints.
    pub fn run(self, context: &Context) -> Result<(), Told> {
        let (mut phone, net) = context.online()?;
        let account = phone
            .hours(&net, self.from.as_deref(), self.to.as_deref())
            .map_err(|e| Told::phone(&e, context.lang))?;
        out::print(&sums(&account, context.lang).render(""))?;
        out::print(&waiting(&account, context.lang).render(""))
    }
}

fn sums(account: &Account, lang: Lang) -> Table {
    let mut table = Table::default();
    for ledger in Ledger::ALL {
        let (confirmed, pending) = account
            .totals
            .iter()
            .find(|total| total.ledger == ledger.code())
            .map_or((0, 0), |total| (total.confirmed.minutes, total.pending.minutes));
        // What somebody serves is never a volunteer's own; a phone shows it only where there is any.
        if *ledger == Ledger::Volunteer || confirmed != 0 || pending != 0 {
            let name = match ledger {
                Ledger::Volunteer => lang.pick("志愿服务", "volunteer hours"),
                Ledger::SocialService => lang.pick("社会公益服务", "social service"),
            };
            let (confirmed, pending) = (time(confirmed), time(pending));
            table.row([
                name,
                lang.pick("已入账", "confirmed"),
                &confirmed,
                lang.pick("待入账", "pending"),
                &pending,
            ]);
        }
    }
    table
}

fn waiting(account: &Account, lang: Lang) -> Table {
    let mut table = Table::default();
    for one in &account.waiting {
        let words = |wait: &WaitsFor| lang.pick(&wait.zh, &wait.en).to_owned();
        let why: Vec<String> = one.waits.iter().map(words).collect();
        let why = why.join(lang.pick("；", "; "));
        table.row([
            &one.session,
            one.day.as_deref().unwrap_or("-"),
            &time(one.minutes),
            &why,
        ]);
    }
    table
}

/// Minutes as hours and minutes.
fn time(minutes: i64) -> String {
    let sign = if minutes < 0 { "-" } else { "" };
    format!("{sign}{}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
}
