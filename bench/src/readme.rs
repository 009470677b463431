//! The table in `bench/README.md`, between its markers.

use std::io;

use wuyuan_tests::workspace;

const BEGIN: &str = "<!-- measured: begin -->\n";
const END: &str = "<!-- measured: end -->\n";

/// Puts `text` between the markers of `bench/README.md`.
///
/// # Errors
/// When the file cannot be read or written, or lacks the markers.
pub fn write(text: &str) -> io::Result<()> {
    let path = workspace::root().join("bench/README.md");
    let page = std::fs::read_to_string(&path)?;
    let page = between(&page, text).ok_or_else(|| io::Error::other("the markers are missing"))?;
    std::fs::write(path, page)
}

fn between(page: &str, text: &str) -> Option<String> {
    let (before, rest) = page.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}{text}{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_lies_between_the_markers_changes() {
        let page = format!("a\n{BEGIN}old\n{END}b\n");
        assert_eq!(between(&page, "new\n"), Some(format!("a\n{BEGIN}new\n{END}b\n")));
        assert_eq!(between("a\n", "new\n"), None);
    }
}
