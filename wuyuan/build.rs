//! Compiles in what `web/dist` holds of the built phone app and console; a build without it has no app and says nothing of it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

const DIST: &str = "../web/dist";

fn main() -> io::Result<()> {
    let dist = Path::new(DIST);
    let mut files = Vec::new();
    if dist.is_dir() {
        gather(dist, "", &mut files)?;
    }
    files.sort();
    let mut list = String::from("&[\n");
    for (name, path) in files {
        let path = path.canonicalize()?;
        list.push_str(&format!("    ({name:?}, include_bytes!({path:?})),\n"));
    }
    list.push_str("]\n");
    let out = std::env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    fs::write(Path::new(&out).join("pages.rs"), list)?;
    println!("cargo:rerun-if-changed={DIST}");
    Ok(())
}

fn gather(folder: &Path, below: &str, files: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{below}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            gather(&entry.path(), &format!("{name}/"), files)?;
        } else {
            files.push((name, entry.path()));
        }
    }
    Ok(())
}
