//! A demonstration district: the real grid of Jin'an with made-up people, always the same ones.
//!
//! [`district`] is a pure function of its seed; [`install`] writes what it makes into an empty database. It is
//! only ever asked for by name (`wuyuan serve --demo`): everybody in it has the same, published password.

mod grid;
mod install;
mod names;
mod people;
mod seed;

pub use grid::{DemoUnit, GridError};
pub use install::{InstallError, Installed, install, is_installed};
pub use people::{DemoAppointment, DemoMember};

use seed::Seed;

/// The seed of the district that `wuyuan serve --demo` makes.
pub const SEED: u64 = 641;

/// The password of everybody in the demonstration.
pub const PASSWORD: &str = "demo-only-641";

/// A whole district: units from the top down, then people with their appointments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct District {
    /// The grid, each unit after the one above it.
    pub units: Vec<DemoUnit>,
    /// The 641 members first, then leaders, area managers and the office.
    pub members: Vec<DemoMember>,
}

/// Makes the district that belongs to `seed`: the same seed gives the same ids, numbers and names.
///
/// # Errors
/// When the grid that comes with the program cannot be read.
pub fn district(seed: u64) -> Result<District, GridError> {
    let units = grid::units()?;
    let members = people::members(&units, &Seed::new(seed));
    Ok(District { units, members })
}

#[cfg(test)]
mod tests;
