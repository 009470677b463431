//! `sync-protocol` is pure: no runtime, no clock, no I/O, no randomness, shown by what it is built from.

use std::process::Command;

use wuyuan_tests::workspace;

use crate::names::{is_under, paths, sources};

/// Everything that `sync-protocol` is built from, its dependencies' dependencies included. A new name is added
/// here by somebody who has looked at it.
const KNOWN: &[&str] = &[
    "base64",
    "block-buffer",
    "cfg-if",
    "chrono",
    "cobs",
    "cpufeatures",
    "crdts",
    "crypto-common",
    "curve25519-dalek",
    "curve25519-dalek-derive",
    "digest",
    "ed25519",
    "ed25519-dalek",
    "generic-array",
    "hex",
    "itoa",
    "memchr",
    "num-traits",
    "postcard",
    "proc-macro2",
    "quote",
    "serde",
    "serde_core",
    "serde_derive",
    "serde_json",
    "serde_spanned",
    "sha2",
    "signature",
    "subtle",
    "syn",
    "sync-protocol",
    "thiserror",
    "thiserror-impl",
    "toml",
    "toml_datetime",
    "toml_parser",
    "toml_writer",
    "typenum",
    "unicode-ident",
    "uuid",
    "winnow",
    "zeroize",
    "zmij",
];

/// What must never be among them, whoever edits `KNOWN`: runtimes, network, storage, clocks and randomness.
const IMPURE: &[&str] = &[
    "actix-*",
    "async-std",
    "diesel",
    "diesel_*",
    "getrandom",
    "hyper",
    "iana-time-zone",
    "libsqlite3-sys",
    "mio",
    "openssl*",
    "pq-sys",
    "rand",
    "rand_*",
    "reqwest",
    "ring",
    "rusqlite",
    "rustls",
    "smol",
    "socket2",
    "tokio",
    "tokio-*",
    "ureq",
    "wuyuan-*",
];

/// What its own source must not name.
const IMPURE_PATHS: &[&str] = &[
    "std::env",
    "std::fs",
    "std::io",
    "std::net",
    "std::os",
    "std::process",
    "std::thread",
    "std::time",
    "core::time",
    "SystemTime",
    "chrono::Local",
    "chrono::Utc::now",
    "Utc::now",
    "Local::now",
    "thread_local",
    "println",
    "eprintln",
    "dbg",
];

fn matches(name: &str, pattern: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(beginning) => name.starts_with(beginning),
        None => name == pattern,
    }
}

/// What is wrong with a dependency tree as `cargo tree --prefix none` prints it.
fn tree_faults(tree: &str) -> Vec<String> {
    let names = tree.lines().filter_map(|line| line.split_whitespace().next());
    let mut faults: Vec<String> = names
        .filter_map(|name| {
            if IMPURE.iter().any(|pattern| matches(name, pattern)) {
                Some(format!("{name} does I/O, keeps a clock or draws random numbers"))
            } else if !KNOWN.contains(&name) {
                Some(format!("{name} is new: look at it, then add it to KNOWN"))
            } else {
                None
            }
        })
        .collect();
    faults.dedup();
    faults
}

fn source_faults(source: &str) -> Vec<String> {
    paths(source)
        .into_iter()
        .filter(|path| IMPURE_PATHS.iter().any(|impure| is_under(path, impure)))
        .collect()
}

#[test]
fn the_dependency_tree_is_pure() {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--locked",
            "--package",
            "sync-protocol",
            "--edges",
            "normal",
            "--prefix",
            "none",
        ])
        .current_dir(workspace::root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).expect("cargo writes UTF-8");
    assert!(tree.starts_with("sync-protocol "), "{tree}");
    assert_eq!(tree_faults(&tree), Vec::<String>::new());
}

#[test]
fn an_impure_or_unknown_dependency_is_found() {
    let tree = "sync-protocol v0.1.0 (path)\nserde v1.0.0\ntokio-util v0.7.0\nleft-pad v1.0.0\nrand_core v0.9.0";
    let faults = tree_faults(tree);
    assert_eq!(faults.len(), 3, "{faults:?}");
}

#[test]
fn the_source_is_pure() {
    let mut faults = Vec::new();
    for file in sources(&workspace::root().join("sync-protocol/src")) {
        let text = std::fs::read_to_string(&file).expect("a source can be read");
        faults.extend(
            source_faults(&text)
                .into_iter()
                .map(|path| format!("{}: {path}", file.display())),
        );
    }
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn an_impure_source_is_found() {
    for source in [
        "use std::{collections::BTreeMap, fs};",
        "fn now() -> u64 { std::time::SystemTime::now() }",
        "use chrono::{DateTime, Local};",
        "fn f() { println!(\"x\") }",
        "fn f() { let home = std::env::var(\"HOME\"); }",
    ] {
        assert_eq!(source_faults(source).len(), 1, "{source}");
    }
}
