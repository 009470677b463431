//! The `wuyuan` command, run to its end.

use std::process::{Child, Command, Output, Stdio};

use crate::workspace;

/// Runs `wuyuan` with `arguments`, without the settings of the person at the keyboard.
pub fn wuyuan(arguments: &[&str]) -> Output {
    prepared(arguments).output().expect("the program starts")
}

/// Starts it and does not wait. What it says goes nowhere.
pub fn begin(arguments: &[&str]) -> Child {
    let mut command = prepared(arguments);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("the program starts")
}

fn prepared(arguments: &[&str]) -> Command {
    let mut command = Command::new(workspace::program("wuyuan"));
    command.args(arguments);
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("WUYUAN_")) {
        command.env_remove(name);
    }
    command
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
