"""How schemathesis finds its way about a server that it does not know: who asks on which route, and what exists there.

The test describes both in the file that WUYUAN_CONTRACT names. Beside, every call is noted, so that the test can tell
what was reached. Nothing here softens a check.
"""

import base64
import hashlib
import hmac
import itertools
import json
import os
import struct
import time

import schemathesis

with open(os.environ["WUYUAN_CONTRACT"], encoding="utf-8") as file:
    WORLD = json.load(file)
CALLS = open(os.environ["WUYUAN_CONTRACT_CALLS"], "a", encoding="utf-8")
TURN = itertools.count()


@schemathesis.serializer("application/offset+octet-stream")
def upload_bytes(_context, value):
    """A part of an upload travels as it is."""
    return value if isinstance(value, bytes) else str(value).encode()


def label(case):
    return f"{case.method.upper()} {case.path}"


@schemathesis.auth(refresh_interval=None, retry_on=[])
class Holder:
    """The token of whoever may call the route."""

    def get(self, case, _context):
        return WORLD["tokens"].get(label(case), WORLD["tokens"].get("*"))

    def set(self, case, token, _context):
        if token is not None:
            case.headers["Authorization"] = f"Bearer {token}"


def one_time_code(secret):
    """TOTP (RFC 6238): SHA-1, six digits, thirty seconds."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start:start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def is_good(case):
    """Whether every part of the case was made after the schema, by generation and not to miss a method or a key."""
    return case.meta is not None and case.meta.generation.mode.is_positive and label(case) in WORLD["good"]


@schemathesis.hook
def before_call(_context, case, _kwargs):
    """Every second good case speaks of what exists; the others stay as they were made."""
    if not is_good(case) or next(TURN) % 2:
        return
    waiting = WORLD["good"][label(case)]
    if not waiting:
        return
    known = waiting[0]
    if not known.get("again"):
        waiting.pop(0)
    if "path" in known:
        case.path_parameters = dict(known["path"])
    if "query" in known:
        case.query = dict(known["query"])
    if "body" in known:
        case.body = known["body"]
    if "headers" in known:
        case.headers = {**known["headers"], "Authorization": case.headers.get("Authorization", "")}
    if "secret" in known:
        case.body = {"code": one_time_code(known["secret"])}


@schemathesis.hook
def filter_path_parameters(_context, path_parameters):
    """What the run itself stands on is not taken away from under it."""
    return not any(value in WORLD["kept"] for value in (path_parameters or {}).values())


@schemathesis.hook
def after_call(_context, case, response):
    """Notes the call. A probe by another method goes under that method."""
    CALLS.write(json.dumps([label(case), response.status_code]) + "\n")
    CALLS.flush()
