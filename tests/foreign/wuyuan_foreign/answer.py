"""Taking the answer to a sync: generation, verdicts, receipt, feed, units; all of it in one change (section 5)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .pull import PullRules
from .push import end_of, hash_at
from .receipts import receipt_text, receipt_valid
from .store import Store


class Trouble(Exception):
    """What only people can put right; the phone says it and goes no further."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


@dataclass
class Taken:
    """What an answer leaves to do."""

    again: bool
    forked: bool
    restored: bool
    pulled: bool


@dataclass
class Request:
    """What an answer answers."""

    device: str
    # The last number of the push, 0 without one.
    pushed: int
    # The cursors sent and the units named as diverged.
    cursors: dict[str, str]
    diverged: list[str]


def take_answer(store: Store, request: Request, answer: Mapping[str, Any]) -> Taken:
    """Takes one answer within a change."""
    device = request.device
    restored = answer["generation"] != store.get("generation")
    if restored:
        store.put("generation", answer["generation"])
        store.put("config", None)
        # Every device of this phone may have lost operations on the server.
        store.run("UPDATE devices SET look = 1")
    lines = [*(answer.get("verdicts") or []), *(answer.get("resolved") or [])]
    if lines:
        _take_verdicts(store, device, lines, answer)
    forked = _take_feed(store, device, answer["feed"], request.pushed)
    again = PullRules(store).take(answer, answer["generation"], request.cursors, request.diverged)
    return Taken(again, forked, restored, pulled="units" in answer or "ended" in answer)


def _take_verdicts(store: Store, device: str, lines: list[Mapping[str, Any]], answer: Mapping[str, Any]) -> None:
    """Keeps the verdicts with the receipt that signs them."""
    text = receipt_text(device, lines)
    receipt = answer.get("receipt")
    if receipt is None:
        raise Trouble("receipt_missing", "verdicts came without a receipt")
    key = next((key for key in store.get("receipt_keys") if key["id"] == receipt["key"]), None)
    if key is None or not receipt_valid(text, receipt["sig"], key["public_key"]):
        raise Trouble("receipt_invalid", "the receipt does not verify")
    store.run("INSERT OR IGNORE INTO receipts (text, key, sig) VALUES (?, ?, ?)", text, receipt["key"], receipt["sig"])
    row = store.row("SELECT id FROM receipts WHERE sig = ?", receipt["sig"])
    assert row is not None, "the receipt was put in above"
    for line in lines:
        _take_verdict(store, device, line, row["id"])


def _take_verdict(store: Store, device: str, line: Mapping[str, Any], receipt: int) -> None:
    own = store.row("SELECT * FROM ops WHERE device = ? AND seq = ?", device, line["seq"])
    if own is None or own["body"] != line["hash"]:
        raise Trouble("verdict_foreign", f"a verdict on number {line['seq']} is not on this phone's operation")
    code = line.get("code")
    if own["receipt"] is not None and (own["fate"], own["code"]) == (line["fate"], code):
        return
    # The first receipt stays: it proves the first arrival.
    store.run(
        "UPDATE ops SET fate = ?, code = ?, arrival = ?, receipt = coalesce(receipt, ?) WHERE device = ? AND seq = ?",
        line["fate"], code, line["arrival"], receipt, device, line["seq"],
    )  # fmt: skip


def _take_feed(store: Store, device: str, state: Mapping[str, Any], pushed: int) -> bool:
    """Compares the server's head with the own feed; whether the two have parted."""
    feed = store.row("SELECT * FROM devices WHERE device = ?", device)
    assert feed is not None, "an answer is for a device of this phone"
    head = state["head"]
    store.run("UPDATE devices SET durable = ? WHERE device = ?", state["durable_seq"], device)
    if feed["common"] is not None:
        # Left behind after a fork: up to the common number the two are the same, and verdicts are asked for.
        confirm(store, device, min(head["seq"], feed["common"]))
        return False
    if state["closed"] or hash_at(store, device, head["seq"]) != head["hash"]:
        return True
    # Only what has a verdict counts as confirmed, and after a restore no more than the server has.
    confirm(store, device, min(head["seq"], end_of(feed), max(feed["confirmed"], pushed)))
    return False


def confirm(store: Store, device: str, seq: int) -> None:
    """Notes up to where the server has the feed, within a change. After a restore that may be less than before."""
    store.run("UPDATE devices SET confirmed = ? WHERE device = ?", seq, device)
    store.run("UPDATE ops SET settled = 0 WHERE device = ? AND seq > ? AND settled = 1", device, seq)


def forget_texts(store: Store) -> int:
    """Drops the texts that a verified backup holds and that the pulled records contain, within a change; how many."""
    dropped = 0
    rows = store.rows(
        """SELECT ops.device, seq, record FROM ops JOIN devices USING (device)
           WHERE text IS NOT NULL AND fate = 'accepted' AND seq <= durable AND seq <= confirmed"""
    )
    for row in rows:
        base = store.row("SELECT body FROM records WHERE id = ?", row["record"])
        if base is not None and json.loads(base["body"])["clock"].get(row["device"], 0) >= row["seq"]:
            dropped += store.run("UPDATE ops SET text = NULL WHERE device = ? AND seq = ?", row["device"], row["seq"])
    return dropped
