//! An exported form is checked without the server: what was issued holds, and whatever byte is changed is found.

use rand::RngExt;
use sync_protocol::log::VerifierKey;
use wuyuan_server::forms::check::check;
use wuyuan_server::forms::export::{self, ExportError};
use wuyuan_server::query;
use wuyuan_tests::command::{done, refused};
use wuyuan_tests::engine::Engine;
use wuyuan_tests::office::{Office, Person};
use wuyuan_tests::{on_both_backends, seed};

use crate::desk::{draft, issue, reviewed, served};

/// Bytes that are turned over, each in a copy of its own.
const FLIPS: usize = 400;

fn vkey(engine: &Engine) -> String {
    let log = engine.read(|db| query!(db, logs::newest())).expect("a log");
    VerifierKey::new(&log.origin, engine.app.keys.log.key.verifying_key()).text()
}

on_both_backends! {
    fn what_was_issued_holds_offline_and_a_changed_byte_is_named(backend) {
        let mut office = Office::open(backend);
        let order = office.order();
        served(&mut office, order, 3);
        let drafted = draft(&office, Person::Supervisor, order).expect("his arrangement");
        let form = reviewed(&mut office, &drafted, &"cd".repeat(32));
        assert_eq!(issue(&mut office, form), "accepted");
        let now_ms = office.engine.app.now_ms();
        let prosecutor = office.member(Person::Prosecutor);
        let keys = &office.engine.app.keys.log;
        let export = || office.engine.look(prosecutor, |db, looker| export::export(db, looker, keys, form, now_ms));
        assert!(matches!(export(), Err(ExportError::NotSealed)));
        office.engine.seal();
        let (exported, reading) = export().expect("he reads all of it");
        assert_eq!(reading.fields, "export");
        let leader = office.member(Person::Leader);
        let his = office.engine.look(leader, |db, looker| export::export(db, looker, keys, form, now_ms));
        assert!(matches!(his, Err(ExportError::Sync(_))), "what the prosecutor weighs is not for him");

        let text = serde_json::to_string(&exported).expect("JSON");
        let (catalog, key) = (&office.engine.app.catalog, vkey(&office.engine));
        let (said, faults) = check(&text, catalog, Some(&key));
        assert_eq!(faults, []);
        assert_eq!((said.sessions, said.minutes, said.state.as_str()), (3, 180, "issued"));

        let mut random = seed::rng("bytes of a form");
        for _ in 0..FLIPS {
            let mut bytes = text.clone().into_bytes();
            let at = random.random_range(0..bytes.len());
            let bit = 1u8 << random.random_range(0..8);
            bytes[at] ^= bit;
            let changed = String::from_utf8(bytes).unwrap_or_default();
            let (_, faults) = check(&changed, catalog, Some(&key));
            assert!(!faults.is_empty(), "byte {at}, bit {bit}: {}", &text[at.saturating_sub(40)..at + 1]);
        }

        let folder = tempfile::TempDir::new().expect("a temporary folder");
        let file = folder.path().join("form.json");
        let path = file.to_str().expect("text");
        std::fs::write(&file, &text).expect("written");
        let told = done(&["verify", path, "--log-key", &key]);
        assert!(told.contains("3小时 · 180 minutes") && told.contains("all is right"), "{told}");
        std::fs::write(&file, text.replacen("\"minutes\":60", "\"minutes\":61", 1)).expect("written");
        let (told, _) = refused(&["verify", path, "--log-key", &key]);
        assert!(told.contains("form_posting_sealed") && told.contains("form_lines"), "{told}");
        let other = Engine::start(backend);
        std::fs::write(&file, &text).expect("written");
        let (told, _) = refused(&["verify", path, "--log-key", &vkey(&other)]);
        assert!(told.contains("form_log_key"), "{told}");
    }
}
