//! The cluster behind the tests' databases: found, made, started and stopped.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::{ports, workspace};

/// The superuser of the cluster.
const USER: &str = "wuyuan";

/// A running cluster.
#[derive(Debug)]
pub struct Cluster {
    port: u16,
}

/// An ordinary user to run as, when the tests run as root.
#[derive(Debug, Clone, Copy)]
struct Ordinary {
    uid: u32,
    gid: u32,
}

impl Cluster {
    /// The cluster that all tests of this workspace share, started if it does not run.
    ///
    /// # Panics
    /// When PostgreSQL's programs are missing or it does not start; the log's end is shown.
    pub fn shared() -> Cluster {
        let home = Home::find();
        let _locked = home.lock();
        if let Some(port) = home.running() {
            return Cluster { port };
        }
        // What a cluster that died left behind is worth nothing: a new one is made in two seconds.
        home.remove_data();
        home.init();
        Cluster { port: home.start() }
    }

    /// Stops the shared cluster and removes it. Does nothing if there is none.
    pub fn stop_shared() {
        let home = Home::find();
        let _locked = home.lock();
        if home.running().is_some() {
            home.must("pg_ctl", &["stop", "-D", &home.data_text(), "-m", "immediate", "-w"]);
        }
        home.remove_data();
    }

    /// Where to connect as a user who may create databases.
    pub fn url(&self) -> String {
        format!("postgres://{USER}@127.0.0.1:{}/postgres", self.port)
    }
}

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

/// Where the cluster lives and as whom it runs.
struct Home {
    folder: PathBuf,
    programs: PathBuf,
    user: Option<Ordinary>,
}

impl Home {
    fn find() -> Home {
        let user = ordinary_user();
        let beside = workspace::target().join("test-postgres");
        let reachable = user.is_none() || beside.ancestors().skip(1).all(is_open_to_all);
        // Under root's own home the ordinary user cannot come in.
        let folder = if reachable {
            beside
        } else {
            std::env::temp_dir().join("wuyuan-test-postgres")
        };
        fs::create_dir_all(&folder).unwrap_or_else(|e| panic!("cannot make {}: {e}", folder.display()));
        Home {
            folder,
            programs: programs(),
            user,
        }
    }

    /// Held until dropped: one process at a time starts or stops the cluster.
    fn lock(&self) -> File {
        let path = self.folder.join("lock");
        let file = File::options().create(true).append(true).open(&path);
        let file = file.unwrap_or_else(|e| panic!("cannot open {}: {e}", path.display()));
        file.lock()
            .unwrap_or_else(|e| panic!("cannot lock {}: {e}", path.display()));
        file
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn data_text(&self) -> String {
        self.data().to_string_lossy().into_owned()
    }

    fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    /// The port of the cluster, if the process that its pid file names is really it: after a crash or a reboot
    /// the number may be another process's.
    fn running(&self) -> Option<u16> {
        let text = fs::read_to_string(self.data().join("postmaster.pid")).ok()?;
        let mut lines = text.lines();
        let process = Path::new("/proc").join(lines.next()?.trim());
        let command = fs::read(process.join("cmdline")).ok()?;
        let data = self.data_text();
        let ours = command.windows(data.len()).any(|part| part == data.as_bytes());
        lines.nth(2)?.trim().parse().ok().filter(|_| ours)
    }

    fn remove_data(&self) {
        if self.data().exists() {
            fs::remove_dir_all(self.data()).unwrap_or_else(|e| panic!("cannot remove {}: {e}", self.data().display()));
        }
    }

    fn init(&self) {
        let make = || -> std::io::Result<()> {
            fs::create_dir(self.data())?;
            fs::set_permissions(self.data(), fs::Permissions::from_mode(0o700))?;
            File::create(self.log())?;
            if let Some(user) = self.user {
                chown(self.data(), Some(user.uid), Some(user.gid))?;
                chown(self.log(), Some(user.uid), Some(user.gid))?;
            }
            Ok(())
        };
        make().unwrap_or_else(|e| panic!("cannot prepare {}: {e}", self.folder.display()));
        let data = self.data_text();
        let arguments = [
            "-D",
            &data,
            "-U",
            USER,
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
            "--no-instructions",
        ];
        self.must("initdb", &arguments);
    }

    fn start(&self) -> u16 {
        let port = ports::free();
        let settings = format!(
            "listen_addresses = '127.0.0.1'\nport = {port}\nunix_socket_directories = ''\n\
             max_connections = 500\nfsync = on\nfull_page_writes = on\nlog_min_messages = warning\n"
        );
        let path = self.data().join("postgresql.conf");
        let file = File::options().append(true).open(&path);
        file.and_then(|mut file| file.write_all(settings.as_bytes()))
            .unwrap_or_else(|e| panic!("cannot write {}: {e}", path.display()));
        let log = self.log().to_string_lossy().into_owned();
        self.must(
            "pg_ctl",
            &["start", "-D", &self.data_text(), "-l", &log, "-w", "-t", "60"],
        );
        port
    }

    /// Runs one of PostgreSQL's programs as the ordinary user.
    fn must(&self, program: &str, arguments: &[&str]) {
        let mut command = Command::new(self.programs.join(program));
        // The postmaster inherits what it is given: a pipe would never close, so output goes to a file.
        let said = self.folder.join("said");
        let output = File::create(&said).unwrap_or_else(|e| panic!("cannot make {}: {e}", said.display()));
        let errors = output
            .try_clone()
            .unwrap_or_else(|e| panic!("cannot share {}: {e}", said.display()));
        command.args(arguments).current_dir("/").env("LC_ALL", "C");
        command.stdin(Stdio::null()).stdout(output).stderr(errors);
        if let Some(user) = self.user {
            command.uid(user.uid).gid(user.gid);
        }
        let status = command.status().unwrap_or_else(|e| panic!("cannot run {program}: {e}"));
        let read = |path: &Path| fs::read_to_string(path).unwrap_or_default();
        assert!(
            status.success(),
            "{program} failed ({status}): {}{}",
            read(&said),
            read(&self.log())
        );
    }
}

fn is_open_to_all(folder: &Path) -> bool {
    fs::metadata(folder).is_ok_and(|m| m.permissions().mode() & 0o001 != 0)
}

/// Whom to run as: nobody else unless the tests run as root.
fn ordinary_user() -> Option<Ordinary> {
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
