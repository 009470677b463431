//! The world of one simulation: people with phones, servers, the network between them, and what happens.

mod assign;
mod change;
mod clash;
mod deeds;
mod desk;
mod race;
mod settle;
mod strangers;
mod traffic;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use tempfile::TempDir;
use wuyuan_client::Outcome;
use wuyuan_server::clock::{Clock, ManualClock};
use wuyuan_server::demo::DemoMember;
use wuyuan_tests::backend::Backend;

use crate::action::{Action, Fault};
use crate::body::Body;
use crate::cast::Cast;
use crate::coverage::Coverage;
use crate::dice::Dice;
use crate::handset::Handset;
use crate::network::{Network, Way};
use crate::oracle::{Oracle, Violation, broken};
use crate::servers::Servers;
use crate::stranger::Stranger;

/// See the module.
pub struct World {
    cast: Cast,
    network: Network,
    handsets: Vec<Handset>,
    /// Phones of another make.
    strangers: Vec<Stranger>,
    /// Phones that were revoked. They deliver, and read nothing.
    retired: Vec<Handset>,
    /// Backups of the server that may still be restored, the oldest first.
    backups: Vec<change::Backup>,
    /// What the desk's screens showed.
    screens: Vec<desk::Screen>,
    folder: TempDir,
    seed: u64,
    made: u64,
}

impl World {
    /// Everybody has a phone and has synced once; so many have another of another make.
    pub fn begin(backend: Backend, seed: u64, strangers: usize) -> Result<World, Violation> {
        let cast = Cast::gather();
        // After the appointments of the district have begun, which is all that the true time is good for.
        let time = Arc::new(ManualClock::new(1_795_305_600_000));
        let servers = Servers::start(backend, &cast.district, Arc::clone(&time));
        let network = Network {
            time,
            servers: RefCell::new(servers),
            oracle: RefCell::new(Oracle::new(cast.catalog.clone())),
            book: RefCell::new(cast.book(0)),
            delayed: RefCell::default(),
            violation: RefCell::default(),
            coverage: RefCell::default(),
        };
        let mut world = World {
            handsets: Vec::new(),
            cast,
            network,
            strangers: Vec::new(),
            retired: Vec::new(),
            backups: Vec::new(),
            screens: Vec::new(),
            folder: TempDir::new().expect("a temporary folder"),
            seed,
            made: 0,
        };
        for player in world.cast.players.clone() {
            let handset = world.hand_out(player)?;
            world.handsets.push(handset);
        }
        world.invite(strangers)?;
        Ok(world)
    }

    /// How many phones there are.
    pub fn phones(&self) -> usize {
        self.handsets.len()
    }

    /// A new phone, enrolled.
    fn hand_out(&mut self, player: DemoMember) -> Result<Handset, Violation> {
        self.made += 1;
        let name = format!("{}-{}", player.number, self.made);
        let dice = Dice::of(self.seed, self.made);
        let body = Body::new(&name, Arc::clone(&self.network.time), dice);
        let mut handset = Handset::new(player, body, self.folder.path().join(format!("{name}.db")));
        let way = self.way(&handset, 0, BTreeMap::new());
        match handset.enrol(&way) {
            Ok(Outcome::UpToDate) => Ok(handset),
            other => Err(broken("a phone can be enrolled", format!("{other:?}"))),
        }
    }

    fn way(&self, handset: &Handset, server: usize, faults: BTreeMap<u8, Fault>) -> Way<'_> {
        way(&self.network, handset, server, faults)
    }

    /// Does one step and looks whether every promise still holds.
    pub fn step(&mut self, action: &Action) -> Result<(), Violation> {
        self.network.time.advance(1);
        match action {
            Action::Wait(ms) => self.network.time.advance(*ms),
            Action::Create { who, dice } => self.create(*who, &mut Dice::new(*dice))?,
            Action::Flood { who, count, dice } => self.flood(*who, *count, &mut Dice::new(*dice))?,
            Action::Open { who, dice } => self.open(*who, &mut Dice::new(*dice))?,
            Action::Edit { who, dice } => self.edit(*who, &mut Dice::new(*dice))?,
            Action::Clash { first, second, dice } => self.clash([*first, *second], &mut Dice::new(*dice))?,
            Action::Assign { who, dice } => self.assign(*who, &mut Dice::new(*dice))?,
            Action::Decide { who, dice } => self.decide(*who, &mut Dice::new(*dice))?,
            Action::Desk { dice } => self.desk(&mut Dice::new(*dice))?,
            Action::Blackout { who, power, dice } => self.blackout(*who, *power, &mut Dice::new(*dice))?,
            Action::Sync {
                who,
                server,
                faults,
                power,
            } => self.sync(*who, *server, faults, *power)?,
            Action::Arrive { which } => self.arrive(*which),
            Action::Stranger { faults, dice } => self.stranger(faults, &mut Dice::new(*dice))?,
            Action::Round => self.round()?,
            Action::Race {
                first,
                second,
                reader,
                dice,
            } => {
                self.race([*first, *second], *reader, &mut Dice::new(*dice))?;
            }
            Action::Reboot { who } => self.phone(*who).restart(),
            Action::Clock { who, wall } => self.clock(*who, *wall),
            Action::Keep => self.handsets.iter_mut().for_each(Handset::keep),
            Action::Rewind { who } => self.rewind(*who),
            Action::Relive { who, dice } => self.relive(*who, &mut Dice::new(*dice))?,
            Action::Full { who, full, dice } => self.fill(*who, *full, &mut Dice::new(*dice))?,
            Action::Backup { durable } => self.back_up(*durable),
            Action::Restore { which } => self.restore(*which),
            Action::Restart { which, push_ops } => self.network.servers.borrow_mut().replace(*which, *push_ops),
            Action::End { dice } => self.end(&mut Dice::new(*dice)),
            Action::Appoint { dice } => self.appoint(&mut Dice::new(*dice)),
            Action::Change { dice } => self.change(&mut Dice::new(*dice)),
            Action::Revoke { who } => self.revoke(*who)?,
            Action::LetGo { who, dice } => self.let_go(*who, &mut Dice::new(*dice)),
            Action::Settle => self.settle()?,
        }
        self.network.look();
        match self.network.violation.borrow_mut().take() {
            Some(violation) => Err(violation),
            None => Ok(()),
        }
    }

    /// What happened so far, the verdicts in the present history among it.
    pub fn coverage(&self) -> Coverage {
        let mut coverage = self.network.coverage.borrow().clone();
        let oracle = self.network.oracle.borrow();
        for op in oracle.log().ops() {
            coverage.count(&op.verdict);
            if op.said.as_ref().is_some_and(|said| said.reissues.is_some()) {
                coverage.count("rewritten");
            }
        }
        coverage
    }

    /// What the present history came to, without what no seed decides: equal runs have equal ones.
    pub fn digest(&self) -> String {
        let oracle = self.network.oracle.borrow();
        let mut lines = Vec::new();
        for op in oracle.log().ops() {
            lines.push(format!("{} {} {} {:?}", op.dot.0, op.dot.1, op.verdict, op.pos));
        }
        lines.join("\n")
    }

    fn phone(&mut self, who: usize) -> &mut Handset {
        let count = self.handsets.len();
        &mut self.handsets[who % count]
    }

    fn handset(&self, who: usize) -> &Handset {
        &self.handsets[who % self.handsets.len()]
    }

    fn now_ms(&self) -> i64 {
        self.network.time.now_ms()
    }
}

/// A phone's way through the network. Apart from the world, so that a phone may be used on it.
fn way<'n>(network: &'n Network, handset: &Handset, server: usize, faults: BTreeMap<u8, Fault>) -> Way<'n> {
    way_of(network, &handset.member, &handset.body, server, faults)
}

fn way_of<'n>(
    network: &'n Network,
    member: &DemoMember,
    body: &Arc<Body>,
    server: usize,
    faults: BTreeMap<u8, Fault>,
) -> Way<'n> {
    Way {
        network,
        member: member.id,
        body: Arc::clone(body),
        server,
        faults,
        sent: std::cell::Cell::new(0),
    }
}
