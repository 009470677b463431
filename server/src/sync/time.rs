//! When was an operation written? Wall clocks are testimony, never order.

use sync_protocol::op::Op;

/// What is known of a device's clock when a push arrives.
#[derive(Debug, Clone, Copy)]
pub struct Evidence<'a> {
    /// When the push arrived, ms.
    pub arrival_ms: i64,
    /// The boot at sending.
    pub boot: &'a str,
    /// Milliseconds since that boot at sending.
    pub uptime_ms: i64,
    /// The device's clock minus the server's as last measured, ms.
    pub offset_ms: Option<i64>,
    /// The device's last verified sync before this one, else its enrolment, ms.
    pub since_ms: i64,
}

/// An estimate of when an operation was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// Milliseconds; `None` when it cannot be known: then only the right at arrival decides.
    pub ms: Option<i64>,
    /// The phone's clock contradicts the estimate by more than the tolerance, or there is no estimate.
    pub clock_doubtful: bool,
}

impl Written {
    /// The same, but not later than `ms`.
    pub fn not_after(self, ms: i64) -> Written {
        Written {
            ms: self.ms.map(|written| written.min(ms)),
            ..self
        }
    }
}

/// Estimates. Within one boot the monotonic clock tells; across boots the wall clock, corrected by the last
/// measured offset, if what it says lies between the device's last verified sync and the arrival, but for
/// `tolerance_ms`, as far as a clock may be off.
pub fn estimate(op: &Op, evidence: &Evidence<'_>, tolerance_ms: i64) -> Written {
    if op.boot == evidence.boot && !op.boot.is_empty() && op.uptime_ms <= evidence.uptime_ms {
        let ms = evidence.arrival_ms - (evidence.uptime_ms - op.uptime_ms);
        let doubtful = (op.at.ms - ms).abs() > tolerance_ms;
        return Written {
            ms: Some(ms),
            clock_doubtful: doubtful,
        };
    }
    let Some(offset) = evidence.offset_ms else {
        return Written {
            ms: None,
            clock_doubtful: true,
        };
    };
    let corrected = op.at.ms.saturating_sub(offset);
    let plausible = (evidence.since_ms - tolerance_ms..=evidence.arrival_ms + tolerance_ms).contains(&corrected);
    if !plausible {
        return Written {
            ms: None,
            clock_doubtful: true,
        };
    }
    let ms = corrected.clamp(evidence.since_ms.min(evidence.arrival_ms), evidence.arrival_ms);
    Written {
        ms: Some(ms),
        clock_doubtful: offset.abs() > tolerance_ms,
    }
}

#[cfg(test)]
mod tests {
    use sync_protocol::op::{Parsed, read};

    use super::*;

    const TOLERANCE: i64 = 5 * 60 * 1000;
    const ARRIVAL: i64 = 1_795_305_600_000; // 2026-11-22T00:00:00Z

    fn op(at: &str, boot: &str, uptime: i64) -> Op {
        let text = format!(
            r#"{{"seq":1,"salt":"00112233445566778899aabbccddeeff","gen":"g","cat":1,"by":"01970000-0000-7000-8000-000000000001","as":"01970000-0000-7000-8000-000000000002","at":"{at}","boot":"{boot}","uptime_ms":{uptime},"record":"01970000-0000-7000-8000-000000000003","kind":"k","unit":"350111001026"}}"#
        );
        match read(&text).0 {
            Parsed::Op(op) => *op,
            other => panic!("{other:?}"),
        }
    }

    fn evidence(offset_ms: Option<i64>) -> Evidence<'static> {
        Evidence {
            arrival_ms: ARRIVAL,
            boot: "now",
            uptime_ms: 1_000_000,
            offset_ms,
            since_ms: ARRIVAL - 86_400_000,
        }
    }

    #[test]
    fn within_one_boot_the_monotonic_clock_decides_whatever_the_wall_clock_says() {
        let right = estimate(
            &op("2026-11-22T07:59:00+08:00", "now", 940_000),
            &evidence(None),
            TOLERANCE,
        );
        assert_eq!(
            right,
            Written {
                ms: Some(ARRIVAL - 60_000),
                clock_doubtful: false
            }
        );
        for wall in ["1970-01-01T00:00:00Z", "2099-01-01T00:00:00Z"] {
            let wrong = estimate(&op(wall, "now", 940_000), &evidence(None), TOLERANCE);
            assert_eq!(
                wrong,
                Written {
                    ms: Some(ARRIVAL - 60_000),
                    clock_doubtful: true
                }
            );
        }
    }

    #[test]
    fn across_boots_the_offset_corrects_and_the_bracket_bounds() {
        let fast = estimate(
            &op("2026-11-22T07:00:00+08:00", "before", 5),
            &evidence(Some(60_000)),
            TOLERANCE,
        );
        assert_eq!(
            fast,
            Written {
                ms: Some(ARRIVAL - 3_660_000),
                clock_doubtful: false
            }
        );
        for wall in ["1970-01-01T00:00:00Z", "2099-01-01T00:00:00Z"] {
            let lost = estimate(&op(wall, "before", 5), &evidence(Some(0)), TOLERANCE);
            assert_eq!(
                lost,
                Written {
                    ms: None,
                    clock_doubtful: true
                }
            );
        }
        let unknown = estimate(
            &op("2026-11-22T07:00:00+08:00", "before", 5),
            &evidence(None),
            TOLERANCE,
        );
        assert_eq!(unknown.ms, None);
    }
}
