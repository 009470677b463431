//! Printing. Somebody who stops reading, such as `head`, is no failure.

use std::io::{ErrorKind, Write};

use super::told::{Told, told};

/// Prints a text as it is.
pub fn print(text: &str) -> Result<(), Told> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(told(error.to_string())),
        _ => Ok(()),
    }
}

/// Prints a line.
pub fn line(text: &str) -> Result<(), Told> {
    print(&format!("{text}\n"))
}
