//! Reading a leaf's bytes from front to back.

/// What is left of the bytes.
pub(super) struct Bytes<'b>(pub &'b [u8]);

impl<'b> Bytes<'b> {
    pub fn take(&mut self, count: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    pub fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    pub fn byte(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_be_bytes)
    }

    pub fn i64(&mut self) -> Option<i64> {
        self.array().map(i64::from_be_bytes)
    }

    /// A byte that says how many follow, and those.
    pub fn short(&mut self) -> Option<&'b [u8]> {
        let count = self.byte()?;
        self.take(count.into())
    }

    pub fn short_text(&mut self) -> Option<String> {
        String::from_utf8(self.short()?.to_vec()).ok()
    }
}

/// Writes what [`Bytes::short`] reads. Longer than 255 bytes is cut; nothing that is sealed comes near it.
pub(super) fn put_short(to: &mut Vec<u8>, bytes: &[u8]) {
    let count = u8::try_from(bytes.len()).unwrap_or(u8::MAX);
    to.push(count);
    to.extend_from_slice(&bytes[..usize::from(count)]);
}
