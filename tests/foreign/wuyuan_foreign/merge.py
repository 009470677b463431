"""Merging (section 10). A phone needs none of it; the vectors show that the page describes it well enough."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .values import typed

Clock = dict[str, int]
Fields = dict[str, Any]


def covers(seen: Mapping[str, int], dot: list[Any]) -> bool:
    """Whether `seen` covers the dot (device, seq)."""
    return bool(seen.get(dot[0], 0) >= dot[1])


def put_value(fields: Fields, name: str, value: Any, dot: list[Any], seen: Mapping[str, int]) -> None:
    """Writes a register: what was seen goes, the new value stands first."""
    kept = [old for old in fields.get(name, []) if not covers(seen, old["dot"])]
    fields[name] = [{"value": value, "dot": dot}, *kept]


def remove_item(fields: Fields, name: str, value: Any, seen: Mapping[str, int]) -> None:
    """Removes the dots of a set's element that were seen."""
    items = []
    for item in fields.get(name, {"items": []})["items"]:
        dots = [dot for dot in item["dots"] if item["value"] != value or not covers(seen, dot)]
        if dots:
            items.append({"value": item["value"], "dots": dots})
    if items:
        fields[name] = {"items": items}
    else:
        fields.pop(name, None)


def add_item(fields: Fields, name: str, value: Any, dot: list[Any]) -> None:
    """Adds a dot to a set's element."""
    items = [dict(item) for item in fields.get(name, {"items": []})["items"]]
    for item in items:
        if item["value"] == value:
            item["dots"] = [*item["dots"], dot]
            break
    else:
        items.append({"value": value, "dots": [dot]})
    fields[name] = {"items": sorted(items, key=lambda item: json.dumps(item["value"], ensure_ascii=False))}


def merge_op(fields: Fields, clock: Clock, op: Mapping[str, Any]) -> None:
    """Takes one operation of the unit's log, in the log's order."""
    device, seq, blind = op["device"], op["seq"], op.get("blind", [])
    if clock.get(device, 0) >= seq:
        return
    dot = [device, seq]
    for name, value in op.get("set", {}).items():
        put_value(fields, name, value, dot, {} if name in blind else op["seen"])
    for name, elements in op.get("remove", {}).items():
        for value in elements:
            remove_item(fields, name, value, {} if name in blind else op["seen"])
    for name, elements in op.get("add", {}).items():
        for value in elements:
            add_item(fields, name, value, dot)
    clock[device] = seq


def contested(fields: Fields, types: Mapping[str, str]) -> list[str]:
    """The registers whose values differ as typed values."""
    return sorted(
        name
        for name, values in fields.items()
        if isinstance(values, list) and len({typed(types[name], entry["value"]) for entry in values}) > 1
    )
