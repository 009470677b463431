"""The transparency log (section 12): leaves, proofs, checkpoints, and which log may follow on which."""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from .chain import verify

FATES = ["accepted", "held", "quarantined"]


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of a leaf's bytes (RFC 9162, section 2.1.1)."""
    return hashlib.sha256(b"\0" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees."""
    return hashlib.sha256(b"\1" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over hashes of leaves."""
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256().digest()
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return node_hash(root(leaves[:half]), root(leaves[half:]))


def check_inclusion(proof: Sequence[bytes], index: int, size: int, leaf: bytes, head: bytes) -> bool:
    """RFC 9162, section 2.1.3.2."""
    if index >= size:
        return False
    node, last, found = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            found = node_hash(step, found)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, step)
        node, last = node >> 1, last >> 1
    return last == 0 and found == head


def check_consistency(proof: Sequence[bytes], start: int, start_root: bytes, end: int, end_root: bytes) -> bool:
    """RFC 9162, section 2.1.4.2; a tree begins with itself, and with the empty tree."""
    if start > end:
        return False
    if start == 0:
        return not proof
    if start == end:
        return not proof and start_root == end_root
    steps = list(proof)
    if start & (start - 1) == 0:
        steps.insert(0, start_root)
    if not steps:
        return False
    node, last = start - 1, end - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    earlier = later = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            earlier, later = node_hash(step, earlier), node_hash(step, later)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            later = node_hash(later, step)
        node, last = node >> 1, last >> 1
    return last == 0 and earlier == start_root and later == end_root


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.rest = data

    def take(self, count: int) -> bytes:
        if count > len(self.rest):
            raise ValueError("the leaf ends too early")
        taken, self.rest = self.rest[:count], self.rest[count:]
        return taken

    def number(self) -> int:
        return struct.unpack(">Q", self.take(8))[0]

    def time(self) -> int:
        return struct.unpack(">q", self.take(8))[0]

    def short(self) -> bytes:
        return self.take(self.take(1)[0])


def read_leaf(data: bytes) -> tuple[int, dict[str, Any]]:
    """A leaf's kind and what it says; ValueError: it is none."""
    reader = _Reader(data)
    if reader.take(1) != b"\1":
        raise ValueError("another version")
    kind = reader.take(1)[0]
    says: dict[str, Any] = {}
    if kind == 0:
        says = {"origin": reader.short().decode(), "opened": reader.time(), "before": None}
        if (flag := reader.take(1)) == b"\1":
            origin, size = reader.short().decode(), reader.number()
            says["before"] = {"origin": origin, "size": size, "root": reader.take(32).hex()}
        elif flag != b"\0":
            raise ValueError("neither with nor without a log before")
    elif kind in (1, 2):
        says = {"device": str(uuid.UUID(bytes=reader.take(16))), "seq": reader.number()}
        if kind == 1:
            says |= {"hash": reader.take(32).hex(), "arrival": reader.time()}
        else:
            says |= {"number": reader.number(), "at": reader.time()}
        fate = reader.take(1)[0]
        if fate >= len(FATES):
            raise ValueError("no such fate")
        says |= {"fate": FATES[fate], "code": reader.short().decode(), "digest": reader.take(32).hex()}
    elif kind in (3, 4, 5, 6):
        says = {"id": reader.short().hex(), "digest": reader.take(32).hex()}
    else:
        raise ValueError("no such kind")
    if reader.rest:
        raise ValueError("the leaf is too long")
    return kind, says


def content(values: Sequence[Mapping[str, Any] | None]) -> bytes:
    """What is hashed of a row."""
    out = b""
    for value in values:
        if value is None:
            out += b"\xff" * 4
            continue
        [(of, one)] = value.items()
        data = struct.pack(">q", one) if of == "integer" else one.encode() if of == "text" else bytes.fromhex(one)
        out += struct.pack(">I", len(data)) + data
    return out


def row_digest(kind: int, salt: bytes, data: bytes) -> bytes:
    """The digest of a row under its salt."""
    return hashlib.sha256(b"wuyuan-sealed-v1" + bytes([kind]) + salt + data).digest()


def read_key(vkey: str) -> tuple[str, bytes, bytes]:
    """Name, key id and Ed25519 key of a verifier key (C2SP signed-note)."""
    name, key_id, encoded = vkey.split("+", 2)
    data = base64.b64decode(encoded, validate=True)
    if len(data) != 33 or data[0] != 1:
        raise ValueError("not an Ed25519 key")
    expected = hashlib.sha256(name.encode() + b"\n" + data).digest()[:4]
    if expected.hex() != key_id:
        raise ValueError("the key's id is another one")
    return name, expected, data[1:]


def open_note(vkey: str, note: str) -> tuple[str, int, bytes] | None:
    """Origin, size and root of a checkpoint that the key signed; None otherwise."""
    name, key_id, key = read_key(vkey)
    text, separator, lines = note.rpartition("\n\n")
    if not separator or not lines.endswith("\n"):
        return None
    text += "\n"
    signed = False
    for line in lines[:-1].split("\n"):
        try:
            dash, by, encoded = line.split(" ", 2)
            data = base64.b64decode(encoded, validate=True)
        except (ValueError, binascii.Error):
            return None
        if dash != "\u2014":
            return None
        if by == name and data[:4] == key_id:
            if not verify(key, text.encode(), data[4:]):
                return None
            signed = True
    fields = text.split("\n")
    if not signed or len(fields) < 4 or fields[0] != name or "" in fields[3:-1]:
        return None
    size = int(fields[1])
    head = base64.b64decode(fields[2], validate=True)
    return (name, size, head) if str(size) == fields[1] and len(head) == 32 else None


def follow(vkey: str, origins: Sequence[Mapping[str, Any]]) -> tuple[str | None, dict[str, Any] | None]:
    """Why the logs are not believed, or where the one of `vkey` ended."""
    pinned, _, key = read_key(vkey)
    if not origins:
        return "log_gone", None
    before: dict[str, Any] | None = None
    for nth, origin in enumerate(reversed(origins)):
        if nth and before is None:
            return "log_unnamed", None
        if read_key(origin["vkey"])[2] != key:
            return "log_other_key", None
        opened = open_note(origin["vkey"], origin["checkpoint"])
        if opened is None:
            return "log_other_key", None
        name, size, head = opened
        leaf = bytes.fromhex(origin["opening"])
        if not check_inclusion([bytes.fromhex(one) for one in origin["proof"]], 0, size, leaf_hash(leaf), head):
            return "log_inconsistent", None
        kind, says = read_leaf(leaf)
        if kind != 0 or says["origin"] != name:
            return "log_unnamed", None
        if before is not None:
            if before != {"origin": name, "size": size, "root": head.hex()}:
                return "log_unnamed", None
            if name == pinned:
                return None, {"log": origin["log"], "size": size, "root": head.hex()}
        before = says["before"]
    return "log_unnamed", None
