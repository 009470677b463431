-- The server's transparency log, as last believed, and what was not. At most one row.
CREATE TABLE log_head (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  vkey TEXT NOT NULL,
  note TEXT NOT NULL,
  checked_ms INTEGER NOT NULL,
  -- Why something was not believed, since when, and what it was. It stays.
  warning TEXT,
  warned_ms INTEGER,
  evidence TEXT
);

-- Checkpoints that were believed: a restored server may have lost the last one.
CREATE TABLE log_seen (
  origin TEXT NOT NULL,
  size INTEGER NOT NULL,
  root BLOB NOT NULL,
  PRIMARY KEY (origin, size)
);

-- Restores that the server named: where the log of before ended, and how far it had been seen.
CREATE TABLE log_restore (
  origin TEXT PRIMARY KEY,
  before TEXT NOT NULL,
  size INTEGER NOT NULL,
  seen INTEGER NOT NULL,
  at_ms INTEGER NOT NULL
);
