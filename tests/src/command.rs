//! The `wuyuan` command, run to its end.

use std::process::{Command, Output};

use crate::workspace;

/// Runs `wuyuan` with `arguments`, without the settings of the person at the keyboard.
pub fn wuyuan(arguments: &[&str]) -> Output {
    let mut command = Command::new(workspace::program("wuyuan"));
    command.args(arguments);
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("WUYUAN_")) {
        command.env_remove(name);
    }
    command.output().expect("the program starts")
}

/// What it wrote to standard output.
///
/// # Panics
/// When it does not succeed.
pub fn done(arguments: &[&str]) -> String {
    let output = wuyuan(arguments);
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{arguments:?}: {out}{err}");
    out.into_owned()
}

/// What it wrote to standard output and to standard error.
///
/// # Panics
/// When it succeeds.
pub fn refused(arguments: &[&str]) -> (String, String) {
    let output = wuyuan(arguments);
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(!output.status.success(), "{arguments:?} succeeded: {out}{err}");
    (out.into_owned(), err.into_owned())
}
