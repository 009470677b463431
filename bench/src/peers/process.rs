//! A peer's program with all its processes: started, watched, killed.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::http::{Connection, request};

/// How long a program may take to answer after its start, or to be gone after it was killed.
const DEADLINE: Duration = Duration::from_secs(60);

/// A running program with a folder of its own. Dropping it kills it with all its children.
pub struct Program {
    folder: TempDir,
    port: u16,
    child: Option<Child>,
}

impl Program {
    /// A folder and a port for a program that does not run yet.
    pub fn new() -> Program {
        Program {
            folder: TempDir::new().expect("a temporary folder"),
            port: wuyuan_tests::ports::free(),
            child: None,
        }
    }

    /// Where it keeps its files; its log is the file `log`.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where it is to listen on the loopback address.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Starts it, and waits until it answers `path` with a status below 500.
    ///
    /// # Panics
    /// When it ends or does not answer; its log is shown.
    pub fn start(&mut self, command: &mut Command, path: &str) {
        let log = self.folder.path().join("log");
        let log = File::options().create(true).append(true).open(log).expect("a log file");
        let errors = log.try_clone().expect("a log file");
        command.current_dir(self.folder.path());
        command.stdin(Stdio::null()).stdout(log).stderr(errors);
        self.child = Some(
            command
                .spawn()
                .expect("the peer's program starts: run `make bench-peers`"),
        );
        let started = Instant::now();
        while !self.answers(path) {
            let child = self.child.as_mut().expect("it was started");
            let ended = child.try_wait().expect("a process of ours can be asked");
            let late = started.elapsed() > DEADLINE;
            assert!(
                ended.is_none() && !late,
                "the peer does not answer; its log:\n{}",
                self.log()
            );
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn answers(&self, path: &str) -> bool {
        if TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            return false;
        }
        let answer = Connection::open(&self.url()).try_send(&request("GET", path, "", &[]));
        answer.is_ok_and(|answer| answer.status < 500)
    }

    /// What it has written to its log.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// All its processes; none when it does not run.
    pub fn processes(&self) -> Vec<u32> {
        self.child.as_ref().map_or_else(Vec::new, |child| tree(child.id()))
    }

    /// `kill -9` of all its processes, and waits until they are gone.
    pub fn kill(&mut self) {
        let processes = self.processes();
        for process in &processes {
            // A worker may have ended by itself when its master was gone.
            let _ = kill_process(pid(*process), Signal::KILL);
        }
        if let Some(mut child) = self.child.take() {
            child.wait().expect("a killed process ends");
        }
        let started = Instant::now();
        while processes.iter().any(|process| is_alive(*process)) {
            assert!(started.elapsed() < DEADLINE, "a killed process goes on");
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            eprintln!("--- log of {} ---\n{}", self.url(), self.log());
        }
    }
}

/// A process's number as the system's calls take it.
pub fn pid(process: u32) -> Pid {
    let number = i32::try_from(process).ok().and_then(Pid::from_raw);
    number.expect("a process's number")
}

/// A process and everything that descends from it.
pub fn tree(root: u32) -> Vec<u32> {
    let mut children: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for entry in fs::read_dir("/proc").expect("Linux shows its processes").flatten() {
        let process = entry.file_name().to_string_lossy().parse().ok();
        let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        if let (Some(process), Some(parent)) = (process, parent(&stat)) {
            children.entry(parent).or_default().push(process);
        }
    }
    let mut found = vec![root];
    let mut at = 0;
    while let Some(process) = found.get(at) {
        found.extend(children.remove(process).unwrap_or_default());
        at += 1;
    }
    found
}

/// The parent that a process's `stat` names. The program's name, in brackets, may hold blanks.
pub fn parent(stat: &str) -> Option<u32> {
    let (_, rest) = stat.rsplit_once(')')?;
    rest.split_whitespace().nth(1)?.parse().ok()
}

/// Running, and not merely waiting for its parent to take note of its end.
fn is_alive(process: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    stat.rsplit_once(')')
        .is_some_and(|(_, rest)| !rest.trim_start().starts_with('Z'))
}

/// Forgets what each process had in memory at its highest so far, so that its start does not count.
///
/// # Panics
/// When the kernel does not let us.
pub fn forget_highest(processes: &[u32]) {
    for process in processes {
        fs::write(format!("/proc/{process}/clear_refs"), "5").expect("a process of ours forgets");
    }
}

/// The sum of what each process had in memory at its own highest, in bytes. What processes share counts in each.
pub fn highest(processes: &[u32]) -> u64 {
    processes
        .iter()
        .map(|process| kib(*process, "status", "VmHWM:"))
        .sum::<u64>()
        * 1024
}

/// What the processes have in memory together now, in bytes. What they share counts once.
pub fn together(processes: &[u32]) -> u64 {
    processes
        .iter()
        .map(|process| kib(*process, "smaps_rollup", "Pss:"))
        .sum::<u64>()
        * 1024
}

/// A process that has ended meanwhile has nothing in memory.
fn kib(process: u32, file: &str, name: &str) -> u64 {
    let text = fs::read_to_string(format!("/proc/{process}/{file}")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|rest| rest.trim().strip_suffix(" kB")?.parse().ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_with_blanks_in_its_name_has_a_parent() {
        assert_eq!(parent("12 (a b) c) S 7 1 1"), Some(7));
        assert_eq!(parent(""), None);
    }

    #[test]
    fn a_tree_holds_its_root_and_its_children() {
        let mut child = Command::new("sleep").arg("60").spawn().expect("a program");
        let found = tree(std::process::id());
        assert!(found.contains(&std::process::id()) && found.contains(&child.id()));
        assert!(highest(&[child.id()]) > 0 && is_alive(child.id()));
        child.kill().expect("a process of ours");
        child.wait().expect("a killed process ends");
        assert!(!is_alive(child.id()));
    }
}
