//! Photo reports of the real phone program over a network that drops, to the real server.

mod full;
mod report;
mod restored;
mod terminal;
