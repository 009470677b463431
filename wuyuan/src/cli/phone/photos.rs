//! Photos, voice notes and documents: attaching them to what is recorded, and how far they are.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use sync_protocol::catalog::{FieldType, Kind};
use sync_protocol::value::Instant;
use wuyuan_client::lang::Lang;
use wuyuan_client::photos::{Photo, PhotoState};
use wuyuan_client::{Attached, Phone, Source, Taking};

use super::table::Table;
use super::told::{Told, told};
use super::{Context, out};

/// The field that photos go into unless another is named.
const PHOTOS: &str = "photos";
/// Digits of a hash that tell photos apart for people.
const SHORT: usize = 12;

/// What is attached.
#[derive(Args)]
pub struct Attach {
    /// Attach photos, voice notes or documents: the originals are copied, hashed and sent after the record
    #[arg(long, value_name = "FILE", num_args = 1..)]
    photo: Vec<PathBuf>,
    /// Into which field; by default photos, or the only one that takes files
    #[arg(long, value_name = "FIELD", requires = "photo")]
    photo_field: Option<String>,
    /// Where they come from
    #[arg(long, default_value = "album", requires = "photo")]
    source: SourceArg,
    /// When they were captured, such as 2026-11-22T08:00:00+08:00; by default when each file was last changed
    #[arg(long, value_name = "TIME", requires = "photo")]
    captured: Option<String>,
    /// What the recorder says it is, such as audio/webm; needed where audio and video share a kind of file
    #[arg(long, value_name = "TYPE", requires = "photo")]
    media: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum SourceArg {
    Camera,
    Album,
}

impl Attach {
    /// Copies and hashes the files. Nothing stays of them unless they are saved.
    pub fn take(&self, phone: &Phone, kind: &Kind, lang: Lang) -> Result<Vec<Attached>, Told> {
        if self.photo.is_empty() {
            return Ok(Vec::new());
        }
        let field = self.field(kind, lang)?;
        let captured = match &self.captured {
            None => None,
            Some(text) => Some(Instant::parse(text).ok_or_else(|| {
                let zh = "时间请写成 2026-11-22T08:00:00+08:00";
                told(format!(
                    "{text}: {}",
                    lang.pick(zh, "write a time as 2026-11-22T08:00:00+08:00")
                ))
            })?),
        };
        let source = match self.source {
            SourceArg::Camera => Source::Camera,
            SourceArg::Album => Source::Album,
        };
        let mut attached = Vec::new();
        for file in &self.photo {
            let taking = Taking {
                file,
                source,
                captured,
                media: self.media.as_deref(),
            };
            let about = |text: String| told(format!("{}: {text}", file.display()));
            let original = phone
                .take_in(&taking)
                .map_err(|e| about(format!("{} [{}]", e.wording(lang), e.code())))?;
            if !original.is_taken() {
                let zh = "服务器不接收这种文件,保存后可能送不出去";
                let en = "the server does not take such files; it may never arrive";
                eprintln!("{}: {}: {}", file.display(), original.media(), lang.pick(zh, en));
            }
            attached.push(Attached {
                field: field.clone(),
                original,
            });
        }
        Ok(attached)
    }

    fn field(&self, kind: &Kind, lang: Lang) -> Result<String, Told> {
        let is_blob = |name: &str| kind.field(name).is_some_and(|f| f.kind == FieldType::Blob);
        let named = self.photo_field.as_deref().or(is_blob(PHOTOS).then_some(PHOTOS));
        let all: Vec<&String> = kind.form.iter().filter(|name| is_blob(name)).collect();
        match (named, all.as_slice()) {
            (Some(name), _) if is_blob(name) => Ok(name.to_owned()),
            (None, [only]) => Ok((*only).clone()),
            _ => {
                let names: Vec<&str> = all.iter().map(|name| name.as_str()).collect();
                let (zh, en) = ("请用 --photo-field 指定项目", "name the field by --photo-field");
                Err(told(format!("{}: {}", lang.pick(zh, en), names.join(" | "))))
            }
        }
    }
}

/// Photos that this phone took in, and how far each is
#[derive(Args)]
pub struct Photos {
    /// Try those again that were given up
    #[arg(long)]
    retry: bool,
}

impl Photos {
    pub fn run(self, context: &Context) -> Result<(), Told> {
        let lang = context.lang;
        let mut phone = context.open()?;
        if self.retry {
            phone.retry_photos().map_err(|e| Told::phone(&e, lang))?;
        }
        let photos = phone.photos().map_err(|e| Told::phone(&e, lang))?;
        let mut table = Table::default();
        for photo in &photos {
            let records: Vec<String> = photo.records.iter().map(ToString::to_string).collect();
            table.row([
                &short(&photo.sha256),
                &size(photo.bytes),
                &photo.media,
                photo.captured.as_deref().unwrap_or(""),
                &standing(photo, lang),
                &records.join(" "),
            ]);
        }
        match table.is_empty() {
            true => out::line(lang.pick("没有照片", "no photos")),
            false => out::print(&table.render("")),
        }
    }
}

/// The beginning of a hash.
pub fn short(sha256: &[u8; 32]) -> String {
    sha256
        .iter()
        .take(SHORT / 2)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// A size for people.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

fn standing(photo: &Photo, lang: Lang) -> String {
    if let Some(trouble) = photo.trouble {
        return format!("{} [{}]", trouble.wording(lang), trouble.code());
    }
    match photo.state {
        PhotoState::Absent if photo.sent > 0 => format!("{} / {}", size(photo.sent), size(photo.bytes)),
        PhotoState::Absent => lang.pick("待发送", "waiting").into(),
        PhotoState::Received => lang.pick("已送达", "delivered").into(),
        PhotoState::Durable => lang.pick("已送达并备份", "delivered and backed up").into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_for_people() {
        let sizes = [0, 999, 1_000, 999_949, 4_000_000].map(size);
        assert_eq!(sizes, ["0 B", "999 B", "1.0 kB", "999.9 kB", "4.0 MB"]);
        assert_eq!(short(&[0xab; 32]), "abababababab");
    }
}
