//! Strict JSON (I-JSON, RFC 7493): a duplicate key, a NUL or a lone surrogate is an error, never a choice
//! between two readings. `serde_json::Value` keeps the last of two equal keys, so it is not used for
//! what phones write.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// What the error text of a duplicate key begins with.
pub(crate) const DUPLICATE: &str = "duplicate key";
/// What the error text of a NUL begins with.
pub(crate) const NUL: &str = "NUL in text";

/// A strictly read JSON value.
#[derive(Debug, Clone, PartialEq)]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number without fraction or exponent that fits 64 bits.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// A string without NUL.
    Text(String),
    /// An array.
    Array(Vec<Json>),
    /// An object, each key once.
    Object(BTreeMap<String, Json>),
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_none<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Int(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(i64::try_from(value).map_or(Json::Float(value as f64), Json::Int))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(Json::Float(value))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Json, E> {
        without_nul(text).map(|()| Json::Text(text.to_owned()))
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<Json, E> {
        without_nul(&text).map(|()| Json::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut array = Vec::new();
        while let Some(item) = items.next_element()? {
            array.push(item);
        }
        Ok(Json::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Json, A::Error> {
        read_object(members).map(Json::Object)
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

fn without_nul<E: de::Error>(text: &str) -> Result<(), E> {
    if text.contains('\0') {
        Err(E::custom(NUL))
    } else {
        Ok(())
    }
}

fn read_object<'de, A: MapAccess<'de>, V: Deserialize<'de>>(mut members: A) -> Result<BTreeMap<String, V>, A::Error> {
    let mut object = BTreeMap::new();
    while let Some(key) = members.next_key::<String>()? {
        without_nul(&key)?;
        if object.contains_key(&key) {
            return Err(de::Error::custom(format_args!("{DUPLICATE} {key:?}")));
        }
        let value = members.next_value()?;
        object.insert(key, value);
    }
    Ok(object)
}

/// A JSON object in which a key stands once, read as a map. For `#[serde(deserialize_with)]`.
pub(crate) fn strict_map<'de, D, V>(deserializer: D) -> Result<BTreeMap<String, V>, D::Error>
where
    D: Deserializer<'de>,
    V: Deserialize<'de>,
{
    struct MapVisitor<V>(std::marker::PhantomData<V>);

    impl<'de, V: Deserialize<'de>> Visitor<'de> for MapVisitor<V> {
        type Value = BTreeMap<String, V>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Self::Value, A::Error> {
            read_object(members)
        }
    }

    deserializer.deserialize_map(MapVisitor(std::marker::PhantomData))
}

/// A string without NUL. For `#[serde(deserialize_with)]`.
pub(crate) fn strict_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    without_nul(&text)?;
    Ok(text)
}

/// The same, where the member may be absent or null.
pub(crate) fn strict_optional_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    if let Some(text) = &text {
        without_nul(text)?;
    }
    Ok(text)
}
