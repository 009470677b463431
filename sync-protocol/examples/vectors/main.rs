//! Writes `vectors/*.json` anew: `cargo run -p sync-protocol --example vectors`.

#[path = "make.rs"]
mod make;

use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors");
    std::fs::create_dir_all(&folder)?;
    for (name, text) in make::files()? {
        std::fs::write(folder.join(name), text)?;
    }
    Ok(())
}
