"""Going on under a new device: after a fork (section 7), or when a restored server asks for a lost text (section 8)."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from .api import Api, Problem
from .ops import append, op_text
from .phone import Phone
from .push import hash_at
from .store import Store
from .surroundings import Chance


class Forks:
    """Each step is durable; after a kill the next sync goes on where it was."""

    def __init__(self, store: Store, api: Api, phone: Phone, chance: Chance) -> None:
        self.store = store
        self.api = api
        self.phone = phone
        self.chance = chance

    def found(self, device: str) -> None:
        """Notes a fork, within a change: the sign-in may be shared with the other copy, so a fresh one is needed."""
        self.store.put("fork", {"device": device})
        self.api.forget_tokens()

    def lost_text(self, device: str, common: int) -> None:
        """Notes, within a change, that the server asks for a text that is gone; the feed is given up above `common`."""
        self.store.put("fork", {"device": device, "common": common})

    def go_on(self) -> None:
        """Enrols a new device and rewrites what the server does not have of the old one."""
        fork = self.store.get("fork")
        old = self._feed(fork["device"])
        common = fork.get("common")
        if common is None:
            common = self._common(old)
        if "new" not in fork:
            with self.store.change("device"):
                continues = {"device": old["device"], "head_hash": old["head"]}
                fork["new"] = self.phone.make_device(continues)
                self.store.put("fork", fork)
        self.phone.announce()
        with self.store.change("rewrite"):
            self._rewrite(self._feed(old["device"]), fork["new"], common)
            self.store.put("fork", None)

    def _feed(self, device: str) -> sqlite3.Row:
        row = self.store.row("SELECT * FROM devices WHERE device = ?", device)
        assert row is not None, "the fork is of a device of this phone"
        return row

    def _common(self, old: sqlite3.Row) -> int:
        """The last number up to which both chains agree, by bisection."""
        agreed, parted = 0, int(old["last"]) + 1
        while parted - agreed > 1:
            middle = (agreed + parted) // 2
            if self._server_hash(old["device"], middle) == hash_at(self.store, old["device"], middle):
                agreed = middle
            else:
                parted = middle
        return agreed

    def _server_hash(self, device: str, seq: int) -> str | None:
        try:
            answer = self.api.signed_in("GET", f"/v1/devices/{device}/chain?from={seq}&to={seq}")
        except Problem as problem:
            if problem.code == "device_unknown":
                return None
            raise
        return next((head["hash"] for head in answer["chain"] if head["seq"] == seq), None)

    def _rewrite(self, old: sqlite3.Row, new: str, common: int) -> None:
        """Rewrites the old device's operations above the common one as the new device's."""
        device = old["device"]
        self.store.run("UPDATE devices SET common = ?, look = 1 WHERE device = ?", common, device)
        last_on = _Lasts(self.store, device, common)
        rows = self.store.rows("SELECT * FROM ops WHERE device = ? AND seq > ? ORDER BY seq", device, common)
        for row in rows:
            if row["text"] is None:
                continue
            op = json.loads(row["text"])
            feed = self._feed(new)
            op["seq"] = feed["last"] + 1
            op["salt"] = self.chance.take(16).hex()
            op["seen"] = last_on.moved(op.get("seen", {}), row["record"], new)
            # What stands for an earlier operation already goes on standing for that one.
            op.setdefault("reissues", {"device": device, "seq": row["seq"], "hash": row["body"]})
            append(self.store, feed, op_text(op), row["record"], row["unit"])
            self.store.run(
                "UPDATE ops SET new_device = ?, new_seq = ? WHERE device = ? AND seq = ?",
                new, op["seq"], device, row["seq"],
            )  # fmt: skip
            last_on.rewritten(row["record"], row["seq"], op["seq"])
        for form in self.store.rows("SELECT * FROM forms"):
            seen = last_on.moved(json.loads(form["seen"]), form["record"], new)
            self.store.run("UPDATE forms SET seen = ? WHERE record = ?", json.dumps(seen), form["record"])


class _Lasts:
    """Which numbers an old device's entries of `seen` become."""

    def __init__(self, store: Store, old: str, common: int) -> None:
        self.store = store
        self.old = old
        self.common = common
        self.new: dict[str, list[tuple[int, int]]] = {}

    def rewritten(self, record: str, before: int, after: int) -> None:
        """Notes the new number of an operation."""
        self.new.setdefault(record, []).append((before, after))

    def moved(self, seen: dict[str, Any], record: str, new: str) -> dict[str, Any]:
        """`seen` with the old device's numbers above the common one replaced."""
        named = seen.get(self.old, 0)
        if named <= self.common:
            return seen
        moved = {device: seq for device, seq in seen.items() if device != self.old}
        row = self.store.row(
            "SELECT max(seq) AS last FROM ops WHERE device = ? AND record = ? AND seq <= ?",
            self.old, record, self.common,
        )  # fmt: skip
        if row is not None and row["last"] is not None:
            moved[self.old] = row["last"]
        after = [after for before, after in self.new.get(record, []) if before <= named]
        if after:
            moved[new] = max(after)
        return moved
