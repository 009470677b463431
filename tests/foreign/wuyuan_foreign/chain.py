"""The feed: a hash chain over the raw bytes of operations, its head signed by the device (sections 2 and 4)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import uuid

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

HASH = re.compile(r"[0-9a-f]{64}")
PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
# The second coordinates of the eight points of small order; the sign of the first one is left out.
SMALL_ORDER = {
    0,
    1,
    PRIME - 1,
    int.from_bytes(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"),
    int.from_bytes(bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"), "little"),
}


def id_bytes(text: str) -> bytes:
    """The 16 bytes of an id."""
    return uuid.UUID(text).bytes


def b64(data: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """The bytes of base64url without padding; ValueError for any other text."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError(f"not base64url: {text!r}") from error
    if b64(data) != text:
        raise ValueError(f"not canonical base64url: {text!r}")
    return data


def genesis(device: str) -> str:
    """h(0) of a device."""
    return hashlib.sha256(b"wuyuan-feed-v1" + id_bytes(device)).hexdigest()


def body_hash(text: bytes) -> str:
    """SHA-256 of an operation's text; of a stub the hash that it names."""
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if isinstance(value, dict) and set(value) == {"seq", "withheld"}:
        named = value["withheld"]
        if isinstance(named, str) and HASH.fullmatch(named):
            return named
    return hashlib.sha256(text).hexdigest()


def chain_hash(before: str, body: str) -> str:
    """h(n) from h(n-1) and the hash of text n."""
    return hashlib.sha256(bytes.fromhex(before) + bytes.fromhex(body)).hexdigest()


def stub(seq: int, body: str) -> bytes:
    """What travels in the place of an operation that is over the limit."""
    return json.dumps({"seq": seq, "withheld": body}, separators=(",", ":")).encode()


def head_message(device: str, seq: int, head: str) -> bytes:
    """What a device signs for a push."""
    return b"wuyuan-head-v1" + id_bytes(device) + seq.to_bytes(8, "big") + bytes.fromhex(head)


def enrol_message(device: str, member: str) -> bytes:
    """What a new device signs to be enrolled."""
    return b"wuyuan-enrol-v1" + id_bytes(device) + id_bytes(member)


def public_key(secret: bytes) -> bytes:
    """The public key of a 32-byte secret."""
    return Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()


def sign(secret: bytes, message: bytes) -> bytes:
    """Ed25519 over a message."""
    return Ed25519PrivateKey.from_private_bytes(secret).sign(message)


def _good_point(encoded: bytes) -> bool:
    """Whether a point is encoded canonically and is not of small order. The library checks that it is on the curve."""
    y = int.from_bytes(encoded, "little") & (2**255 - 1)
    return y < PRIME and y not in SMALL_ORDER


def verify(key: bytes, message: bytes, signature: bytes) -> bool:
    """Strict verification: what OpenSSL lets pass (keys of small order, other encodings) is refused before."""
    if len(key) != 32 or len(signature) != 64:
        return False
    if not _good_point(key) or not _good_point(signature[:32]):
        return False
    if int.from_bytes(signature[32:], "little") >= ORDER:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
