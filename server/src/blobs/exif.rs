//! What a picture says of itself in its EXIF: testimony, kept as it is found. Anybody can write it, many cameras leave
//! it out, and the datum of its position cannot be trusted.

use std::io::Cursor;

use exif::{Exif, In, Rational, Reader, Tag, Value};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Most characters of a text that are kept.
const TEXT: usize = 64;

/// What was found. What is missing was not said, or cannot be read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = Exif)]
pub struct Found {
    /// How many pixels wide the picture is as stored, before it is turned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// How many pixels high.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// How it is to be turned: 1 to 8, as EXIF numbers it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub orientation: Option<u32>,
    /// When the camera says it was taken, `YYYY-MM-DDThh:mm:ss` by its own clock, with an offset only if it names one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken: Option<String>,
    /// The camera's maker.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub make: Option<String>,
    /// The camera's model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The program that wrote it last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub software: Option<String>,
    /// Where it says it was taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
}

/// A position as written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = ExifPosition)]
pub struct Position {
    /// Degrees north.
    pub lat: f64,
    /// Degrees east.
    pub lng: f64,
    /// Metres above the sea.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub altitude_m: Option<f64>,
    /// Always `unknown`: phones write positions of GCJ-02 and of WGS-84 alike.
    pub datum: String,
    /// The datum that the picture claims.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claimed_datum: Option<String>,
}

/// Looks for EXIF in a file. Damaged parts are left out.
pub fn find(bytes: &[u8]) -> Found {
    let mut reader = Reader::new();
    reader.continue_on_error(true);
    let read = reader
        .read_from_container(&mut Cursor::new(bytes))
        .or_else(|error| error.distill_partial_result(|_| {}));
    let Ok(exif) = read else { return Found::default() };
    Found {
        width: None,
        height: None,
        orientation: number(&exif, Tag::Orientation).filter(|turn| (1..=8).contains(turn)),
        taken: taken(&exif),
        make: text(&exif, Tag::Make),
        model: text(&exif, Tag::Model),
        software: text(&exif, Tag::Software),
        position: position(&exif),
    }
}

impl Found {
    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        *self == Found::default()
    }
}

fn number(exif: &Exif, tag: Tag) -> Option<u32> {
    exif.get_field(tag, In::PRIMARY)?.value.get_uint(0)
}

/// A text without what does not print, cut to a length.
fn text(exif: &Exif, tag: Tag) -> Option<String> {
    let Value::Ascii(parts) = &exif.get_field(tag, In::PRIMARY)?.value else {
        return None;
    };
    let whole = String::from_utf8_lossy(parts.first()?).into_owned();
    let clean: String = whole.chars().filter(|c| !c.is_control()).take(TEXT).collect();
    let clean = clean.trim();
    (!clean.is_empty()).then(|| clean.to_owned())
}

fn taken(exif: &Exif) -> Option<String> {
    let (text, offset) = match text(exif, Tag::DateTimeOriginal) {
        Some(time) => (time, self::text(exif, Tag::OffsetTimeOriginal)),
        None => (self::text(exif, Tag::DateTime)?, self::text(exif, Tag::OffsetTime)),
    };
    let time = chrono::NaiveDateTime::parse_from_str(&text, "%Y:%m:%d %H:%M:%S").ok()?;
    let offset = offset.filter(|offset| offset.parse::<chrono::FixedOffset>().is_ok());
    Some(format!(
        "{}{}",
        time.format("%Y-%m-%dT%H:%M:%S"),
        offset.unwrap_or_default()
    ))
}

fn position(exif: &Exif) -> Option<Position> {
    let lat = degrees(exif, Tag::GPSLatitude, Tag::GPSLatitudeRef, "S", 90.0)?;
    let lng = degrees(exif, Tag::GPSLongitude, Tag::GPSLongitudeRef, "W", 180.0)?;
    let below = number(exif, Tag::GPSAltitudeRef) == Some(1);
    let altitude = rationals(exif, Tag::GPSAltitude).and_then(|all| Some(all.first()?.to_f64()));
    let altitude = altitude.filter(|metres| metres.is_finite());
    Some(Position {
        lat,
        lng,
        altitude_m: altitude.map(|metres| if below { -metres } else { metres }),
        datum: "unknown".to_owned(),
        claimed_datum: text(exif, Tag::GPSMapDatum),
    })
}

/// Degrees, minutes and seconds as degrees to seven decimals (a centimetre), negative when the reference is `against`.
fn degrees(exif: &Exif, tag: Tag, reference: Tag, against: &str, most: f64) -> Option<f64> {
    let parts = rationals(exif, tag)?;
    let mut sum = 0.0;
    for (part, unit) in parts.iter().take(3).zip([1.0, 60.0, 3_600.0]) {
        // 0/0 is what some write for a part that they do not have.
        if part.denom != 0 {
            sum += part.to_f64() / unit;
        } else if part.num != 0 || unit == 1.0 {
            return None;
        }
    }
    let sign = if text(exif, reference)? == against { -1.0 } else { 1.0 };
    (!parts.is_empty() && sum <= most).then(|| (sign * sum * 1e7).round() / 1e7)
}

fn rationals(exif: &Exif, tag: Tag) -> Option<&[Rational]> {
    match &exif.get_field(tag, In::PRIMARY)?.value {
        Value::Rational(parts) => Some(parts),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use exif::Field;
    use exif::experimental::Writer;

    use super::*;

    /// A TIFF with nothing but EXIF.
    fn written(fields: &[(Tag, Value)]) -> Vec<u8> {
        let fields: Vec<Field> = fields
            .iter()
            .map(|(tag, value)| Field {
                tag: *tag,
                ifd_num: In::PRIMARY,
                value: value.clone(),
            })
            .collect();
        let mut writer = Writer::new();
        fields.iter().for_each(|field| writer.push_field(field));
        let mut out = Cursor::new(Vec::new());
        writer.write(&mut out, false).unwrap();
        out.into_inner()
    }

    fn words(text: &str) -> Value {
        Value::Ascii(vec![text.as_bytes().to_vec()])
    }

    fn angle(parts: [(u32, u32); 3]) -> Value {
        Value::Rational(parts.map(|(num, denom)| Rational { num, denom }).to_vec())
    }

    #[test]
    fn what_a_camera_writes_is_found_and_its_datum_never_believed() {
        let bytes = written(&[
            (Tag::Make, words("Made Up\0")),
            (Tag::Model, words("=HYPERLINK(\"x\")")),
            (Tag::Orientation, Value::Short(vec![6])),
            (Tag::DateTimeOriginal, words("2026:11:24 10:11:12")),
            (Tag::OffsetTimeOriginal, words("+08:00")),
            (Tag::GPSLatitudeRef, words("N")),
            (Tag::GPSLatitude, angle([(26, 1), (5, 1), (2_460, 100)])),
            (Tag::GPSLongitudeRef, words("E")),
            (Tag::GPSLongitude, angle([(119, 1), (18, 1), (0, 0)])),
            (Tag::GPSMapDatum, words("WGS-84")),
        ]);
        let found = find(&bytes);
        assert_eq!(found.taken.as_deref(), Some("2026-11-24T10:11:12+08:00"));
        assert_eq!((found.make.as_deref(), found.orientation), (Some("Made Up"), Some(6)));
        assert_eq!(found.model.as_deref(), Some("=HYPERLINK(\"x\")"));
        let position = found.position.clone().unwrap();
        assert_eq!((position.lat, position.lng), (26.090_166_7, 119.3));
        assert_eq!(
            (position.datum.as_str(), position.claimed_datum.as_deref()),
            ("unknown", Some("WGS-84"))
        );
        let text = serde_json::to_string(&found).unwrap();
        assert_eq!(serde_json::from_str::<Found>(&text).unwrap(), found);
    }

    #[test]
    fn what_cannot_be_is_left_out() {
        let south = |lat: Value| {
            let fields = [
                (Tag::GPSLatitudeRef, words("S")),
                (Tag::GPSLatitude, lat),
                (Tag::GPSLongitudeRef, words("W")),
                (Tag::GPSLongitude, angle([(0, 1), (30, 1), (0, 1)])),
            ];
            find(&written(&fields)).position
        };
        let position = south(angle([(90, 1), (0, 1), (0, 1)])).unwrap();
        assert_eq!((position.lat, position.lng), (-90.0, -0.5));
        assert!(south(angle([(91, 1), (0, 1), (0, 1)])).is_none());
        assert!(south(angle([(0, 0), (0, 1), (0, 1)])).is_none());
        for time in ["0000:00:00 00:00:00", "yesterday", "2026:13:01 00:00:00"] {
            assert_eq!(
                find(&written(&[(Tag::DateTimeOriginal, words(time))])).taken,
                None,
                "{time}"
            );
        }
        assert_eq!(
            find(&written(&[(Tag::Orientation, Value::Short(vec![9]))])).orientation,
            None
        );
        let long = find(&written(&[(Tag::Model, words(&"某".repeat(100)))])).model.unwrap();
        assert_eq!(long.chars().count(), TEXT);
    }

    #[test]
    fn files_without_any_have_none() {
        for bytes in [
            &b""[..],
            b"%PDF-1.7",
            b"\xff\xd8\xff\xe0\0\x10JFIF\0",
            b"II*\0\xff\xff\xff\xff",
        ] {
            assert!(find(bytes).is_empty(), "{bytes:?}");
        }
    }
}
