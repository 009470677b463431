//! A record's 电子数据清单: what the rules on electronic data ask to be listed of each file, as a table for people.

use chrono::{DateTime, FixedOffset, SecondsFormat};
use sync_protocol::catalog::Kind;

use super::evidence::{Listed, Listing};
use super::exif::{Found, Position};
use super::media;
use crate::store::rows::{BlobRow, CollectionRow};

/// The headings: Chinese for those who file it, English beside.
const HEADINGS: [&str; 19] = [
    "序号 No.",
    "文件 File",
    "栏目 Field",
    "状态 State",
    "格式 Format",
    "大小(字节) Size (bytes)",
    "SHA-256",
    "SM3",
    "采集人 Collected by",
    "采集人编号 Number",
    "设备 Device",
    "来源 Source",
    "采集时间 Captured",
    "计算时间 Hashed",
    "接收时间 Received",
    "拍摄时间(EXIF) Taken (EXIF)",
    "拍摄设备(EXIF) Camera (EXIF)",
    "位置(EXIF,坐标系不明) Position (EXIF, datum unknown)",
    "相似指纹 Likeness",
];

/// A spreadsheet takes the file for UTF-8 only if it begins so.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// What begins a formula in one spreadsheet or another, full-width forms included.
const FORMULA: [char; 11] = [
    '=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
];

/// China's time, in which people read it.
const OFFSET_SECS: i32 = 8 * 3_600;

/// The table as CSV (RFC 4180): a line per delivery, and one for each blob that has not arrived.
pub fn csv(listing: &Listing, kind: Option<&Kind>) -> Result<Vec<u8>, csv::Error> {
    let mut out = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(BYTE_ORDER_MARK.as_bytes().to_vec());
    out.write_record(HEADINGS)?;
    let mut number = 0;
    for blob in &listing.blobs {
        let fields = fields(blob, kind);
        match &blob.arrived {
            None => {
                number += 1;
                let mut line = vec![number.to_string(), String::new(), fields, state(blob)];
                line.extend([String::new(), String::new(), hex::encode(blob.sha256)]);
                line.resize(HEADINGS.len(), String::new());
                write(&mut out, line)?;
            }
            Some(row) => {
                for delivery in &blob.deliveries {
                    number += 1;
                    write(&mut out, line(listing, blob, row, delivery, number, &fields)?)?;
                }
            }
        }
    }
    out.into_inner()
        .map_err(|error| std::io::Error::other(error.to_string()).into())
}

fn write(out: &mut csv::Writer<Vec<u8>>, line: Vec<String>) -> Result<(), csv::Error> {
    out.write_record(line.into_iter().map(harmless))
}

/// A text that no spreadsheet takes for a formula. Names, times and camera models are whatever somebody sent.
fn harmless(text: String) -> String {
    if text.trim_start_matches(' ').starts_with(FORMULA) {
        format!("'{text}")
    } else {
        text
    }
}

fn line(
    listing: &Listing,
    blob: &Listed,
    row: &BlobRow,
    delivery: &CollectionRow,
    number: usize,
    fields: &str,
) -> Result<Vec<String>, csv::Error> {
    let (name, member_number) = listing.people.get(&delivery.member).cloned().unwrap_or_default();
    // A list that leaves out what is known would be believed.
    let found: Found = match row.exif.as_deref() {
        Some(text) => serde_json::from_str(text).map_err(|_| std::io::Error::from(std::io::ErrorKind::InvalidData))?,
        None => Found::default(),
    };
    let device = delivery.device.map(|id| uuid::Uuid::from_bytes(id.0).to_string());
    let camera = [found.make.clone(), found.model.clone()];
    let camera: Vec<String> = camera.into_iter().flatten().collect();
    Ok(vec![
        number.to_string(),
        file_name(row),
        fields.to_owned(),
        state(blob),
        row.media.clone(),
        row.bytes.to_string(),
        hex::encode(row.sha256),
        hex::encode(row.sm3),
        name,
        member_number,
        device.unwrap_or_default(),
        source(delivery.source.as_deref()),
        delivery.captured.clone().unwrap_or_default(),
        delivery.hashed.clone().unwrap_or_default(),
        moment(delivery.received_ms),
        found.taken.unwrap_or_default(),
        camera.join(" "),
        found.position.map(|position| place(&position)).unwrap_or_default(),
        row.likeness.as_ref().map(hex::encode).unwrap_or_default(),
    ])
}

/// The name under which the file is filed. The phone's own name of it means nothing.
fn file_name(row: &BlobRow) -> String {
    format!("{}.{}", &hex::encode(row.sha256)[..16], media::extension(&row.media))
}

fn fields(blob: &Listed, kind: Option<&Kind>) -> String {
    let label = |name: &String| match kind.and_then(|kind| kind.field(name)) {
        Some(field) => format!("{} {}", field.label.zh_hans, field.label.en),
        None => name.clone(),
    };
    blob.fields.iter().map(label).collect::<Vec<_>>().join("; ")
}

fn state(blob: &Listed) -> String {
    match (&blob.arrived, blob.current) {
        (None, _) => "未到达 not arrived",
        (Some(_), true) => "在记录中 in the record",
        (Some(_), false) => "已移出 taken out",
    }
    .to_owned()
}

fn source(source: Option<&str>) -> String {
    match source {
        Some("camera") => "拍摄 camera".to_owned(),
        Some("album") => "相册 album".to_owned(),
        other => other.unwrap_or_default().to_owned(),
    }
}

fn place(position: &Position) -> String {
    format!("{}, {}", position.lat, position.lng)
}

/// A moment in China's time, RFC 3339.
fn moment(ms: i64) -> String {
    match (DateTime::from_timestamp_millis(ms), FixedOffset::east_opt(OFFSET_SECS)) {
        (Some(time), Some(offset)) => time
            .with_timezone(&offset)
            .to_rfc3339_opts(SecondsFormat::Millis, false),
        _ => ms.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\u{ff1d}1", "\r\n=1"] {
            assert!(harmless(text.to_owned()).starts_with('\''), "{text:?}");
        }
        for text in ["", "演示·林某", "2026-11-24T10:11:12+08:00", "a=b"] {
            assert_eq!(harmless(text.to_owned()), text);
        }
    }

    #[test]
    fn a_moment_is_read_in_china() {
        assert_eq!(moment(1_795_000_000_123), "2026-11-18T19:06:40.123+08:00");
    }
}
