//! Receipts: what the server signed over verdicts is read back as that, by its device and from its key alone.

use arbitrary::{Arbitrary, Unstructured};
use ed25519_dalek::{Signer, SigningKey};
use sync_protocol::id::DeviceId;
use sync_protocol::receipt::{self, Arrived};
use sync_protocol::verdict::{Code, Verdict};
use sync_protocol::wire::VerdictLine;

/// The bytes are tried as a receipt's text with and without a good signature, and taken as verdicts to sign.
pub fn check(data: &[u8]) {
    let (key, other) = (SigningKey::from_bytes(&[3; 32]), SigningKey::from_bytes(&[4; 32]));
    let device = DeviceId([1; 16]);
    if let Some(text) = crate::text(data) {
        // A device may send any text as a receipt; even one that was signed as something else must be no receipt.
        let signature = key.sign(data).to_bytes();
        if let Some(lines) = receipt::read(&key.verifying_key(), &device, text, &signature) {
            assert!(text.starts_with(&format!("wuyuan-receipt-v1\n{device}\n")));
            assert!(lines.len() <= text.lines().count() - 2);
        }
        assert_eq!(receipt::read(&other.verifying_key(), &device, text, &signature), None);
        assert_eq!(receipt::read(&key.verifying_key(), &device, text, &[0; 64]), None);
    }
    let mut draw = Unstructured::new(data);
    let lines = verdicts(&mut draw).unwrap_or_default();
    let text = receipt::text(&device, &lines);
    let signature = receipt::sign(&key, &device, &lines);
    assert!(receipt::verify(&key.verifying_key(), &device, &lines, &signature));
    assert!(!receipt::verify(
        &key.verifying_key(),
        &DeviceId([2; 16]),
        &lines,
        &signature
    ));
    let expected: Vec<Arrived> = lines
        .iter()
        .map(|line| Arrived {
            seq: line.seq,
            hash: line.hash,
            arrival: line.arrival,
        })
        .collect();
    assert_eq!(
        receipt::read(&key.verifying_key(), &device, &text, &signature),
        Some(expected)
    );

    let mut tampered = text.clone().into_bytes();
    let at = draw.choose_index(tampered.len()).unwrap_or(0);
    tampered[at] = u8::arbitrary(&mut draw).unwrap_or(b'0');
    if let Ok(tampered) = String::from_utf8(tampered)
        && tampered != text
    {
        assert_eq!(
            receipt::read(&key.verifying_key(), &device, &tampered, &signature),
            None
        );
    }
}

fn verdicts(draw: &mut Unstructured<'_>) -> arbitrary::Result<Vec<VerdictLine>> {
    let count = draw.int_in_range(0..=8)?;
    let line = |draw: &mut Unstructured<'_>| {
        let verdict = match draw.arbitrary()? {
            true => Verdict::Accepted,
            false => Verdict::Refused(*draw.choose(Code::ALL)?),
        };
        Ok(VerdictLine::new(
            draw.arbitrary()?,
            draw.arbitrary()?,
            verdict,
            draw.arbitrary()?,
        ))
    };
    (0..count).map(|_| line(draw)).collect()
}
