//! Where things are.

use std::path::{Path, PathBuf};

/// The folder of the workspace's `Cargo.toml`.
pub fn root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent()
        .expect("the tests' package lies in the workspace")
        .to_owned()
}

/// Cargo's target folder, found from the running test program, so that `CARGO_TARGET_DIR` is respected.
pub fn target() -> PathBuf {
    let program = std::env::current_exe().expect("a running program has a path");
    let found = program.ancestors().find(|folder| folder.join("CACHEDIR.TAG").is_file());
    found
        .unwrap_or_else(|| panic!("{} is in no cargo target folder", program.display()))
        .to_owned()
}

/// A program that cargo has built with the same profile as the running test.
pub fn program(name: &str) -> PathBuf {
    let own = std::env::current_exe().expect("a running program has a path");
    let folder = own.parent().expect("a program lies in a folder");
    let folder = if folder.ends_with("deps") {
        folder.parent().expect("deps lies in a profile")
    } else {
        folder
    };
    let path = folder.join(name);
    assert!(
        path.is_file(),
        "{} is missing: run `make test`, or `cargo build --workspace` first",
        path.display()
    );
    path
}
