//! The servers: the real application on a real database, started, killed and restored, asked without connections.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::rt::{System, SystemRunner};
use actix_web::{test, web};
use tempfile::TempDir;
use wuyuan_client::transport::{Method, Request, Response, UploadHead};
use wuyuan_server::app::App;
use wuyuan_server::backup;
use wuyuan_server::blobs::direct::Direct;
use wuyuan_server::blobs::shelf::Shelf;
use wuyuan_server::clock::{Clock, ManualClock};
use wuyuan_server::config::SettingsArgs;
use wuyuan_server::demo::District;
use wuyuan_server::serve;
use wuyuan_server::sync::committer::Work;
use wuyuan_tests::backend::{Backend, Place};
use wuyuan_tests::district::install;

use crate::fuse::Fuse;

/// How often one release makes another possible, at most, in what is simulated.
const RELEASES: usize = 3;

/// How often an answer is waited for while the commit behind it is stopped. A server that waits for its commit never
/// gives one, so this decides only how surely one is caught that does not.
const PATIENCE: u32 = 3;

/// How long after an answer a commit that it should have waited for would come.
const FOLLOWS: Duration = Duration::from_millis(100);

/// One start of a server.
pub struct Start {
    /// Its parts.
    pub app: web::Data<App>,
    /// Its fuse.
    pub fuse: Arc<Fuse>,
    /// Under which its connections are known to PostgreSQL.
    pub name: String,
}

/// All servers on one database, and the backups of it.
pub struct Servers {
    backend: Backend,
    time: Arc<ManualClock>,
    place: Arc<Place>,
    running: Vec<Start>,
    starts: u32,
    runner: SystemRunner,
    folder: TempDir,
    backups: u32,
    push_ops: u32,
}

impl Servers {
    /// Puts `district` into an empty database and starts one server on SQLite, three on PostgreSQL.
    pub fn start(backend: Backend, district: &District, time: Arc<ManualClock>) -> Servers {
        let place = Arc::new(backend.place());
        install(&place, district);
        let mut servers = Servers {
            backend,
            time,
            place,
            running: Vec::new(),
            starts: 0,
            runner: System::new(),
            folder: TempDir::new().expect("a temporary folder"),
            backups: 0,
            push_ops: 7,
        };
        servers.run();
        servers
    }

    fn count(&self) -> usize {
        match self.backend {
            Backend::Sqlite => 1,
            Backend::Postgres => 3,
        }
    }

    /// Which kind of database they stand on.
    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// The database.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The `nth` server.
    pub fn nth(&self, nth: usize) -> &Start {
        &self.running[nth % self.running.len()]
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.running.len()
    }

    /// Whether none runs.
    pub fn is_empty(&self) -> bool {
        self.running.is_empty()
    }

    /// Starts what does not run.
    fn run(&mut self) {
        while self.running.len() < self.count() {
            self.starts += 1;
            let url = self.own_url();
            let fuse = Fuse::for_url(url.strip_prefix("sqlite://").unwrap_or(&url));
            let given = SettingsArgs {
                database: Some(url.parse().expect("a place has a good URL")),
                blobs: Some(self.place.blobs()),
                pool_size: Some(4),
                pool_wait_ms: Some(2_000),
                committers: Some(1),
                rate_per_member: Some(1_000_000),
                rate_push_only: Some(1_000_000),
                admin_totp: Some(false),
                max_push_ops: Some(self.push_ops),
                page_records: Some(5),
                access_token_secs: Some(3_600),
                ..SettingsArgs::default()
            };
            let settings = given.resolve().expect("the settings are possible");
            let app = App::start(settings, self.time.clone()).expect("a server starts");
            self.running.push(Start {
                app: web::Data::new(app),
                fuse,
                name: format!("simulated-{}", self.starts),
            });
        }
    }

    /// The database's URL in a spelling that no other start has.
    fn own_url(&self) -> String {
        let url = self.place.url();
        match self.backend {
            Backend::Sqlite => {
                let (folder, file) = url.rsplit_once('/').expect("a path");
                format!("{folder}/{}{file}", "./".repeat(self.starts as usize))
            }
            Backend::Postgres => {
                let sign = if url.contains('?') { '&' } else { '?' };
                format!("{url}{sign}application_name=simulated-{}", self.starts)
            }
        }
    }

    /// Kills the `nth` server and starts another in its place, which takes at most `push_ops` operations in a push.
    pub fn replace(&mut self, nth: usize, push_ops: u32) {
        self.push_ops = push_ops;
        let nth = nth % self.running.len();
        let start = self.running.remove(nth);
        start.fuse.blow();
        drop(start);
        self.run();
    }

    /// Replaces every server whose fuse has blown. Answers whether there was one.
    pub fn replace_dead(&mut self) -> bool {
        let dead: Vec<usize> = (0..self.running.len())
            .filter(|n| self.running[*n].fuse.is_blown())
            .collect();
        for nth in dead.iter().rev() {
            drop(self.running.remove(*nth));
        }
        self.run();
        !dead.is_empty()
    }

    /// Asks the `nth` server. Nothing: it died before it answered.
    pub fn ask(&self, nth: usize, request: &Request) -> Option<Response> {
        let start = self.nth(nth);
        let asked = catch_unwind(AssertUnwindSafe(|| self.runner.block_on(ask(start, request))));
        start.fuse.open();
        match asked {
            // What a dying server says of its own death, nobody hears.
            Ok(answer) => answer.filter(|a| a.status < 500 || !start.fuse.is_blown()),
            Err(_) if start.fuse.is_blown() => None,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }

    /// Waits until the committer of the `nth` server has done what its last commits called for: releases of held
    /// operations are works of their own, taken together with what is queued next.
    pub fn settle(&self, nth: usize) {
        let start = self.nth(nth);
        let committer = start.app.sync.committer().clone();
        for _ in 0..RELEASES {
            let nothing = committer.commit(Work::Readings(Vec::new()));
            // A dead server does nothing more.
            let done = catch_unwind(AssertUnwindSafe(|| self.runner.block_on(nothing)));
            if !matches!(done, Ok(Ok(_))) {
                break;
            }
        }
        // Whoever looks at the database from here on is not the server that was to die.
        start.fuse.set(None);
    }

    /// Runs something of the server's own domain to its end.
    pub fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        self.runner.block_on(work)
    }

    /// Writes a verified backup; `durable`: phones are told that they may drop their bytes.
    pub fn back_up(&mut self, durable: bool) -> PathBuf {
        self.backups += 1;
        let file = self.folder.path().join(format!("{}.backup", self.backups));
        let app = &self.nth(0).app;
        backup::save(&app.store, &file, self.time.now_ms(), &mut |_, _| {}).expect("a backup can be written");
        let mut faults = Vec::new();
        let loaded = backup::Loaded::read(&file).expect("a backup can be read back");
        let proof = backup::prove(&loaded, &app.law, &mut |fault| faults.push(format!("{fault:?}")));
        let proof = proof.expect("a backup can be verified");
        assert!(faults.is_empty(), "the backup holds faults: {faults:?}");
        if durable {
            backup::mark_durable(&app.store, &proof).expect("phones can be told");
        }
        file
    }

    /// The database is gone; `file` is restored into an empty one and the servers start there.
    pub fn restore(&mut self, file: &Path) {
        for start in self.running.drain(..) {
            start.fuse.blow();
        }
        self.place = Arc::new(self.backend.place());
        let settings = wuyuan_server::store::PoolSettings {
            size: 2,
            wait: Duration::from_secs(10),
        };
        let store = wuyuan_server::store::Store::open(&self.place.url(), settings).expect("an empty database opens");
        let bytes = backup::Bytes {
            shelf: &Shelf::beside(file),
            vault: &Direct::new(self.place.vault()).expect("a runtime starts"),
            tell: &mut |fault| panic!("{fault}"),
        };
        backup::restore(&store, file, bytes, self.time.now_ms()).expect("a backup can be restored");
        drop(store);
        self.run();
    }
}

async fn ask(start: &Start, request: &Request) -> Option<Response> {
    let service = test::init_service(serve::application(start.app.clone())).await;
    let mut sent = match request.method {
        Method::Get => test::TestRequest::get(),
        Method::Post => test::TestRequest::post(),
        Method::Patch => test::TestRequest::patch(),
        Method::Delete => test::TestRequest::delete(),
        Method::Head => test::TestRequest::default().method(actix_web::http::Method::HEAD),
    }
    .uri(&request.path);
    if let Some(token) = &request.bearer {
        sent = sent.insert_header(("authorization", format!("Bearer {token}")));
    }
    if let Some(tag) = &request.if_none_match {
        sent = sent.insert_header(("if-none-match", tag.clone()));
    }
    for (name, value) in &request.headers {
        sent = sent.insert_header((*name, value.clone()));
    }
    if let Some(body) = &request.body {
        if !request.headers.iter().any(|(name, _)| *name == "content-type") {
            sent = sent.insert_header(("content-type", "application/json"));
        }
        sent = sent.set_payload(body.clone());
    }
    let mut call = pin!(async {
        let answer = test::call_service(&service, sent.to_request()).await;
        let header = |name: &str| {
            let value = answer.headers().get(name)?;
            value.to_str().ok().map(str::to_owned)
        };
        Response {
            status: answer.status().as_u16(),
            retry_after: header("retry-after").and_then(|text| text.parse().ok()),
            etag: header("etag"),
            upload: UploadHead::read(header),
            body: test::read_body(answer).await.to_vec(),
        }
    });
    let mut patience = PATIENCE;
    loop {
        let answer = actix_web::rt::time::timeout(Duration::from_millis(20), &mut call).await;
        // A commit that is stopped here is never made: the server dies, whatever it has answered.
        if start.fuse.is_waiting() && (answer.is_ok() || patience == 0) {
            start.fuse.blow();
            return answer.ok();
        }
        match answer {
            Ok(response) => {
                // It had to wait for the commit, so none of its own can follow; one that does is stopped for good.
                if start.fuse.has_gate() {
                    let answered = Instant::now();
                    if start.fuse.wait_for_commit(|| answered.elapsed() > FOLLOWS) {
                        start.fuse.blow();
                    }
                }
                return Some(response);
            }
            // Nobody waits for what a dead server still does.
            Err(_) if start.fuse.is_blown() => return None,
            Err(_) => patience = patience.saturating_sub(u32::from(start.fuse.is_waiting())),
        }
    }
}
