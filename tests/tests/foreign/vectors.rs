//! The vectors hold for a client that was written from the documents alone.

use serde_json::Value;
use wuyuan_tests::{foreign, workspace};

#[test]
fn every_case_of_every_file_holds() {
    let folder = workspace::root().join("sync-protocol/vectors");
    let (all, words) = foreign::vectors(&folder);
    println!("{words}");
    assert!(all, "{words}");
    let mut files = 0;
    for entry in std::fs::read_dir(&folder).expect("the vectors are there") {
        let path = entry.expect("a file").path();
        let text = std::fs::read_to_string(&path).expect("a readable file");
        let vector: Value = serde_json::from_str(&text).expect("JSON");
        let cases = vector["cases"].as_array().expect("a list of cases").len();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let line = words.lines().find(|line| line.starts_with(&name));
        let line = line.unwrap_or_else(|| panic!("nothing was said of {name}"));
        assert!(line.contains(&format!("of {cases} cases passed")), "{cases}: {line}");
        files += 1;
    }
    assert!(files > 0, "no vectors");
}
