"""What a person does with the phone: enrol, sign in, open a form, save."""

from __future__ import annotations

import json
from typing import Any

from .api import Api, Problem
from .chain import b64, enrol_message, genesis, public_key, sign
from .ops import Refused, Wish, write
from .records import Records
from .store import Store
from .surroundings import Chance, Clock


class Phone:
    """One installation. Every method can be said again after the process has died in it."""

    def __init__(self, store: Store, api: Api, chance: Chance) -> None:
        self.store = store
        self.api = api
        self.chance = chance
        self.records = Records(store)

    def enrol(self, number: str, password: str) -> dict[str, Any]:
        """Signs in, makes a device and enrols it."""
        known = self.store.get("member")
        if known is not None and known["number"] != number:
            raise Refused("other_member", "this phone is another member's")
        self._sign_in(number, password)
        self.look_up()
        if self.store.device() is None:
            with self.store.change("device"):
                self.make_device(None)
        self.announce()
        return self.identity()

    def sign_in(self, password: str) -> dict[str, Any]:
        """Signs the same member in again."""
        member = self.store.get("member")
        if member is None:
            raise Refused("not_enrolled", "enrol first")
        self._sign_in(member["number"], password)
        return self.identity()

    def _sign_in(self, number: str, password: str) -> None:
        session = self.api.post("/v1/auth/sign-in", {"number": number, "password": password})
        with self.store.change("session"):
            self.api.keep_session(session)
            self.store.put("member", session["member"])

    def identity(self) -> dict[str, Any]:
        """Who writes with what."""
        device = self.store.device()
        appointments = self.store.get("appointments") or []
        return {
            "member": self.store.get("member")["id"],
            "device": None if device is None else device["device"],
            "appointments": [{name: one[name] for name in ("id", "role", "unit")} for one in appointments],
        }

    def look_up(self) -> None:
        """Fetches the configuration and, when there is a newer one, the catalogue."""
        config = self.api.request("GET", "/v1/config")
        catalog = self.store.get("catalog")
        if catalog is None or catalog["version"] < config["catalog"]:
            catalog = self.api.request("GET", "/v1/catalog")
        with self.store.change("config"):
            self.store.put("config", config)
            self.store.put("receipt_keys", config["receipt_keys"])
            self.store.put("catalog", catalog)
            if self.store.get("generation") is None:
                self.store.put("generation", config["generation"])

    def make_device(self, continues: dict[str, str] | None) -> str:
        """Makes the id and key of a new device, within a change; it is not enrolled yet."""
        device = self.chance.uuid4()
        self.store.run(
            "INSERT INTO devices (device, secret, head, continues) VALUES (?, ?, ?, ?)",
            device, self.chance.take(32), genesis(device), None if continues is None else json.dumps(continues),
        )  # fmt: skip
        return device

    def announce(self) -> None:
        """Enrols each device that is not enrolled; harmless for one that is."""
        for row in self.store.rows("SELECT * FROM devices WHERE enrolled = 0 ORDER BY nth"):
            member = self.store.get("member")["id"]
            body: dict[str, Any] = {
                "id": row["device"],
                "suite": "ed25519-sha256",
                "public_key": b64(public_key(row["secret"])),
                "label": "foreign",
                "key_storage": "software",
                "proof": b64(sign(row["secret"], enrol_message(row["device"], member))),
            }
            if row["continues"] is not None:
                body["continues"] = json.loads(row["continues"])
            self.api.signed_in("POST", "/v1/devices", json.dumps(body).encode())
            with self.store.change("enrolled"):
                self.store.run("UPDATE devices SET enrolled = 1 WHERE device = ?", row["device"])

    def open(self, record: str) -> dict[str, Any]:
        """Opens the form of a record: what it shows is what the next save has seen."""
        shown = self.records.shown(record)
        if shown is None:
            raise Refused("not_shown", "this phone shows no such record")
        with self.store.change("form"):
            form = (record, json.dumps(shown.seen), shown.gen)
            self.store.run("INSERT OR REPLACE INTO forms VALUES (?, ?, ?)", *form)
        return shown.values()

    def save(self, wish: Wish, clock: Clock) -> dict[str, Any]:
        """Saves one operation; it is in the file when this returns."""
        if self.store.device() is None or self.store.get("catalog") is None:
            raise Refused("not_enrolled", "enrol first")
        if self.store.get("wiped"):
            raise Refused("wiped", "this phone may record no more")
        with self.store.change("save"):
            record = wish.record or self.chance.uuid7(clock.unix_ms)
            seen, gen = ({}, self.store.get("generation")) if wish.record is None else self._form(record)
            feed = write(self.store, self.chance, clock, wish, record, seen, gen)
            self.store.run("DELETE FROM forms WHERE record = ?", record)
        return {"record": record, "device": feed["device"], "seq": feed["last"]}

    def _form(self, record: str) -> tuple[dict[str, int], str]:
        """What the open form of a record has seen; without one it is opened now."""
        row = self.store.row("SELECT * FROM forms WHERE record = ?", record)
        if row is not None:
            return json.loads(row["seen"]), row["gen"]
        shown = self.records.shown(record)
        if shown is None:
            raise Refused("not_shown", "this phone shows no such record")
        return shown.seen, shown.gen


def problem_detail(problem: Problem) -> dict[str, Any]:
    """A problem as the driver tells it."""
    return {"code": problem.code, "detail": str(problem.body.get("detail", ""))}
