//! The contract: `openapi.yaml` against the real server, called by a stranger who knows nothing else.

// The world's good values are one long `json!`.
#![recursion_limit = "256"]

mod hostile;
mod raw;
mod schemathesis;
mod uploads;
mod wire;
mod world;
