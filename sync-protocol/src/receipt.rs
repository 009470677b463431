//! Receipts: the server's signature over verdicts, so that a phone can prove what it delivered and when.

use std::fmt::Write;

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};

use crate::feed::Hash;
use crate::id::{DeviceId, Seq};
use crate::verdict::Fate;
use crate::wire::{VerdictLine, parse_hash};

/// The signed text: a line `wuyuan-receipt-v1`, the device, then for each verdict
/// `seq hash fate code arrival`, the code `-` when there is none, each line ended by a line feed.
/// `repeat` is not signed: the same operation gives the same line again.
pub fn text<'a>(device: &DeviceId, lines: impl IntoIterator<Item = &'a VerdictLine>) -> String {
    let mut text = format!("wuyuan-receipt-v1\n{device}\n");
    for line in lines {
        let fate = match line.fate {
            Fate::Accepted => "accepted",
            Fate::Held => "held",
            Fate::Quarantined => "quarantined",
        };
        let code = line.code.map_or("-", |c| c.as_str());
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "{} {} {fate} {code} {}",
            line.seq,
            hex::encode(line.hash),
            line.arrival
        );
    }
    text
}

/// Signs verdicts.
pub fn sign<'a>(key: &SigningKey, device: &DeviceId, lines: impl IntoIterator<Item = &'a VerdictLine>) -> [u8; 64] {
    key.sign(text(device, lines).as_bytes()).to_bytes()
}

/// Whether the server signed these verdicts.
pub fn verify<'a>(
    key: &VerifyingKey,
    device: &DeviceId,
    lines: impl IntoIterator<Item = &'a VerdictLine>,
    signature: &[u8; 64],
) -> bool {
    key.verify_strict(text(device, lines).as_bytes(), &Signature::from_bytes(signature))
        .is_ok()
}

/// What a receipt proves of one operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrived {
    /// Its number.
    pub seq: Seq,
    /// The SHA-256 of its bytes.
    pub hash: Hash,
    /// When the server first had it, milliseconds since 1970-01-01T00:00:00Z.
    pub arrival: i64,
}

/// Reads a receipt's text if `key` signed it for `device`; `None` otherwise.
pub fn read(key: &VerifyingKey, device: &DeviceId, text: &str, signature: &[u8; 64]) -> Option<Vec<Arrived>> {
    key.verify_strict(text.as_bytes(), &Signature::from_bytes(signature))
        .ok()?;
    let lines = text.strip_prefix(&format!("wuyuan-receipt-v1\n{device}\n"))?;
    lines.lines().map(arrived).collect()
}

fn arrived(line: &str) -> Option<Arrived> {
    let mut words = line.split(' ');
    let (seq, hash, _fate, _code, arrival) = (
        words.next()?,
        words.next()?,
        words.next()?,
        words.next()?,
        words.next()?,
    );
    Some(Arrived {
        seq: seq.parse().ok()?,
        hash: parse_hash(hash)?,
        arrival: arrival.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::{Code, Verdict};

    #[test]
    fn a_receipt_is_read_by_its_device_and_from_its_key_alone() {
        let (key, device) = (SigningKey::from_bytes(&[3; 32]), DeviceId([1; 16]));
        let lines = [
            VerdictLine::new(4, [5; 32], Verdict::Accepted, 1_795_305_600_000),
            VerdictLine::new(5, [6; 32], Verdict::Refused(Code::LinkMissing), 1_795_305_600_001),
        ];
        let (text, sig) = (text(&device, &lines), sign(&key, &device, &lines));
        let read_by = |key: &SigningKey, device: &DeviceId, text: &str| read(&key.verifying_key(), device, text, &sig);
        let expected: Vec<Arrived> = lines
            .iter()
            .map(|l| Arrived {
                seq: l.seq,
                hash: l.hash,
                arrival: l.arrival,
            })
            .collect();
        assert_eq!(read_by(&key, &device, &text), Some(expected));
        assert_eq!(read_by(&SigningKey::from_bytes(&[4; 32]), &device, &text), None);
        assert_eq!(read_by(&key, &DeviceId([2; 16]), &text), None);
        assert_eq!(read_by(&key, &device, &text.replace("accepted", "held")), None);
    }
}
