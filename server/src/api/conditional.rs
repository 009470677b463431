//! Conditions and ranges of a request (RFC 9110 sections 13 and 14).

use std::ops::Range;

use actix_web::http::header::{ByteRangeSpec, HeaderMap, HeaderName, Range as RangeHeader};

/// Whether a header such as If-None-Match names `etag`, quotes included, or `*`. A proxy may have weakened the tag.
pub(super) fn has(headers: &HeaderMap, name: HeaderName, etag: &str) -> bool {
    let named = headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
    named
        .split(',')
        .map(|tag| tag.trim().trim_start_matches("W/"))
        .any(|tag| tag == etag || tag == "*")
}

/// One range of bytes that is asked for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ByteRange(ByteRangeSpec);

impl ByteRange {
    /// Reads the Range header. `None`: it is to be ignored, for it is malformed, of another unit, or names several.
    pub fn read(text: &str) -> Option<ByteRange> {
        let Ok(RangeHeader::Bytes(ranges)) = text.parse() else {
            return None;
        };
        let [range] = ranges.as_slice() else { return None };
        // Its end lies before its beginning: not a range, rather than one that cannot be had.
        let is_range = !matches!(range, ByteRangeSpec::FromTo(from, to) if from > to);
        is_range.then(|| ByteRange(range.clone()))
    }

    /// The bytes of a whole of `size` that it means. `None`: none of them.
    pub fn within(&self, size: u64) -> Option<Range<u64>> {
        self.0.to_satisfiable_range(size).map(|(first, last)| first..last + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_one_that_lies_within_the_whole() {
        let within = |text: &str| ByteRange::read(text).map(|range| range.within(10));
        for (text, range) in [
            ("bytes=0-0", 0..1),
            ("bytes=3-", 3..10),
            ("bytes=3-99", 3..10),
            ("bytes=-4", 6..10),
            ("bytes=-40", 0..10),
            ("bytes=0-18446744073709551615", 0..10),
        ] {
            assert_eq!(within(text), Some(Some(range)), "{text}");
        }
        for text in ["bytes=10-", "bytes=10-11", "bytes=-0"] {
            assert_eq!(within(text), Some(None), "{text}");
        }
        for text in [
            "",
            "bytes",
            "bytes=",
            "bytes=a-b",
            "bytes=5-3",
            "bytes=0-1,3-4",
            "lines=1-2",
            "bytes=18446744073709551616-",
        ] {
            assert_eq!(within(text), None, "{text}");
        }
    }
}
