//! The client of another make: it holds the vectors, and takes part beside ours.

mod folk;
mod mixed;
mod restored;
mod vectors;
