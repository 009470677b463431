//! `mutants`: makes each fault of the list in a copy of the sources and lets the simulator look for it.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};

use clap::Parser;
use wuyuan_simulator::mutant::{Mutant, Mutants};
use wuyuan_tests::postgres::cluster::Cluster;
use wuyuan_tests::workspace;

/// Proves that the simulator can find faults.
#[derive(Parser)]
struct Args {
    /// Only those whose names contain one of these.
    only: Vec<String>,
    /// Seeds to try for each.
    #[arg(long, default_value_t = 12)]
    seeds: u32,
    /// Steps of each seed.
    #[arg(long, default_value_t = 300)]
    steps: u32,
}

/// After so many seconds a simulation hangs. None takes a third of it.
const HANGS_S: u32 = 900;
/// What timeout(1) ends with then.
const TIMED_OUT: i32 = 124;

/// What became of a mutant.
enum Fate {
    Caught(String),
    Hangs,
    Survived,
    Unbuilt(String),
}

/// A copy of the sources with a target folder of its own.
struct Copy {
    root: PathBuf,
    target: PathBuf,
}

impl Copy {
    fn make() -> Copy {
        let folder = workspace::target().join("mutants");
        let copy = Copy {
            root: folder.join("sources"),
            target: folder.join("target"),
        };
        let listed = Command::new("git")
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .current_dir(workspace::root())
            .output()
            .expect("git lists the sources");
        let listed = String::from_utf8(listed.stdout).expect("names in UTF-8");
        for name in listed.split('\0').filter(|name| !name.is_empty()) {
            let from = workspace::root().join(name);
            // One that is deleted and not yet committed is listed as well.
            if from.is_file() {
                copy.put(name, &fs::read(from).expect("a source can be read"));
            }
        }
        copy
    }

    /// Writes a file if it is another, so that what is unchanged is not built again.
    fn put(&self, name: &str, bytes: &[u8]) {
        let to = self.root.join(name);
        if fs::read(&to).ok().as_deref() != Some(bytes) {
            fs::create_dir_all(to.parent().expect("a file lies in a folder")).expect("a folder can be made");
            fs::write(to, bytes).expect("a source can be written");
        }
    }

    fn build(&self) -> Result<(), String> {
        let built = Command::new("cargo")
            .args([
                "build",
                "--quiet",
                "--locked",
                "--package",
                "wuyuan-simulator",
                "--bin",
                "simulate",
            ])
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", &self.target)
            .output()
            .expect("cargo starts");
        match built.status.success() {
            true => Ok(()),
            false => Err(String::from_utf8_lossy(&built.stderr).into_owned()),
        }
    }

    fn simulate(&self, args: &Args, seeds: u32, on: &str) -> Fate {
        let postgres = Cluster::shared().url();
        let run = Command::new("timeout")
            .arg(HANGS_S.to_string())
            .arg(self.target.join("debug/simulate"))
            .args(["--seed", "1", "--shrink", "0", "--on", on])
            .args(["--seeds", &seeds.to_string(), "--steps", &args.steps.to_string()])
            .current_dir(&self.root)
            .env("PG_URL", postgres)
            .stdin(Stdio::null())
            .output()
            .expect("the simulator starts");
        let said = String::from_utf8_lossy(&run.stdout).into_owned();
        match run.status.code() {
            Some(0) => Fate::Survived,
            Some(TIMED_OUT) => Fate::Hangs,
            _ => Fate::Caught(
                said.lines()
                    .find(|line| line.contains(": step "))
                    .unwrap_or("no words")
                    .to_owned(),
            ),
        }
    }

    fn try_one(&self, args: &Args, mutant: &Mutant) -> Fate {
        let mut originals = Vec::new();
        for edit in &mutant.edits {
            let edited = match edit.apply(&self.root) {
                Ok(edited) => edited,
                Err(why) => return Fate::Unbuilt(why),
            };
            originals.push((
                &edit.file,
                fs::read(self.root.join(&edit.file)).expect("it was just read"),
            ));
            self.put(&edit.file, edited.as_bytes());
        }
        let fate = match self.build() {
            Ok(()) => self.simulate(args, args.seeds, &mutant.on),
            Err(why) => Fate::Unbuilt(why),
        };
        for (file, original) in originals.iter().rev() {
            self.put(file, original);
        }
        fate
    }
}

fn main() -> ExitCode {
    let args = Args::parse();
    let list = Mutants::read();
    let is_chosen = |m: &&Mutant| args.only.is_empty() || args.only.iter().any(|part| m.name.contains(part));
    let chosen: Vec<&Mutant> = list.mutant.iter().filter(is_chosen).collect();
    let copy = Copy::make();
    if let Err(why) = copy.build() {
        println!("the sources as they are do not build:\n{why}");
        return ExitCode::FAILURE;
    }
    let mut missed = 0;
    // How many seeds it took on each database: as the sources are, all of them must pass.
    let mut needed: BTreeMap<&str, u32> = BTreeMap::new();
    for mutant in &chosen {
        let (word, how) = match copy.try_one(&args, mutant) {
            Fate::Caught(how) => {
                let most = needed.entry(&mutant.on).or_default();
                *most = (*most).max(seed(&how));
                ("caught", how)
            }
            Fate::Hangs => ("caught", "the simulation hangs".to_owned()),
            Fate::Survived => ("SURVIVED", mutant.what.clone()),
            Fate::Unbuilt(why) => ("NOT MADE", why),
        };
        missed += usize::from(word != "caught");
        println!("{word:<9} {:<28} {how}", mutant.name);
    }
    println!("{} of {} mutants caught", chosen.len() - missed, chosen.len());
    copy.build().expect("the sources as they are still build");
    for (on, seeds) in needed {
        if let Fate::Caught(what) = copy.simulate(&args, seeds, on) {
            println!("and so are the sources as they are: {what}");
            missed += 1;
        }
    }
    Cluster::stop_shared();
    if missed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// The seed that a line of the simulator is about.
fn seed(line: &str) -> u32 {
    line.split_whitespace()
        .nth(1)
        .and_then(|word| word.parse().ok())
        .unwrap_or(0)
}
