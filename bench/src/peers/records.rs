//! The records that everybody stores: the very texts of a phone's operations, each of which makes a photo report.

use std::collections::BTreeMap;

use serde_json::json;
use sync_protocol::id::{AppointmentId, MemberId, RecordId, UnitCode};
use uuid::Uuid;
use wuyuan_tests::phones::{Holder, Phone};

/// What was found where: title, field of law, place.
const FOUND: [(&str, &str, &str); 4] = [
    ("盲道被占用", "accessibility", "演示路12号"),
    ("餐馆内存放气瓶", "work_safety", "演示街3号"),
    ("消防通道堆物", "work_safety", "演示小区2幢"),
    ("河边倾倒垃圾", "environment", "演示桥下游"),
];

/// Writes one report; gives its id and the operation's text.
pub fn write(phone: &mut Phone) -> (String, String) {
    let record = RecordId::from(Uuid::now_v7());
    let mut draft = phone.draft("photo_report", record);
    let (title, interest, place) = FOUND[draft.seq as usize % FOUND.len()];
    draft.set = BTreeMap::from([
        ("channel".to_owned(), json!("app")),
        ("interest".to_owned(), json!(interest)),
        ("title".to_owned(), json!(title)),
        ("place_text".to_owned(), json!(place)),
    ]);
    let seq = phone.record(&draft);
    (record.to_string(), phone.text(seq).to_owned())
}

/// A phone that no server knows, for its texts alone: peers take any.
pub fn stranger() -> Phone {
    let holder = Holder {
        member: MemberId::from(Uuid::new_v4()),
        appointment: AppointmentId::from(Uuid::new_v4()),
        unit: "350111001001".parse::<UnitCode>().expect("a unit's code"),
    };
    Phone::new(holder, &Uuid::new_v4().to_string(), 1)
}

/// The average length of a record's text, in bytes.
pub fn bytes() -> f64 {
    const TEXTS: usize = 100;
    let mut phone = stranger();
    let total: usize = (0..TEXTS).map(|_| write(&mut phone).1.len()).sum();
    total as f64 / TEXTS as f64
}
