//! Pushes with and without what happens behind them, in turns, so that the machine's drift hits all alike.

use std::time::{Duration, Instant};

use rand::SeedableRng;
use rand::rngs::StdRng;
use sync_protocol::id::UnitCode;
use wuyuan_server::log::seal;

use super::photos;
use super::scene::{IDLE, Scene};
use super::volunteers::Volunteer;
use crate::Plan;
use crate::latency::Steady;
use crate::report::{Report, Row, Target, number};
use crate::scale::crowd::{self, CLIENTS};
use crate::scale::writers::request;
use crate::timing::middle;

/// Pushes of each client in a turn, each of another phone; the first ones are for warming up.
const PUSHES: usize = 20;
const WARM_UP: usize = 2;

/// Pushes of all clients before a turn, after which the follower may come to rest: it has much to read at first.
const BEFORE: usize = CLIENTS;

/// Between two looks how far the follower is.
const LOOK: Duration = Duration::from_millis(50);

/// How long the follower may take.
const DEADLINE: Duration = Duration::from_secs(300);

/// What happens behind the pushes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Behind {
    Nothing,
    Rules,
    Seals,
    Both,
}

impl Behind {
    const ALL: [Behind; 4] = [Behind::Nothing, Behind::Rules, Behind::Seals, Behind::Both];

    fn settings(self) -> Vec<(&'static str, &'static str)> {
        let off = match self {
            Behind::Nothing => &IDLE[..],
            Behind::Rules => &IDLE[1..],
            Behind::Seals => &IDLE[..1],
            Behind::Both => &[],
        };
        off.to_vec()
    }

    fn follows(self) -> bool {
        matches!(self, Behind::Rules | Behind::Both)
    }
}

/// What one turn gave.
struct Turn {
    rate: f64,
    p50_ms: f64,
    p99_ms: f64,
    /// Where the server followed: what was left when the last push was answered, and the seconds until nothing was.
    left: Option<(f64, f64)>,
    /// Where it did not: records a second that the follower did afterwards, with nothing else on the machine.
    alone: Option<f64>,
}

/// Measures all of [`Behind::ALL`], round after round, each round in another order.
pub fn measure(report: &mut Report, plan: &Plan, name: &str, scene: &mut Scene) {
    let mut crew = scene.crew(CLIENTS * PUSHES + BEFORE);
    let mut turns: Vec<Vec<Turn>> = Behind::ALL.iter().map(|_| Vec::new()).collect();
    for round in 0..plan.runs {
        for nth in 0..Behind::ALL.len() {
            // Forwards, backwards, forwards.
            let at = if round % 2 == 0 {
                nth
            } else {
                Behind::ALL.len() - 1 - nth
            };
            let done = turn(
                scene,
                &mut crew,
                (round * Behind::ALL.len() + nth) as i64,
                Behind::ALL[at],
            );
            turns[at].push(done);
        }
    }
    tell(report, name, scene, &turns);
}

fn turn(scene: &mut Scene, crew: &mut [Volunteer], nth: i64, behind: Behind) -> Turn {
    let mut dice = StdRng::seed_from_u64(nth as u64 + 2);
    let units: Vec<UnitCode> = crew.iter().map(|v| v.signed_in.phone.holder.unit.clone()).collect();
    let requests: Vec<Vec<u8>> = crew
        .iter_mut()
        .map(|volunteer| {
            let first = volunteer.ten(nth);
            request(&volunteer.signed_in, first)
        })
        .collect();
    let taken: Vec<_> = crew.iter_mut().flat_map(|v| std::mem::take(&mut v.photos)).collect();
    photos::arrive(&scene.stage.store, &taken, &mut dice);
    let (before, timed) = requests.split_at(BEFORE);
    scene.serve(&behind.settings());
    crowd::all_at_once(&scene.stage.server.url(), &clients(before));
    if behind.follows() {
        rest(scene, &units);
    }
    let crowd = crowd::all_at_once(&scene.stage.server.url(), &clients(timed));
    let left = behind.follows().then(|| {
        let left = scene.behind(&units) as f64;
        (left, rest(scene, &units))
    });
    scene.stage.server.stop();
    let began = Instant::now();
    let records = scene.app.follower.catch_up().expect("the follower catches up");
    let alone = (!behind.follows()).then(|| records as f64 / began.elapsed().as_secs_f64());
    seal::seal_all(&scene.app).expect("the rest can be sealed");
    let steady = Steady::of(&crowd.times, WARM_UP);
    Turn {
        rate: steady.rate,
        p50_ms: steady.percentile(50.0),
        p99_ms: steady.percentile(99.0),
        left,
        alone,
    }
}

/// Each request belongs to one of the clients.
fn clients(requests: &[Vec<u8>]) -> Vec<Vec<Vec<u8>>> {
    let mut clients = vec![Vec::new(); CLIENTS];
    for (nth, request) in requests.iter().enumerate() {
        clients[nth % CLIENTS].push(request.clone());
    }
    clients
}

/// Waits until the server's follower has nothing to do; answers how long that took, in seconds.
fn rest(scene: &Scene, units: &[UnitCode]) -> f64 {
    let began = Instant::now();
    while scene.behind(units) > 0 {
        assert!(began.elapsed() < DEADLINE, "the follower does not come to rest");
        std::thread::sleep(LOOK);
    }
    began.elapsed().as_secs_f64()
}

fn tell(report: &mut Report, name: &str, scene: &Scene, turns: &[Vec<Turn>]) {
    let of = |behind: Behind, figure: &dyn Fn(&Turn) -> f64| {
        let at = Behind::ALL.iter().position(|b| *b == behind).expect("one of them");
        middle(turns[at].iter().map(figure).collect())
    };
    let mut row = |what: String, value, unit, beside| {
        report.add(Row {
            what: format!("{name}: {what}"),
            value,
            unit,
            beside,
            target: Target::None,
        });
    };
    let times = |behind| {
        format!(
            "p50 {} ms, p99 {} ms",
            number(of(behind, &|t| t.p50_ms)),
            number(of(behind, &|t| t.p99_ms))
        )
    };
    let runs: Vec<String> = turns[0].iter().map(|t| number(t.rate)).collect();
    row(
        format!(
            "pushes beside {} records and {} open findings, 64 clients, neither rules nor sealing",
            number(scene.records as f64),
            number(scene.findings as f64)
        ),
        of(Behind::Nothing, &|t| t.rate),
        "/s",
        format!("{}; runs: {}", times(Behind::Nothing), runs.join(", ")),
    );
    let ways = [
        (Behind::Rules, "of that with rules"),
        (Behind::Seals, "of that with sealing"),
        (Behind::Both, "of that with both, as it comes"),
    ];
    for (behind, what) in ways {
        let rate = of(behind, &|t| t.rate);
        let none = of(Behind::Nothing, &|t| t.rate);
        row(
            what.to_owned(),
            rate / none,
            "",
            format!("{} /s, {}", number(rate), times(behind)),
        );
    }
    row(
        "the follower is done after the last push".to_owned(),
        of(Behind::Rules, &|t| t.left.map_or(0.0, |left| left.1)),
        "s",
        format!(
            "then {} of {} positions were left",
            number(of(Behind::Rules, &|t| t.left.map_or(0.0, |left| left.0))),
            number((CLIENTS * PUSHES * 10) as f64)
        ),
    );
    row(
        "records a second that the follower looks at, alone".to_owned(),
        of(Behind::Nothing, &|t| t.alone.unwrap_or_default()),
        "/s",
        format!(
            "with {} records in the database: {} /s",
            number(scene.first.0 as f64),
            number(scene.first.0 as f64 / scene.first.1)
        ),
    );
}
