//! The contract: `openapi.yaml` against the real server, called by a stranger who knows nothing else.

mod hostile;
mod raw;
mod schemathesis;
mod uploads;
mod wire;
mod world;
