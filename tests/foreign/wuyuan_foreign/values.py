"""The types of the catalogue's fields (section 3)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
UNIT = re.compile(r"[0-9]{12}")
HASH = re.compile(r"[0-9a-f]{64}")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})")
GREATEST = 2**53 - 1
DATUMS = {"wgs84", "gcj02", "bd09"}
SOURCES = {"gps", "network", "manual", "exif", "mock", "unknown"}


def instant(text: Any) -> datetime | None:
    """The moment that RFC 3339 text with an offset names, or None."""
    if not isinstance(text, str) or not INSTANT.fullmatch(text):
        return None
    whole = re.sub(r"\.([0-9]+)", lambda found: "." + (found[1] + "000000")[:6], text.upper())
    try:
        return datetime.fromisoformat(whole)
    except ValueError:
        return None


def whole(value: Any, least: int = -GREATEST, most: int = GREATEST) -> bool:
    """Whether a value is an integer (no fraction, no boolean) within bounds."""
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _number(value: Any, bound: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and -bound <= value <= bound


def _matches(pattern: re.Pattern[str], value: Any) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _day(value: Any) -> bool:
    if not _matches(DAY, value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _point(value: Any) -> bool:
    if not isinstance(value, dict) or not {"lng", "lat", "datum", "source"} <= set(value):
        return False
    if set(value) - {"lng", "lat", "datum", "source", "accuracy_m"}:
        return False
    accuracy = value.get("accuracy_m")
    return (
        _number(value["lng"], 180)
        and _number(value["lat"], 90)
        and value["datum"] in DATUMS
        and value["source"] in SOURCES
        and (accuracy is None or (_number(accuracy, float("inf")) and accuracy >= 0))
    )


def fits(field: Mapping[str, Any], value: Any, cat: int) -> bool:
    """Whether a value is of its field's type and within its bounds, under the catalogue version `cat`."""
    kind = field["type"]
    if kind == "text":
        return isinstance(value, str) and len(value) <= field.get("max_chars", GREATEST)
    if kind == "integer":
        return whole(value, field.get("min", -GREATEST), field.get("max", GREATEST))
    if kind == "minutes":
        return whole(value, field.get("min", 0), field.get("max", GREATEST))
    if kind == "enum":
        return any(choice["code"] == value and choice["since"] <= cat for choice in field["values"])
    checks: dict[str, Callable[[Any], bool]] = {
        "date": _day,
        "instant": lambda given: instant(given) is not None,
        "bool": lambda given: isinstance(given, bool),
        "point": _point,
        "member": lambda given: _matches(ID, given),
        "record": lambda given: _matches(ID, given),
        "unit": lambda given: _matches(UNIT, given),
        "blob": lambda given: _matches(HASH, given),
    }
    return checks[kind](value)


def typed(kind: str, value: Any) -> str:
    """A text that is equal for values that are equal as values of their type: an instant counts as its moment."""
    if kind == "instant" and (moment := instant(value)) is not None:
        return f"instant {moment.timestamp()}"
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
