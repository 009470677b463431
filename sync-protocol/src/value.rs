//! Typed values of fields. Two values are equal when they mean the same, not when they are spelt the same:
//! `2026-11-22T08:00:00+08:00` and `2026-11-22T00:00:00Z` are no conflict.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

use chrono::{DateTime, FixedOffset, SecondsFormat};
use serde::{Deserialize, Serialize};

use crate::json::Json;

/// The largest integer that every JSON implementation keeps exactly (RFC 8259 section 6): 2^53 - 1.
pub const MAX_INTEGER: i64 = (1 << 53) - 1;

/// A value as merged and compared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Value {
    /// The field was cleared. A write like any other: it conflicts with a concurrent value.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number, within +-(2^53 - 1).
    Int(i64),
    /// Text, a date, an enum's code or a unit's code.
    Text(String),
    /// A moment.
    Instant(Instant),
    /// A member's, record's or appointment's id.
    Id([u8; 16]),
    /// A blob's SHA-256.
    Hash([u8; 32]),
    /// A place.
    Point(Point),
}

/// A moment with the offset in which it was written. Equality and order are of the moment.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Instant {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub ms: i64,
    /// Seconds east of UTC, for showing it as it was written.
    pub offset_s: i32,
}

impl Instant {
    /// Reads RFC 3339, whose years have four digits; anything finer than a millisecond is cut off.
    pub fn parse(text: &str) -> Option<Instant> {
        if text.as_bytes().get(4) != Some(&b'-') {
            return None;
        }
        let moment = DateTime::parse_from_rfc3339(text).ok()?;
        Some(Instant {
            ms: moment.timestamp_millis(),
            offset_s: moment.offset().local_minus_utc(),
        })
    }

    /// Writes RFC 3339 with milliseconds, in the offset it was written in.
    pub fn render(&self) -> String {
        let utc = DateTime::from_timestamp_millis(self.ms).unwrap_or_default();
        match FixedOffset::east_opt(self.offset_s) {
            Some(offset) => utc.with_timezone(&offset).to_rfc3339_opts(SecondsFormat::Millis, true),
            None => utc.to_rfc3339_opts(SecondsFormat::Millis, true),
        }
    }
}

impl PartialEq for Instant {
    fn eq(&self, other: &Self) -> bool {
        self.ms == other.ms
    }
}

impl Eq for Instant {}

impl PartialOrd for Instant {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Instant {
    fn cmp(&self, other: &Self) -> Ordering {
        self.ms.cmp(&other.ms)
    }
}

impl Hash for Instant {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.ms.hash(state);
    }
}

/// The geodetic datum in which a point was given. It is never converted in place: in Jin'an the shift
/// between WGS-84 and GCJ-02 is about 600 m.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Datum {
    /// WGS-84, what satellites give.
    Wgs84,
    /// GCJ-02, what Chinese map libraries give.
    Gcj02,
    /// BD-09, what Baidu's give.
    Bd09,
}

/// Where a point came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PointSource {
    /// Satellite fix.
    Gps,
    /// Cell towers or Wi-Fi.
    Network,
    /// Set on a map by hand.
    Manual,
    /// Read from a photo.
    Exif,
    /// The system said that it is a mock.
    Mock,
    /// Not known.
    Unknown,
}

/// One point, at one moment, as the phone gave it.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// Degrees east, -180 to 180.
    pub lng: f64,
    /// Degrees north, -90 to 90.
    pub lat: f64,
    /// The datum as given.
    pub datum: Datum,
    /// Radius in metres in which the true place lies with 95 %, if the phone said one.
    pub accuracy_m: Option<f64>,
    /// Where it came from.
    pub source: PointSource,
}

impl Point {
    /// Whether every number is finite and in range.
    pub fn is_sound(&self) -> bool {
        (-180.0..=180.0).contains(&self.lng)
            && (-90.0..=90.0).contains(&self.lat)
            && self
                .accuracy_m
                .is_none_or(|a| a.is_finite() && (0.0..=1e7).contains(&a))
    }

    fn key(&self) -> (u64, u64, Datum, Option<u64>, PointSource) {
        // Adding zero makes -0.0 and 0.0, which mean the same, one key.
        let bits = |v: f64| (v + 0.0).to_bits();
        (
            bits(self.lng),
            bits(self.lat),
            self.datum,
            self.accuracy_m.map(bits),
            self.source,
        )
    }
}

impl PartialEq for Point {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Point {}

impl PartialOrd for Point {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Point {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl Hash for Point {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

impl Value {
    /// The JSON that pulls carry and forms show.
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value as J;
        match self {
            Value::Null => J::Null,
            Value::Bool(b) => J::Bool(*b),
            Value::Int(n) => J::from(*n),
            Value::Text(t) => J::String(t.clone()),
            Value::Instant(i) => J::String(i.render()),
            Value::Id(id) => J::String(uuid::Uuid::from_bytes(*id).as_hyphenated().to_string()),
            Value::Hash(h) => J::String(hex::encode(h)),
            Value::Point(p) => serde_json::to_value(p).unwrap_or(J::Null),
        }
    }
}

/// Reads a point from the JSON of an operation.
pub(crate) fn point_from(json: &Json) -> Option<Point> {
    let Json::Object(members) = json else { return None };
    let number = |name: &str| match members.get(name) {
        Some(Json::Int(n)) => Some(*n as f64),
        Some(Json::Float(f)) => Some(*f),
        _ => None,
    };
    let text = |name: &str| match members.get(name) {
        Some(Json::Text(t)) => Some(t.as_str()),
        _ => None,
    };
    let known = ["lng", "lat", "datum", "accuracy_m", "source"];
    if members.keys().any(|k| !known.contains(&k.as_str())) {
        return None;
    }
    let datum = match text("datum")? {
        "wgs84" => Datum::Wgs84,
        "gcj02" => Datum::Gcj02,
        "bd09" => Datum::Bd09,
        _ => return None,
    };
    let source = match text("source")? {
        "gps" => PointSource::Gps,
        "network" => PointSource::Network,
        "manual" => PointSource::Manual,
        "exif" => PointSource::Exif,
        "mock" => PointSource::Mock,
        "unknown" => PointSource::Unknown,
        _ => return None,
    };
    let accuracy_m = match members.get("accuracy_m") {
        None | Some(Json::Null) => None,
        Some(_) => Some(number("accuracy_m")?),
    };
    let point = Point {
        lng: number("lng")?,
        lat: number("lat")?,
        datum,
        accuracy_m,
        source,
    };
    point.is_sound().then_some(point)
}
