//! What must hold of whatever bytes come from outside: one plain function for each target of the fuzzer.
//!
//! The fuzzer calls them with what it makes up (`make fuzz`), the tests with the committed corpus and with every input
//! that once broke something (`make test`). A check panics when a promise does not hold; it looks for more than a
//! missing panic: what is read is written back with the same meaning, what is refused has a stable code and keeps
//! what it was given to itself.

pub mod answer;
pub mod backup;
pub mod catalog;
pub mod cursor;
pub mod import;
pub mod operation;
pub mod overlay;
pub mod receipt;
pub mod record;
pub mod sync_body;
pub mod token;

/// A check, by the name of its target.
pub struct Target {
    /// The name of the fuzz target and of its folder in the corpus.
    pub name: &'static str,
    /// Panics when something does not hold of `data`.
    pub check: fn(&[u8]),
}

/// Every target.
pub const TARGETS: &[Target] = &[
    Target {
        name: "answer",
        check: answer::check,
    },
    Target {
        name: "backup",
        check: backup::check,
    },
    Target {
        name: "catalog",
        check: catalog::check,
    },
    Target {
        name: "cursor",
        check: cursor::check,
    },
    Target {
        name: "import",
        check: import::check,
    },
    Target {
        name: "operation",
        check: operation::check,
    },
    Target {
        name: "overlay",
        check: overlay::check,
    },
    Target {
        name: "receipt",
        check: receipt::check,
    },
    Target {
        name: "record",
        check: record::check,
    },
    Target {
        name: "sync_body",
        check: sync_body::check,
    },
    Target {
        name: "token",
        check: token::check,
    },
];

/// The text that `data` is; what is no UTF-8 is no business of a reader of text.
fn text(data: &[u8]) -> Option<&str> {
    std::str::from_utf8(data).ok()
}
