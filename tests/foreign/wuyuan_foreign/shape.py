"""Reading an operation's text: the first of the server's questions (section 9, shape)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .values import HASH, ID, UNIT, fits, instant, whole

OP_BYTES = 65_536
DEPTH = 127
REASON_CHARS = 1000
BOOT_BYTES = 64
REQUIRED = {"seq", "salt", "gen", "cat", "by", "as", "at", "boot", "uptime_ms", "record", "kind", "unit"}
OPTIONAL = {"seen", "set", "add", "remove", "act", "reissues", "reason"}


class _Twice(ValueError):
    """An object names a key twice."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Twice
    return found


def _depth(text: str) -> int:
    """How deep arrays and objects are nested, strings left out."""
    deepest = depth = 0
    inside = escaped = False
    for char in text:
        if inside:
            if escaped:
                escaped = False
            elif char == "\\":
                escaped = True
            elif char == '"':
                inside = False
        elif char == '"':
            inside = True
        elif char in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif char in "]}":
            depth -= 1
    return deepest


def bad_text(value: Any) -> bool:
    """Whether any text holds a NUL or half a character."""
    if isinstance(value, str):
        return any(char == "\0" or "\ud800" <= char <= "\udfff" for char in value)
    if isinstance(value, list):
        return any(map(bad_text, value))
    if isinstance(value, dict):
        return any(bad_text(key) or bad_text(inner) for key, inner in value.items())
    return False


def read_shape(text: str) -> dict[str, Any] | str:
    """The operation, or the code why it cannot be read."""
    if len(text.encode("utf-8", "surrogatepass")) > OP_BYTES:
        return "too_large"
    if _depth(text) > DEPTH:
        return "malformed"
    try:
        value = json.loads(text, object_pairs_hook=_object)
    except _Twice:
        return "duplicate_key"
    except ValueError:
        return "malformed"
    if not isinstance(value, dict):
        return "malformed"
    if bad_text(value):
        return "bad_text"
    if set(value) - REQUIRED - OPTIONAL:
        return "unknown_member"
    return value if _envelope(value) else "malformed"


def _envelope(op: Mapping[str, Any]) -> bool:
    """Whether the members that are not the catalogue's have their form."""
    if REQUIRED - set(op):
        return False
    texts = [op[name] for name in ("salt", "gen", "boot", "kind")]
    if not all(isinstance(text, str) for text in texts) or len(op["boot"].encode()) > BOOT_BYTES:
        return False
    ids = [op[name] for name in ("by", "as", "record")]
    if not all(isinstance(name, str) and ID.fullmatch(name) for name in ids):
        return False
    if len(op["salt"]) != 32 or set(op["salt"]) - set("0123456789abcdef"):
        return False
    if not isinstance(op["unit"], str) or not UNIT.fullmatch(op["unit"]) or instant(op["at"]) is None:
        return False
    if not whole(op["seq"], 1) or not whole(op["cat"], 0) or not whole(op["uptime_ms"], 0):
        return False
    for name in ("seen", "set", "add", "remove"):
        if not isinstance(op.get(name, {}), dict):
            return False
    if not all(ID.fullmatch(device) and whole(seq, 1) for device, seq in op.get("seen", {}).items()):
        return False
    return _act(op.get("act")) and _reissues(op.get("reissues")) and _reason(op.get("reason"))


def _act(act: Any) -> bool:
    return act is None or (isinstance(act, dict) and set(act) == {"name"} and isinstance(act["name"], str))


def _reason(reason: Any) -> bool:
    return reason is None or (isinstance(reason, str) and len(reason) <= REASON_CHARS)


def _reissues(old: Any) -> bool:
    if old is None:
        return True
    if not isinstance(old, dict) or set(old) != {"device", "seq", "hash"}:
        return False
    texts = isinstance(old["device"], str) and isinstance(old["hash"], str)
    return bool(texts and ID.fullmatch(old["device"]) and HASH.fullmatch(old["hash"]) and whole(old["seq"], 1))


def judge_shape(text: str, catalog: Mapping[str, Any]) -> str | None:
    """The code with which an operation's text is refused for its shape, or None."""
    op = read_shape(text)
    if isinstance(op, str):
        return op
    if op["cat"] > catalog["version"]:
        return "cat_newer"
    kind = catalog["kinds"].get(op["kind"])
    if kind is None or kind["since"] > op["cat"]:
        return "unknown_kind"
    for name, value in op.get("set", {}).items():
        if (code := _register(kind, name, value, op["cat"])) is not None:
            return code
    for part in ("add", "remove"):
        for name, elements in op.get(part, {}).items():
            if (code := _elements(kind, name, elements, op["cat"])) is not None:
                return code
    return None


def _register(kind: Mapping[str, Any], name: str, value: Any, cat: int) -> str | None:
    if name == "state":
        return "field_forbidden"
    field = kind["fields"].get(name)
    if field is None or field["since"] > cat:
        return "unknown_field"
    if field["policy"] == "set" or (value is not None and not fits(field, value, cat)):
        return "wrong_type"
    return None


def _elements(kind: Mapping[str, Any], name: str, elements: Any, cat: int) -> str | None:
    if name == "state":
        return "field_forbidden"
    field = kind["fields"].get(name)
    if field is None or field["since"] > cat:
        return "unknown_field"
    if field["policy"] != "set" or not isinstance(elements, list) or not elements:
        return "wrong_type"
    return None if all(fits(field, element, cat) for element in elements) else "wrong_type"
