//! PostgreSQL's programs, run as an ordinary user: it refuses to run as root.

use std::fs::{self, File};
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The superuser of every cluster of the tests.
pub const USER: &str = "wuyuan";

/// How `initdb` makes a cluster of the tests, beside its folder.
pub const INIT: [&str; 6] = [
    "--username=wuyuan",
    "--auth=trust",
    "--encoding=UTF8",
    "--locale=C",
    "--no-sync",
    "--no-instructions",
];

/// The folder of PostgreSQL's programs: beside the `initdb` of `PATH`, else Debian's newest.
///
/// # Panics
/// When there is none.
pub fn programs() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let named = std::env::split_paths(&path)
        .map(|folder| folder.join("initdb"))
        .find(|file| file.is_file());
    // A link in PATH (as Debian's image has) stands alone: its fellows are where it leads.
    if let Some(real) = named.and_then(|file| fs::canonicalize(file).ok())
        && let Some(folder) = real.parent()
        && folder.join("pg_ctl").is_file()
    {
        return folder.to_owned();
    }
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<(u32, PathBuf)> = versions
        .map(|version| {
            (
                version.file_name().to_string_lossy().parse().unwrap_or(0),
                version.path().join("bin"),
            )
        })
        .filter(|(_, folder)| folder.join("pg_ctl").is_file())
        .collect();
    found.sort();
    let newest = found.pop();
    newest
        .expect("PostgreSQL's programs (initdb, pg_ctl, psql) are missing: run scripts/setup")
        .1
}

/// An ordinary user to run as, when the tests run as root.
#[derive(Debug, Clone, Copy)]
pub struct Ordinary {
    pub uid: u32,
    pub gid: u32,
}

/// Runs one of the programs as `user` to its end. What it says goes to files in `scratch`: the postmaster inherits what
/// it is given, and a pipe would never close.
///
/// # Panics
/// When it fails; what it said and the end of `log` are shown.
pub fn must(program: &str, arguments: &[&str], user: Option<Ordinary>, scratch: &Path, log: &Path) {
    let mut command = Command::new(programs().join(program));
    let said = scratch.join("said");
    let output = File::create(&said).unwrap_or_else(|e| panic!("cannot make {}: {e}", said.display()));
    let errors = output
        .try_clone()
        .unwrap_or_else(|e| panic!("cannot share {}: {e}", said.display()));
    command.args(arguments).current_dir("/").env("LC_ALL", "C");
    command.stdin(Stdio::null()).stdout(output).stderr(errors);
    if let Some(user) = user {
        command.uid(user.uid).gid(user.gid);
    }
    let status = command.status().unwrap_or_else(|e| panic!("cannot run {program}: {e}"));
    let read = |path: &Path| fs::read_to_string(path).unwrap_or_default();
    assert!(
        status.success(),
        "{program} failed ({status}): {}{}",
        read(&said),
        read(log)
    );
}

/// Gives a file or folder to `user`.
pub fn give(path: &Path, user: Option<Ordinary>) {
    if let Some(user) = user {
        chown(path, Some(user.uid), Some(user.gid)).unwrap_or_else(|e| panic!("cannot give {}: {e}", path.display()));
    }
}

/// Whom to run as: nobody else unless the tests run as root.
pub fn ordinary_user() -> Option<Ordinary> {
    let own = fs::metadata("/proc/self").expect("Linux shows a process its own entry");
    if own.uid() != 0 {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").expect("a system has users");
    let find = |name: &str| users.lines().find_map(|line| entry(line, name));
    Some(
        find("postgres")
            .or_else(|| find("nobody"))
            .expect("no user postgres or nobody to run PostgreSQL as"),
    )
}

fn entry(line: &str, name: &str) -> Option<Ordinary> {
    let mut parts = line.split(':');
    if parts.next()? != name {
        return None;
    }
    let (_, uid, gid) = (parts.next()?, parts.next()?, parts.next()?);
    Some(Ordinary {
        uid: uid.parse().ok()?,
        gid: gid.parse().ok()?,
    })
}
