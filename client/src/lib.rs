//! The phone's half of Wuyuan: a device identity, a durable outbox, a replica and the sync loop.
//!
//! A [`Phone`] is one file: one device of one member. It works without the server: forms are opened and saved
//! ([`form`]), records are listed and shown ([`view`]), and [`status`] says what waits. [`Phone::sync_once`] delivers
//! and fetches when the server can be reached ([`sync`]). The network, the clock, the boot and randomness are given
//! to it ([`transport`], [`env`]), so a simulator can drive many phones from one seed; nothing here sleeps.
//!
//! What it promises:
//!
//! - A save is durable when [`Phone::save`] returns. Its bytes are written once and sent unchanged, as often as it
//!   takes, and kept until the server's verified backup contains them.
//! - What an answer brings is kept in one transaction with the cursor it belongs to.
//! - A photo is durable before the save that names it ([`photos`]). It is sent after the records, never holds them back,
//!   and stays until the server's verified backup contains it.
//! - Nothing is lost by a lost request, a lost answer, a power cut, a restored server or a restored phone; what the
//!   server refuses is shown apart, with the reason.

pub mod api;
pub mod enrol;
pub mod env;
pub mod error;
pub mod findings;
pub mod form;
pub mod hours;
pub mod http;
pub mod lang;
pub mod phone;
pub mod photos;
mod seal;
pub mod status;
mod store;
pub mod sync;
pub mod transport;
pub mod view;

pub use enrol::{Credentials, NewPhone};
pub use error::PhoneError;
pub use form::{Entry, Form, IfMoved, SaveError, Saved};
pub use phone::Phone;
pub use photos::{Attached, Original, Photo, PhotoError, Source, Taking};
pub use status::Status;
pub use store::StoreError;
pub use sync::{Backoff, Outcome};
pub use view::View;
