-- The photos, voice notes and documents that operations written here refer to. The bytes lie in a folder beside this
-- file, each under its hash, until the server needs them no more.
CREATE TABLE photo (
  sha256 BLOB PRIMARY KEY,
  bytes INTEGER NOT NULL,
  media TEXT NOT NULL,
  source TEXT NOT NULL,
  captured TEXT,
  hashed TEXT NOT NULL,
  -- What the server last said of it: 'absent', 'received' or 'durable'.
  state TEXT NOT NULL DEFAULT 'absent',
  -- The original is here.
  kept INTEGER NOT NULL DEFAULT 1,
  -- It lies here encrypted, or is to.
  sealed INTEGER NOT NULL DEFAULT 0,
  -- The address of the upload that has begun, kept before its first byte leaves.
  upload TEXT,
  -- How many bytes of it the server is known to have.
  sent INTEGER NOT NULL DEFAULT 0,
  -- Why it is not sent until somebody acts.
  trouble TEXT,
  -- Under which history of the server, and when, it was asked of its state.
  asked TEXT,
  asked_ms INTEGER
);

CREATE TABLE photo_use (
  sha256 BLOB NOT NULL,
  device BLOB NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (sha256, device, seq)
);
CREATE INDEX photo_use_op ON photo_use (device, seq);
