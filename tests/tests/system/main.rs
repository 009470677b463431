//! The system's tests: the real program on a real database, and whatever a phone, a thief or a power cut may do to it.

mod backup;
mod command;
mod demo;
mod desk;
mod draws;
mod earlier;
mod envelope;
mod events;
mod faults;
mod findings;
mod forks;
mod history;
mod kill;
mod load;
mod log;
mod main_job;
mod pages;
mod photos;
mod pictures;
mod restored;
mod routes;
mod standing;
mod tokens;
mod two_servers;
mod verify;
