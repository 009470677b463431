//! What can happen. An action holds all its own chance, so that any selection of a run's actions can be run again.

use serde::{Deserialize, Serialize};

use crate::dice::Dice;

/// What happens to one request on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// It never arrives.
    LoseRequest,
    /// It arrives; the answer does not.
    LoseAnswer,
    /// It arrives twice.
    Duplicate,
    /// The phone gives up; it arrives later, after others.
    Delay,
    /// A sign-in page of the network answers instead.
    Portal,
    /// The server dies after so many events of its database.
    Crash(u32),
    /// The server dies while it commits; what it had answered before that reaches the phone.
    CrashAtCommit,
}

impl Fault {
    /// What it is called where it is counted.
    pub fn name(self) -> &'static str {
        match self {
            Fault::LoseRequest => "request lost",
            Fault::LoseAnswer => "answer lost",
            Fault::Duplicate => "request doubled",
            Fault::Delay => "request delayed",
            Fault::Portal => "answered by a portal",
            Fault::Crash(_) => "server to die",
            Fault::CrashAtCommit => "server to die at a commit",
        }
    }
}

/// What happens to a phone's wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wall {
    /// It jumps by so many ms.
    Jump(i64),
    /// It stands at 1970.
    Epoch,
    /// It is right again.
    Right,
}

/// One step. `who` counts the phones; `dice` seeds what else is left to chance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Time passes, ms.
    Wait(i64),
    /// A new record.
    Create { who: usize, dice: u64 },
    /// Many new records at once: more than one push carries.
    Flood { who: usize, count: usize, dice: u64 },
    /// A form is opened and left open.
    Open { who: usize, dice: u64 },
    /// A record is changed, now and then in a form that was left open.
    Edit { who: usize, dice: u64 },
    /// Two phones change the same field of a record, or one takes it a step further and one changes it, neither having
    /// seen what the other did, and sync.
    Clash { first: usize, second: usize, dice: u64 },
    /// Somebody is assigned to a record, or is assigned no longer.
    Assign { who: usize, dice: u64 },
    /// Between contested values one is chosen.
    Decide { who: usize, dice: u64 },
    /// Hours are submitted, approved, corrected by two, or a finding is decided.
    Desk { dice: u64 },
    /// A phone syncs with one of the servers; faults by the number of the request.
    Sync {
        who: usize,
        server: usize,
        faults: Vec<(u8, Fault)>,
        power: Option<u32>,
    },
    /// Somebody does something with a phone of another make, if there are any.
    Stranger { faults: Vec<(u8, Fault)>, dice: u64 },
    /// Everybody syncs once, and nothing happens on the way.
    Round,
    /// A delayed request arrives.
    Arrive { which: usize },
    /// The pushes of two phones are committed at the same time, one overtaking the other, while a third reads.
    Race {
        first: usize,
        second: usize,
        reader: usize,
        dice: u64,
    },
    /// The power of a phone fails while it saves.
    Blackout { who: usize, power: u32, dice: u64 },
    /// A phone is switched off and on.
    Reboot { who: usize },
    /// A phone's clock.
    Clock { who: usize, wall: Wall },
    /// A backup of every phone is made.
    Keep,
    /// A phone is restored from its last backup.
    Rewind { who: usize },
    /// A phone is restored from a backup, backed up as it goes on, and after it has delivered restored from that.
    Relive { who: usize, dice: u64 },
    /// A phone's storage is full, and its holder goes on recording; or it has room again.
    Full { who: usize, full: bool, dice: u64 },
    /// A backup of the server is made; durable: phones may drop what is in it.
    Backup { durable: bool },
    /// The server is lost and restored from a backup.
    Restore { which: usize },
    /// A server is killed and started again, from now on taking so many operations in a push.
    Restart { which: usize, push_ops: u32 },
    /// An appointment ends, now and then all of a member.
    End { dice: u64 },
    /// Somebody is appointed to something.
    Appoint { dice: u64 },
    /// Somebody's role changes: one appointment ends, another begins.
    Change { dice: u64 },
    /// A phone is revoked, and its holder gets another.
    Revoke { who: usize },
    /// The desk lets go what is held, cut to what exists.
    LetGo { who: usize, dice: u64 },
    /// Everybody syncs until all is quiet; then all is held against the oracle.
    Settle,
}

/// Draws a step. `phones`: how many there are.
pub fn draw(dice: &mut Dice, phones: usize) -> Action {
    let who = dice.below(phones);
    let seed = dice.any() >> 11;
    match dice.below(1_000) {
        0..40 => Action::Wait(wait(dice)),
        40..160 => Action::Create { who, dice: seed },
        160..168 => Action::Flood {
            who,
            count: 8 + dice.below(6),
            dice: seed,
        },
        168..230 => Action::Open { who, dice: seed },
        230..424 => Action::Edit { who, dice: seed },
        424..444 => Action::Assign { who, dice: seed },
        444..450 => Action::Relive { who, dice: seed },
        450..510 => Action::Clash {
            first: who,
            second: dice.below(phones),
            dice: seed,
        },
        510..535 => Action::Decide { who, dice: seed },
        535..580 => Action::Desk { dice: seed },
        580..760 => sync(dice, who),
        760..785 => Action::Round,
        785..806 => Action::Arrive { which: dice.below(64) },
        806..820 => Action::Race {
            first: who,
            second: dice.below(phones),
            reader: dice.below(phones),
            dice: seed,
        },
        820..840 => Action::Blackout {
            who,
            power: dice.below(6) as u32,
            dice: seed,
        },
        840..850 => Action::Reboot { who },
        850..870 => Action::Clock { who, wall: wall(dice) },
        870..890 => Action::Keep,
        890..904 => Action::Rewind { who },
        904..914 => Action::Full {
            who,
            full: dice.chance(1, 2),
            dice: seed,
        },
        914..924 => Action::Backup {
            durable: dice.chance(1, 2),
        },
        924..930 => Action::Restore { which: dice.below(4) },
        930..938 => Action::Restart {
            which: dice.below(3),
            push_ops: 2 + dice.below(7) as u32,
        },
        938..944 => Action::End { dice: seed },
        944..964 => Action::Appoint { dice: seed },
        964..972 => Action::Change { dice: seed },
        972..976 => Action::Revoke { who },
        976..988 => Action::LetGo { who, dice: seed },
        _ => Action::Settle,
    }
}

/// Puts a step with a foreign phone in the place of every third.
pub fn with_strangers(actions: &mut [Action], dice: &mut Dice) {
    for action in actions.iter_mut().step_by(3) {
        *action = Action::Stranger {
            faults: faults(dice),
            dice: dice.any() >> 11,
        };
    }
}

fn sync(dice: &mut Dice, who: usize) -> Action {
    Action::Sync {
        who,
        server: dice.below(3),
        faults: faults(dice),
        power: dice.chance(1, 8).then(|| dice.below(12) as u32),
    }
}

fn faults(dice: &mut Dice) -> Vec<(u8, Fault)> {
    let mut faults = Vec::new();
    if dice.chance(1, 2) {
        for _ in 0..=dice.below(2) {
            let fault = match dice.below(9) {
                0 => Fault::LoseRequest,
                1 | 2 => Fault::LoseAnswer,
                3 => Fault::Duplicate,
                4 => Fault::Delay,
                5 => Fault::Portal,
                6 => Fault::CrashAtCommit,
                _ => Fault::Crash(dice.below(60) as u32),
            };
            faults.push((dice.below(4) as u8, fault));
        }
    }
    faults
}

fn wait(dice: &mut Dice) -> i64 {
    let minute = 60_000;
    [
        minute,
        minute,
        5 * minute,
        20 * minute,
        2 * 60 * minute,
        26 * 60 * minute,
    ][dice.below(6)]
}

fn wall(dice: &mut Dice) -> Wall {
    let hour = 3_600_000;
    match dice.below(6) {
        0 => Wall::Epoch,
        1 => Wall::Jump(-26 * hour),
        2 => Wall::Jump(400 * 24 * hour),
        3 => Wall::Jump(10 * 60_000),
        4 => Wall::Jump(-hour),
        _ => Wall::Right,
    }
}
