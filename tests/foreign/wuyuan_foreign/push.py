"""The next part of a device's feed as a push, cut to the server's limits (sections 4, 5 and 8)."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, field
from typing import Any

from .chain import b64, genesis, head_message, sign, stub
from .store import Store
from .surroundings import Clock

# Room for what stands around the operations: the signature, `held` and the cursors.
ROOM_BYTES = 65_536


@dataclass
class Push:
    """One push: its JSON text and the operations in it."""

    text: bytes
    seqs: list[int] = field(default_factory=list)


def hash_at(store: Store, device: str, seq: int) -> str | None:
    """The device's own h(seq), None when it has no operation of that number."""
    if seq == 0:
        return genesis(device)
    row = store.row("SELECT chain FROM ops WHERE device = ? AND seq = ?", device, seq)
    return None if row is None else str(row["chain"])


def end_of(feed: sqlite3.Row) -> int:
    """The last operation that belongs on a device's feed: for a device left behind after a fork, the common one."""
    return int(feed["last"] if feed["common"] is None else feed["common"])


def next_push(store: Store, feed: sqlite3.Row, clock: Clock, most: int) -> Push | None:
    """The next operations that the server has not confirmed, at most `most`; None when there are none."""
    limits = store.get("config")["limits"]
    rows = store.rows(
        "SELECT * FROM ops WHERE device = ? AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?",
        feed["device"], feed["confirmed"], end_of(feed), most,
    )  # fmt: skip
    room = limits["inflated_bytes"] - ROOM_BYTES - sum(len(cursor) + 20 for cursor in _cursors(store))
    taken: list[tuple[sqlite3.Row, bytes]] = []
    receipts: dict[int, dict[str, str]] = {}
    for row in rows:
        if row["text"] is None:
            break
        over = row["withheld"] or len(row["text"]) > limits["op_bytes"]
        text = stub(row["seq"], row["body"]) if over else row["text"]
        room -= len(text) + 1
        if row["receipt"] is not None and row["receipt"] not in receipts:
            receipt = _receipt(store, row["receipt"])
            room -= len(json.dumps(receipt))
            receipts[row["receipt"]] = receipt
        if room < 0 and taken:
            receipts = {key: value for key, value in receipts.items() if any(r["receipt"] == key for r, _ in taken)}
            break
        taken.append((row, text))
    if not taken:
        return None
    return _write(store, feed, clock, taken, list(receipts.values()))


def _write(
    store: Store,
    feed: sqlite3.Row,
    clock: Clock,
    taken: list[tuple[sqlite3.Row, bytes]],
    receipts: list[dict[str, str]],
) -> Push:
    """Writes the push by hand, so that each operation's bytes go as they are."""
    first, last = taken[0][0], taken[-1][0]
    base = {"seq": first["seq"] - 1, "hash": hash_at(store, feed["device"], first["seq"] - 1)}
    signature = sign(feed["secret"], head_message(feed["device"], last["seq"], last["chain"]))
    rest: dict[str, Any] = {
        "base": base,
        "sig": b64(signature),
        "boot": clock.boot,
        "uptime_ms": clock.uptime_ms,
        "sent_at": clock.unix_ms,
    }
    if receipts:
        rest["receipts"] = receipts
    text = json.dumps(rest).encode()[:-1] + b',"ops":[' + b",".join(text for _, text in taken) + b"]}"
    return Push(text, [row["seq"] for row, _ in taken])


def _receipt(store: Store, number: int) -> dict[str, str]:
    row = store.row("SELECT text, key, sig FROM receipts WHERE id = ?", number)
    assert row is not None, "a verdict's receipt is kept with it"
    return {"text": row["text"], "key": row["key"], "sig": row["sig"]}


def _cursors(store: Store) -> list[str]:
    return [row["cursor"] for row in store.rows("SELECT cursor FROM units WHERE cursor IS NOT NULL")]
