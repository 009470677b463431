use std::time::Duration;

use super::*;
use crate::query;
use crate::store::rows::{JournalRow, UnitRow};
use crate::testing;

fn unit(code: &str) -> UnitRow {
    UnitRow {
        code: code.parse().unwrap(),
        name: "演示社区".to_owned(),
        level: crate::accounts::unit::Level::Community,
        parent: None,
        successor: None,
        head: 0,
    }
}

fn codes(store: &Store) -> Vec<String> {
    let units: Vec<UnitRow> = store.read(|db| query!(db, units::all())).unwrap();
    units.into_iter().map(|u| u.code.to_string()).collect()
}

#[test]
fn a_failed_transaction_leaves_nothing_and_a_failed_savepoint_only_the_rest() {
    let (_folder, store) = testing::sqlite();
    let failed: StoreResult<()> = store.write(|db| {
        query!(db, units::insert(unit("350111001001")))?;
        Err(StoreError::Busy)
    });
    assert_eq!(failed, Err(StoreError::Busy));
    assert!(codes(&store).is_empty());

    store
        .write(|db| {
            query!(db, units::insert(unit("350111001001")))?;
            let inner: StoreResult<()> = db.savepoint(|db| {
                query!(db, units::insert(unit("350111001003")))?;
                query!(db, units::insert(unit("350111001001")))
            });
            assert_eq!(inner, Err(StoreError::Conflict));
            query!(db, units::insert(unit("350111001009")))
        })
        .unwrap();
    assert_eq!(codes(&store), ["350111001001", "350111001009"]);
}

#[test]
fn a_reader_cannot_write_and_sees_one_snapshot() {
    let (_folder, store) = testing::sqlite();
    assert!(
        store
            .read(|db| query!(db, units::insert(unit("350111001001"))))
            .is_err()
    );
    store
        .read(|db| {
            let before = query!(db, units::all())?.len();
            store.write(|other| query!(other, units::insert(unit("350111001001"))))?;
            assert_eq!(query!(db, units::all())?.len(), before);
            Ok::<_, StoreError>(())
        })
        .unwrap();
    assert_eq!(codes(&store).len(), 1);
}

#[test]
fn of_a_large_grid_only_the_named_units_are_read() {
    let (_folder, store) = testing::sqlite();
    let (one, other) = ("350111001001", "350111001003");
    store
        .write(|db| {
            for code in [one, other] {
                let mut row = unit(code);
                row.head = 7;
                query!(db, units::insert(row))?;
            }
            Ok::<_, StoreError>(())
        })
        .unwrap();
    let heads = store.read(|db| query!(db, records::heads(&[one, "350111001009"])));
    assert_eq!(heads, Ok(vec![(one.to_owned(), 7)]));
    let named: Vec<UnitRow> = store.read(|db| query!(db, units::by_codes(&[other]))).unwrap();
    assert_eq!(named.iter().map(|u| u.code.as_str()).collect::<Vec<_>>(), [other]);
}

#[test]
fn servers_may_open_a_new_database_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("deep/er/test.db").display());
    let settings = PoolSettings {
        size: 2,
        wait: Duration::from_secs(30),
    };
    let opened: Vec<_> = (0..4)
        .map(|_| {
            let url = url.clone();
            std::thread::spawn(move || Store::open(&url, settings).map(|_| ()).map_err(|e| e.to_string()))
        })
        .collect();
    for thread in opened {
        assert_eq!(thread.join().unwrap(), Ok(()));
    }
}

#[test]
fn a_pool_that_is_used_up_is_unavailable_and_not_an_internal_error() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("test.db").display());
    let store = Store::open(
        &url,
        PoolSettings {
            size: 1,
            wait: Duration::from_millis(50),
        },
    )
    .unwrap();
    let inner = store.write(|_| Ok::<_, StoreError>(store.write(|_| Ok::<_, StoreError>(()))));
    assert_eq!(inner, Ok(Err(StoreError::Unavailable)));
}

#[test]
fn an_impossible_database_is_named_without_its_password() {
    let settings = PoolSettings {
        size: 1,
        wait: Duration::from_millis(200),
    };
    let error = |url: &str| Store::open(url, settings).err().unwrap().to_string();
    assert_eq!(
        error("mysql://x"),
        "the database URL begins with sqlite:// or postgres://"
    );
    assert!(!error("postgres://somebody:hush@127.0.0.1:1/none").contains("hush"));
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("test.db"), vec![7; 4_096]).unwrap();
    assert!(error(&format!("sqlite://{}", folder.path().join("test.db").display())).contains("database"));
}

#[test]
fn what_does_not_read_back_is_corrupt() {
    let (_folder, store) = testing::sqlite();
    let row = JournalRow {
        id: [1; 16],
        at_ms: 1,
        actor: None,
        event: "x".to_owned(),
        subject: String::new(),
        detail: "{}".to_owned(),
    };
    store
        .write(|db| {
            query!(db, journal::insert(row))?;
            query!(db, meta::put_secret_if_absent("short", &[1, 2]))
        })
        .unwrap();
    let Store::Sqlite { writer, .. } = &store else {
        panic!("SQLite")
    };
    use diesel::connection::SimpleConnection;
    writer
        .get()
        .unwrap()
        .batch_execute("UPDATE journal SET id = x'0102'")
        .unwrap();
    let read = store.read(|db| query!(db, journal::page(&[0; 16], 10)));
    assert_eq!(read.map(|_| ()), Err(StoreError::Corrupt));
}
