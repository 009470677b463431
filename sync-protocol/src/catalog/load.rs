//! Reading the catalogue from its TOML files and holding it in memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::kind::Kind;
use super::{extend, validate};

/// Why a catalogue is refused. Each message names the file or kind and the place in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CatalogError {
    /// The TOML does not parse into a kind.
    #[error("{file}: {message}")]
    Toml {
        /// The file.
        file: String,
        /// What the parser says, with line and column.
        message: String,
    },
    /// The JSON does not parse into a catalogue, or a catalogue cannot be written as JSON.
    #[error("the catalogue's JSON: {0}")]
    Json(String),
    /// The kind parses but contradicts itself, another kind or an earlier version.
    #[error("kind {kind}, {place}: {message}")]
    Rule {
        /// The kind.
        kind: String,
        /// Where in it, such as `fields.note`.
        place: String,
        /// What is wrong and what it should be.
        message: String,
    },
    /// Two files define the same kind.
    #[error("kind {0} is defined twice; rename one of them")]
    Twice(String),
    /// The version is not the newest `since` within, or lies before that of an earlier catalogue.
    #[error("the catalogue says version {found}; it must be {expected}")]
    Version {
        /// What it says.
        found: u32,
        /// What it must say.
        expected: u32,
    },
}

impl CatalogError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            CatalogError::Toml { .. } | CatalogError::Json(_) => "catalog_unreadable",
            CatalogError::Rule { .. } => "catalog_rule",
            CatalogError::Twice(_) => "catalog_kind_twice",
            CatalogError::Version { .. } => "catalog_version",
        }
    }
}

/// All kinds, in all their versions up to [`Catalog::version`]. It holds the text that is served beside
/// the kinds, so it cannot be changed once it is loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalog {
    content: Content,
    json: Arc<str>,
    hash: [u8; 32],
}

/// What travels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    version: u32,
    kinds: BTreeMap<String, Kind>,
}

/// The catalogue's files, compiled in so that no client or server can run with half of them.
const FILES: &[(&str, &str)] = &[
    ("subject.toml", include_str!("../../catalog/subject.toml")),
    (
        "supervision_visit.toml",
        include_str!("../../catalog/supervision_visit.toml"),
    ),
    (
        "volunteer_session.toml",
        include_str!("../../catalog/volunteer_session.toml"),
    ),
    ("service_order.toml", include_str!("../../catalog/service_order.toml")),
    (
        "service_session.toml",
        include_str!("../../catalog/service_session.toml"),
    ),
    ("attestation.toml", include_str!("../../catalog/attestation.toml")),
    ("photo_report.toml", include_str!("../../catalog/photo_report.toml")),
    ("observer_draw.toml", include_str!("../../catalog/observer_draw.toml")),
    (
        "evaluation_form.toml",
        include_str!("../../catalog/evaluation_form.toml"),
    ),
    (
        "procuratorial_suggestion.toml",
        include_str!("../../catalog/procuratorial_suggestion.toml"),
    ),
    ("desk_note.toml", include_str!("../../catalog/desk_note.toml")),
];

impl Catalog {
    /// The catalogue that this build ships.
    pub fn builtin() -> Result<Catalog, CatalogError> {
        Catalog::from_files(FILES.iter().copied())
    }

    /// Parses `(file name, TOML text)` pairs, each one kind, and holds them to every rule of the validator.
    pub fn from_files<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Catalog, CatalogError> {
        let mut kinds = BTreeMap::new();
        for (file, text) in files {
            let kind: Kind = toml::from_str(text).map_err(|e| CatalogError::Toml {
                file: file.to_owned(),
                message: e.to_string(),
            })?;
            let code = kind.kind.clone();
            if kinds.insert(code.clone(), kind).is_some() {
                return Err(CatalogError::Twice(code));
            }
        }
        let content = Content {
            version: newest(&kinds),
            kinds,
        };
        let json = serde_json::to_string(&content).map_err(|e| CatalogError::Json(e.to_string()))?;
        Catalog::checked(content, &json)
    }

    /// Parses the JSON of `GET /v1/catalog`, held to the same rules. The text is kept as it came, so that
    /// its hash stays the one that the server announced.
    pub fn from_json(text: &str) -> Result<Catalog, CatalogError> {
        let content: Content = serde_json::from_str(text).map_err(|e| CatalogError::Json(e.to_string()))?;
        let expected = newest(&content.kinds);
        if content.version != expected {
            return Err(CatalogError::Version {
                found: content.version,
                expected,
            });
        }
        Catalog::checked(content, text)
    }

    fn checked(content: Content, json: &str) -> Result<Catalog, CatalogError> {
        validate::whole(&content.kinds)?;
        Ok(Catalog {
            content,
            json: json.into(),
            hash: Sha256::digest(json.as_bytes()).into(),
        })
    }

    /// Refuses `self` unless it only adds optional fields, enum values, states, transitions and kinds to
    /// `earlier`. Wording, roles, sensitivity and retention may change; limits may widen.
    pub fn extends(&self, earlier: &Catalog) -> Result<(), CatalogError> {
        if self.version() < earlier.version() {
            return Err(CatalogError::Version {
                found: self.version(),
                expected: earlier.version(),
            });
        }
        extend::kinds(self.kinds(), earlier.kinds(), earlier.version())
    }

    /// The newest version that this catalogue holds: the greatest `since` in it.
    pub fn version(&self) -> u32 {
        self.content.version
    }

    /// Every kind by its code, those of all versions.
    pub fn kinds(&self) -> &BTreeMap<String, Kind> {
        &self.content.kinds
    }

    /// The kind `code`, if it exists in catalogue version `version`.
    pub fn kind(&self, code: &str, version: u32) -> Option<&Kind> {
        self.content.kinds.get(code).filter(|k| k.since <= version)
    }

    /// The JSON that `GET /v1/catalog` serves and its SHA-256.
    pub fn to_json(&self) -> (&str, [u8; 32]) {
        (&self.json, self.hash)
    }
}

fn newest(kinds: &BTreeMap<String, Kind>) -> u32 {
    let fields = kinds.values().flat_map(|k| k.fields.values());
    let choices = fields.clone().flat_map(|f| f.values.iter().map(|v| v.since));
    kinds
        .values()
        .map(|k| k.since)
        .chain(fields.map(|f| f.since))
        .chain(choices)
        .max()
        .unwrap_or(1)
}
