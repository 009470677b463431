"""What a phone shows: the base record with the phone's own operations laid over it (section 6)."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from .merge import add_item, put_value, remove_item


def lay_over(fields: dict[str, Any], device: str, op: Mapping[str, Any]) -> None:
    """Lays one operation over the fields; a transition's state stands in `set` already. A proposal shows nothing."""
    if op.get("proposes"):
        return
    dot = [device, op["seq"]]
    seen = op.get("seen", {})
    for name, value in op.get("set", {}).items():
        put_value(fields, name, value, dot, seen)
    for name, elements in op.get("remove", {}).items():
        for value in elements:
            remove_item(fields, name, value, seen)
    for name, elements in op.get("add", {}).items():
        for value in elements:
            add_item(fields, name, value, dot)


def overlay(base: Mapping[str, Any] | None, device: str, ops: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The fields that are shown: the base's, then each operation that its clock does not cover, by seq."""
    fields: dict[str, Any] = copy.deepcopy(base["fields"]) if base else {}
    covered = base["clock"].get(device, 0) if base else 0
    for op in sorted(ops, key=lambda one: one["seq"]):
        if op["seq"] > covered and op.get("verdict") != "quarantined":
            lay_over(fields, device, op)
    return fields


def values_of(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The values alone, without dots: a list for a register, `{"items": […]}` for a set."""
    shown: dict[str, Any] = {}
    for name, field in fields.items():
        if isinstance(field, list):
            shown[name] = [entry["value"] for entry in field]
        else:
            shown[name] = {"items": [item["value"] for item in field["items"]]}
    return shown
