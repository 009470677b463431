"""The records as the phone shows them, and the forms that are open on them (sections 3 and 6)."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from .overlay import overlay, values_of
from .store import Store


@dataclass
class Shown:
    """One record as shown, and what an edit of it has seen."""

    record: str
    kind: str
    unit: str
    fields: dict[str, Any]
    seen: dict[str, int]
    gen: str

    def values(self) -> dict[str, Any]:
        """Kind, unit and the values without dots."""
        return {"kind": self.kind, "unit": self.unit, "fields": values_of(self.fields)}


class Records:
    """Reads the phone's file; changes nothing."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def base(self, record: str) -> tuple[dict[str, Any], str] | None:
        """The base record as pulled and the generation under which it was, or None."""
        row = self.store.row("SELECT body, gen FROM records WHERE id = ?", record)
        return None if row is None else (json.loads(row["body"]), row["gen"])

    def laid_over(self, record: str, base: dict[str, Any] | None) -> list[sqlite3.Row]:
        """The phone's own operations that are shown over the base: of its present device and of earlier ones."""
        clock = base["clock"] if base else {}
        rows = self.store.rows(
            """SELECT ops.* FROM ops JOIN devices USING (device) WHERE record = ? AND new_device IS NULL
               AND settled = 0 AND text IS NOT NULL AND fate IS NOT 'quarantined' ORDER BY nth, seq""",
            record,
        )
        return [row for row in rows if row["seq"] > clock.get(row["device"], 0)]

    def shown(self, record: str) -> Shown | None:
        """The record as shown, None when there is nothing to show."""
        found = self.base(record)
        base = found[0] if found else None
        rows = self.laid_over(record, base)
        if base is None and not rows:
            return None
        fields = base["fields"] if base else {}
        clock = dict(base["clock"]) if base else {}
        kind, unit = (base["kind"], base["unit"]) if base else ("", "")
        gen = found[1] if found else self.store.get("generation")
        for row in rows:
            op = json.loads(row["text"])
            kind, unit = op["kind"], op["unit"]
            state = self.leads_to(op)
            written = {**op, "set": {**op.get("set", {}), **({} if state is None else {"state": state})}}
            device = row["device"]
            fields = overlay({"fields": fields, "clock": {}}, device, [written])
            clock[device] = max(clock.get(device, 0), row["seq"])
        return Shown(record, kind, unit, fields, clock, gen)

    def leads_to(self, op: dict[str, Any]) -> str | None:
        """The state to which an operation leads, None when it says nothing about the state."""
        kind = (self.store.get("catalog") or {"kinds": {}})["kinds"].get(op["kind"])
        if kind is None:
            return None
        act = op.get("act")
        if act is not None:
            transition = kind["workflow"]["transitions"].get(act["name"])
            return None if transition is None else str(transition["to"])
        return str(kind["workflow"]["initial"]) if not op.get("seen") else None

    def all_shown(self) -> dict[str, Shown]:
        """Every record that is shown."""
        ids = self.store.rows("SELECT id FROM records UNION SELECT record FROM ops WHERE settled = 0 ORDER BY 1")
        shown = {row["id"]: self.shown(row["id"]) for row in ids}
        return {record: one for record, one in shown.items() if one is not None}
