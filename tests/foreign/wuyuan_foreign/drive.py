"""The driver: one JSON command a line on standard input, one JSON answer a line on standard output."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from .answer import forget_texts
from .api import Api, Problem, SignInNeeded, Unreachable
from .ops import Refused, Wish
from .phone import Phone, problem_detail
from .store import Store
from .surroundings import Chance, Clock, Death, given_clock, real_clock
from .sync import Sync


class Driver:
    """A phone that a test drives."""

    def __init__(self, home: Path, server: str, seed: int | None) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self.death = Death()
        self.store = Store(home / "phone.db", self.death.reached)
        self.chance = Chance(self.store, seed)
        self.api = Api(server, self.store, self.death.reached)
        self.phone = Phone(self.store, self.api, self.chance)

    def answer(self, command: dict[str, Any]) -> dict[str, Any]:
        """Does one command."""
        clock = given_clock(command["env"]) if "env" in command else real_clock()
        self.death.plan(command.get("die"))
        try:
            return {"ok": self._do(command, clock)}
        except Refused as refused:
            return {"error": {"code": refused.code, "detail": refused.detail}}
        except SignInNeeded:
            return {"error": {"code": "sign_in", "detail": "sign in first"}}
        except Unreachable as error:
            return {"error": {"code": "unreachable", "detail": str(error)}}
        except Problem as problem:
            return {"error": problem_detail(problem)}

    def _do(self, command: dict[str, Any], clock: Clock) -> Any:
        match command["do"]:
            case "enrol":
                return self.phone.enrol(command["number"], command["password"])
            case "sign_in":
                return self.phone.sign_in(command["password"])
            case "open":
                return {"shown": self.phone.open(command["record"])}
            case "save":
                return self.phone.save(_wish(command), clock)
            case "sync":
                return Sync(self.store, self.api, self.phone, self.chance, clock).run()
            case "forget_texts":
                with self.store.change("forget"):
                    return {"forgotten": forget_texts(self.store)}
            case "replica":
                return self._replica()
            case "shown":
                shown = self.phone.records.all_shown()
                return {"records": {record: one.values() for record, one in shown.items()}}
            case "ops":
                return {"ops": [_op(row) for row in self._ops()]}
            case "status":
                return self._status()
            case other:
                raise Refused("unknown_command", str(other))

    def _ops(self) -> list[Any]:
        return self.store.rows("SELECT ops.* FROM ops JOIN devices USING (device) ORDER BY nth, seq")

    def _replica(self) -> dict[str, Any]:
        records = self.store.rows("SELECT id, body FROM records ORDER BY id")
        units = self.store.rows("SELECT unit, state FROM units ORDER BY unit")
        return {
            "records": {row["id"]: json.loads(row["body"]) for row in records},
            "complete": [row["unit"] for row in units if row["state"] == "complete"],
            "diverged": [row["unit"] for row in units if row["state"] == "diverged"],
        }

    def _status(self) -> dict[str, int]:
        counts = {"waiting": 0, "held": 0, "accepted": 0, "quarantined": 0}
        for row in self._ops():
            if row["new_device"] is None:
                counts[row["fate"] or "waiting"] += 1
        counts["trouble"] = len(self.store.rows("SELECT code FROM troubles"))
        return counts


def _wish(command: dict[str, Any]) -> Wish:
    return Wish(
        record=command.get("record"),
        kind=command["kind"],
        unit=command["unit"],
        appointment=command["appointment"],
        set=command.get("set") or {},
        add=command.get("add") or {},
        remove=command.get("remove") or {},
        act=command.get("act"),
        reason=command.get("reason"),
    )


def _op(row: Any) -> dict[str, Any]:
    rewritten = None if row["new_device"] is None else {"device": row["new_device"], "seq": row["new_seq"]}
    return {
        "device": row["device"],
        "seq": row["seq"],
        "hash": row["body"],
        "record": row["record"],
        "fate": row["fate"],
        "code": row["code"],
        "arrival": row["arrival"],
        "rewritten_as": rewritten,
    }


def drive(home: Path, server: str, seed: int | None) -> None:
    """Reads commands until `quit` or the end of input."""
    driver = Driver(home, server, seed)
    for line in sys.stdin:
        command = json.loads(line)
        quits = command.get("do") == "quit"
        answer = {"ok": {}} if quits else driver.answer(command)
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
        sys.stdout.flush()
        if quits:
            break
    driver.store.close()
