"""Taking what a pull brings: changes, cursors, tallies (section 5.3)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .store import Store
from .tally import tally

# How often a unit is pulled anew before the phone gives up and says that it has diverged.
PULLS_ANEW = 3


class PullRules:
    """The pull's rules over the phone's file. Every method is called within a change."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def cursors(self) -> dict[str, str]:
        """The cursors to send."""
        return {row["unit"]: row["cursor"] for row in self.store.rows("SELECT * FROM units WHERE cursor IS NOT NULL")}

    def diverged(self) -> list[str]:
        """The units to name as diverged, once."""
        return [row["unit"] for row in self.store.rows("SELECT unit FROM units WHERE report = 1 ORDER BY unit")]

    def take(self, answer: Mapping[str, Any], gen: str, sent: Mapping[str, str], reported: list[str]) -> bool:
        """Takes the pulled part of the answer to `sent` cursors; whether there is more to ask."""
        for unit in reported:
            self.store.run("UPDATE units SET report = 0 WHERE unit = ?", unit)
        again = bool(answer.get("more"))
        for page in answer.get("units") or []:
            again |= self._take_page(page, gen, page["unit"] not in sent)
        for unit in answer.get("ended") or []:
            self.drop_unit(unit)
            self.store.run("UPDATE ops SET settled = 1 WHERE unit = ? AND fate IS NOT NULL", unit)
        return again

    def _take_page(self, page: Mapping[str, Any], gen: str, anew: bool) -> bool:
        """Takes one unit's page; whether the unit must be pulled anew."""
        unit = page["unit"]
        if page.get("restart") or anew:
            self.store.run("DELETE FROM records WHERE unit = ?", unit)
        for change in page.get("changes") or []:
            if "put" in change:
                self._put(change["put"], gen)
            else:
                self.store.run("DELETE FROM records WHERE id = ? AND unit = ?", change["gone"], unit)
                self.store.run("UPDATE ops SET settled = 1 WHERE record = ? AND fate = 'accepted'", change["gone"])
        self.store.run("INSERT OR IGNORE INTO units (unit, state) VALUES (?, 'partial')", unit)
        if page.get("cursor") is not None:
            self.store.run("UPDATE units SET cursor = ? WHERE unit = ?", page["cursor"], unit)
        if page.get("tally") is None:
            self.store.run("UPDATE units SET state = 'partial' WHERE unit = ?", unit)
            return False
        return self._compare(unit, page["tally"])

    def _put(self, record: Mapping[str, Any], gen: str) -> None:
        body = json.dumps(record, ensure_ascii=False)
        self.store.run(
            "INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?, ?)",
            record["id"], record["unit"], record["pos"], gen, body,
        )  # fmt: skip

    def _compare(self, unit: str, wanted: Mapping[str, Any]) -> bool:
        """Compares a complete unit with its tally; whether it must be pulled anew."""
        held = self.store.rows("SELECT id, pos FROM records WHERE unit = ?", unit)
        if tally((row["id"], row["pos"]) for row in held) == wanted:
            self.store.run("UPDATE units SET state = 'complete', misses = 0 WHERE unit = ?", unit)
            # What was acknowledged before this answer is in it, in whatever form the reader may see it.
            self.store.run("UPDATE ops SET settled = 1 WHERE unit = ? AND fate = 'accepted'", unit)
            return False
        found = self.store.row("SELECT misses FROM units WHERE unit = ?", unit)
        assert found is not None, "the unit was put in above"
        if found["misses"] < PULLS_ANEW:
            self.store.run("DELETE FROM records WHERE unit = ?", unit)
            self.store.run(
                "UPDATE units SET cursor = NULL, state = 'partial', misses = misses + 1 WHERE unit = ?", unit
            )
            return True
        self.store.run("UPDATE units SET state = 'diverged', misses = 0, report = 1 WHERE unit = ?", unit)
        return False

    def drop_unit(self, unit: str) -> None:
        """Deletes all that is held of a unit; operations stay."""
        self.store.run("DELETE FROM forms WHERE record IN (SELECT id FROM records WHERE unit = ?)", unit)
        self.store.run("DELETE FROM records WHERE unit = ?", unit)
        self.store.run("DELETE FROM units WHERE unit = ?", unit)

    def drop_all(self) -> None:
        """Deletes everything pulled; operations and open forms stay."""
        self.store.run("DELETE FROM records")
        self.store.run("DELETE FROM units")
