//! How often a server asks the kernel to bring data to the disk, counted by `strace` from outside.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Signal, kill_process};
use tempfile::TempDir;

use super::process::pid;

/// Every call that waits for the disk and that a server here could use.
const CALLS: [&str; 6] = ["fsync", "fdatasync", "msync", "sync_file_range", "syncfs", "sync"];

/// How long `strace` may take to hold all processes.
const DEADLINE: Duration = Duration::from_secs(60);

/// The number of such calls by `processes`, and by those that they start, during `work`.
///
/// # Panics
/// When `strace` is missing or may not look.
pub fn during(processes: &[u32], work: impl FnOnce()) -> usize {
    let folder = TempDir::new().expect("a temporary folder");
    let (calls, said) = (folder.path().join("calls"), folder.path().join("said"));
    let mut command = Command::new("strace");
    command
        .arg("-f")
        .arg("-o")
        .arg(&calls)
        .args(["-e", &format!("trace={}", CALLS.join(","))]);
    for process in processes {
        command.args(["-p", &process.to_string()]);
    }
    let errors = File::create(&said).expect("a file");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(errors);
    let mut strace = command.spawn().expect("strace starts: run `make bench-peers`");
    let read = |path: &Path| fs::read_to_string(path).unwrap_or_default();
    let started = Instant::now();
    while read(&said).matches(" attached").count() < processes.len() {
        let ended = strace.try_wait().expect("a process of ours can be asked");
        let late = started.elapsed() > DEADLINE;
        assert!(ended.is_none() && !late, "strace cannot look: {}", read(&said));
        std::thread::sleep(Duration::from_millis(2));
    }
    work();
    kill_process(pid(strace.id()), Signal::INT).expect("a process of ours");
    strace.wait().expect("strace ends");
    read(&calls).lines().filter(|line| is_call(line)).count()
}

/// A call that another thread's interrupted is written in two lines; the second one is not a second call.
fn is_call(line: &str) -> bool {
    let text = line.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start();
    text.split_once('(').is_some_and(|(name, _)| CALLS.contains(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_in_two_lines_counts_once() {
        assert!(is_call("812   fdatasync(27)                      = 0"));
        assert!(is_call("812   fdatasync(27 <unfinished ...>"));
        assert!(!is_call("812   <... fdatasync resumed>)           = 0"));
        assert!(!is_call("812   +++ exited with 0 +++"));
    }
}
