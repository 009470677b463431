//! The conformance vectors. What must come out of a case is stated beside it by hand wherever a person can see it;
//! only hashes, signatures and dots are computed.

mod chain;
mod cursors;
mod draws;
mod hours;
mod log;
mod merges;
mod names;
mod overlay;
mod receipts;
mod signatures;
mod tally;
mod verdicts;

use serde_json::{Value as Json, json};

/// Every file: its name and its text.
pub fn files() -> Result<Vec<(&'static str, String)>, Box<dyn std::error::Error>> {
    let files: [(&'static str, Json); 11] = [
        ("chain.json", chain::make()),
        ("signatures.json", signatures::make()),
        ("merges.json", merges::make()?),
        ("verdicts.json", verdicts::make()?),
        ("overlay.json", overlay::make()?),
        ("cursors.json", cursors::make()?),
        ("receipts.json", receipts::make()),
        ("tally.json", tally::make()),
        ("log.json", log::make()),
        ("draw.json", draws::make()),
        ("hours.json", hours::make()?),
    ];
    let text = |(name, json): &(&'static str, Json)| Ok((*name, serde_json::to_string_pretty(json)? + "\n"));
    files.iter().map(text).collect()
}

/// A file: what it is about, and its cases.
fn file(about: &str, cases: Vec<Json>) -> Json {
    json!({ "about": about, "cases": cases })
}
