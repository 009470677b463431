//! `Upload-Metadata`: what a phone says of a blob beforehand.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::DateTime;
use sync_protocol::feed::Hash;
use sync_protocol::id::DeviceId;
use sync_protocol::wire;

use super::BlobError;

/// Most bytes of the header. What is known of a photo takes a few hundred.
const MOST: usize = 4_096;

/// What the known keys say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Announced {
    /// SHA-256 of the whole.
    pub sha256: Option<Hash>,
    /// The media type, as claimed.
    pub filetype: Option<String>,
    /// When it was captured, RFC 3339.
    pub captured: Option<String>,
    /// When it was hashed, RFC 3339.
    pub hashed: Option<String>,
    /// `camera` or `album`.
    pub source: Option<String>,
    /// With which device.
    pub device: Option<DeviceId>,
}

impl Announced {
    /// Reads the header. Keys that mean nothing here are passed over; those that do must say what they can say.
    pub fn read(header: &str) -> Result<Announced, BlobError> {
        if header.len() > MOST {
            return Err(wrong(format!("Upload-Metadata has more than {MOST} bytes")));
        }
        let mut announced = Announced::default();
        let mut seen = Vec::new();
        for pair in header.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once(' ').unwrap_or((pair, ""));
            if seen.contains(&key) {
                return Err(wrong("Upload-Metadata names a key twice"));
            }
            seen.push(key);
            let value = STANDARD
                .decode(value.trim())
                .map_err(|_| wrong("a value of Upload-Metadata is not base64"))?;
            announced.take(key, &value)?;
        }
        Ok(announced)
    }

    fn take(&mut self, key: &str, value: &[u8]) -> Result<(), BlobError> {
        match key {
            "sha256" => {
                let hash = text("sha256", value)?;
                let hash = wire::parse_hash(hash)
                    .ok_or_else(|| wrong("sha256 of Upload-Metadata is not 64 lower-case hexadecimal digits"))?;
                self.sha256 = Some(hash);
            }
            "filetype" => self.filetype = Some(text("filetype", value)?.to_owned()),
            "captured" => self.captured = Some(instant("captured", value)?),
            "hashed" => self.hashed = Some(instant("hashed", value)?),
            "source" => match text("source", value)? {
                source @ ("camera" | "album") => self.source = Some(source.to_owned()),
                _ => return Err(wrong("source of Upload-Metadata is neither camera nor album")),
            },
            "device" => {
                let device = text("device", value)?;
                let device = device
                    .parse()
                    .map_err(|_| wrong("device of Upload-Metadata is not the id of a device"))?;
                self.device = Some(device);
            }
            _ => {}
        }
        Ok(())
    }
}

fn wrong(why: impl Into<String>) -> BlobError {
    BlobError::Malformed(why.into())
}

/// Short and printable: it is kept and shown.
fn text<'v>(key: &str, value: &'v [u8]) -> Result<&'v str, BlobError> {
    std::str::from_utf8(value)
        .ok()
        .filter(|text| text.len() <= 200 && !text.chars().any(char::is_control))
        .ok_or_else(|| wrong(format!("{key} of Upload-Metadata is no text of at most 200 bytes")))
}

fn instant(key: &str, value: &[u8]) -> Result<String, BlobError> {
    let text = text(key, value)?;
    DateTime::parse_from_rfc3339(text)
        .map_err(|_| wrong(format!("{key} of Upload-Metadata is not RFC 3339 with an offset")))?;
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(pairs: &[(&str, &str)]) -> String {
        let pair = |(key, value): &(&str, &str)| format!("{key} {}", STANDARD.encode(value));
        pairs.iter().map(pair).collect::<Vec<_>>().join(",")
    }

    #[test]
    fn what_is_known_is_read_and_the_rest_passed_over() {
        let hash = "ab".repeat(32);
        let read = Announced::read(&header(&[
            ("sha256", &hash),
            ("filetype", "image/jpeg"),
            ("captured", "2026-11-22T08:00:00+08:00"),
            ("source", "camera"),
            ("filename", "../../etc/passwd"),
        ]))
        .unwrap();
        assert_eq!(read.sha256, Some([0xab; 32]));
        assert_eq!(read.filetype.as_deref(), Some("image/jpeg"));
        assert_eq!(read.captured.as_deref(), Some("2026-11-22T08:00:00+08:00"));
        assert_eq!(read.source.as_deref(), Some("camera"));
        assert_eq!(Announced::read("").unwrap(), Announced::default());
        assert_eq!(Announced::read("filename").unwrap(), Announced::default());
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for pairs in [
            &[("sha256", "AB")][..],
            &[("captured", "yesterday")],
            &[("hashed", "2026-11-22T08:00:00")],
            &[("source", "scanner")],
            &[("device", "../7")],
            &[("filetype", "image/\njpeg")],
            &[("source", "camera"), ("source", "album")],
        ] {
            assert!(
                matches!(Announced::read(&header(pairs)), Err(BlobError::Malformed(_))),
                "{pairs:?}"
            );
        }
        assert!(Announced::read("sha256 not*base64").is_err());
        assert!(Announced::read(&"a".repeat(5_000)).is_err());
    }
}
