//! Small pieces of work, timed.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// Samples that count, after [`WARM_UP`] that do not. The median of them is the figure.
pub const SAMPLES: usize = 31;
const WARM_UP: usize = 3;
/// How long one sample takes at least: far above the clock's resolution and a context switch.
const SAMPLE: Duration = Duration::from_millis(5);

/// The median time of `work` on a fresh input each time. Neither making an input nor dropping an output counts.
pub fn median<I, O>(mut input: impl FnMut() -> I, mut work: impl FnMut(I) -> O) -> Duration {
    let mut times = 1;
    let mut samples = Vec::with_capacity(SAMPLES);
    while samples.len() < WARM_UP + SAMPLES {
        let inputs: Vec<I> = (0..times).map(|_| input()).collect();
        let mut outputs = Vec::with_capacity(times);
        let started = Instant::now();
        for input in inputs {
            outputs.push(black_box(work(black_box(input))));
        }
        let passed = started.elapsed();
        drop(outputs);
        if passed < SAMPLE && samples.is_empty() {
            times *= 2;
        } else {
            samples.push(passed / u32::try_from(times).unwrap_or(u32::MAX));
        }
    }
    let mut samples = samples.split_off(WARM_UP);
    samples.sort_unstable();
    samples[SAMPLES / 2]
}

/// Microseconds.
pub fn us(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

/// Milliseconds.
pub fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// The median of figures.
pub fn middle(mut figures: Vec<f64>) -> f64 {
    figures.sort_unstable_by(f64::total_cmp);
    figures[figures.len() / 2]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_three_is_the_second() {
        assert_eq!(middle(vec![3.0, 1.0, 2.0]), 2.0);
    }
}
