//! Who may know whom: `server -> sync-protocol <- client`, and inside the server the database only under
//! `store/`, the web framework only in `api/` and the app's wiring, the environment only in `config/`.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use serde_json::Value;
use wuyuan_tests::workspace;

use crate::names::{is_under, paths, sources};

/// A name, and the only places below the workspace's root where production code may use it.
struct Reserved {
    name: &'static str,
    places: &'static [&'static str],
}

const RESERVED: &[Reserved] = &[
    Reserved {
        name: "diesel",
        places: &["server/src/store/"],
    },
    Reserved {
        name: "diesel_migrations",
        places: &["server/src/store/"],
    },
    Reserved {
        name: "actix_web",
        places: &["server/src/api/", "server/src/serve.rs", "wuyuan/src/cli/serve.rs"],
    },
    Reserved {
        name: "rusqlite",
        places: &["client/src/"],
    },
    Reserved {
        name: "ureq",
        places: &["client/src/"],
    },
    Reserved {
        name: "std::env",
        places: &["server/src/config/", "server/src/config.rs"],
    },
];

/// Packages whose production code the rules are about.
const PACKAGES: &[&str] = &["sync-protocol", "server", "client", "wuyuan"];

/// Packages of this workspace that each package may depend on, in whatever way.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("sync-protocol", &[]),
    ("wuyuan-server", &["sync-protocol"]),
    ("wuyuan-client", &["sync-protocol"]),
    ("wuyuan", &["sync-protocol", "wuyuan-server", "wuyuan-client"]),
    ("wuyuan-fuzz-checks", &["sync-protocol", "wuyuan-server"]),
    ("wuyuan-tests", &["sync-protocol", "wuyuan-server", "wuyuan-client"]),
    (
        "wuyuan-simulator",
        &["sync-protocol", "wuyuan-server", "wuyuan-client", "wuyuan-tests"],
    ),
    (
        "wuyuan-bench",
        &["sync-protocol", "wuyuan-server", "wuyuan-client", "wuyuan-tests"],
    ),
];

fn source_faults(place: &str, source: &str) -> Vec<String> {
    let named = paths(source);
    RESERVED
        .iter()
        .filter(|reserved| !reserved.places.iter().any(|allowed| place.starts_with(allowed)))
        .filter(|reserved| named.iter().any(|path| is_under(path, reserved.name)))
        .map(|reserved| {
            format!(
                "{place} names {}, which belongs to {}",
                reserved.name,
                reserved.places.join(" or ")
            )
        })
        .collect()
}

/// What is wrong with `cargo metadata`'s packages.
fn package_faults(metadata: &Value) -> Vec<String> {
    let packages = metadata["packages"].as_array().expect("cargo lists packages");
    let own: BTreeSet<&str> = packages.iter().filter_map(|p| p["name"].as_str()).collect();
    let mut faults = Vec::new();
    for package in packages {
        let name = package["name"].as_str().expect("a package has a name");
        let Some((_, may)) = MAY_KNOW.iter().find(|(known, _)| *known == name) else {
            faults.push(format!("{name} is new: say in MAY_KNOW what it may know"));
            continue;
        };
        for dependency in package["dependencies"].as_array().expect("a package has dependencies") {
            let on = dependency["name"].as_str().expect("a dependency has a name");
            if own.contains(on) && !may.contains(&on) {
                faults.push(format!("{name} must not know {on}"));
            }
        }
    }
    faults
}

#[test]
fn each_name_stays_in_its_place() {
    let root = workspace::root();
    let mut faults = Vec::new();
    let mut read = 0;
    for package in PACKAGES {
        for file in sources(&root.join(package).join("src")) {
            let text = fs::read_to_string(&file).expect("a source can be read");
            let place = file.strip_prefix(&root).expect("a source lies in the workspace");
            faults.extend(source_faults(&place.to_string_lossy(), &text));
            read += 1;
        }
    }
    assert!(read > 50, "only {read} sources were found");
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn a_name_out_of_place_is_found() {
    for (place, source) in [
        ("server/src/sync/push.rs", "use diesel::prelude::*;"),
        ("server/src/accounts/mod.rs", "fn f(r: actix_web::HttpRequest) {}"),
        ("server/src/app.rs", "fn f() { std::env::var(\"X\"); }"),
        ("client/src/lib.rs", "use diesel;"),
        ("wuyuan/src/main.rs", "use std::{env, process};"),
    ] {
        assert_eq!(source_faults(place, source).len(), 1, "{place}: {source}");
    }
    assert!(source_faults("server/src/store/db.rs", "use diesel::PgConnection;").is_empty());
    assert!(source_faults("server/src/sync/mod.rs", "#[cfg(test)] mod tests { use diesel::x; }").is_empty());
}

#[test]
fn packages_know_only_whom_they_may() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--locked", "--no-deps", "--format-version", "1"])
        .current_dir(workspace::root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo writes JSON");
    assert_eq!(package_faults(&metadata), Vec::<String>::new());
}

#[test]
fn a_forbidden_acquaintance_is_found() {
    let text = r#"{"packages": [
        {"name": "wuyuan-server", "dependencies": [{"name": "serde"}, {"name": "wuyuan-client"}]},
        {"name": "wuyuan-client", "dependencies": [{"name": "sync-protocol"}]},
        {"name": "sync-protocol", "dependencies": [{"name": "wuyuan-client"}]},
        {"name": "stranger", "dependencies": []}
    ]}"#;
    let faults = package_faults(&serde_json::from_str(text).expect("JSON"));
    assert_eq!(faults.len(), 3, "{faults:?}");
}

#[test]
fn both_databases_have_the_same_migrations() {
    let names = |folder: &str| -> BTreeSet<String> {
        let entries = fs::read_dir(workspace::root().join("migrations").join(folder)).expect("migrations exist");
        entries
            .flatten()
            .filter(|e| e.path().is_dir())
            .map(|e| e.file_name().to_string_lossy().into())
            .collect()
    };
    let sqlite = names("sqlite");
    assert!(!sqlite.is_empty());
    assert_eq!(sqlite, names("postgres"));
}
