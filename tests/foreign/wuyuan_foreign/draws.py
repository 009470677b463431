"""The draw of observers (section 13)."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID


def beacon_message(order: str, request: str, checkpoint: str) -> bytes:
    """What the server signs."""
    return b"wuyuan-draw-beacon-v1" + UUID(order).bytes + bytes.fromhex(request) + checkpoint.encode()


def seed_of(order: str, request: str, checkpoint: str, beacon: bytes) -> bytes:
    """The seed."""
    text = b"wuyuan-draw-v1" + checkpoint.encode() + UUID(order).bytes + bytes.fromhex(request) + beacon
    return hashlib.sha256(text).digest()


def pool_of(roster: str) -> list[str]:
    """Those on a roster who are not excluded."""
    head, *lines = roster.removesuffix("\n").split("\n")
    if head != "wuyuan-roster-v1":
        raise ValueError(head)
    people = [line.split(" ") for line in lines]
    return [member for member, why in people if why == "-"]


def drawn_of(seed: bytes, pool: list[str]) -> list[str]:
    """The pool in the order in which the seed draws it."""
    return sorted(pool, key=lambda member: hashlib.sha256(seed + UUID(member).bytes).digest())


def draw(case: dict[str, Any]) -> dict[str, Any]:
    """Everything that follows from a request, a roster and the server's signature."""
    seed = seed_of(case["order"], case["request"], case["checkpoint"], bytes.fromhex(case["beacon"]))
    drawn = drawn_of(seed, pool_of(case["roster"]))
    return {
        "roster_hash": hashlib.sha256(case["roster"].encode()).hexdigest(),
        "seed": seed.hex(),
        "drawn": drawn,
        "observers": drawn[:2],
        "substitutes": drawn[2:4],
    }
