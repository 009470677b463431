"""The conformance vectors: every file, every case. A file that nothing here reads is a failure."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from . import chain, log
from .draws import beacon_message, draw
from .hours import digest
from .merge import contested, merge_op
from .overlay import overlay, values_of
from .pull import PullRules
from .receipts import receipt_text, receipt_valid
from .shape import judge_shape
from .store import Store
from .tally import element, tally

# What a check yields: the case's name, what came out, what the vector says.
Check = tuple[str, Any, Any]


def chain_checks(vector: dict[str, Any]) -> Iterator[Check]:
    """chain.json"""
    for case in vector["cases"]:
        head = chain.genesis(case["device"])
        yield "genesis", head, case["genesis"]
        for op in case["ops"]:
            body = chain.body_hash(op["text"].encode())
            head = chain.chain_hash(head, body)
            yield op["name"], (body, head), (op["body_hash"], op["chain_hash"])


def signature_checks(vector: dict[str, Any]) -> Iterator[Check]:
    """signatures.json"""
    secret = bytes.fromhex(vector["seed"])
    public = chain.public_key(secret)
    yield "the public key", public.hex(), vector["public_key"]
    for case in vector["cases"]:
        message = chain.head_message(case["device"], case["seq"], case["hash"])
        key, signature = bytes.fromhex(case["public_key"]), bytes.fromhex(case["signature"])
        yield case["name"], chain.verify(key, message, signature), case["valid"]
        if case["valid"]:
            yield f"{case['name']}, signed here", chain.sign(secret, message), signature
    enrolment = vector["enrolment"]
    message = chain.enrol_message(enrolment["device"], enrolment["member"])
    yield "an enrolment's message", message.hex(), enrolment["message"]
    yield "an enrolment's signature", chain.sign(secret, message).hex(), enrolment["signature"]


def receipt_checks(vector: dict[str, Any]) -> Iterator[Check]:
    """receipts.json"""
    secret = bytes.fromhex(vector["seed"])
    public = chain.public_key(secret)
    yield "the public key", public.hex(), vector["public_key"]
    for case in vector["cases"]:
        text = receipt_text(case["device"], case["lines"])
        yield f"{case['name']}: text", text, case["text"]
        signature = bytes.fromhex(case["signature"])
        yield case["name"], receipt_valid(text, chain.b64(signature), chain.b64(public)), case["valid"]
        if case["valid"]:
            yield f"{case['name']}, signed here", chain.sign(secret, text.encode()), signature


def tally_checks(vector: dict[str, Any]) -> Iterator[Check]:
    """tally.json"""
    for one in vector["elements"]:
        yield f"element {one['pos']}", f"{element(one['record'], one['pos']):032x}", one["element"]
    for case in vector["cases"]:
        yield case["name"], tally((one["record"], one["pos"]) for one in case["held"]), case["tally"]


def overlay_checks(vector: dict[str, Any]) -> Iterator[Check]:
    """overlay.json"""
    for case in vector["cases"]:
        fields = overlay(case["base"], case["device"], case["ops"])
        yield case["name"], fields, case["fields"]
        yield f"{case['name']}: values", _flat(fields), case["values"]


def merge_checks(vector: dict[str, Any]) -> Iterator[Check]:
    """merges.json"""
    for case in vector["cases"]:
        fields: dict[str, Any] = {}
        clock: dict[str, int] = {}
        for op in sorted(case["ops"], key=lambda one: one["pos"]):
            merge_op(fields, clock, op)
        yield case["name"], (fields, clock), (case["fields"], case["clock"])
        yield f"{case['name']}: values", _flat(fields), case["values"]
        yield f"{case['name']}: contested", contested(fields, vector["types"]), case["contested"]


def _flat(fields: dict[str, Any]) -> dict[str, Any]:
    """The values as the vectors write them: a list for a set, too."""
    return {name: field["items"] if isinstance(field, dict) else field for name, field in values_of(fields).items()}


def cursor_checks(vector: dict[str, Any]) -> Iterator[Check]:
    """cursors.json"""
    for case in vector["cases"]:
        with tempfile.TemporaryDirectory() as folder:
            store = Store(Path(folder) / "phone.db")
            for number, sync in enumerate(case["syncs"]):
                yield from _sync_checks(store, f"{case['name']}, sync {number + 1}", sync)
            store.close()


def _sync_checks(store: Store, name: str, sync: dict[str, Any]) -> Iterator[Check]:
    rules = PullRules(store)
    again = True
    for number, request in enumerate(sync["requests"]):
        yield f"{name}: asks request {number + 1}", again, True
        sent = rules.cursors()
        yield f"{name}: sends {number + 1}", sent, request["sends"]
        reported = rules.diverged()
        yield f"{name}: reports {number + 1}", reported if number == 0 else [], request.get("diverged", [])
        with store.change("answer"):
            again = rules.take(request["answer"], "g", sent, reported if number == 0 else [])
    yield f"{name}: is done", again, False
    held = {
        row["unit"]: {
            "cursor": row["cursor"],
            "records": {
                record["id"]: record["pos"]
                for record in store.rows("SELECT id, pos FROM records WHERE unit = ? ORDER BY id", row["unit"])
            },
            "state": row["state"],
        }
        for row in store.rows("SELECT * FROM units")
    }
    yield f"{name}: holds", held, sync["held"]


def verdict_checks(vector: dict[str, Any]) -> Iterator[Check]:
    """verdicts.json"""
    for case in vector["cases"]:
        yield case["name"], judge_shape(case["text"], vector["catalog"]), case["code"]


def draw_checks(vector: dict[str, Any]) -> Iterator[Check]:
    """draw.json"""
    secret, public = bytes.fromhex(vector["seed_key"]), bytes.fromhex(vector["public_key"])
    yield "the public key", chain.public_key(secret), public
    for case in vector["cases"]:
        message = beacon_message(case["order"], case["request"], case["checkpoint"])
        yield f"{case['name']}: the message", message.hex(), case["beacon_message"]
        yield f"{case['name']}: the signature", chain.verify(public, message, bytes.fromhex(case["beacon"])), True
        for name, value in draw(case).items():
            yield f"{case['name']}: {name}", value, case[name]


def hours_checks(vector: dict[str, Any]) -> Iterator[Check]:
    """hours.json"""
    for case in vector["cases"]:
        yield case["name"], digest(case["kind"], case["hours"], case["values"]), case["digest"]


def log_checks(vector: dict[str, Any]) -> Iterator[Check]:
    """log.json"""
    for case in vector["cases"]:
        yield from LOG_READERS[case["about"]](case)


def _log_leaf(case: dict[str, Any]) -> Iterator[Check]:
    data = bytes.fromhex(case["bytes"])
    yield case["name"], log.read_leaf(data), (case["kind"], case["says"])
    yield f"{case['name']}: its hash", log.leaf_hash(data).hex(), case["hash"]


def _log_digest(case: dict[str, Any]) -> Iterator[Check]:
    data = log.content(case["values"])
    yield f"{case['name']}: what is hashed", data.hex(), case["content"]
    yield case["name"], log.row_digest(case["kind"], bytes.fromhex(case["salt"]), data).hex(), case["digest"]


def _hashes(texts: list[str]) -> list[bytes]:
    return [bytes.fromhex(text) for text in texts]


def _log_root(case: dict[str, Any]) -> Iterator[Check]:
    yield case["name"], log.root(_hashes(case["leaves"])).hex(), case["root"]


def _log_inclusion(case: dict[str, Any]) -> Iterator[Check]:
    leaf, root = _hashes([case["leaf_hash"], case["root"]])
    yield case["name"], log.check_inclusion(_hashes(case["proof"]), case["index"], case["size"], leaf, root), case["valid"]


def _log_consistency(case: dict[str, Any]) -> Iterator[Check]:
    start, end = _hashes([case["from_root"], case["to_root"]])
    valid = log.check_consistency(_hashes(case["proof"]), case["from"], start, case["to"], end)
    yield case["name"], valid, case["valid"]


def _log_checkpoint(case: dict[str, Any]) -> Iterator[Check]:
    wanted = (case["origin"], case["size"], bytes.fromhex(case["root"])) if case["valid"] else None
    yield case["name"], log.open_note(case["vkey"], case["note"]), wanted


def _log_succession(case: dict[str, Any]) -> Iterator[Check]:
    yield case["name"], log.follow(case["vkey"], case["origins"]), (case["refused"], case["end"])


LOG_READERS: dict[str, Callable[[dict[str, Any]], Iterator[Check]]] = {
    "leaf": _log_leaf,
    "digest": _log_digest,
    "root": _log_root,
    "inclusion": _log_inclusion,
    "consistency": _log_consistency,
    "checkpoint": _log_checkpoint,
    "succession": _log_succession,
}

READERS: dict[str, Callable[[dict[str, Any]], Iterator[Check]]] = {
    "chain.json": chain_checks,
    "cursors.json": cursor_checks,
    "draw.json": draw_checks,
    "hours.json": hours_checks,
    "log.json": log_checks,
    "merges.json": merge_checks,
    "overlay.json": overlay_checks,
    "receipts.json": receipt_checks,
    "signatures.json": signature_checks,
    "tally.json": tally_checks,
    "verdicts.json": verdict_checks,
}


def run_vectors(folder: Path) -> int:
    """Checks every file of the folder and prints the count for each; the process's exit status."""
    failed = 0
    found = {path.name for path in folder.iterdir()}
    for name in sorted(found ^ set(READERS)):
        print(f"{name}: {'nothing reads it' if name in found else 'it is not there'}")
        failed += 1
    for name in sorted(found & set(READERS)):
        vector = json.loads((folder / name).read_text())
        passed = 0
        for case, got, wanted in READERS[name](vector):
            if got == wanted:
                passed += 1
            else:
                failed += 1
                print(f"{name}: {case}\n  wanted {wanted!r}\n  got    {got!r}")
        print(f"{name}: {passed} checks of {len(vector['cases'])} cases passed")
    print("all passed" if failed == 0 else f"{failed} failed")
    return 0 if failed == 0 else 1
