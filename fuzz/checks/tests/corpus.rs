//! The committed corpus and every input that once broke something, given to the checks without a fuzzer.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use wuyuan_fuzz_checks::TARGETS;

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The files of a folder, in order; none if there is no such folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    files.sort();
    files
}

fn names(folder: &str) -> BTreeSet<String> {
    let stem = |path: PathBuf| {
        path.file_stem()
            .expect("a file has a name")
            .to_string_lossy()
            .into_owned()
    };
    files(&fuzz().join(folder)).into_iter().map(stem).collect()
}

#[test]
fn every_input_passes_its_check() {
    for target in TARGETS {
        let inputs = files(&fuzz().join("corpus").join(target.name));
        assert!(!inputs.is_empty(), "{} has no corpus", target.name);
        let regressions = files(&fuzz().join("regressions").join(target.name));
        for input in inputs.iter().chain(&regressions) {
            // The test's output names the input that a check panics on.
            println!("{}", input.display());
            (target.check)(&fs::read(input).expect("an input can be read"));
        }
    }
}

#[test]
fn every_check_is_a_target_with_a_corpus() {
    let checks: BTreeSet<String> = TARGETS.iter().map(|target| target.name.to_owned()).collect();
    assert_eq!(names("fuzz_targets"), checks);
    assert_eq!(names("corpus"), checks);
    assert!(names("regressions").is_subset(&checks));
}
