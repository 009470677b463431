//! The catalogue as it is served, and the rule that later ones only add to it.

use sync_protocol::catalog::{Catalog, CatalogError};

use crate::query;
use crate::store::rows::CatalogRow;
use crate::store::{Store, StoreError};

/// The JSON of `GET /v1/catalog` with its entity tag.
#[derive(Debug, Clone)]
pub struct ServedCatalog {
    /// The JSON.
    pub body: String,
    /// Its SHA-256.
    pub sha256: [u8; 32],
}

/// Why a catalogue may not be served from this database.
#[derive(Debug, thiserror::Error)]
pub enum ServedError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// This program is older than the database.
    #[error(
        "this database was served with catalogue version {stored}, this program only knows {own}: use a newer program"
    )]
    Older {
        /// The database's.
        stored: i64,
        /// This program's.
        own: u32,
    },
    /// What was served before does not parse.
    #[error("the catalogue stored as version {version} is damaged: {error}")]
    Damaged {
        /// Its version.
        version: i64,
        /// Why.
        error: CatalogError,
    },
    /// Something was removed or changed that phones may rely on.
    #[error("the catalogue takes something back that was served before: {0}")]
    TakesBack(CatalogError),
}

impl ServedCatalog {
    /// Checks `catalog` against the newest that was served from this database, and writes it down.
    pub fn record(store: &Store, catalog: &Catalog, now_ms: i64) -> Result<ServedCatalog, ServedError> {
        let (body, sha256) = catalog.to_json();
        store.write(|db| {
            if let Some(earlier) = query!(db, catalog::newest())? {
                if earlier.version > i64::from(catalog.version()) {
                    return Err(ServedError::Older {
                        stored: earlier.version,
                        own: catalog.version(),
                    });
                }
                let known = Catalog::from_json(&earlier.body).map_err(|error| ServedError::Damaged {
                    version: earlier.version,
                    error,
                })?;
                catalog.extends(&known).map_err(ServedError::TakesBack)?;
            }
            let row = CatalogRow {
                version: i64::from(catalog.version()),
                sha256,
                body: body.to_owned(),
                at_ms: now_ms,
            };
            query!(db, catalog::insert(row))?;
            Ok(())
        })?;
        Ok(ServedCatalog {
            body: body.to_owned(),
            sha256,
        })
    }

    /// The entity tag, quotes included (RFC 9110 section 8.8.3).
    pub fn etag(&self) -> String {
        format!("\"{}\"", hex::encode(self.sha256))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[test]
    fn a_catalogue_that_takes_something_back_is_refused() {
        let (_folder, store) = testing::sqlite();
        let catalog = Catalog::builtin().unwrap();
        ServedCatalog::record(&store, &catalog, 1).unwrap();
        ServedCatalog::record(&store, &catalog, 2).unwrap();

        let mut json: serde_json::Value = serde_json::from_str(catalog.to_json().0).unwrap();
        let mut smaller = json.clone();
        smaller["kinds"].as_object_mut().unwrap().remove("supervision_visit");
        let smaller = Catalog::from_json(&smaller.to_string()).unwrap();
        assert!(matches!(
            ServedCatalog::record(&store, &smaller, 3),
            Err(ServedError::TakesBack(_))
        ));

        let next = catalog.version() + 1;
        let radio = serde_json::json!({"code": "radio", "since": next, "label": {"zh-Hans": "广播", "en": "Radio"}});
        json["kinds"]["photo_report"]["fields"]["channel"]["values"]
            .as_array_mut()
            .unwrap()
            .push(radio);
        json["version"] = next.into();
        let newer = Catalog::from_json(&json.to_string()).unwrap();
        ServedCatalog::record(&store, &newer, 4).unwrap();
        assert!(matches!(
            ServedCatalog::record(&store, &catalog, 5),
            Err(ServedError::Older { .. })
        ));
    }
}
