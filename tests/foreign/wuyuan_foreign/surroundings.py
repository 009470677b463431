"""Clock and chance: what the phone takes from outside, so that a test can give both."""

from __future__ import annotations

import hashlib
import os
import secrets
import signal
import time
import uuid
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from .store import Store


@dataclass(frozen=True)
class Clock:
    """What the phone's clocks say during one command."""

    at: str
    boot: str
    uptime_ms: int

    @property
    def unix_ms(self) -> int:
        """The wall clock in milliseconds since 1970."""
        moment = datetime.fromisoformat(self.at.upper())
        return round(moment.timestamp() * 1000)


def real_clock() -> Clock:
    """The machine's own clocks."""
    return Clock(
        at=datetime.now().astimezone().isoformat(timespec="milliseconds"),
        boot=Path("/proc/sys/kernel/random/boot_id").read_text().strip(),
        uptime_ms=int(time.clock_gettime(time.CLOCK_BOOTTIME) * 1000),
    )


def given_clock(env: dict[str, Any]) -> Clock:
    """The clock that a command carries."""
    return Clock(at=env["at"], boot=env["boot"], uptime_ms=env["uptime_ms"])


class Chance:
    """Random bytes: the system's, or with a seed a sequence whose place is kept in the phone's file."""

    def __init__(self, store: Store, seed: int | None) -> None:
        self.store = store
        self.seed = seed

    def take(self, count: int) -> bytes:
        """At most 32 random bytes. With a seed only within a change, which keeps the place."""
        if self.seed is None:
            return secrets.token_bytes(count)
        place = (self.store.get("chance") or 0) + 1
        self.store.put("chance", place)
        return hashlib.sha256(f"{self.seed} {place}".encode()).digest()[:count]

    def uuid4(self) -> str:
        """A random id."""
        return str(uuid.UUID(bytes=self.take(16), version=4))

    def uuid7(self, unix_ms: int) -> str:
        """An id that begins with the time (RFC 9562)."""
        stamp = max(0, unix_ms) & (2**48 - 1)
        number = (stamp << 80) | int.from_bytes(self.take(10), "big")
        number = (number & ~(0xF << 76)) | (7 << 76)
        number = (number & ~(3 << 62)) | (2 << 62)
        return str(uuid.UUID(int=number))

    def jitter(self, wait_ms: int) -> int:
        """A wait made up to a quarter longer, so that phones do not come back all at once."""
        return wait_ms + wait_ms * self.take(1)[0] // 1024


class Death:
    """Ends the process as kill -9 does, at the nth time that it reaches a named point."""

    def __init__(self) -> None:
        self.point: str | None = None
        self.left = 0

    def plan(self, wish: dict[str, Any] | None) -> None:
        """Where to die during the next command: `{"at": point, "nth": n}`; None: nowhere."""
        self.point = wish["at"] if wish else None
        self.left = wish.get("nth", 1) if wish else 0

    def reached(self, point: str) -> None:
        """Called at every point."""
        if point != self.point:
            return
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
