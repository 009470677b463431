//! The contract: `openapi.yaml` against the real server, called by a stranger who knows nothing else.

// The world is described in one piece of JSON.
#![recursion_limit = "512"]

mod hostile;
mod raw;
mod schemathesis;
mod uploads;
mod wire;
mod world;
