//! The catalogue: what kinds of record there are, who reads and writes them, how they merge and move.
//!
//! A kind is one TOML file under `catalog/`. Validation, authorization, the phone's forms, the desk,
//! exports and reports all read it; adding a kind is adding a file. One catalogue holds every version of
//! itself: a later version only adds optional fields and enum values, each marked with the version `since`
//! which it exists, so the shape of an operation can always be judged by the version it was written under.

mod extend;
mod kind;
mod load;
#[cfg(test)]
mod tests;
mod validate;

pub use kind::{
    Attests, Choice, Field, FieldType, Kind, Label, Ledger, Policy, Purpose, Read, Sensitivity, State, Transition,
    Workflow, Write,
};
pub use load::{Catalog, CatalogError};

/// The register that holds a record's workflow state. Written by transitions only.
pub const STATE_FIELD: &str = "state";
