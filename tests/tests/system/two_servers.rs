//! Two server processes on one PostgreSQL are as correct as one, and why a plain sequence would not be.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use serde_json::Value;
use sync_protocol::id::RecordId;
use sync_protocol::role::Role;
use wuyuan_tests::api::Api;
use wuyuan_tests::backend::Backend;
use wuyuan_tests::command;
use wuyuan_tests::district::{Handset, World};
use wuyuan_tests::postgres::Database;
use wuyuan_tests::postgres::session::Session;
use wuyuan_tests::server::Server;

use wuyuan_tests::reports::{edit, record, report, verdicts};

const WRITERS: usize = 12;
const ROUNDS: usize = 25;

/// What a puller holds: for each record the highest place at which it came.
#[derive(Default)]
struct Replica {
    cursors: BTreeMap<String, String>,
    held: BTreeMap<String, u64>,
}

impl Replica {
    /// One pull of everything that is new.
    fn pull(&mut self, reader: &Handset, api: &Api) {
        loop {
            let answer = api.post("/v1/sync", &reader.phone.pull(&self.cursors)).ok();
            for page in answer["units"].as_array().into_iter().flatten() {
                let unit = page["unit"].as_str().expect("a page names its unit").to_owned();
                for change in page["changes"].as_array().into_iter().flatten() {
                    let (id, pos) = (&change["put"]["id"], &change["put"]["pos"]);
                    let pos = pos.as_u64().expect("a record has a place");
                    let id = id.as_str().expect("a record has an id").to_owned();
                    assert!(
                        self.held.insert(id, pos).is_none_or(|before| before < pos),
                        "a place never goes back"
                    );
                }
                if let Some(cursor) = page["cursor"].as_str() {
                    self.cursors.insert(unit, cursor.to_owned());
                }
                if let Some(count) = page["tally"]["count"].as_u64() {
                    assert!(
                        count as usize <= self.held.len(),
                        "{count} in the unit, {} held",
                        self.held.len()
                    );
                }
            }
            if answer["more"] != Value::Bool(true) {
                return;
            }
        }
    }
}

#[test]
fn two_servers_on_one_database_neither_lose_an_update_nor_let_a_puller_skip_one() {
    // Both seal all the time.
    let quick = ("seal_interval_ms", "5");
    let mut world = World::with(Backend::Postgres, &[quick]);
    let mut second = Server::on(
        world.server.place().clone(),
        &[("admin_totp", "false"), ("rate_per_member", "1000000"), quick],
    );
    let place = world.server.place().clone();
    let urls = [world.server.url(), second.url()];

    // Everybody writes into one unit, in his own records and in one that all share.
    let leader = world.holder(Role::Prosecutor, 0).clone();
    let mut author = world.handset(&leader);
    let shared: RecordId = record();
    let draft = report(&author.phone, shared, "everybody writes here");
    author.phone.record(&draft);
    assert_eq!(verdicts(&author.push_from(1)), ["accepted"]);
    let mut writers: Vec<Handset> = (0..WRITERS).map(|_| world.enrol(author.api.clone(), &leader)).collect();
    let reader = world.handset(world.holder(Role::ChiefProcurator, 0));

    let done = AtomicBool::new(false);
    let live = thread::scope(|scope| {
        let (urls, done, reader) = (&urls, &done, &reader);
        let pullers: Vec<_> = (0..2)
            .map(|which| {
                scope.spawn(move || {
                    let mut replica = Replica::default();
                    let api = |turn: usize| reader.api.at(&urls[(which + turn) % 2]);
                    let mut turn = 0;
                    while !done.load(Ordering::Acquire) {
                        replica.pull(reader, &api(turn));
                        turn += 1;
                    }
                    replica.pull(reader, &api(turn));
                    replica
                })
            })
            .collect();
        let pushers: Vec<_> = writers
            .iter_mut()
            .enumerate()
            .map(|(which, writer)| {
                scope.spawn(move || {
                    for round in 0..ROUNDS {
                        let first = writer.phone.seq() + 1;
                        let draft = report(&writer.phone, record(), &format!("{which}/{round}"));
                        writer.phone.record(&draft);
                        let mut draft = edit(&writer.phone, shared, first, &format!("{which}/{round}"));
                        // It saw his own last text and nothing of the others': one sibling of each will stay.
                        draft.seen.clear();
                        draft.seen.extend((round > 0).then(|| (writer.phone.device, first - 1)));
                        writer.phone.record(&draft);
                        let body = writer.phone.push(first..=writer.phone.seq()).text();
                        let api = writer.api.at(&urls[(which + round) % 2]);
                        assert_eq!(verdicts(&api.post_text("/v1/sync", &body)), ["accepted", "accepted"]);
                    }
                })
            })
            .collect();
        pushers
            .into_iter()
            .for_each(|pusher| pusher.join().expect("a writer finishes"));
        done.store(true, Ordering::Release);
        pullers
            .into_iter()
            .map(|puller| puller.join().expect("a puller finishes"))
            .collect::<Vec<_>>()
    });

    let mut fresh = Replica::default();
    fresh.pull(&reader, &reader.api);
    assert_eq!(fresh.held.len(), 1 + WRITERS * ROUNDS);
    for replica in live {
        assert_eq!(
            replica.held, fresh.held,
            "a puller who watched holds what a new one is given"
        );
    }
    // The unit's log is dense: one place for each accepted operation.
    let last = fresh.held.values().max().copied();
    assert_eq!(last, Some((1 + 2 * WRITERS * ROUNDS) as u64));
    // Each writer's last text of the shared record is there; an update lost between servers would take one away.
    let answer = reader.api.post("/v1/sync", &reader.phone.pull(&BTreeMap::new())).ok();
    let view = find(&answer, &shared.to_string());
    assert_eq!(view["fields"]["description"].as_array().map(Vec::len), Some(WRITERS));
    // Of two that sealed at once neither left anything out or doubled it.
    assert!(world.server.stop().success() && second.stop().success());
    let said = command::done(&["verify", "--database", &place.url()]);
    assert!(
        said.ends_with("all is right\n") && !said.contains("wait to be sealed"),
        "{said}"
    );
    let ops = (1 + 2 * WRITERS * ROUNDS) as i64;
    assert_eq!(
        place.number("SELECT SUM(last - first + 1) FROM sealed WHERE source = 1"),
        ops
    );
}

fn find(answer: &Value, id: &str) -> Value {
    let pages = answer["units"].as_array().into_iter().flatten();
    let mut changes = pages.flat_map(|page| page["changes"].as_array().into_iter().flatten());
    changes
        .find(|change| change["put"]["id"] == id)
        .expect("the record is in the first page")["put"]
        .clone()
}

#[test]
fn with_a_plain_sequence_a_puller_would_skip_a_row_and_with_the_units_head_he_does_not() {
    let database = Database::create();
    database.sql("CREATE SEQUENCE s; CREATE TABLE unit (head bigint); INSERT INTO unit VALUES (0);");
    database.sql("CREATE TABLE log (pos bigint, who text)");
    let after = |pos: u64| database.sql(&format!("SELECT who FROM log WHERE pos > {pos} ORDER BY pos"));
    let (mut slow, mut quick) = (Session::open(&database), Session::open(&database));

    // A sequence hands out 1 and 2, but 2 commits first.
    slow.run("BEGIN; INSERT INTO log SELECT nextval('s'), 'slow'");
    quick.run("BEGIN; INSERT INTO log SELECT nextval('s'), 'quick'; COMMIT");
    assert_eq!(after(0), "quick", "the puller's cursor is now at 2");
    slow.run("COMMIT");
    assert_eq!(after(2), "", "and 1 is skipped for ever");

    // The unit's head is a row: whoever takes the next place holds it to his commit.
    database.sql("TRUNCATE log");
    let take = "WITH place AS (UPDATE unit SET head = head + 1 RETURNING head) INSERT INTO log SELECT head,";
    slow.run(&format!("BEGIN; {take} 'slow' FROM place"));
    quick.begin(&format!("BEGIN; {take} 'quick' FROM place; COMMIT"));
    while database.sql("SELECT count(*) FROM pg_locks WHERE NOT granted") == "0" {
        thread::yield_now();
    }
    assert_eq!(after(0), "", "the quick one waits for the slow one");
    slow.run("COMMIT");
    quick.finish();
    assert_eq!(after(0), "slow\nquick");
    assert_eq!(after(1), "quick");
}

#[test]
fn two_servers_starting_at_once_agree_on_keys_and_generation() {
    let place = Arc::new(Backend::Postgres.place());
    let configs: Vec<Value> = thread::scope(|scope| {
        let start = || {
            let server = Server::on(place.clone(), &[]);
            Api::new(&server.url()).get("/v1/config").ok()
        };
        let starting: Vec<_> = (0..3).map(|_| scope.spawn(start)).collect();
        starting
            .into_iter()
            .map(|one| one.join().expect("a server starts"))
            .collect()
    });
    for config in &configs[1..] {
        assert_eq!(config["generation"], configs[0]["generation"]);
        assert_eq!(config["receipt_keys"], configs[0]["receipt_keys"]);
    }
}
