"""The sync: push what is pending, learn verdicts, pull what is new, until there is nothing more to do (section 5)."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from .answer import Request, Taken, Trouble, confirm, take_answer
from .api import Api, Problem, SignInNeeded, Unreachable
from .forks import Forks
from .phone import Phone
from .pull import PullRules
from .push import Push, end_of, hash_at, next_push
from .store import Store
from .surroundings import Chance, Clock

# More requests than any sync needs; a phone that runs into it says so and goes no further.
MOST_REQUESTS = 10_000
FIRST_WAIT_MS = 1_000
LONGEST_WAIT_MS = 300_000
TOO_MUCH = {"body_too_large", "inflate_limit"}


class Sync:
    """One run of the sync. It keeps nothing in memory that the file does not have, except how much fits in a push."""

    def __init__(self, store: Store, api: Api, phone: Phone, chance: Chance, clock: Clock) -> None:
        self.store = store
        self.api = api
        self.phone = phone
        self.chance = chance
        self.clock = clock
        self.forks = Forks(store, api, phone, chance)
        self.rules = PullRules(store)
        self.most: int | None = None
        self.alone = False
        self.dropped = False
        self.asked: set[str] = set()

    def run(self) -> dict[str, Any]:
        """Syncs; what came of it, as the driver tells it."""
        try:
            self._until_done()
        except SignInNeeded:
            return {"outcome": "sign_in"}
        except Unreachable:
            return self._wait("unreachable", None)
        except Problem as problem:
            if problem.status in (429, 503):
                return self._wait(problem.code, problem.retry_after_secs)
            return self._trouble(problem.code, str(problem))
        except Trouble as trouble:
            return self._trouble(trouble.code, trouble.detail)
        with self.store.change("done"):
            self.store.put("failures", None)
            self.store.run("DELETE FROM troubles")
        return {"outcome": "up_to_date"}

    def _wait(self, code: str, secs: int | None) -> dict[str, Any]:
        with self.store.change("wait"):
            failures = self.store.get("failures") or 0
            self.store.put("failures", failures + 1)
            own = min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** min(failures, 20))
            after_ms = self.chance.jitter(own if secs is None else secs * 1000)
        return {"outcome": "wait", "after_ms": after_ms, "code": code}

    def _trouble(self, code: str, detail: str) -> dict[str, Any]:
        with self.store.change("trouble"):
            self.store.run("INSERT OR REPLACE INTO troubles VALUES (?, ?)", code, detail)
        return {"outcome": "trouble", "code": code, "detail": detail}

    def _until_done(self) -> None:
        if self.store.device() is None:
            raise Trouble("not_enrolled", "enrol first")
        if self.store.get("wiped"):
            raise Trouble("device_revoked", "this phone may record no more")
        for _ in range(MOST_REQUESTS):
            if self.store.get("config") is None:
                self.phone.look_up()
            if self.store.get("fork") is not None:
                self.forks.go_on()
            self.phone.announce()
            if not self._look_at_earlier_devices():
                continue
            if not self._step():
                return
        raise Trouble("endless", "the server always has more to say")

    def _look_at_earlier_devices(self) -> bool:
        """Devices left behind after a fork: learns open verdicts, and heals a restored server. Whether it is done."""
        for feed in self.store.rows("SELECT * FROM devices WHERE common IS NOT NULL ORDER BY nth"):
            push = None if feed["look"] else next_push(self.store, feed, self.clock, self._most())
            held = [] if feed["device"] in self.asked else self._held(feed)
            if not feed["look"] and not held and push is None:
                continue
            self.asked.add(feed["device"])
            if self._send(feed, push, held, pull=False) is not None:
                with self.store.change("looked"):
                    self.store.run("UPDATE devices SET look = 0 WHERE device = ?", feed["device"])
            return False
        return True

    def _held(self, feed: sqlite3.Row) -> list[int]:
        """The numbers whose verdict is open: held, or confirmed in an answer that never came."""
        rows = self.store.rows(
            """SELECT seq FROM ops WHERE device = ? AND seq <= ? AND (fate = 'held' OR (fate IS NULL AND seq <= ?))
               ORDER BY seq LIMIT ?""",
            feed["device"], end_of(feed), feed["common"] or feed["confirmed"], self._most(),
        )  # fmt: skip
        return [row["seq"] for row in rows]

    def _most(self) -> int:
        limit: int = self.store.get("config")["limits"]["push_ops"]
        return limit if self.most is None else min(limit, self.most)

    def _step(self) -> bool:
        """One request for the present device; whether there is more to do."""
        feed = self.store.device()
        assert feed is not None, "the sync begins with a device"
        push = next_push(self.store, feed, self.clock, self._most())
        if push is None and feed["confirmed"] < end_of(feed):
            with self.store.change("fork"):
                self.forks.lost_text(feed["device"], feed["confirmed"])
            return True
        only_push = self.store.get("scope") == "push_only" or bool(self.store.get("revoked"))
        last = push is None or push.seqs[-1] >= end_of(feed)
        if only_push and push is None:
            self._wipe()
        bare = only_push or (self.alone and push is not None)
        taken = self._send(feed, push, [] if bare else self._held(feed), pull=last and not bare)
        last = last and (only_push or not bare)
        if taken is None or taken.again or taken.restored or taken.forked or not last or only_push:
            return True
        after = self.store.device()
        if after is None or after["confirmed"] < end_of(after):
            return True
        # A push is taken from one who may not pull; asked for alone, the pull says why it was left out.
        return push is not None and not taken.pulled

    def _wipe(self) -> None:
        """Everything is delivered that could be: what was pulled goes."""
        code = "device_revoked" if self.store.get("revoked") else "push_only"
        with self.store.change("wipe"):
            self.rules.drop_all()
            self.store.run("DELETE FROM forms")
            self.store.put("wiped", self.store.get("revoked"))
        raise Trouble(code, "everything is delivered; what was pulled is deleted")

    def _send(self, feed: sqlite3.Row, push: Push | None, held: list[int], pull: bool) -> Taken | None:
        """Sends one request and takes its answer; None when a problem was dealt with and the next try is due."""
        parts: dict[str, Any] = {"device": feed["device"]}
        request = Request(feed["device"], push.seqs[-1] if push else 0, {}, [])
        if held:
            parts["held"] = held
        if pull:
            request.cursors, request.diverged = self.rules.cursors(), self.rules.diverged()
            parts["pull"] = {"cursors": request.cursors, "diverged": request.diverged}
        body = json.dumps(parts).encode()
        if push is not None:
            body = body[:-1] + b',"push":' + push.text + b"}"
        try:
            answer = self.api.signed_in("POST", "/v1/sync", body)
        except Problem as problem:
            self._mend(feed, push, held, pull, problem)
            return None
        self.alone = False
        receipt = answer.get("receipt")
        if receipt is not None and all(key["id"] != receipt["key"] for key in self.store.get("receipt_keys")):
            self.phone.look_up()
        with self.store.change("answer"):
            taken = take_answer(self.store, request, answer)
            if taken.forked:
                self.forks.found(feed["device"])
        catalog = self.store.get("catalog")
        if catalog["version"] < answer["catalog"]:
            self.phone.look_up()
        return taken

    def _mend(self, feed: sqlite3.Row, push: Push | None, held: list[int], pull: bool, problem: Problem) -> None:
        """Deals with an error that changed nothing on the server, or raises it."""
        device = feed["device"]
        if problem.code == "gap":
            self._gap(feed, problem)
        elif problem.code in ("forked", "feed_closed") and feed["common"] is None:
            with self.store.change("fork"):
                self.forks.found(device)
        elif problem.code in TOO_MUCH and push is not None:
            self._send_less(feed, push, bool(held) or pull, problem)
        elif problem.code == "too_many_ops" and max(len(held), len(push.seqs) if push else 0) > problem.body["limit"]:
            self.most = problem.body["limit"]
            with self.store.change("config"):
                self.store.put("config", None)
        elif problem.code == "cursor_forged" and not self.dropped:
            self.dropped = True
            with self.store.change("drop"):
                self.rules.drop_all()
        elif problem.code in ("device_unknown", "device_not_yours") and feed["enrolled"]:
            with self.store.change("unknown"):
                # Restored to before it was enrolled: what earlier devices wrote may be lost too, and goes first.
                self.store.run("UPDATE devices SET enrolled = 0 WHERE device = ?", device)
                self.store.run("UPDATE devices SET look = 1")
                confirm(self.store, device, 0)
        elif problem.code == "device_revoked" and pull:
            with self.store.change("revoked"):
                self.store.put("revoked", True)
        elif problem.code == "push_only" and pull:
            with self.store.change("push_only"):
                self.store.put("scope", "push_only")
        else:
            raise problem

    def _send_less(self, feed: sqlite3.Row, push: Push, beside: bool, problem: Problem) -> None:
        """Half as much, then one operation alone; what is too much even so travels as a stub."""
        if len(push.seqs) > 1:
            self.most = len(push.seqs) // 2
        elif beside:
            self.alone = True
        elif self.store.run(
            "UPDATE ops SET withheld = 1 WHERE device = ? AND seq = ? AND withheld = 0", feed["device"], push.seqs[0]
        ):
            return
        else:
            raise problem

    def _gap(self, feed: sqlite3.Row, problem: Problem) -> None:
        """The server has less than the push builds on: goes back to its head, if that is on the own chain."""
        head = problem.body["expected_seq"] - 1
        if head >= feed["confirmed"]:
            raise problem
        with self.store.change("gap"):
            if hash_at(self.store, feed["device"], head) != problem.body["expected_hash"]:
                self.forks.found(feed["device"])
            else:
                confirm(self.store, feed["device"], head)
