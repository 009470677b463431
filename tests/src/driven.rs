//! A client of another make, driven line by line: each command and each answer is a line of JSON. What it is told to do
//! takes a while, and meanwhile a test does other things to it.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::workspace;

/// Longest wait for an answer. Nothing that a test has it do takes that long; a hang becomes a failure.
const DEADLINE: Duration = Duration::from_secs(120);

/// A running client. Dropping it ends it.
pub struct Driven {
    child: Child,
    says: Option<ChildStdin>,
    answers: Receiver<String>,
    /// What it keeps on disk.
    _folder: TempDir,
}

impl Driven {
    /// tus-js-client on a page in a headless Chromium. The page's origin is `server_url`.
    ///
    /// # Panics
    /// When Node.js, the browser or a package is missing.
    pub fn browser(server_url: &str) -> Driven {
        let folder = TempDir::new().expect("a temporary folder");
        let modules = installed("browser/node_modules");
        let mut command = Command::new("node");
        command.arg(workspace::root().join("tests/browser/drive.cjs"));
        command.args([CHROMIUM, server_url]).arg(folder.path());
        command.env("NODE_PATH", modules);
        Driven::start(command, folder)
    }

    /// tuspy.
    ///
    /// # Panics
    /// When Python or the package is missing.
    pub fn tuspy() -> Driven {
        let mut command = Command::new(installed("python/bin/python"));
        command.arg("-B").arg(workspace::root().join("tests/tus/drive.py"));
        Driven::start(command, TempDir::new().expect("a temporary folder"))
    }

    fn start(mut command: Command, folder: TempDir) -> Driven {
        command
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = command
            .spawn()
            .unwrap_or_else(|e| panic!("{command:?}: {e}: run `scripts/setup`"));
        let says = child.stdin.take();
        let output = BufReader::new(child.stdout.take().expect("its output was asked for"));
        let (sender, answers) = channel();
        thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let mut driven = Driven {
            child,
            says,
            answers,
            _folder: folder,
        };
        driven.answer();
        driven
    }

    /// Says one command and does not wait.
    ///
    /// # Panics
    /// When it has ended.
    pub fn tell(&mut self, command: &Value) {
        let says = self.says.as_mut().expect("it takes commands");
        writeln!(says, "{command}").expect("the client lives");
    }

    /// The whole answer to what it was told, if it comes within `wait`.
    ///
    /// # Panics
    /// When it has ended or says no JSON.
    pub fn answer_within(&mut self, wait: Duration) -> Option<Value> {
        match self.answers.recv_timeout(wait) {
            Ok(line) => Some(serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {line}"))),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => panic!("the client has ended"),
        }
    }

    /// The whole answer, `{"ok": …}` or `{"error": …}`.
    ///
    /// # Panics
    /// When none comes.
    pub fn answer(&mut self) -> Value {
        self.answer_within(DEADLINE).expect("an answer in time")
    }

    /// Says one command; what stands under `ok` in the answer.
    ///
    /// # Panics
    /// When the answer is an error.
    pub fn ok(&mut self, command: &Value) -> Value {
        self.tell(command);
        succeeded(&self.answer())
    }
}

/// What stands under `ok` in an answer.
///
/// # Panics
/// When it is an error.
pub fn succeeded(answer: &Value) -> Value {
    answer.get("ok").unwrap_or_else(|| panic!("{answer}")).clone()
}

impl Drop for Driven {
    fn drop(&mut self) {
        // Where its input ends it closes what it has opened; a browser that is killed leaves processes behind.
        drop(self.says.take());
        while self.answers.recv_timeout(DEADLINE).is_ok() {}
        // It may have ended by itself; then there is nothing to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub const CHROMIUM: &str = "/usr/bin/chromium";

/// Something that `scripts/setup` puts into cargo's target folder.
pub fn installed(path: &str) -> PathBuf {
    let place = workspace::target().join(Path::new(path));
    assert!(place.exists(), "{} is missing: run `scripts/setup`", place.display());
    place
}
