//! Syncing, once or until stopped. The waiting is done here; the client itself never sleeps.

use std::time::Duration;

use clap::Args;
use wuyuan_client::env::SystemEnv;
use wuyuan_client::{Backoff, Outcome};

use super::account::{concluded, explained};
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
}

impl Sync {
    pub fn run(self, context: &Context) -> Result<(), Told> {
        let (mut phone, net) = context.online()?;
        let env = SystemEnv::new().map_err(|e| told(e.to_string()))?;
        let mut backoff = Backoff::default();
        loop {
            let outcome = phone.sync_once(&net).map_err(|e| Told::phone(&e, context.lang))?;
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
