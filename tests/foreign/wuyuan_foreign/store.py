"""All that the phone keeps: one SQLite file, durable before anything is said. One transaction for each change."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS devices (
    nth INTEGER PRIMARY KEY, device TEXT NOT NULL UNIQUE, secret BLOB NOT NULL, enrolled INTEGER NOT NULL DEFAULT 0,
    continues TEXT, confirmed INTEGER NOT NULL DEFAULT 0, last INTEGER NOT NULL DEFAULT 0, head TEXT NOT NULL,
    common INTEGER, durable INTEGER NOT NULL DEFAULT 0, look INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS ops (
    device TEXT NOT NULL, seq INTEGER NOT NULL, text BLOB, record TEXT NOT NULL, unit TEXT NOT NULL,
    body TEXT NOT NULL, chain TEXT NOT NULL, withheld INTEGER NOT NULL DEFAULT 0,
    fate TEXT, code TEXT, arrival INTEGER, receipt INTEGER,
    settled INTEGER NOT NULL DEFAULT 0, new_device TEXT, new_seq INTEGER, PRIMARY KEY (device, seq)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS ops_by_record ON ops (record);
CREATE TABLE IF NOT EXISTS receipts (
    id INTEGER PRIMARY KEY, text TEXT NOT NULL, key TEXT NOT NULL, sig TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS records (
    id TEXT PRIMARY KEY, unit TEXT NOT NULL, pos INTEGER NOT NULL, gen TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS records_by_unit ON records (unit);
CREATE TABLE IF NOT EXISTS units (
    unit TEXT PRIMARY KEY, cursor TEXT, state TEXT NOT NULL, misses INTEGER NOT NULL DEFAULT 0,
    report INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS forms (record TEXT PRIMARY KEY, seen TEXT NOT NULL, gen TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS troubles (code TEXT PRIMARY KEY, detail TEXT NOT NULL);
"""


class Store:
    """The phone's file. `reached` is told the name of each point at which a test may end the process."""

    def __init__(self, path: Path | str, reached: Callable[[str], None] = lambda _point: None) -> None:
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.row_factory = sqlite3.Row
        self.reached = reached
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.execute("PRAGMA synchronous = FULL")
        self.db.executescript(SCHEMA)

    def close(self) -> None:
        """Closes the file; everything is in it already."""
        self.db.close()

    @contextlib.contextmanager
    def change(self, name: str) -> Iterator[None]:
        """One change of the file: all of it or nothing. Changes do not nest."""
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.reached(f"{name}:half")
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")
        self.reached(f"{name}:kept")

    def run(self, sql: str, *values: Any) -> int:
        """Runs one statement; how many rows it changed."""
        return self.db.execute(sql, values).rowcount

    def insert(self, sql: str, *values: Any) -> int:
        """Inserts one row; its rowid."""
        return self.db.execute(sql, values).lastrowid or 0

    def rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        """The rows of a query."""
        return self.db.execute(sql, values).fetchall()

    def row(self, sql: str, *values: Any) -> sqlite3.Row | None:
        """The first row of a query."""
        found: sqlite3.Row | None = self.db.execute(sql, values).fetchone()
        return found

    def get(self, name: str) -> Any:
        """A value that stands by its name, None when there is none."""
        found = self.row("SELECT value FROM meta WHERE name = ?", name)
        return None if found is None else json.loads(found["value"])

    def put(self, name: str, value: Any) -> None:
        """Keeps a value by its name; None takes it away."""
        if value is None:
            self.run("DELETE FROM meta WHERE name = ?", name)
        else:
            self.run("INSERT OR REPLACE INTO meta VALUES (?, ?)", name, json.dumps(value, ensure_ascii=False))

    def device(self) -> sqlite3.Row | None:
        """The device that writes now: the latest."""
        return self.row("SELECT * FROM devices ORDER BY nth DESC LIMIT 1")
