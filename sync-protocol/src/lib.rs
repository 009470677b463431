//! What a Wuyuan phone and server must agree on, and nothing else.
//!
//! A phone writes *operations* into a hash-chained *feed* ([`op`], [`feed`]); the server merges them into
//! *records* ([`record`]) under rules that both read from the *catalogue* ([`catalog`], [`shape`]), answers
//! each with a *verdict* ([`verdict`], [`receipt`]) and sends merged records back ([`wire`]), over which the
//! phone lays what it has not yet delivered ([`overlay`]). What was stored is sealed in a transparency log ([`log`]).
//!
//! The crate is pure: no runtime, no clock, no I/O, no randomness. Everything is a function of its arguments,
//! so a client in another language can prove itself against `vectors/`.

pub mod calendar;
pub mod catalog;
pub mod clock;
pub mod deadlines;
pub mod decision;
pub mod draw;
pub mod feed;
pub mod form;
pub mod hours;
pub mod id;
pub mod json;
pub mod limits;
pub mod log;
pub mod op;
pub mod overlay;
pub mod receipt;
pub mod record;
pub mod role;
pub mod rules;
pub mod shape;
pub mod sum;
pub mod value;
pub mod verdict;
pub mod wire;
