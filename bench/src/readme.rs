//! The tables in the documents, each between its markers.

use std::io;

use wuyuan_tests::workspace;

/// Which table.
#[derive(Debug, Clone, Copy)]
pub enum Place {
    /// Wuyuan's own figures.
    Measured,
    /// Other servers beside it.
    Peers,
    /// What grows with what.
    Scale,
}

impl Place {
    fn markers(self) -> [String; 2] {
        let name = match self {
            Place::Measured => "measured",
            Place::Peers => "peers",
            Place::Scale => "scale",
        };
        ["begin", "end"].map(|side| format!("<!-- {name}: {side} -->\n"))
    }

    fn page(self) -> &'static str {
        match self {
            Place::Measured | Place::Peers => "bench/README.md",
            Place::Scale => "docs/SCALE.md",
        }
    }
}

/// Puts `text` between the markers of `place` in its page.
///
/// # Errors
/// When the file cannot be read or written, or lacks the markers.
pub fn write(place: Place, text: &str) -> io::Result<()> {
    let path = workspace::root().join(place.page());
    let page = std::fs::read_to_string(&path)?;
    let page = between(&page, place, text).ok_or_else(|| io::Error::other("the markers are missing"))?;
    std::fs::write(path, page)
}

fn between(page: &str, place: Place, text: &str) -> Option<String> {
    let [begin, end] = place.markers();
    let (before, rest) = page.split_once(&begin)?;
    let (_, after) = rest.split_once(&end)?;
    Some(format!("{before}{begin}{text}{end}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_lies_between_the_markers_changes() {
        let [begin, end] = Place::Measured.markers();
        let page = |text: &str| format!("a\n{begin}{text}{end}b\n");
        assert_eq!(between(&page("old\n"), Place::Measured, "new\n"), Some(page("new\n")));
        assert_eq!(between(&page("old\n"), Place::Peers, "new\n"), None);
    }
}
