//! Everything a running server has, put together once.

use std::sync::Arc;
use std::time::Duration;

use sync_protocol::catalog::{Catalog, CatalogError};
use sync_protocol::rules::{Rules, RulesError};

use crate::accounts::AccountError;
use crate::accounts::lockout::Strangers;
use crate::accounts::tokens::Tokens;
use crate::blobs::pictures::Pictures;
use crate::blobs::uploads::Uploads;
use crate::blobs::vault::{Vault, VaultError, VaultPlace};
use crate::clock::Clock;
use crate::config::Settings;
use crate::derived::{self, Law, LawError};
use crate::directory::grid::GridCache;
use crate::figures::definitions::{DefinitionError, Definitions};
use crate::keys::{KeyError, Keys};
use crate::ledger::rule;
use crate::log::open;
use crate::metrics::Metrics;
use crate::pages::{Pages, PagesError};
use crate::rate::Rates;
use crate::reconcile::examine::Examine;
use crate::reconcile::follow::Follower;
use crate::reconcile::steps;
use crate::served::{ServedCatalog, ServedError};
use crate::store::{OpenError, PoolSettings, Store, StoreError};
use crate::sync::mention;
use crate::sync::service::SyncService;

/// Exports that are written at the same time: each holds a snapshot of the database while it is.
const EXPORTS: usize = 2;

/// The parts that handlers and domain functions work with.
pub struct App {
    /// The database.
    pub store: Store,
    /// The bytes of photos.
    pub vault: Vault,
    /// The settings.
    pub settings: Settings,
    /// The server's keys and its generation.
    pub keys: Keys,
    /// Makes and checks access tokens.
    pub tokens: Tokens,
    /// The catalogue in force.
    pub catalog: Arc<Catalog>,
    /// What deadlines and figures are told by.
    pub law: Law,
    /// The figures of the monthly report.
    pub definitions: Definitions,
    /// The rules of reconciliation.
    pub rules: Arc<Rules>,
    /// The catalogue as it is served.
    pub served: ServedCatalog,
    /// The grid, kept for a few seconds.
    pub grid: Arc<GridCache>,
    /// Pushes and pulls.
    pub sync: SyncService,
    /// Derives what follows from pushes, behind them. It begins when the server serves.
    pub follower: Follower,
    /// Uploads of photos.
    pub uploads: Uploads,
    /// Thumbnails of photos.
    pub pictures: Pictures,
    /// The phone app's files.
    pub pages: Pages,
    /// Who asks too often.
    pub rates: Rates,
    /// What is counted.
    pub metrics: Metrics,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Failed attempts on numbers that nobody has.
    pub strangers: Strangers,
    /// Exports that may be written at the same time.
    pub exports: Arc<tokio::sync::Semaphore>,
    /// Passwords that may be checked at the same time.
    pub sign_ins: Arc<tokio::sync::Semaphore>,
}

/// Why a server does not start. One line.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The blob store.
    #[error("cannot open the blob store: {0}")]
    Vault(#[from] VaultError),
    /// The keys.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// The catalogue contradicts itself.
    #[error("the catalogue is not usable: {0}")]
    Catalog(#[from] CatalogError),
    /// The rules of reconciliation contradict themselves or the catalogue.
    #[error(transparent)]
    Rules(#[from] RulesError),
    /// The catalogue contradicts one that was served before.
    #[error(transparent)]
    Served(#[from] ServedError),
    /// The beginning of the rule for hours could not be written into the journal.
    #[error("cannot write into the journal: {0}")]
    Journal(#[from] AccountError),
    /// The holidays or the deadlines.
    #[error(transparent)]
    Law(#[from] LawError),
    /// The definitions of figures.
    #[error(transparent)]
    Figures(#[from] DefinitionError),
    /// The committers' threads.
    #[error("cannot start a thread: {0}")]
    Thread(#[from] std::io::Error),
    /// The phone app's files.
    #[error(transparent)]
    Pages(#[from] PagesError),
    /// The figures.
    #[error("metrics: {0}")]
    Metrics(#[from] prometheus::Error),
}

impl App {
    /// Opens the database that `settings` name and puts the parts together.
    pub fn start(settings: Settings, clock: Arc<dyn Clock>) -> Result<App, StartError> {
        let pool = PoolSettings {
            size: settings.pool_size,
            wait: Duration::from_millis(settings.pool_wait_ms),
        };
        let store = Store::open(settings.database.reveal(), pool)?;
        if let Some((ms, within_ms)) = store.clock_ms()? {
            clock.agree(ms, within_ms);
        }
        let vault = Vault::open(&VaultPlace::of(&settings))?;
        let keys = Keys::load(&store)?;
        let catalog = Arc::new(Catalog::builtin()?);
        let rules = Arc::new(Rules::builtin(&catalog)?);
        let served = ServedCatalog::record(&store, &catalog, clock.now_ms())?;
        mention::complete(&store, &catalog)?;
        let law = Law::load(Arc::clone(&catalog), &settings.holidays)?;
        derived::begin(&store, &law)?;
        let definitions = Definitions::builtin()?;
        open::begin(&store, &keys.log, &keys.generation, clock.now_ms())?;
        let examine = Examine::new(store.clone(), Arc::clone(&rules), Arc::clone(&law.calendar));
        examine.begin(&catalog)?;
        rule::begin(&store, clock.now_ms())?;
        let grid = Arc::new(GridCache::default());
        let sync = SyncService::start(
            store.clone(),
            &settings,
            &keys,
            Arc::clone(&catalog),
            Arc::clone(&rules),
            Arc::clone(&grid),
            Arc::clone(&clock),
        )?;
        let follower = Follower::new(
            store.clone(),
            Arc::clone(&catalog),
            Arc::clone(&clock),
            sync.moved().clone(),
            steps::all(examine, &law, &rules, &grid),
        );
        let uploads = Uploads::new(store.clone(), vault.clone(), Arc::clone(&clock), &settings);
        Ok(App {
            uploads,
            pictures: Pictures::new(vault.clone(), &settings),
            tokens: Tokens::new(&keys.token, settings.access_token_secs),
            sign_ins: Arc::new(tokio::sync::Semaphore::new(settings.parallel_sign_ins)),
            exports: Arc::new(tokio::sync::Semaphore::new(EXPORTS)),
            strangers: Strangers::default(),
            pages: Pages::of_folder(&settings.web)?,
            rates: Rates::new(&settings),
            sync,
            follower,
            grid,
            metrics: Metrics::new()?,
            store,
            vault,
            settings,
            keys,
            catalog,
            law,
            definitions,
            rules,
            served,
            clock,
        })
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }
}
