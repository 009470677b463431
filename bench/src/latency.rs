//! Answers with their times, and what the clients of one run together saw.

use std::time::{Duration, Instant};

/// One request: when it was due and when its answer was whole.
#[derive(Debug, Clone, Copy)]
pub struct Answered {
    /// When it was sent, or should have been.
    pub due: Instant,
    /// When the last byte of the answer was there.
    pub done: Instant,
}

/// The part of a run in which every client was busy.
#[derive(Debug)]
pub struct Steady {
    /// Answers a second.
    pub rate: f64,
    latencies: Vec<Duration>,
}

impl Steady {
    /// From the moment at which every client has had `warm_up` answers to the one at which the first client was
    /// done.
    pub fn of(clients: &[Vec<Answered>], warm_up: usize) -> Steady {
        let from = clients
            .iter()
            .map(|answers| answers[warm_up - 1].done)
            .max()
            .expect("there are clients");
        let to = clients
            .iter()
            .filter_map(|answers| answers.last())
            .map(|last| last.done)
            .min();
        let to = to.expect("clients have answers");
        assert!(
            to > from,
            "the clients are too uneven: the first was done before the last was warm"
        );
        let inside = |answer: &&Answered| answer.done > from && answer.done <= to;
        let mut latencies: Vec<Duration> = clients
            .iter()
            .flatten()
            .filter(inside)
            .map(|answer| answer.done - answer.due)
            .collect();
        latencies.sort_unstable();
        Steady {
            rate: latencies.len() as f64 / (to - from).as_secs_f64(),
            latencies,
        }
    }

    /// How many answers came in that time.
    pub fn answers(&self) -> usize {
        self.latencies.len()
    }

    /// The latency that `percent` of the answers do not exceed, in milliseconds.
    pub fn percentile(&self, percent: f64) -> f64 {
        let rank = (self.latencies.len() as f64 * percent / 100.0).ceil() as usize;
        let latency = self.latencies.get(rank.clamp(1, self.latencies.len()) - 1);
        latency.expect("a steady run has answers").as_secs_f64() * 1e3
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_time_in_which_all_are_busy_counts() {
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        let client = |every: u64, times: u64| -> Vec<Answered> {
            (1..=times)
                .map(|n| Answered {
                    due: at((n - 1) * every),
                    done: at(n * every),
                })
                .collect()
        };
        // Warm from 20 ms on, the first is done at 100 ms: eight answers of one, four of the other in 80 ms.
        let steady = Steady::of(&[client(10, 10), client(20, 10)], 1);
        assert_eq!(steady.answers(), 12);
        assert!((steady.rate - 150.0).abs() < 1e-6, "{}", steady.rate);
        assert_eq!((steady.percentile(50.0), steady.percentile(99.0)), (10.0, 20.0));
    }
}
