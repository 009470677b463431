//! The list of faults that the simulator must catch, `mutants.toml`.

use std::path::Path;

use serde::Deserialize;

/// The list, as it stands beside this crate.
pub const LIST: &str = include_str!("../mutants.toml");

/// All of them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mutants {
    /// Each.
    pub mutant: Vec<Mutant>,
}

/// A fault that somebody could make.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mutant {
    /// What it is called.
    pub name: String,
    /// What somebody did.
    pub what: String,
    /// On which database it shows: `sqlite` or `postgres`.
    #[serde(default = "sqlite")]
    pub on: String,
    /// What is to be changed.
    pub edits: Vec<Edit>,
}

/// A text in a file and what stands there instead.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    /// From the workspace's root.
    pub file: String,
    /// Stands there exactly once.
    pub find: String,
    /// What somebody wrote instead.
    pub replace: String,
}

fn sqlite() -> String {
    "sqlite".to_owned()
}

impl Mutants {
    /// Reads the list.
    pub fn read() -> Mutants {
        toml::from_str(LIST).expect("the list of mutants is TOML of this form")
    }
}

impl Edit {
    /// The file under `root` with the edit made.
    pub fn apply(&self, root: &Path) -> Result<String, String> {
        let path = root.join(&self.file);
        let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", self.file))?;
        match text.matches(&self.find).count() {
            1 => Ok(text.replacen(&self.find, &self.replace, 1)),
            count => Err(format!("{}: {:?} stands there {count} times", self.file, self.find)),
        }
    }
}
