//! Running the server.

use std::io;
use std::net::TcpListener;
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{Server, ServerHandle, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Compress, from_fn};
use actix_web::{Error, HttpServer, web};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{Instant, MissedTickBehavior};
use utoipa_actix_web::AppExt;

use crate::api;
use crate::app::App;
use crate::blobs::collect::{self, Collecting};
use crate::blobs::examine;
use crate::log::seal;
use crate::store::StoreError;

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
    if app.settings.follow {
        app.follower.start()?;
    }
    actix_web::rt::spawn(app.sync.clone().watch_others());
    actix_web::rt::spawn(follow_clock(app.clone()));
    actix_web::rt::spawn(end_what_lasts(app.clone()));
    actix_web::rt::spawn(collect_now_and_then(app.clone()));
    actix_web::rt::spawn(examine_blobs(app.clone()));
    actix_web::rt::spawn(seal_now_and_then(app.clone()));
    let mut server = HttpServer::new(move || application(app.clone()))
        .client_request_timeout(SLOW)
        .keep_alive(KEEP_ALIVE)
        // A compressed answer goes out in pieces. Without this the second waits for the client to acknowledge the
        // first, which it puts off by 40 ms.
        .tcp_nodelay(true)
        .shutdown_timeout(shutdown_secs);
    if workers > 0 {
        server = server.workers(workers);
    }
    let server = server.listen(listener)?.run();
    let handle = server.handle();
    Ok((server, handle))
}

/// Removes what nobody needs of uploads and photos.
async fn collect_now_and_then(app: web::Data<App>) {
    let mut ticks = tokio::time::interval_at(Instant::now() + collect::FIRST, collect::EVERY);
    for nth in 0u64.. {
        ticks.tick().await;
        let by = Collecting {
            now_ms: app.now_ms(),
            orphan_days: app.settings.orphan_days,
            thorough: nth % collect::THOROUGH == 0,
        };
        if let Err(error) = collect::collect(&app.store, &app.vault, by).await {
            tracing::warn!(%error, "could not collect; the next time goes on");
        }
    }
}

/// Keeps this server's clock with that of a database that others share.
async fn follow_clock(app: web::Data<App>) {
    let mut ticks = tokio::time::interval(FOLLOW);
    while app.store.is_shared() {
        ticks.tick().await;
        let app = app.clone();
        let heard = web::block(move || {
            let told = app.store.clock_ms()?;
            if let Some((ms, within_ms)) = told {
                app.clock.agree(ms, within_ms);
            }
            Ok::<_, StoreError>(())
        });
        // While the database is away the clock goes on by itself; the store has logged why.
        let _ = heard.await;
    }
}

/// Seals what was stored. What a stopped or killed server did not come to, the next one seals.
async fn seal_now_and_then(app: web::Data<App>) {
    if app.settings.seal_interval_ms == 0 {
        return;
    }
    let mut ticks = tokio::time::interval(Duration::from_millis(app.settings.seal_interval_ms));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let app = app.clone();
        match web::block(move || seal::seal_all(&app)).await {
            Ok(Ok(_)) => {}
            // While the database is away nothing can be stored either.
            Ok(Err(error)) => tracing::warn!(%error, "could not seal; the next time goes on"),
            Err(error) => tracing::error!(%error, "sealing ended in a panic"),
        }
    }
}

/// Looks at what was admitted, until the server has stopped.
async fn examine_blobs(app: web::Data<App>) {
    examine::run(&app).await;
}

/// Ends the streams of hints and puts uploads down where they are when the server is told to stop: each would keep it
/// until its time is up.
async fn end_what_lasts(app: web::Data<App>) {
    let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    app.follower.stop();
    app.sync.events().end();
    app.uploads.stop();
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
        .default_service(web::to(api::pages::page))
}

#[cfg(test)]
mod tests {
    use rustix::net::{getpeername, sockopt::tcp_nodelay};
    use rustix::process::{ForeignRawFd, PidfdFlags, PidfdGetfdFlags, getpid, pidfd_getfd, pidfd_open};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;
    use crate::testing;

    /// Whether this process's end of the connection whose other end is `peer` sends at once.
    fn sends_at_once(peer: std::net::SocketAddr) -> Option<bool> {
        let own = pidfd_open(getpid(), PidfdFlags::empty()).unwrap();
        let numbers = std::fs::read_dir("/proc/self/fd").unwrap().flatten();
        let numbers: Vec<ForeignRawFd> = numbers
            .filter_map(|entry| entry.file_name().to_string_lossy().parse().ok())
            .collect();
        numbers.into_iter().find_map(|number| {
            let socket = pidfd_getfd(&own, number, PidfdGetfdFlags::empty()).ok()?;
            let of = getpeername(&socket).ok()??;
            let of = std::net::SocketAddr::try_from(of).ok()?;
            (of == peer).then(|| tcp_nodelay(&socket).unwrap())
        })
    }

    #[actix_web::test]
    async fn an_answer_in_pieces_does_not_wait_for_the_clients_acknowledgement() {
        let test = testing::app(&[]);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (server, handle) = serve(web::Data::new(test.app), listener).unwrap();
        let running = actix_web::rt::spawn(server);
        let mut client = tokio::net::TcpStream::connect(address).await.unwrap();
        client
            .write_all(b"GET /healthz HTTP/1.1\r\nhost: test\r\n\r\n")
            .await
            .unwrap();
        // Once it has answered, it has made its own settings on the connection.
        client.read_u8().await.unwrap();
        assert_eq!(sends_at_once(client.local_addr().unwrap()), Some(true));
        drop(client);
        handle.stop(false).await;
        running.await.unwrap().unwrap();
    }
}
