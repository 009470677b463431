//! Version vectors of records.
//!
//! A record's clock is the version vector of Parker et al. (1983) over devices, kept in `crdts::VClock`.
//! It has gaps: a device numbers its operations over all its records, so on one record its numbers only
//! grow. `VClock::validate_op`, which asks for counter + 1, must therefore not be used.

use crdts::{Dot, VClock};

use crate::id::{DeviceId, Seq};

/// Which operations of which devices something has seen.
pub type Clock = VClock<DeviceId>;

/// One operation: the `seq`-th of its device.
pub type OpDot = Dot<DeviceId>;

/// Whether `clock` covers the dot `(device, seq)`.
pub fn covers(clock: &Clock, device: &DeviceId, seq: Seq) -> bool {
    clock.get(device) >= seq
}

/// The clock that sees exactly what the pairs name (the larger of two for one device).
pub fn clock_of(dots: impl IntoIterator<Item = (DeviceId, Seq)>) -> Clock {
    dots.into_iter().map(|(device, seq)| Dot::new(device, seq)).collect()
}
