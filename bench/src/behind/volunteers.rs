//! What volunteers do and write down: service of their own and reports with a photo, in the last twelve days.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use sync_protocol::feed::Hash;
use sync_protocol::id::{RecordId, Seq, UnitCode};
use sync_protocol::op::Act;
use sync_protocol::role::Role;
use uuid::Uuid;
use wuyuan_server::demo::{DemoMember, District};

use crate::cast::{SignedIn, now_ms};
use crate::push::feed::Mine;

/// Days on which something was done, the last one yesterday: few enough that nothing is entered late.
const DAYS: i64 = 12;
/// Sessions of a volunteer, one a day, and his reports.
const SESSIONS: i64 = DAYS;
const REPORTS: i64 = 20;
/// Records of one volunteer.
pub const RECORDS: usize = (SESSIONS + REPORTS) as usize;

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

/// One in so many sessions overlaps with the one before, and one in so many reports shows a photo of an earlier one.
const ONE_IN: u32 = 80;

/// Between two communities, degrees, and how many stand in a row.
const APART: f64 = 0.05;
const ROW: usize = 15;
/// How far from its middle something happens in a community, degrees: some two kilometres.
const AROUND: f64 = 0.02;
/// Where the first district lies. Each further one lies a degree further east, as `copies` has it.
const FIRST_LNG: f64 = 20.0;
const LAT: f64 = 26.0;

const INTERESTS: [&str; 4] = ["accessibility", "work_safety", "environment", "food_drug"];

/// A volunteer with his phone.
pub struct Volunteer {
    /// His phone.
    pub signed_in: SignedIn,
    /// Photos that he took and that the server is to have.
    pub photos: Vec<Hash>,
    dice: StdRng,
    middle: (f64, f64),
    last: Option<Hash>,
    mine: Option<Mine>,
}

/// The volunteers of a district, each with the unit in which he writes.
pub fn of(district: &District) -> impl Iterator<Item = (&DemoMember, UnitCode)> {
    let own = district
        .members
        .iter()
        .filter(|m| m.appointments[0].role == Role::Volunteer);
    own.map(|member| (member, member.appointments[0].unit.clone()))
}

impl Volunteer {
    /// The `place`th volunteer of district `nth`.
    pub fn new(signed_in: SignedIn, nth: u32, place: usize) -> Volunteer {
        // Three volunteers share a community.
        let community = place / 3;
        let (column, row) = (community % ROW, community / ROW);
        // Nobody takes a photo that somebody else took.
        let (first, second) = signed_in.phone.device.0.split_at(8);
        let half = |half: &[u8]| half.iter().fold(0u64, |n, byte| n << 8 | u64::from(*byte));
        let seed = half(first) ^ half(second);
        Volunteer {
            signed_in,
            photos: Vec::new(),
            dice: StdRng::seed_from_u64(seed),
            middle: (
                FIRST_LNG + f64::from(nth) + APART * column as f64,
                LAT + APART * row as f64,
            ),
            last: None,
            mine: None,
        }
    }

    /// Writes down what he did in twelve days; answers the first operation.
    pub fn twelve_days(&mut self) -> Seq {
        let first = self.signed_in.phone.seq() + 1;
        let mut before = 0;
        for day in 1..=SESSIONS {
            let morning = days_ago(day) + 9 * HOUR;
            let began = if self.one_in() && before > 0 {
                before + HOUR / 2
            } else {
                morning
            };
            self.session(began);
            before = began;
        }
        for nth in 0..REPORTS {
            let hour = 13 + 3 * (nth / DAYS);
            let at = days_ago(1 + nth % DAYS) + hour * HOUR + self.dice.random_range(0..HOUR);
            self.mine = Some(self.report(at));
        }
        first
    }

    /// Writes ten operations: a session, three reports, an addition to each report, three to one of an earlier push.
    /// Answers the first. `turn` tells how often he has come.
    pub fn ten(&mut self, turn: i64) -> Seq {
        let first = self.signed_in.phone.seq() + 1;
        let day = days_ago(1 + turn % DAYS);
        self.session(day + (19 + turn / DAYS % 4) * HOUR);
        let made: Vec<Mine> = (0..3)
            .map(|nth| {
                let minutes = self.dice.random_range(0..60);
                self.report(day + (10 + nth) * HOUR + HOUR / 2 + minutes * 60_000)
            })
            .collect();
        for mine in &made {
            self.add(*mine, "agency", json!("演示街道城管中队"));
        }
        let mut earlier = self.mine.unwrap_or(made[0]);
        earlier.1 = self.add(earlier, "still_going_on", json!(turn % 2 == 0));
        earlier.1 = self.add(earlier, "place_text", json!(format!("演示路{turn}号")));
        self.add(earlier, "title", json!(format!("盲道被占用（第{turn}次走访）")));
        self.mine = made.last().map(|(record, seq)| (*record, seq + 3));
        first
    }

    fn one_in(&mut self) -> bool {
        self.dice.random_range(0..ONE_IN) == 0
    }

    fn session(&mut self, began: i64) {
        let minutes = 45 + 5 * self.dice.random_range(0..7);
        let set = json!({
            "volunteer": self.signed_in.phone.holder.member,
            "service_kind": "home_repair",
            "activity_name": "演示·上门维修",
            "started_at": instant(began),
            "ended_at": instant(began + minutes * 60_000),
            "claimed_minutes": minutes,
            "place_text": "演示小区",
            "start_point": self.point(),
            "content": "演示：修理空调",
            "organising_unit": "演示居委会",
            "person_in_charge": "演示某丙",
        });
        self.create("volunteer_session", set, None);
    }

    fn report(&mut self, at: i64) -> Mine {
        let once_more = self.one_in();
        let photo = match self.last {
            Some(earlier) if once_more => earlier,
            _ => {
                let new: Hash = self.dice.random();
                self.photos.push(new);
                new
            }
        };
        self.last = Some(photo);
        let set = json!({
            "channel": "app",
            "interest": INTERESTS[self.dice.random_range(0..INTERESTS.len())],
            "title": "盲道被占用",
            "description": "演示：菜市场东门外盲道被摊位和电动车占用约二十米。",
            "taken_at": instant(at),
            "point": self.point(),
        });
        self.create("photo_report", set, Some(photo))
    }

    fn point(&mut self) -> Value {
        let mut off = || self.dice.random_range(-AROUND..AROUND);
        let (lng, lat) = (self.middle.0 + off(), self.middle.1 + off());
        json!({"lng": lng, "lat": lat, "datum": "wgs84", "accuracy_m": 25, "source": "gps"})
    }

    fn create(&mut self, kind: &str, set: Value, photo: Option<Hash>) -> Mine {
        let record = RecordId::from(Uuid::now_v7());
        let phone = &mut self.signed_in.phone;
        let mut draft = phone.draft(kind, record);
        draft.set = set.as_object().expect("an object").clone().into_iter().collect();
        draft.act = Some(Act {
            name: "submit".to_owned(),
        });
        if let Some(photo) = photo {
            draft.add = BTreeMap::from([("photos".to_owned(), vec![json!(hex::encode(photo))])]);
        }
        (record, phone.record(&draft))
    }

    fn add(&mut self, (record, seen): Mine, field: &str, value: Value) -> Seq {
        let phone = &mut self.signed_in.phone;
        let mut draft = phone.draft("photo_report", record);
        draft.seen = BTreeMap::from([(phone.device, seen)]);
        draft.set = BTreeMap::from([(field.to_owned(), value)]);
        phone.record(&draft)
    }
}

/// The beginning of the day in China that was so many days ago, ms.
fn days_ago(days: i64) -> i64 {
    let shift = 8 * HOUR;
    (now_ms() + shift).div_euclid(DAY) * DAY - shift - days * DAY
}

fn instant(ms: i64) -> String {
    DateTime::from_timestamp_millis(ms)
        .expect("a time of these years")
        .to_rfc3339_opts(SecondsFormat::Secs, true)
}
