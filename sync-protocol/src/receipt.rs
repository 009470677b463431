//! Receipts: the server's signature over verdicts, so that a phone can prove what it delivered and when.

use std::fmt::Write;

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};

use crate::id::DeviceId;
use crate::verdict::Fate;
use crate::wire::VerdictLine;

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
