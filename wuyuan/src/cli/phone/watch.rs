//! Syncing, once or until stopped. The waiting is done here; the client itself never sleeps.

use std::io::IsTerminal;
use std::time::Duration;

use clap::{Args, ValueEnum};
use wuyuan_client::env::SystemEnv;
use wuyuan_client::lang::Lang;
use wuyuan_client::photos::{Keep, Progress, Sending};
use wuyuan_client::{Backoff, Outcome};

use super::account::{concluded, explained};
use super::photos::{short, size};
use super::told::{Told, told};
use super::{Context, out, status};

/// Deliver what is pending and fetch what is new
#[derive(Args)]
pub struct Sync {
    /// Go on until stopped
    #[arg(long)]
    watch: bool,
    /// With --watch: seconds between two syncs
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    every: u64,
    /// How long the originals of photos stay on this phone: until the server has them, or until its verified backup does
    #[arg(long, default_value = "durable")]
    keep_until: KeepArg,
}

#[derive(Clone, Copy, ValueEnum)]
enum KeepArg {
    Received,
    Durable,
}

/// Shows how far a photo is: on a terminal all the way, elsewhere when it has arrived.
fn show(progress: &Progress, lang: Lang) {
    let Progress { sha256, sent, bytes } = progress;
    let far = format!("{} {} / {}", short(sha256), size(*sent), size(*bytes));
    let arrived = lang.pick("已送达", "delivered");
    match (std::io::stderr().is_terminal(), sent == bytes) {
        (true, true) => eprintln!("\r{far}  {arrived}"),
        (true, false) => eprint!("\r{far}"),
        (false, true) => eprintln!("{far}  {arrived}"),
        (false, false) => {}
    }
}

impl Sync {
    pub fn run(self, context: &Context) -> Result<(), Told> {
        let (mut phone, net) = context.online()?;
        phone.set_sending(Sending {
            keep: match self.keep_until {
                KeepArg::Received => Keep::UntilReceived,
                KeepArg::Durable => Keep::UntilDurable,
            },
            ..Sending::default()
        });
        let env = SystemEnv::new().map_err(|e| told(e.to_string()))?;
        let mut backoff = Backoff::default();
        loop {
            let synced = phone.sync_watched(&net, &mut |progress| show(progress, context.lang));
            let outcome = synced.map_err(|e| Told::phone(&e, context.lang))?;
            out::line(&status::line(&phone, context.lang)?)?;
            let seconds = match &outcome {
                Outcome::UpToDate if self.watch => {
                    backoff.reset();
                    std::thread::sleep(Duration::from_secs(self.every));
                    continue;
                }
                Outcome::Wait { seconds, .. } if self.watch => *seconds,
                _ => return concluded(&outcome, context.lang),
            };
            if let Some(text) = explained(&outcome, context.lang) {
                eprintln!("{text}");
            }
            let pause = backoff.after_failure(seconds, &env).map_err(|e| told(e.to_string()))?;
            std::thread::sleep(pause);
        }
    }
}
