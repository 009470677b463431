//! The files of the phone app and the console: read once at start, from a folder or from those that were compiled in.
//!
//! They are small, and what is in memory cannot be escaped from by a path: a request names a file of the list or none.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use bytes::Bytes;
use sha2::{Digest, Sha256};

/// The page that `/` is.
const INDEX: &str = "index.html";
/// What the name of another page ends in, which its address leaves out.
const PAGE: &str = ".html";
/// Where the build puts files that bear their hash in their name.
const HASHED: &str = "assets/";

/// Why the app's files cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum PagesError {
    /// The folder cannot be read.
    #[error("setting web: cannot read {0}: {1}")]
    Folder(String, io::Error),
    /// It does not hold the built app.
    #[error("setting web: {0} holds no index.html: name the folder into which `make web` builds, web/dist")]
    NoIndex(String),
}

/// One file.
#[derive(Debug, Clone)]
pub struct File {
    /// Its bytes.
    pub bytes: Bytes,
    /// Its media type.
    pub media: &'static str,
    /// Its entity tag, quotes included.
    pub tag: String,
    /// Its name changes with its content, so it may be kept for ever.
    pub is_hashed: bool,
}

/// All of them, by the path under which they are served.
#[derive(Debug, Clone, Default)]
pub struct Pages(BTreeMap<String, File>);

impl Pages {
    /// Those of a folder; an empty name is no folder and no files.
    ///
    /// # Errors
    /// When it cannot be read, or is not the built app's.
    pub fn of_folder(folder: &str) -> Result<Pages, PagesError> {
        if folder.is_empty() {
            return Ok(Pages::default());
        }
        let mut pages = Pages::default();
        let failed = |error| PagesError::Folder(folder.to_owned(), error);
        pages.gather(Path::new(folder), "").map_err(failed)?;
        match pages.find("/") {
            Some(_) => Ok(pages),
            None => Err(PagesError::NoIndex(folder.to_owned())),
        }
    }

    /// Those that were compiled in: each its path below the app's folder, and its bytes.
    pub fn compiled_in(files: &'static [(&'static str, &'static [u8])]) -> Pages {
        let mut pages = Pages::default();
        for (name, bytes) in files {
            pages.add(name, Bytes::from_static(bytes));
        }
        pages
    }

    fn gather(&mut self, folder: &Path, below: &str) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else {
                continue;
            };
            let name = format!("{below}{name}");
            if entry.file_type()?.is_dir() {
                self.gather(&entry.path(), &format!("{name}/"))?;
            } else {
                self.add(&name, fs::read(entry.path())?.into());
            }
        }
        Ok(())
    }

    fn add(&mut self, name: &str, bytes: Bytes) {
        let path = match name {
            INDEX => "/".to_owned(),
            name => format!("/{}", name.strip_suffix(PAGE).unwrap_or(name)),
        };
        let hash = hex::encode(&Sha256::digest(&bytes)[..16]);
        let file = File {
            media: media(name),
            // Weak: what travels may be compressed.
            tag: format!("W/\"{hash}\""),
            is_hashed: name.starts_with(HASHED),
            bytes,
        };
        self.0.insert(path, file);
    }

    /// The file that a path names.
    pub fn find(&self, path: &str) -> Option<&File> {
        self.0.get(path)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn media(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_without_the_app_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let name = folder.path().to_str().unwrap();
        assert!(matches!(Pages::of_folder(name), Err(PagesError::NoIndex(_))));
        let absent = format!("{name}/absent");
        assert!(matches!(Pages::of_folder(&absent), Err(PagesError::Folder(..))));
        assert!(Pages::of_folder("").unwrap().is_empty());
    }

    #[test]
    fn a_file_is_found_by_its_path_and_by_no_other() {
        let pages = Pages::compiled_in(&[
            ("index.html", b"<p>"),
            ("console.html", b"<b>"),
            ("assets/a-1.js", b"1"),
            ("sw.js", b"2"),
        ]);
        for path in ["/", "/console"] {
            assert_eq!(pages.find(path).unwrap().media, "text/html; charset=utf-8", "{path}");
        }
        assert!(pages.find("/assets/a-1.js").unwrap().is_hashed);
        assert!(!pages.find("/sw.js").unwrap().is_hashed);
        for path in [
            "",
            "/index.html",
            "/index",
            "/console.html",
            "/console/",
            "/assets/../sw.js",
            "//sw.js",
            "/assets/",
            "/assets",
        ] {
            assert!(pages.find(path).is_none(), "{path}");
        }
    }
}
