//! Records to pull, and a phone that pulls them.

use std::collections::BTreeMap;

use serde_json::json;
use sync_protocol::id::{RecordId, UnitCode};
use sync_protocol::role::Role;
use sync_protocol::wire::{SyncAnswer, UnitChange};
use uuid::Uuid;
use wuyuan_server::demo::District;
use wuyuan_tests::phones::Phone;

use crate::cast::{SignedIn, Stage};
use crate::http::{Connection, post};
use crate::push::feed::Mine;

/// Lets volunteers report `count` things, spread evenly over the communities.
pub fn seed(stage: &Stage, district: &District, count: usize) {
    let volunteers = district
        .members
        .iter()
        .filter(|m| m.appointments[0].role == Role::Volunteer);
    let posts: BTreeMap<UnitCode, _> = volunteers
        .flat_map(|m| m.appointments.iter().map(move |a| (a.unit.clone(), m)))
        .collect();
    let mut connection = Connection::open(&stage.server.url());
    for (place, (unit, member)) in posts.iter().enumerate() {
        let mut volunteer = stage.phone(member, unit);
        let own = (place..count).step_by(posts.len()).len();
        for _ in 0..own {
            report(&mut volunteer.phone);
        }
        let request = post(
            "/v1/sync",
            &volunteer.token,
            None,
            &volunteer.phone.push(1..=own as u64).text(),
        );
        let answer: SyncAnswer = serde_json::from_slice(&connection.send(&request).ok()).expect("an answer");
        assert!(
            answer.verdicts.iter().all(|verdict| verdict.code.is_none()),
            "{:?}",
            answer.verdicts.first()
        );
    }
}

/// A whole report, as it stands after some days: ten fields and two photos. Answers the record and the operation.
pub fn report(phone: &mut Phone) -> Mine {
    let record = RecordId::from(Uuid::now_v7());
    let mut draft = phone.draft("photo_report", record);
    let seq = draft.seq;
    let set = json!({
        "channel": "app",
        "interest": "accessibility",
        "title": format!("盲道被占用（第{seq}处）"),
        "description": "演示：菜市场东门外盲道被摊位和电动车占用约二十米，视障居民只能绕行机动车道。",
        "taken_at": "2026-11-22T08:00:00+08:00",
        "point": {"lng": 119.3301 + seq as f64 / 1e4, "lat": 26.0825, "datum": "gcj02", "accuracy_m": 25, "source": "gps"},
        "place_text": "演示路12号菜市场东门",
        "agency": "演示街道城管中队",
        "still_going_on": true,
        "anonymous": false,
    });
    draft.set = set.as_object().expect("an object").clone().into_iter().collect();
    let photos = (0..2)
        .map(|_| json!(format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple())))
        .collect();
    draft.add = BTreeMap::from([("photos".to_owned(), photos)]);
    (record, phone.record(&draft))
}

/// What a phone got by pulling from nothing until there was no more.
#[derive(Default)]
pub struct Pulled {
    /// The cursors to go on from.
    pub cursors: BTreeMap<UnitCode, String>,
    /// Records.
    pub records: usize,
    /// Requests.
    pub pages: usize,
    /// Bytes as they travelled.
    pub travelled: usize,
    /// Bytes of the inflated bodies.
    pub inflated: Vec<Vec<u8>>,
}

/// Pulls everything, compressed.
pub fn pull(connection: &mut Connection, phone: &SignedIn) -> Pulled {
    let mut pulled = Pulled::default();
    loop {
        let body = json!({"device": phone.phone.device, "pull": {"cursors": pulled.cursors}}).to_string();
        let answer = connection.send(&post("/v1/sync", &phone.token, Some("zstd"), &body));
        pulled.pages += 1;
        pulled.travelled += answer.body.len();
        let body = answer.ok();
        let answer: SyncAnswer = serde_json::from_slice(&body).expect("an answer");
        pulled.inflated.push(body);
        for page in &answer.units {
            pulled.records += page
                .changes
                .iter()
                .filter(|change| matches!(change, UnitChange::Put(_)))
                .count();
            if let Some(cursor) = &page.cursor {
                pulled.cursors.insert(page.unit.clone(), cursor.clone());
            }
        }
        if !answer.more {
            return pulled;
        }
    }
}
