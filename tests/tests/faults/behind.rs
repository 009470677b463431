//! `kill -9` in the middle of the follower's turns and of the sealer's, while phones bring in what makes findings,
//! postings and reversals due. Afterwards the server has derived what one derives that was never killed, once.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rand::RngExt;
use rand::rngs::StdRng;
use wuyuan_tests::backend::Place;
use wuyuan_tests::behind::{caught_up, to_follow, to_seal};
use wuyuan_tests::command::done;
use wuyuan_tests::crew::Hand;
use wuyuan_tests::derived;
use wuyuan_tests::engine::Engine;
use wuyuan_tests::on_both_backends;
use wuyuan_tests::rows::Tables;
use wuyuan_tests::seed;

use books::in_the_ledger;
use stage::Stage;
use watch::Watch;

mod books;
mod own;
mod replay;
mod serving;
mod stage;
mod watch;

/// After so many the teams work no longer.
const KILLS: usize = 24;
/// Kills that there must have been.
const LEAST: usize = 8;
/// The longest time between a start and the next kill.
const LIFE: Duration = Duration::from_millis(500);
/// How long after something was found to be under way it is killed, at most: some turns are hit at their beginning, some
/// between two.
const WITHIN_MS: u64 = 40;

/// When a server is killed.
#[derive(Debug, Clone, Copy)]
enum When {
    /// At any moment.
    Any,
    /// While the follower has something to do.
    Following,
    /// While something waits to be sealed.
    Sealing,
}

/// Waits for the moment of the next kill.
fn moment(place: &Place, dice: &mut StdRng) -> When {
    let when = [When::Any, When::Following, When::Sealing][dice.random_range(0..3)];
    let (started, life) = (Instant::now(), LIFE.mul_f64(dice.random_range(0.0..1.0)));
    let busy = |place: &Place| match when {
        When::Any => false,
        When::Following => to_follow(place) > 0,
        When::Sealing => to_seal(place) > 0,
    };
    while started.elapsed() < life && !busy(place) {
        thread::sleep(Duration::from_millis(2));
    }
    if !matches!(when, When::Any) {
        thread::sleep(Duration::from_millis(dice.random_range(0..WITHIN_MS)));
    }
    when
}

on_both_backends! {
    fn killed_behind_the_pushes_it_derives_and_seals_what_it_must_once(backend) {
        let mut dice = seed::rng("behind");
        let Stage { mut world, twin, serving, own, order } = Stage::set(backend);
        let (most, url) = (seed::rounds(KILLS), world.server.url());
        let mut watch = Watch::of(&world);
        let (kills, mut following, mut sealing) = (AtomicUsize::new(0), 0, 0);
        let (books, crew) = thread::scope(|scope| {
            let [theirs, his] = [seed::branch(&mut dice), seed::branch(&mut dice)];
            let go_on = || kills.load(Ordering::SeqCst) < most;
            let serve = scope.spawn(move || serving.work(order, go_on, theirs));
            let own = scope.spawn(move || own.work(go_on, his));
            let watching = watch.begin(scope);
            while !(serve.is_finished() && own.is_finished()) {
                let when = moment(world.server.place(), &mut dice);
                world.server.kill();
                let left = (to_follow(world.server.place()), to_seal(world.server.place()));
                println!("killed: {when:?}, to follow {}, to seal {}", left.0, left.1);
                kills.fetch_add(1, Ordering::SeqCst);
                following += usize::from(left.0 > 0);
                sealing += usize::from(left.1 > 0);
                world.server.run();
            }
            drop(watching);
            let mut books = serve.join().expect("the one team ends");
            let (more, crew) = own.join().expect("the other team ends");
            books.extend(more);
            (books, crew)
        });
        let kills = kills.into_inner();
        assert!(kills >= LEAST && following > 0 && sealing > 0, "{kills} kills, {following} of the follower, {sealing} of the sealer");

        caught_up(world.server.place());
        watch.holds(&world);
        let mut officer = crew.officer;
        officer.sync();
        assert_eq!(Hand::enrol(&url, &officer.member).shown(), officer.shown(), "a fresh phone is shown the same");
        assert!(world.server.stop().success());
        let place = world.server.place();
        let said = done(&["verify", "--database", &place.url()]);
        assert!(said.ends_with("all is right\n") && !said.contains("wait to be sealed"), "{said}");
        assert_eq!(place.number("SELECT COUNT(*) FROM op WHERE state <> 0"), 0, "nothing was refused");
        let killed = Tables::of(place);
        in_the_ledger(&killed, &books);

        let never_killed = Engine::over(twin.into(), world.district.clone());
        println!("{} pushes once more", replay::replay(&killed.0, &never_killed));
        derived::same(&killed, &Tables(never_killed.app.store.clone()));
    }
}
