//! A phone of another make: the Python client of `tests/foreign`, which shares no code with ours, driven line by line.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

use crate::workspace;

/// A running foreign phone. Dropping it kills it; its folder stays.
pub struct Foreign {
    home: PathBuf,
    server: String,
    child: Child,
    says: ChildStdin,
    answers: BufReader<ChildStdout>,
}

/// The process ended instead of answering.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Died;

impl Foreign {
    /// Starts the phone that is kept in `home`, or a new one, for the server at `server_url`. With a `seed` all its
    /// chance comes from there; a phone that was restored from an old copy needs another one than before.
    ///
    /// # Panics
    /// When Python or the client cannot be started.
    pub fn start(home: &Path, server_url: &str, seed: Option<u64>) -> Foreign {
        let mut command = python();
        command.arg("--home").arg(home).args(["--server", server_url]);
        if let Some(seed) = seed {
            command.args(["--seed", &seed.to_string()]);
        }
        command.arg("drive").stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the foreign client starts");
        let says = child.stdin.take().expect("its input was asked for");
        let answers = BufReader::new(child.stdout.take().expect("its output was asked for"));
        Foreign {
            home: home.to_owned(),
            server: server_url.to_owned(),
            child,
            says,
            answers,
        }
    }

    /// The folder that it is kept in.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// Says one command; the whole answer, `{"ok": …}` or `{"error": …}`. [`Died`]: the process ended, as a `die` in
    /// the command has it do.
    ///
    /// # Panics
    /// When the answer is not a line of JSON.
    pub fn try_say(&mut self, command: &Value) -> Result<Value, Died> {
        let mut line = command.to_string();
        line.push('\n');
        self.says.write_all(line.as_bytes()).map_err(|_| Died)?;
        let mut answer = String::new();
        match self.answers.read_line(&mut answer) {
            Ok(0) | Err(_) => Err(Died),
            Ok(_) => Ok(serde_json::from_str(&answer).unwrap_or_else(|e| panic!("{e}: {answer}"))),
        }
    }

    /// The same of a phone that lives on.
    ///
    /// # Panics
    /// When the process ends.
    pub fn say(&mut self, command: &Value) -> Value {
        self.try_say(command)
            .unwrap_or_else(|Died| panic!("the foreign phone ended at {command}"))
    }

    /// What stands under `ok` in the answer.
    ///
    /// # Panics
    /// When the answer is an error.
    pub fn ok(&mut self, command: &Value) -> Value {
        let answer = self.say(command);
        answer
            .get("ok")
            .unwrap_or_else(|| panic!("{command}: {answer}"))
            .clone()
    }

    /// `kill -9`.
    ///
    /// # Panics
    /// When it cannot be killed.
    pub fn kill(&mut self) {
        self.child.kill().expect("a process of ours can be killed");
        self.child.wait().expect("a killed process ends");
    }

    /// Has it end by itself, so that its folder may be copied or replaced.
    ///
    /// # Panics
    /// When it does not end well.
    pub fn quit(&mut self) {
        self.ok(&json!({"do": "quit"}));
        let status = self.child.wait().expect("a process of ours ends");
        assert!(status.success(), "{status}");
    }

    /// Starts it again from its folder after it was killed or has ended, perhaps with another seed.
    pub fn again(&mut self, seed: Option<u64>) {
        let server = self.server.clone();
        self.turn_to(&server, seed);
    }

    /// The same for the server at another address.
    pub fn turn_to(&mut self, server_url: &str, seed: Option<u64>) {
        let home = self.home.clone();
        *self = Foreign::start(&home, server_url, seed);
    }
}

impl Drop for Foreign {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the foreign client says of the vectors in `folder`: whether all hold, and its words.
///
/// # Panics
/// When Python cannot be started.
pub fn vectors(folder: &Path) -> (bool, String) {
    let output = python()
        .arg("vectors")
        .arg(folder)
        .output()
        .expect("the foreign client starts");
    let words = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.success(), words)
}

/// `python -m wuyuan_foreign` in the environment that `scripts/setup` makes.
fn python() -> Command {
    let program = workspace::target().join("python/bin/python");
    assert!(
        program.is_file(),
        "{} is missing: run `scripts/setup`",
        program.display()
    );
    let mut command = Command::new(program);
    // Without -B it would leave compiled files among the sources.
    command.args(["-B", "-m", "wuyuan_foreign"]);
    command.env("PYTHONPATH", workspace::root().join("tests/foreign"));
    command
}
