//! What the system's tests stand on: a real PostgreSQL, the real program, a plain HTTP caller and a phone
//! that can also send rubbish.
//!
//! Everything here panics with a sentence that says what is missing: a test that cannot run has failed. Nothing
//! sleeps for luck or tries again; what waits, waits for a condition and has a deadline.

pub mod api;
pub mod arrangements;
pub mod backend;
pub mod behind;
pub mod command;
pub mod crew;
pub mod crowd;
pub mod derived;
pub mod district;
pub mod draws;
pub mod driven;
pub mod engine;
pub mod foreign;
pub mod office;
pub mod phones;
pub mod photos;
pub mod pictures;
pub mod ports;
pub mod postgres;
pub mod proxy;
pub mod replica;
pub mod reports;
pub mod rows;
pub mod s3;
pub mod seed;
pub mod server;
pub mod skew;
pub mod smallfs;
pub mod tamper;
pub mod uploads;
pub mod workspace;
