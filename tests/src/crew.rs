//! People with the real client, as an app would use it.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sync_protocol::id::{RecordId, UnitCode};
use sync_protocol::wire::RecordView;
use tempfile::TempDir;
use wuyuan_client::api::ApiError;
use wuyuan_client::env::SystemEnv;
use wuyuan_client::http::Http;
use wuyuan_client::status::LogStatus;
use wuyuan_client::transport::Transport;
use wuyuan_client::{Credentials, Entry, Form, IfMoved, NewPhone, Outcome, Phone, PhoneError};
use wuyuan_server::demo::{self, DemoMember};

/// For one sync, faults and all.
const DEADLINE: Duration = Duration::from_secs(120);
/// Before a sync that was told to wait is tried again.
const AGAIN: Duration = Duration::from_millis(25);

/// A member with a phone.
pub struct Hand {
    /// The phone.
    pub phone: Phone,
    /// Who.
    pub member: DemoMember,
    net: Http,
    folder: TempDir,
}

impl Hand {
    /// Enrols a new phone at `url`.
    pub fn enrol(url: &str, member: &DemoMember) -> Hand {
        let net = Http::new(url).expect("a server's address");
        let folder = TempDir::new().expect("a temporary folder");
        let path = folder.path().join("phone.db");
        let new = NewPhone {
            path: &path,
            server: url,
            number: &member.number,
            label: "test",
        };
        let (phone, outcome) = Phone::enrol(&new, &credentials(), env(), &net).expect("a phone can be enrolled");
        assert_eq!(outcome, Outcome::UpToDate, "{}", member.number);
        Hand {
            phone,
            member: member.clone(),
            net,
            folder,
        }
    }

    /// From now on the server is found at `url`.
    pub fn turn_to(&mut self, url: &str) {
        self.net = Http::new(url).expect("a server's address");
    }

    /// Where the phone is kept.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("phone.db")
    }

    /// The phone as it is now, from a copy of its file: what a backup of it would bring back.
    pub fn copied(&self) -> Phone {
        let copy = self.folder.path().join("copy.db");
        let text = copy.to_str().expect("text");
        let own = rusqlite::Connection::open(self.path()).expect("the phone's file");
        own.execute("VACUUM INTO ?1", [text]).expect("a copy");
        Phone::open(&copy, env()).expect("a phone")
    }

    /// The unit of the first appointment.
    pub fn unit(&self) -> &UnitCode {
        &self.member.appointments[0].unit
    }

    /// Writes a report in `unit`.
    pub fn report(&mut self, unit: &UnitCode, title: &str) -> RecordId {
        let form = self.phone.new_form("photo_report", unit.clone()).expect("a form");
        self.fill(
            &form,
            &[("channel", "app"), ("interest", "accessibility"), ("title", title)],
        )
    }

    /// Writes a new record, saved with an entry.
    pub fn begin(&mut self, kind: &str, unit: &UnitCode, entry: &Entry) -> RecordId {
        let form = self.phone.new_form(kind, unit.clone()).expect("a form");
        self.save(&form, entry)
    }

    /// Saves an entry into a record as the phone shows it now.
    pub fn enter(&mut self, record: &RecordId, entry: &Entry) {
        let form = self.open(record);
        self.save(&form, entry);
    }

    /// Confirms what another proposes on a record.
    pub fn confirm(&mut self, record: &RecordId) {
        let form = self.open(record);
        let proposals = form.shown.as_ref().map(|view| view.proposals.as_slice());
        let [proposal] = proposals.unwrap_or_default() else {
            panic!("one proposal: {proposals:?}")
        };
        let entry = Entry::confirming(proposal, None).expect("all of it is shown");
        self.save(&form, &entry);
    }

    /// Asks the server, again and again while it is away.
    ///
    /// # Panics
    /// When it refuses, or stays away.
    pub fn ask<T>(&mut self, question: impl Fn(&mut Phone, &dyn Transport) -> Result<T, PhoneError>) -> T {
        let started = Instant::now();
        loop {
            let error = match question(&mut self.phone, &self.net) {
                Ok(answer) => return answer,
                Err(error) => error,
            };
            let away = match &error {
                PhoneError::Api(ApiError::Transport(_)) => true,
                PhoneError::Api(ApiError::Problem(problem)) => problem.status == 503,
                _ => false,
            };
            assert!(away && started.elapsed() < DEADLINE, "{}: {error}", self.member.number);
            std::thread::sleep(AGAIN);
        }
    }

    /// Asks until the answer is one that is waited for.
    ///
    /// # Panics
    /// When it does not come.
    pub fn await_answer<T>(
        &mut self,
        question: impl Fn(&mut Phone, &dyn Transport) -> Result<T, PhoneError>,
        found: impl Fn(&T) -> bool,
    ) -> T {
        let started = Instant::now();
        loop {
            let answer = self.ask(&question);
            if found(&answer) {
                return answer;
            }
            assert!(started.elapsed() < DEADLINE, "{} waits in vain", self.member.number);
            std::thread::sleep(AGAIN);
        }
    }

    /// Opens a record's form, which the phone must show.
    pub fn open(&self, record: &RecordId) -> Form {
        self.phone.open_form(record).expect("readable").expect("it is shown")
    }

    /// Saves `fields` into a form, whatever came meanwhile.
    pub fn fill(&mut self, form: &Form, fields: &[(&str, &str)]) -> RecordId {
        let entry = Entry {
            set: fields
                .iter()
                .map(|(name, value)| ((*name).to_owned(), json!(value)))
                .collect(),
            ..Entry::default()
        };
        self.save(form, &entry)
    }

    /// Saves an entry into a form, whatever came meanwhile.
    pub fn save(&mut self, form: &Form, entry: &Entry) -> RecordId {
        let appointment = self.member.appointments[0].id;
        self.phone
            .save(form, &appointment, entry, IfMoved::Save)
            .expect("saved")
            .record
    }

    /// One try.
    pub fn try_sync(&mut self) -> Outcome {
        self.phone.sync_once(&self.net).expect("no fault of the phone")
    }

    /// Syncs until everything is delivered and pulled, signing in where the phone asks for it.
    pub fn sync(&mut self) {
        let started = Instant::now();
        loop {
            match self.try_sync() {
                Outcome::UpToDate => return,
                Outcome::Wait { .. } => std::thread::sleep(AGAIN),
                Outcome::SignIn(_) => self.sign_in(),
                Outcome::Stopped { code, detail } => panic!("{}: {code}: {detail}", self.member.number),
            }
            assert!(
                started.elapsed() < DEADLINE,
                "{} does not get through",
                self.member.number
            );
        }
    }

    /// Has the phone look at the log at its next sync, as it does after some minutes, and lets it sync.
    pub fn look_at_log(&mut self) -> LogStatus {
        let file = rusqlite::Connection::open(self.path()).expect("the phone's file");
        file.execute("UPDATE log_head SET checked_ms = 0", [])
            .expect("an update");
        self.sync();
        self.phone.status().expect("a status").log
    }

    fn sign_in(&mut self) {
        let started = Instant::now();
        while let Err(error) = self.phone.sign_in(&credentials(), &self.net) {
            assert!(started.elapsed() < DEADLINE, "{}: {error}", self.member.number);
            std::thread::sleep(AGAIN);
        }
    }

    /// Every record as the phone shows it.
    pub fn shown(&self) -> Vec<RecordView> {
        let mut views: Vec<_> = self
            .phone
            .list(None)
            .expect("a list")
            .into_iter()
            .map(|view| view.record)
            .collect();
        views.sort_by_key(|view| view.id);
        views
    }
}

fn credentials() -> Credentials<'static> {
    Credentials::Password {
        password: demo::PASSWORD,
        totp: None,
    }
}

fn env() -> Box<SystemEnv> {
    Box::new(SystemEnv::new().expect("random bits"))
}

/// The values of a register in a view, the latest first.
pub fn values(view: &RecordView, field: &str) -> Vec<Value> {
    match view.fields.get(field) {
        Some(sync_protocol::wire::FieldView::Register(values)) => values.iter().map(|v| v.value.clone()).collect(),
        _ => Vec::new(),
    }
}
