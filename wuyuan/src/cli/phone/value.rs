//! Values as typed at the terminal, read by the catalogue's types.

use serde_json::{Value as Json, json};
use sync_protocol::catalog::{Catalog, Field, FieldType};
use sync_protocol::json::Json as Strict;
use sync_protocol::shape;
use wuyuan_client::Phone;
use wuyuan_client::env::{Env, SystemEnv};
use wuyuan_client::lang::Lang;

use super::choose;
use super::told::{Told, told};

/// Splits `field=value`.
pub fn split(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write it as field=value".to_owned()),
    }
}

/// Reads typed values for one phone.
pub struct Reader<'p> {
    pub phone: &'p Phone,
    pub catalog: &'p Catalog,
    pub lang: Lang,
}

impl Reader<'_> {
    /// The value of a field; nothing typed clears it.
    pub fn value(&self, name: &str, field: &Field, text: &str) -> Result<Json, Told> {
        if text.is_empty() {
            return Ok(Json::Null);
        }
        let json = self.read(field, text)?;
        let strict: Option<Strict> = serde_json::from_value(json.clone()).ok();
        match strict.and_then(|s| shape::value(field, self.catalog.version(), &s)) {
            Some(_) => Ok(json),
            None => Err(told(format!("{name}={text}: {} [wrong_type]", self.expected(field)))),
        }
    }

    fn read(&self, field: &Field, text: &str) -> Result<Json, Told> {
        let lang = self.lang;
        let directory = || self.phone.directory().map_err(|e| Told::phone(&e, lang));
        Ok(match field.kind {
            FieldType::Text | FieldType::Date | FieldType::Blob => json!(text),
            FieldType::Integer | FieldType::Minutes => text.parse::<i64>().map_or(json!(text), |n| json!(n)),
            FieldType::Bool => match text {
                "true" | "yes" | "是" => json!(true),
                "false" | "no" | "否" => json!(false),
                other => json!(other),
            },
            FieldType::Instant if text == "now" => {
                json!(SystemEnv::new().map_err(|e| told(e.to_string()))?.now().render())
            }
            FieldType::Instant => json!(text),
            FieldType::Enum => {
                let named = |label: &sync_protocol::catalog::Label| label.zh_hans == text || label.en == text;
                json!(field.values.iter().find(|v| named(&v.label)).map_or(text, |v| &v.code))
            }
            FieldType::Unit => json!(choose::unit(&directory()?, text, lang)?),
            FieldType::Member => json!(choose::member(self.phone, &directory()?, text, lang)?),
            FieldType::Record => json!(choose::record(self.phone, text, lang)?),
            FieldType::Point => point(text).unwrap_or_else(|| json!(text)),
        })
    }

    /// What a field takes, for people.
    pub fn expected(&self, field: &Field) -> String {
        let lang = self.lang;
        let range = || {
            let bound = |n: Option<i64>| n.map(|n| n.to_string()).unwrap_or_default();
            format!("{}..{}", bound(field.min), bound(field.max))
        };
        match field.kind {
            FieldType::Text => {
                let most = field.max_chars.unwrap_or(0);
                match lang {
                    Lang::Zh => format!("文字,最多 {most} 字"),
                    Lang::En => format!("text, at most {most} characters"),
                }
            }
            FieldType::Integer => format!("{} {}", lang.pick("整数", "whole number"), range()),
            FieldType::Minutes => format!("{} {}", lang.pick("分钟数", "minutes"), range()),
            FieldType::Date => lang.pick("日期 2026-11-22", "date 2026-11-22").into(),
            FieldType::Instant => lang
                .pick(
                    "时间 2026-11-22T08:00:00+08:00 或 now",
                    "time 2026-11-22T08:00:00+08:00 or now",
                )
                .into(),
            FieldType::Bool => lang.pick("是 或 否", "yes or no").into(),
            FieldType::Enum => {
                let choice = |v: &sync_protocol::catalog::Choice| format!("{} {}", v.code, lang.label(&v.label));
                field.values.iter().map(choice).collect::<Vec<_>>().join(" | ")
            }
            FieldType::Unit => lang.pick("单位编码或名称", "a unit's code or name").into(),
            FieldType::Member => lang.pick("me、编号或姓名", "me, a number or a name").into(),
            FieldType::Record => lang.pick("记录编号", "a record's id").into(),
            FieldType::Blob => lang
                .pick("文件(--photo),或其 SHA-256", "a file (--photo), or its SHA-256")
                .into(),
            FieldType::Point => lang
                .pick("经度,纬度,坐标系,精度米,来源", "lng,lat,datum,accuracy_m,source")
                .into(),
        }
    }
}

/// `lng,lat,datum,accuracy,source`; an empty accuracy is not known.
fn point(text: &str) -> Option<Json> {
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    let [lng, lat, datum, accuracy, source] = parts.as_slice() else {
        return None;
    };
    let number = |text: &str| text.parse::<f64>().ok();
    let accuracy = match *accuracy {
        "" => None,
        text => Some(number(text)?),
    };
    Some(json!({
        "lng": number(lng)?, "lat": number(lat)?, "datum": datum, "accuracy_m": accuracy, "source": source,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_split_at_the_first_sign_and_points_need_five_parts() {
        assert_eq!(split("a=b=c"), Ok(("a".into(), "b=c".into())));
        assert_eq!(split("a="), Ok(("a".into(), String::new())));
        assert!(split("=b").is_err() && split("ab").is_err());
        let read = point("119.33, 26.08, wgs84, 12.5, gps").map(|p| p["accuracy_m"].clone());
        assert_eq!(read, Some(json!(12.5)));
        assert_eq!(
            point("119.33,26.08,wgs84,,manual").map(|p| p["accuracy_m"].clone()),
            Some(Json::Null)
        );
        assert_eq!(point("119.33,26.08"), None);
    }
}
