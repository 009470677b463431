//! Which versions of the other servers `bench/peers` pins.

use std::fs;
use std::process::Command;

use serde_json::Value;
use wuyuan_tests::workspace;

/// A line of the list that describes the machine.
pub fn line() -> String {
    let requirements = read("kinto/requirements.txt");
    let python = |package: &str| {
        let pinned = requirements
            .lines()
            .find_map(|line| line.strip_prefix(package)?.strip_prefix("=="));
        pinned.unwrap_or("unknown").to_owned()
    };
    let package: Value = serde_json::from_str(&read("pouchdb/package.json")).unwrap_or_default();
    let pouchdb = package["dependencies"]["pouchdb-server"].as_str().unwrap_or("unknown");
    let node = Command::new("node").arg("--version").output();
    let node = node.map_or_else(
        |_| "unknown".to_owned(),
        |said| String::from_utf8_lossy(&said.stdout).trim().to_owned(),
    );
    format!(
        "- Kinto {} under gunicorn {}; PouchDB Server {pouchdb} on Node.js {node}; durable-streams {}\n",
        python("kinto"),
        python("gunicorn"),
        read("durable-streams/version").trim()
    )
}

fn read(path: &str) -> String {
    fs::read_to_string(workspace::root().join("bench/peers").join(path)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_peer_is_pinned() {
        assert!(!super::line().contains("unknown ") && super::read("durable-streams/version").starts_with("0."));
    }
}
