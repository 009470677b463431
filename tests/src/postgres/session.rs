//! A session that a test drives by hand: for holding a lock, or letting one transaction overtake another.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use super::{Database, programs};

/// A session of `psql` that says when a statement is done.
pub struct Session {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Session {
    /// Connects.
    ///
    /// # Panics
    /// When psql does not start.
    pub fn open(database: &Database) -> Session {
        let mut child = Command::new(programs::programs().join("psql"))
            .args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"])
            .args(["--dbname", database.url()])
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("psql starts");
        let input = child.stdin.take().expect("it has an input");
        let output = BufReader::new(child.stdout.take().expect("it has an output"));
        Session { child, input, output }
    }

    /// Begins a statement and does not wait for its end: it may wait for a lock.
    pub fn begin(&mut self, statement: &str) {
        writeln!(self.input, "{statement};\n\\echo done").expect("psql reads");
        self.input.flush().expect("psql reads");
    }

    /// Waits for the end of the statement that was begun.
    pub fn finish(&mut self) {
        let mut line = String::new();
        while line.trim() != "done" {
            line.clear();
            assert_ne!(self.output.read_line(&mut line).expect("psql writes"), 0, "psql ended");
        }
    }

    /// Runs a statement to its end.
    pub fn run(&mut self, statement: &str) {
        self.begin(statement);
        self.finish();
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
