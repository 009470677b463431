//! The real program, as a process of its own.

use std::fs::{self, File};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::backend::{Backend, Place};
use crate::{ports, workspace};

/// How long a server may take to start or to stop. Far more than it needs, even on a loaded machine.
const DEADLINE: Duration = Duration::from_secs(60);

/// A running `wuyuan serve`. Dropping it kills it; the database goes with the last server on it.
pub struct Server {
    place: Arc<Place>,
    settings: Vec<(String, String)>,
    variables: Vec<(String, String)>,
    demo: bool,
    address: SocketAddr,
    folder: TempDir,
    child: Option<Child>,
}

impl Server {
    /// Starts a server on `place` with `settings`, each a name as in the settings file and a value. Several
    /// servers may share a place if it is a PostgreSQL database.
    pub fn on(place: Arc<Place>, settings: &[(&str, &str)]) -> Server {
        let mut server = Server::stopped(place, settings);
        server.run();
        server
    }

    /// The same with variables of the environment, such as those that bend its clock.
    pub fn with_variables(place: Arc<Place>, settings: &[(&str, &str)], variables: &[(&str, &str)]) -> Server {
        let mut server = Server::stopped(place, settings);
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        server.variables = variables.iter().map(own).collect();
        server.run();
        server
    }

    /// Starts `wuyuan serve --demo` on an empty database.
    pub fn demo(backend: Backend) -> Server {
        let mut server = Server::stopped(Arc::new(backend.place()), &[]);
        server.demo = true;
        server.run();
        server
    }

    fn stopped(place: Arc<Place>, settings: &[(&str, &str)]) -> Server {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Server {
            place,
            settings: settings.iter().map(own).collect(),
            variables: Vec::new(),
            demo: false,
            address: SocketAddr::from(([127, 0, 0, 1], ports::free())),
            folder: TempDir::new().expect("a temporary folder"),
            child: None,
        }
    }

    /// The database that it stands on.
    pub fn place(&self) -> &Arc<Place> {
        &self.place
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Starts it again on the same port and database after it was stopped or killed, and waits until it is ready.
    pub fn run(&mut self) {
        assert!(self.child.is_none(), "the server runs already");
        let log = self.folder.path().join("log");
        let file = File::options()
            .create(true)
            .append(true)
            .open(&log)
            .expect("a log file");
        let mut command = Command::new(workspace::program("wuyuan"));
        command
            .arg("serve")
            .args(["--listen", &self.address.to_string(), "--database", &self.place.url()]);
        if !self.settings.iter().any(|(name, _)| name == "blobs") {
            command.args(["--blobs", &self.place.blobs()]);
        }
        for (name, value) in &self.settings {
            command.arg(format!("--{}", name.replace('_', "-"))).arg(value);
        }
        if self.demo {
            command.arg("--demo");
        }
        // No setting of the person at the keyboard may change what is tested.
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("WUYUAN_")) {
            command.env_remove(name);
        }
        command
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(file);
        self.child = Some(command.spawn().expect("the program starts"));
        self.wait_until_ready();
    }

    /// `kill -9`: the process ends without a word, as in a power cut (but the kernel lives, so what it was given
    /// to write is written).
    pub fn kill(&mut self) {
        let mut child = self.child.take().expect("the server runs");
        child.kill().expect("a process of ours can be killed");
        child.wait().expect("a killed process ends");
    }

    /// SIGTERM, and waits for the end.
    pub fn stop(&mut self) -> ExitStatus {
        self.tell_to_stop();
        self.wait_for_end()
    }

    /// SIGTERM.
    pub fn tell_to_stop(&self) {
        let child = self.child.as_ref().expect("the server runs");
        kill_process(Pid::from_child(child), Signal::TERM).expect("a process of ours can be told to stop");
    }

    /// Waits for the end of one that was told to stop.
    pub fn wait_for_end(&mut self) -> ExitStatus {
        let mut child = self.child.take().expect("the server runs");
        let started = Instant::now();
        loop {
            if let Some(status) = child.try_wait().expect("a process of ours can be asked") {
                return status;
            }
            if started.elapsed() > DEADLINE {
                child.kill().expect("a process of ours can be killed");
                panic!("the server does not stop; its log:\n{}", self.log());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Whether its process lives.
    pub fn lives(&mut self) -> bool {
        let child = self.child.as_mut().expect("the server was started");
        child.try_wait().expect("a process of ours can be asked").is_none()
    }

    /// What it has written to its log, by all its runs.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// The number of its process.
    pub fn process(&self) -> u32 {
        self.child.as_ref().expect("the server runs").id()
    }

    /// The resident memory of the process now and at its highest, in bytes.
    pub fn memory(&self) -> (u64, u64) {
        let pid = self.process();
        let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("Linux shows a process's state");
        let kib = |name: &str| -> u64 {
            let line = status
                .lines()
                .find_map(|line| line.strip_prefix(name))
                .expect("Linux counts memory");
            line.trim_start_matches(':')
                .trim()
                .trim_end_matches(" kB")
                .parse()
                .expect("a number of KiB")
        };
        (kib("VmRSS") * 1024, kib("VmHWM") * 1024)
    }

    fn wait_until_ready(&mut self) {
        let started = Instant::now();
        // The port answers first, then the route says whether the database does.
        while !(TcpStream::connect(self.address).is_ok() && self.is_ready()) {
            let child = self.child.as_mut().expect("the server was started");
            if let Some(status) = child.try_wait().expect("a process of ours can be asked") {
                panic!("the server ended at start ({status}); its log:\n{}", self.log());
            }
            assert!(
                started.elapsed() < DEADLINE,
                "the server is not ready; its log:\n{}",
                self.log()
            );
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn is_ready(&self) -> bool {
        ureq::get(format!("{}/readyz", self.url())).call().is_ok()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            // It may have ended by itself; then there is nothing to kill.
            let _ = child.kill();
            let _ = child.wait();
        }
        if std::thread::panicking() {
            eprintln!("--- log of {} ---\n{}", self.url(), self.log());
        }
    }
}
