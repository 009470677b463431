//! The contract: `openapi.yaml` against the real server, called by a stranger who knows nothing else.

mod schemathesis;
mod world;
