//! The world of one simulation: people with phones, servers, the network between them, and what happens.

mod change;
mod deeds;
mod race;
mod settle;
mod traffic;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use tempfile::TempDir;
use wuyuan_client::Outcome;
use wuyuan_server::clock::{Clock, ManualClock};
use wuyuan_tests::backend::Backend;

use crate::action::Action;
use crate::body::Body;
use crate::cast::Cast;
use crate::dice::Dice;
use crate::handset::Handset;
use crate::network::{Network, Way};
use crate::oracle::{Oracle, Violation, broken};
use crate::servers::Servers;

/// See the module.
pub struct World {
    cast: Cast,
    network: Network,
    handsets: Vec<Handset>,
    /// Phones that were revoked. They deliver, and read nothing.
    retired: Vec<Handset>,
    /// Backups of the server that may still be restored, the oldest first.
    backups: Vec<change::Backup>,
    folder: TempDir,
    seed: u64,
    made: u64,
}

impl World {
    /// Everybody has a phone and has synced once.
    pub fn begin(backend: Backend, seed: u64) -> Result<World, Violation> {
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
        };
        let mut world = World {
            handsets: Vec::new(),
            cast,
            network,
            retired: Vec::new(),
            backups: Vec::new(),
            folder: TempDir::new().expect("a temporary folder"),
            seed,
            made: 0,
        };
        for player in world.cast.players.clone() {
            let handset = world.hand_out(player)?;
            world.handsets.push(handset);
        }
        Ok(world)
    }

    /// How many phones there are.
    pub fn phones(&self) -> usize {
        self.handsets.len()
    }

    /// A new phone, enrolled.
    fn hand_out(&mut self, player: wuyuan_server::demo::DemoMember) -> Result<Handset, Violation> {
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

    fn way(&self, handset: &Handset, server: usize, faults: BTreeMap<u8, crate::action::Fault>) -> Way<'_> {
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
            Action::Decide { who, dice } => self.decide(*who, &mut Dice::new(*dice))?,
            Action::Blackout { who, power, dice } => self.blackout(*who, *power, &mut Dice::new(*dice))?,
            Action::Sync { who, server, faults, power } => self.sync(*who, *server, faults, *power)?,
            Action::Arrive { which } => self.arrive(*which),
            Action::Race { which, reader } => self.race(*which, *reader)?,
            Action::Reboot { who } => self.phone(*who).restart(),
            Action::Clock { who, wall } => self.clock(*who, *wall),
            Action::Keep { who } => self.phone(*who).keep(),
            Action::Rewind { who } => self.phone(*who).rewind(),
            Action::Full { who, full } => self.phone(*who).fill(*full),
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

    fn phone(&mut self, who: usize) -> &mut Handset {
        let count = self.handsets.len();
        &mut self.handsets[who % count]
    }

    fn now_ms(&self) -> i64 {
        self.network.time.now_ms()
    }
}

/// A phone's way through the network. Apart from the world, so that a phone may be used on it.
fn way<'n>(
    network: &'n Network,
    handset: &Handset,
    server: usize,
    faults: BTreeMap<u8, crate::action::Fault>,
) -> Way<'n> {
    Way {
        network,
        member: handset.member.id,
        body: Arc::clone(&handset.body),
        server,
        faults,
        sent: std::cell::Cell::new(0),
    }
}
