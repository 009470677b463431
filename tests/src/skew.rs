//! A wrong clock for one process, by libfaketime: the program asks the C library what time it is.

use std::fs;
use std::path::PathBuf;

/// The variables under which a program's wall clock is off by `offset`, such as `+1h`. Its steady clock is not.
///
/// # Panics
/// When libfaketime is missing.
pub fn variables(offset: &str) -> Vec<(&'static str, String)> {
    vec![
        ("LD_PRELOAD", library().to_string_lossy().into_owned()),
        ("FAKETIME", offset.to_owned()),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
    ]
}

fn library() -> PathBuf {
    let folders = fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    let found = folders
        .map(|folder| folder.path().join("faketime/libfaketimeMT.so.1"))
        .find(|file| file.is_file());
    found.expect("libfaketime is missing: run scripts/setup")
}
