//! What is derived behind the push path, on both databases, without HTTP.

mod follow;
mod naive;
mod walk;
