"""Writing operations (section 3): the text is written once and kept byte for byte."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from .chain import body_hash, chain_hash
from .shape import OP_BYTES, bad_text
from .store import Store
from .surroundings import Chance, Clock


class Refused(Exception):
    """The phone refuses a command; nothing has changed."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


@dataclass
class Wish:
    """What a person wants to save."""

    record: str | None
    kind: str
    unit: str
    appointment: str
    set: dict[str, Any]
    add: dict[str, list[Any]]
    remove: dict[str, list[Any]]
    act: str | None
    reason: str | None


def op_text(members: dict[str, Any]) -> bytes:
    """The text of an operation. Members that are empty or None are left out."""
    kept = {name: value for name, value in members.items() if value is not None and value != {}}
    if bad_text(kept):
        raise Refused("bad_text", "text holds no NUL and no half character")
    try:
        text = json.dumps(kept, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    except ValueError as error:
        raise Refused("bad_number", "JSON cannot say this number") from error
    return text


def write(store: Store, chance: Chance, clock: Clock, wish: Wish, record: str, seen: dict[str, int], gen: str) -> Any:
    """Appends one operation to the feed of the device that writes now, within a change. The feed's row after it."""
    device = store.device()
    assert device is not None, "only an enrolled phone writes"
    members = {
        "seq": device["last"] + 1,
        "salt": chance.take(16).hex(),
        "gen": gen,
        "cat": store.get("catalog")["version"],
        "by": store.get("member")["id"],
        "as": wish.appointment,
        "at": clock.at,
        "boot": clock.boot,
        "uptime_ms": clock.uptime_ms,
        "record": record,
        "kind": wish.kind,
        "unit": wish.unit,
        "seen": seen,
        "set": wish.set,
        "add": wish.add,
        "remove": wish.remove,
        "act": None if wish.act is None else {"name": wish.act},
        "reason": wish.reason,
    }
    text = op_text(members)
    if len(text) > OP_BYTES:
        raise Refused("too_large", f"an operation has at most {OP_BYTES} bytes, this one {len(text)}")
    return append(store, device, text, record, wish.unit)


def append(store: Store, device: sqlite3.Row, text: bytes, record: str, unit: str) -> Any:
    """Puts a written operation at the end of a device's feed, within a change. The feed's row after it."""
    seq = device["last"] + 1
    body = body_hash(text)
    head = chain_hash(device["head"], body)
    store.run(
        "INSERT INTO ops (device, seq, text, record, unit, body, chain) VALUES (?, ?, ?, ?, ?, ?, ?)",
        device["device"], seq, text, record, unit, body, head,
    )  # fmt: skip
    store.run("UPDATE devices SET last = ?, head = ? WHERE device = ?", seq, head, device["device"])
    return store.row("SELECT * FROM devices WHERE device = ?", device["device"])
