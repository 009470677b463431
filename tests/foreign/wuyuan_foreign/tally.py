"""What a complete unit is compared by: a count and a sum over (record, place) (section 5.3)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from .chain import id_bytes


def element(record: str, pos: int) -> int:
    """One record's part of the sum."""
    return int.from_bytes(hashlib.sha256(id_bytes(record) + pos.to_bytes(8, "big")).digest()[:16], "big")


def tally(held: Iterable[tuple[str, int]]) -> dict[str, int | str]:
    """Count and sum of the records held, each with its place."""
    count, total = 0, 0
    for record, pos in held:
        count += 1
        total = (total + element(record, pos)) % 2**128
    return {"count": count, "sum": f"{total:032x}"}
