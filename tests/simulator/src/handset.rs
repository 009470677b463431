//! One handset with the real client on it.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use wuyuan_client::transport::Transport;
use wuyuan_client::{Credentials, Form, NewPhone, Outcome, Phone, PhoneError};
use wuyuan_server::demo::{self, DemoMember};

use crate::body::{Body, Mark, PowerLoss, Surroundings};
use crate::disk;

/// Forms that somebody may have open at once.
const FORMS: usize = 3;

/// A phone in somebody's hand.
pub struct Handset {
    /// Its holder.
    pub member: DemoMember,
    /// Its clock, power and randomness.
    pub body: Arc<Body>,
    /// Forms left open.
    pub forms: Vec<Form>,
    /// The saves that the phone still knows of.
    pub marks: BTreeSet<Mark>,
    file: PathBuf,
    full: bool,
    phone: Option<Phone>,
    kept: Option<(PathBuf, BTreeSet<Mark>)>,
}

impl Handset {
    /// Not enrolled yet. Its file is `file`.
    pub fn new(member: DemoMember, body: Arc<Body>, file: PathBuf) -> Handset {
        Handset {
            member,
            body,
            forms: Vec::new(),
            marks: BTreeSet::new(),
            file,
            full: false,
            phone: None,
            kept: None,
        }
    }

    /// Signs in for the first time. What fails on the way is tried again by the next.
    pub fn enrol(&mut self, net: &dyn Transport) -> Result<Outcome, PhoneError> {
        let new = NewPhone {
            path: &self.file,
            server: "http://simulated",
            number: &self.member.number,
            label: "simulated",
        };
        let env = Box::new(Surroundings(Arc::clone(&self.body)));
        let (phone, outcome) = Phone::enrol(&new, &PASSWORD, env, net)?;
        self.phone = Some(phone);
        Ok(outcome)
    }

    /// Does something with the phone. Nothing: its power failed, and it was switched on again.
    pub fn with<T>(&mut self, work: impl FnOnce(&mut Phone) -> T) -> Option<T> {
        let phone = self.phone.as_mut().expect("the phone is enrolled");
        match catch_unwind(AssertUnwindSafe(|| work(phone))) {
            Ok(done) => Some(done),
            Err(panic) if panic.is::<PowerLoss>() => {
                self.restart();
                None
            }
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }

    /// Switches off and on. Forms that were open are gone.
    pub fn restart(&mut self) {
        self.forms.clear();
        self.body.reboot();
        self.reopen();
    }

    fn reopen(&mut self) {
        self.phone = None;
        disk::set_full(&self.file, self.full);
        let env = Box::new(Surroundings(Arc::clone(&self.body)));
        self.phone = Some(Phone::open(&self.file, env).expect("a phone's file opens after every failure"));
    }

    /// Fills or frees the phone's storage.
    pub fn fill(&mut self, full: bool) {
        self.full = full;
        self.reopen();
    }

    /// Whether its storage is full.
    pub fn is_full(&self) -> bool {
        self.full
    }

    /// Leaves a form open.
    pub fn leave_open(&mut self, form: Form) {
        if self.forms.len() == FORMS {
            self.forms.remove(0);
        }
        self.forms.push(form);
    }

    /// Copies the phone's file, as a backup of the whole handset does.
    pub fn keep(&mut self) {
        self.phone = None;
        let copy = self.file.with_extension("kept");
        copy_file(&self.file, &copy);
        self.kept = Some((copy, self.marks.clone()));
        self.reopen();
    }

    /// Puts the last copy in the place of the file: the phone knows nothing of what came later. Answers whether there
    /// was one.
    pub fn rewind(&mut self) -> bool {
        let Some((copy, marks)) = self.kept.clone() else {
            return false;
        };
        self.phone = None;
        copy_file(&copy, &self.file);
        self.marks = marks;
        self.restart();
        true
    }

    /// Signs in again.
    pub fn sign_in(&mut self, net: &dyn Transport) -> Option<Result<(), PhoneError>> {
        self.with(|phone| phone.sign_in(&PASSWORD, net))
    }
}

/// Everybody's password in the demonstration district.
const PASSWORD: Credentials<'static> = Credentials::Password {
    password: demo::PASSWORD,
    totp: None,
};

/// The connection was closed before, so everything is in the one file.
fn copy_file(from: &Path, to: &Path) {
    for suffix in ["-wal", "-shm"] {
        let mut beside = to.as_os_str().to_owned();
        beside.push(suffix);
        // There is none as a rule.
        let _ = std::fs::remove_file(PathBuf::from(beside));
    }
    std::fs::copy(from, to).expect("a phone's file can be copied");
}
