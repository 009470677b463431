//! What a volunteer's phone has to push.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sync_protocol::id::{RecordId, Seq};
use sync_protocol::op::OpDraft;
use uuid::Uuid;
use wuyuan_tests::phones::Phone;

use crate::cast::SignedIn;
use crate::http::post;

/// What was found where: title, field of law, place.
const FOUND: [(&str, &str, &str); 4] = [
    ("盲道被占用", "accessibility", "演示路12号菜市场东门"),
    ("餐馆内存放气瓶", "work_safety", "演示街3号一层"),
    ("消防通道堆物", "work_safety", "演示小区2幢"),
    ("河边倾倒垃圾", "environment", "演示溪石桥下游"),
];

/// The requests of `pushes` pushes, ten operations each, signed; the operations' lengths go into `op_bytes`.
pub fn requests(signed_in: &mut SignedIn, pushes: usize, op_bytes: &mut Vec<usize>) -> Vec<Vec<u8>> {
    let mut before = None;
    (0..pushes)
        .map(|_| {
            let first = signed_in.phone.seq() + 1;
            before = Some(ten(&mut signed_in.phone, before));
            let last = signed_in.phone.seq();
            op_bytes.extend((first..=last).map(|seq| signed_in.phone.text(seq).len()));
            post(
                "/v1/sync",
                &signed_in.token,
                None,
                &signed_in.phone.push(first..=last).text(),
            )
        })
        .collect()
}

/// A record of a phone and its last operation there.
pub type Mine = (RecordId, Seq);

/// Writes ten operations; answers a record for the next ten to come back to.
pub fn ten(phone: &mut Phone, before: Option<Mine>) -> Mine {
    let mut made: Vec<Mine> = FOUND
        .iter()
        .map(|(title, interest, place)| {
            let record = RecordId::from(Uuid::now_v7());
            let set = [
                ("channel", json!("app")),
                ("interest", json!(interest)),
                ("title", json!(title)),
                ("place_text", json!(place)),
            ];
            (record, write(phone, record, None, &set, None))
        })
        .collect();
    // The first push has no earlier one to come back to.
    let earlier = before.unwrap_or(made[2]);
    let point = json!({"lng": 119.3301, "lat": 26.0825, "datum": "gcj02", "accuracy_m": 25, "source": "gps"});
    for mine in made.iter_mut().take(2) {
        mine.1 = write(phone, mine.0, Some(mine.1), &[("point", point.clone())], None);
        let photo = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        mine.1 = write(phone, mine.0, Some(mine.1), &[], Some(photo));
    }
    let seen = write(
        phone,
        earlier.0,
        Some(earlier.1),
        &[("still_going_on", json!(true))],
        None,
    );
    write(
        phone,
        earlier.0,
        Some(seen),
        &[("description", json!("再次走访，情况仍未改变，已告知社区。"))],
        None,
    );
    made[3]
}

fn write(phone: &mut Phone, record: RecordId, seen: Option<Seq>, set: &[(&str, Value)], photo: Option<String>) -> Seq {
    let mut draft: OpDraft = phone.draft("photo_report", record);
    draft.seen = seen.map(|seq| (phone.device, seq)).into_iter().collect();
    draft.set = set
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect();
    draft.add = photo
        .map(|hash| ("photos".to_owned(), vec![json!(hash)]))
        .into_iter()
        .collect::<BTreeMap<_, _>>();
    phone.record(&draft)
}
