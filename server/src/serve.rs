//! Running the server.

use std::io;
use std::net::TcpListener;
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{Server, ServerHandle, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Compress, from_fn};
use actix_web::{Error, HttpServer, web};
use tokio::signal::unix::{SignalKind, signal};
use utoipa_actix_web::AppExt;

use crate::api;
use crate::app::App;
use crate::sync::events::Events;

/// How long a phone on a weak network may take to send a request's head, and how long its connection is kept
/// for the next one: a new one costs several round trips.
const SLOW: Duration = Duration::from_secs(30);
const KEEP_ALIVE: Duration = Duration::from_secs(75);

/// How often the clock of a shared database is asked.
const FOLLOW: Duration = Duration::from_secs(5);

/// Starts answering on `listener`. The future ends when the server has stopped: on SIGTERM or SIGINT, or by
/// the handle; requests in flight get `shutdown_secs` to finish.
pub fn serve(app: web::Data<App>, listener: TcpListener) -> io::Result<(Server, ServerHandle)> {
    let workers = app.settings.workers;
    let shutdown_secs = app.settings.shutdown_secs;
    actix_web::rt::spawn(app.sync.clone().watch_others());
    actix_web::rt::spawn(follow_clock(app.clone()));
    actix_web::rt::spawn(end_hints(app.sync.events().clone()));
    let mut server = HttpServer::new(move || application(app.clone()))
        .client_request_timeout(SLOW)
        .keep_alive(KEEP_ALIVE)
        .shutdown_timeout(shutdown_secs);
    if workers > 0 {
        server = server.workers(workers);
    }
    let server = server.listen(listener)?.run();
    let handle = server.handle();
    Ok((server, handle))
}

/// Keeps this server's clock with that of a database that others share.
async fn follow_clock(app: web::Data<App>) {
    let mut ticks = tokio::time::interval(FOLLOW);
    while app.store.is_shared() {
        ticks.tick().await;
        let app = app.clone();
        let heard = web::block(move || app.store.clock_ms().map(|ms| ms.map(|ms| app.clock.agree(ms))));
        // While the database is away the clock goes on by itself; the store has logged why.
        let _ = heard.await;
    }
}

/// Ends the streams of hints when the server is told to stop: each would keep it until its time is up.
async fn end_hints(events: Events) {
    let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    events.end();
}

/// All of HTTP above the connections, so that it can also be asked without any: a simulator does.
pub fn application(
    app: web::Data<App>,
) -> actix_web::App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody + use<>>,
        Error = Error,
        InitError = (),
    > + use<>,
> {
    actix_web::App::new()
        .app_data(app)
        // The frame is outermost: it also words what compression or routing refuse.
        .wrap(Compress::default())
        .wrap(from_fn(api::frame::frame))
        .into_utoipa_app()
        .configure(api::routes)
        .into_app()
}
