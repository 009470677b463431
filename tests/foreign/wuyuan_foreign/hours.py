"""What an approval of hours names: the digest of every value that counts towards them (section 3)."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from .values import instant

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _typed(kind: str, value: Any) -> str | None:
    """A value as it stands in the text: JSON without spaces, an instant as milliseconds; None for null."""
    if value is None:
        return None
    moment = instant(value) if kind == "instant" else None
    if moment is not None:
        return str((moment - EPOCH) // timedelta(milliseconds=1))
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def digest(kind: str, counting: dict[str, str], values: dict[str, list[Any]]) -> str | None:
    """The digest of a form's values by field, or None while differing ones stand beside each other."""
    text = f"wuyuan-hours-v1\n{kind}\n"
    for name in sorted(counting):
        shown = {_typed(counting[name], value) for value in values.get(name, [])}
        if len(shown) > 1:
            return None
        text += "".join(f"{name}={value}\n" for value in shown if value is not None)
    return hashlib.sha256(text.encode()).hexdigest()
