//! Evaluation forms: drafted from what was really posted, issued only if they say just that, and printed.

mod desk;
mod export;
mod freeze;
mod issue;
mod print;
