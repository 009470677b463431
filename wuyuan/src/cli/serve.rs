//! `wuyuan serve`.

use std::net::TcpListener;
use std::sync::Arc;

use actix_web::web::Data;
use clap::Args;
use wuyuan_server::app::App;
use wuyuan_server::clock::SharedClock;
use wuyuan_server::config::SettingsArgs;
use wuyuan_server::log::seal;
use wuyuan_server::pages::Pages;
use wuyuan_server::{logging, serve};

use super::{Failure, demo};

/// The phone app, as it was built before this program was.
const PAGES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/pages.rs"));

/// Run the server.
#[derive(Args)]
pub struct Serve {
    #[command(flatten)]
    settings: SettingsArgs,
    /// Make the demonstration district in an empty database: made-up people, all with the same, published password
    #[arg(long)]
    demo: bool,
}

impl Serve {
    /// Serves until SIGTERM or SIGINT.
    pub fn run(self) -> Result<(), Failure> {
        let settings = self.settings.resolve()?;
        logging::start(settings.log_format, settings.log_level)?;
        let address = settings.listen;
        let listener = TcpListener::bind(address)
            .map_err(|error| format!("setting listen: cannot listen on {address}: {error}"))?;
        let mut app = App::start(settings, Arc::new(SharedClock::default()))?;
        if app.pages.is_empty() {
            app.pages = Pages::compiled_in(PAGES);
        }
        let app = Data::new(app);
        if self.demo {
            demo::prepare(&app, address)?
        } else {
            demo::keep_private(&app, address)?
        }
        tracing::info!(%address, "listening");
        let served = app.clone();
        actix_web::rt::System::new().block_on(async move {
            let (server, _) = serve::serve(served, listener)?;
            server.await
        })?;
        seal::seal_last(&app);
        tracing::info!("stopped");
        Ok(())
    }
}
