//! Writes the table of verdict codes into `docs/PROTOCOL.md` anew.

use std::fs;
use std::io;
use std::path::Path;

fn main() -> io::Result<()> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/PROTOCOL.md");
    let text = fs::read_to_string(&page)?;
    let (begin, end) = ("<!-- codes:begin -->\n", "<!-- codes:end -->");
    let missing = || io::Error::other("docs/PROTOCOL.md has lost the marks of its table");
    let from = text.find(begin).ok_or_else(missing)? + begin.len();
    let to = text.find(end).ok_or_else(missing)?;
    fs::write(
        page,
        format!(
            "{}{}{}",
            &text[..from],
            sync_protocol::verdict::documentation(),
            &text[to..]
        ),
    )
}
