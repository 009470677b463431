//! Catalogue files: one or two catalogues and operations, parted by lines of `===`. A catalogue is its JSON, or TOML
//! files parted by lines of `---`.

use sha2::{Digest, Sha256};
use sync_protocol::catalog::{Catalog, CatalogError};
use sync_protocol::op::{self, Parsed};
use sync_protocol::shape;

use crate::operation::BUILTIN;

/// What loads is served as the same, and what extends another keeps what was written under it good.
pub fn check(data: &[u8]) {
    let Some(text) = crate::text(data) else { return };
    let mut parts = text.split("\n===\n");
    let Some(first) = loaded(parts.next().unwrap_or_default()) else {
        return;
    };
    assert_eq!(first.extends(&first), Ok(()));
    let Some(later) = parts.next().and_then(loaded) else {
        let _ = first.extends(&BUILTIN).map_err(|error| stable(&error));
        return;
    };
    match later.extends(&first) {
        Err(error) => stable(&error),
        Ok(()) => {
            assert!(later.version() >= first.version());
            let texts = parts.next().unwrap_or_default();
            for line in texts.lines() {
                kept(line, &first, &later);
            }
        }
    }
}

/// An operation that was good under the earlier catalogue means the same under the later one.
fn kept(line: &str, earlier: &Catalog, later: &Catalog) {
    if let (Parsed::Op(op), _) = op::read(line)
        && let Ok((_, typed)) = shape::check(earlier, &op)
    {
        let now = shape::check(later, &op).map(|(_, typed)| typed);
        assert_eq!(now, Ok(typed), "{line}");
    }
}

fn loaded(text: &str) -> Option<Catalog> {
    let catalog = if text.starts_with('{') {
        Catalog::from_json(text)
    } else {
        Catalog::from_files(text.split("\n---\n").map(|file| ("made.toml", file)))
    };
    match catalog {
        Ok(catalog) => {
            served(&catalog, text);
            Some(catalog)
        }
        Err(error) => {
            stable(&error);
            None
        }
    }
}

fn served(catalog: &Catalog, text: &str) {
    let (json, hash) = catalog.to_json();
    assert_eq!(hash, <[u8; 32]>::from(Sha256::digest(json.as_bytes())));
    if text.starts_with('{') {
        assert_eq!(json, text, "the announced hash is of the text as it came");
    }
    assert_eq!(Catalog::from_json(json).as_ref(), Ok(catalog));
    for (code, kind) in catalog.kinds() {
        assert_eq!((code, &kind.kind), (&kind.kind, code));
        assert!((1..=catalog.version()).contains(&kind.since), "{code}");
        assert!(catalog.kind(code, catalog.version()).is_some());
        let mut fields = kind.fields.values();
        assert!(
            fields.all(|field| (kind.since..=catalog.version()).contains(&field.since)),
            "{code}"
        );
    }
}

fn stable(error: &CatalogError) {
    let codes = [
        "catalog_unreadable",
        "catalog_rule",
        "catalog_kind_twice",
        "catalog_version",
    ];
    assert!(codes.contains(&error.code()) && !error.to_string().is_empty());
}
