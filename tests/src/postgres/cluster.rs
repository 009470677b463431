//! The cluster behind the tests' databases: found, made, started and stopped.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::programs::{self, INIT, Ordinary, USER, ordinary_user};
use crate::{ports, workspace};

pub use super::programs::programs;

/// A running cluster.
#[derive(Debug)]
pub struct Cluster {
    port: u16,
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

/// Where the cluster lives and as whom it runs.
struct Home {
    folder: PathBuf,
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
        Home { folder, user }
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
            programs::give(&self.data(), self.user);
            programs::give(&self.log(), self.user);
            Ok(())
        };
        make().unwrap_or_else(|e| panic!("cannot prepare {}: {e}", self.folder.display()));
        let data = self.data_text();
        self.must("initdb", &[["-D", data.as_str()].as_slice(), INIT.as_slice()].concat());
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

    fn must(&self, program: &str, arguments: &[&str]) {
        programs::must(program, arguments, self.user, &self.folder, &self.log());
    }
}

fn is_open_to_all(folder: &Path) -> bool {
    fs::metadata(folder).is_ok_and(|m| m.permissions().mode() & 0o001 != 0)
}
