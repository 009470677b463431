"""HTTP: requests, problems, tokens (sections 1, 2 and 5.2)."""

from __future__ import annotations

import gzip
import http.client
import json
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import zstandard

from .store import Store

TIMEOUT_SECS = 30
COMPRESS_FROM = 1024


class Unreachable(Exception):
    """No answer came; whether the request arrived is not known."""


class SignInNeeded(Exception):
    """The tokens have run out; only number and password help."""


@dataclass
class Problem(Exception):
    """An application/problem+json."""

    status: int
    code: str
    body: dict[str, Any]
    retry_after_secs: int | None

    def __str__(self) -> str:
        return f"{self.status} {self.code}: {self.body.get('detail', '')}"


class Api:
    """One server. Tokens live in the phone's file."""

    def __init__(self, url: str, store: Store, reached: Callable[[str], None]) -> None:
        parts = urllib.parse.urlsplit(url)
        self.secure = parts.scheme == "https"
        self.host = parts.netloc
        self.prefix = parts.path.rstrip("/")
        self.store = store
        self.reached = reached
        self.connection: http.client.HTTPConnection | None = None

    def _connect(self) -> http.client.HTTPConnection:
        kind = http.client.HTTPSConnection if self.secure else http.client.HTTPConnection
        return kind(self.host, timeout=TIMEOUT_SECS)

    def _exchange(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, Any, bytes]:
        """One request on the open connection, or on a new one when the server has closed that."""
        for fresh in (False, True):
            if self.connection is None or fresh:
                self.connection = self._connect()
                fresh = True
            try:
                self.connection.request(method, self.prefix + path, body, headers)
                self.reached("request:sent")
                answer = self.connection.getresponse()
                return answer.status, answer.headers, answer.read()
            except (OSError, http.client.HTTPException) as error:
                self.connection.close()
                self.connection = None
                if fresh:
                    raise Unreachable(str(error) or type(error).__name__) from error
        raise AssertionError("the second connection is always a fresh one")

    def request(self, method: str, path: str, body: bytes | None = None, token: str | None = None) -> Any:
        """Sends one request; the answer's JSON. Raises Problem or Unreachable."""
        headers = {"Accept": "application/json", "Accept-Encoding": "gzip"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        if body is not None:
            headers["Content-Type"] = "application/json"
            if len(body) >= COMPRESS_FROM:
                headers["Content-Encoding"] = "zstd"
                body = zstandard.compress(body)
        status, fields, data = self._exchange(method, path, body, headers)
        self.reached("answer:read")
        if fields.get("Content-Encoding") == "gzip":
            data = gzip.decompress(data)
        if 200 <= status < 300:
            return json.loads(data) if data else None
        raise _problem(status, fields, data)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """POST without a token."""
        return self.request("POST", path, json.dumps(body, ensure_ascii=False).encode())

    def signed_in(self, method: str, path: str, body: bytes | None = None) -> Any:
        """A request with the access token; an expired one is exchanged, once, and the request repeated."""
        token = self.store.get("access_token")
        if token is None:
            raise SignInNeeded
        try:
            return self.request(method, path, body, token)
        except Problem as problem:
            if problem.status != 401:
                raise
            if problem.code != "token_expired":
                self._forget_tokens()
                raise SignInNeeded from problem
        self._refresh()
        try:
            return self.request(method, path, body, self.store.get("access_token"))
        except Problem as problem:
            if problem.status != 401:
                raise
            self._forget_tokens()
            raise SignInNeeded from problem

    def _refresh(self) -> None:
        try:
            session = self.post("/v1/auth/refresh", {"refresh_token": self.store.get("refresh_token")})
        except Problem as problem:
            if problem.status != 401:
                raise
            self._forget_tokens()
            raise SignInNeeded from problem
        with self.store.change("tokens"):
            self.keep_session(session)

    def keep_session(self, session: dict[str, Any]) -> None:
        """Keeps the tokens of a sign-in, within a change."""
        self.store.put("access_token", session["access_token"])
        self.store.put("refresh_token", session.get("refresh_token"))
        self.store.put("scope", session["scope"])
        self.store.put("appointments", session["appointments"])

    def _forget_tokens(self) -> None:
        with self.store.change("tokens"):
            self.forget_tokens()

    def forget_tokens(self) -> None:
        """Drops the tokens, within a change."""
        self.store.put("access_token", None)
        self.store.put("refresh_token", None)


def _problem(status: int, fields: Any, data: bytes) -> Exception:
    """The problem that an answer tells; what is none came from something on the way, not from the server."""
    try:
        body = json.loads(data)
        code = body["code"]
    except (ValueError, KeyError, TypeError):
        return Unreachable(f"status {status} without a problem")
    after = fields.get("Retry-After")
    return Problem(status, code, body, int(after) if after and after.isdigit() else None)
