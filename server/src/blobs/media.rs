//! What bytes are: found out from the bytes, for nobody can be believed.

/// Where audio and video share a container, the first bytes do not say which of them it is.
const OPEN: [(&str, &str); 3] = [
    ("video/webm", "audio/webm"),
    ("video/mp4", "audio/mp4"),
    ("video/3gpp", "audio/3gpp"),
];

/// Media types that are taken.
pub const TAKEN: [&str; 16] = [
    "application/pdf",
    "audio/3gpp",
    "audio/aac",
    "audio/amr",
    "audio/m4a",
    "audio/mp4",
    "audio/mpeg",
    "audio/ogg",
    "audio/webm",
    "audio/x-wav",
    "image/gif",
    "image/heif",
    "image/avif",
    "image/jpeg",
    "image/png",
    "image/webp",
];

/// First bytes that [`sniff`] wants to see, if there are as many.
pub const HEAD_BYTES: usize = 4_096;

/// The media type of a file that begins with `head`, if it is one that is taken. `claimed` decides only between audio and
/// video, and video is not taken: it comes out as nothing.
pub fn sniff(head: &[u8], claimed: Option<&str>) -> Option<&'static str> {
    let found = infer::get(head)?.mime_type();
    let open = OPEN.iter().find(|(video, _)| *video == found);
    let found = match open {
        Some((_, audio)) => {
            let essence = claimed?.split(';').next()?.trim().to_ascii_lowercase();
            if essence != *audio {
                return None;
            }
            *audio
        }
        None => found,
    };
    TAKEN.into_iter().find(|taken| *taken == found)
}

/// How names of files of a media type end.
pub fn extension(media: &str) -> &'static str {
    match media {
        "application/pdf" => "pdf",
        "audio/3gpp" => "3gp",
        "audio/aac" => "aac",
        "audio/amr" => "amr",
        "audio/m4a" | "audio/mp4" => "m4a",
        "audio/mpeg" => "mp3",
        "audio/ogg" => "ogg",
        "audio/webm" => "weba",
        "audio/x-wav" => "wav",
        "image/avif" => "avif",
        "image/gif" => "gif",
        "image/heif" => "heif",
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "image/webp" => "webp",
        _ => "bin",
    }
}

/// Whether it is a voice note.
pub fn is_voice(media: &str) -> bool {
    media.starts_with("audio/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_a_picture_whatever_is_claimed() {
        let jpeg = [0xff, 0xd8, 0xff, 0xe0, 0, 16, b'J', b'F', b'I', b'F', 0];
        for claimed in [None, Some("text/html"), Some("audio/webm")] {
            assert_eq!(sniff(&jpeg, claimed), Some("image/jpeg"));
        }
        assert_eq!(sniff(b"\x89PNG\r\n\x1a\n....", None), Some("image/png"));
        assert_eq!(sniff(b"%PDF-1.7\n", None), Some("application/pdf"));
    }

    #[test]
    fn every_type_that_is_taken_has_an_extension() {
        for media in TAKEN {
            assert_ne!(extension(media), "bin", "{media}");
        }
    }

    #[test]
    fn what_could_run_as_a_page_or_a_program_is_not_taken() {
        for bytes in [
            &b"<!DOCTYPE html><script>alert(1)</script>"[..],
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>",
            b"PK\x03\x04 a zip",
            b"\x7fELF\x02\x01\x01",
            b"MZ\x90\x00",
            b"plain words",
            b"",
        ] {
            assert_eq!(sniff(bytes, Some("image/jpeg")), None, "{bytes:?}");
        }
    }

    #[test]
    fn an_audio_claim_opens_a_container_and_a_video_claim_does_not() {
        let webm = [&[0x1a, 0x45, 0xdf, 0xa3, 0x9f][..], &[0x42, 0x82, 0x84], b"webm"].concat();
        assert_eq!(sniff(&webm, Some("audio/webm;codecs=opus")), Some("audio/webm"));
        assert_eq!(sniff(&webm, Some("video/webm")), None);
        assert_eq!(sniff(&webm, None), None);
    }
}
