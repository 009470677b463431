//! Uploads of photos against the real server: what holds in every life, and what hostile or broken clients try.

mod checked;
mod composed;
mod cut;
mod hostile;
mod life;
mod own;
mod two_servers;
mod unanswered;
