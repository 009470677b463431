//! Real faults on the real program: what dies, fills, hangs and lies while phones push, and what must hold
//! afterwards.
//!
//! `FAULTS_SEED` repeats a random run, `FAULTS_ROUNDS` makes the loops longer.

mod balanced;
mod behind;
mod clocks;
mod connections;
mod cuts;
mod failover;
mod forgetful;
mod full_disk;
mod healing;
mod killed;
mod postgres_killed;
mod restore_killed;
mod stopping;
mod under_load;
