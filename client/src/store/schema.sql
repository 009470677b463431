-- One file is one installation of one member. Text columns of JSON are read by the phone alone.

-- The member and what the server said last. One row.
CREATE TABLE account (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  server TEXT NOT NULL,
  member BLOB NOT NULL,
  number TEXT NOT NULL,
  name TEXT NOT NULL,
  label TEXT NOT NULL,
  appointments TEXT NOT NULL,
  push_only INTEGER NOT NULL,
  access_token TEXT,
  refresh_token TEXT,
  trouble TEXT,
  signed_in_since INTEGER NOT NULL DEFAULT 0,
  generation TEXT,
  catalog INTEGER NOT NULL DEFAULT 0,
  clock_offset_ms INTEGER,
  last_sync_ms INTEGER,
  sealing_key BLOB NOT NULL
);

-- The devices that this installation has been, in order. The last with role 'current' writes; 'next' is being
-- enrolled in its place; a 'closed' one has forked or lost its server-side past. Its seed stays: a restored server may
-- have lost what is common, and takes it from this device alone.
CREATE TABLE feed (
  place INTEGER PRIMARY KEY,
  device BLOB NOT NULL UNIQUE,
  role TEXT NOT NULL,
  seed BLOB,
  registered INTEGER NOT NULL DEFAULT 0,
  continues TEXT,
  server_seq INTEGER NOT NULL DEFAULT 0,
  durable_seq INTEGER NOT NULL DEFAULT 0,
  common_seq INTEGER
);

-- Every operation written here. The bytes are written once and sent unchanged; they are dropped only when the
-- server's verified backup contains them, and hash, chain and verdict stay.
CREATE TABLE outbox (
  device BLOB NOT NULL,
  seq INTEGER NOT NULL,
  body_hash BLOB NOT NULL,
  chain BLOB NOT NULL,
  bytes BLOB,
  sealed INTEGER NOT NULL DEFAULT 0,
  withheld INTEGER NOT NULL DEFAULT 0,
  record BLOB NOT NULL,
  kind TEXT NOT NULL,
  unit TEXT NOT NULL,
  sent INTEGER NOT NULL DEFAULT 0,
  fate INTEGER,
  code TEXT,
  arrival_ms INTEGER,
  first_receipt INTEGER,
  receipt INTEGER,
  settled INTEGER NOT NULL DEFAULT 0,
  rewritten_seq INTEGER,
  PRIMARY KEY (device, seq)
);
CREATE INDEX outbox_record ON outbox (record);
CREATE INDEX outbox_unit ON outbox (unit);

-- The server's signed verdicts, as signed.
CREATE TABLE receipt (
  id INTEGER PRIMARY KEY,
  text TEXT NOT NULL UNIQUE,
  key TEXT NOT NULL,
  signature BLOB NOT NULL
);

-- A receipt key stays what it was when first heard.
CREATE TABLE receipt_key (
  id TEXT PRIMARY KEY,
  public_key BLOB NOT NULL
);

-- The replica: records as pulled, and how far each unit is.
CREATE TABLE base (
  record BLOB PRIMARY KEY,
  unit TEXT NOT NULL,
  kind TEXT NOT NULL,
  pos INTEGER NOT NULL,
  view TEXT NOT NULL
);
CREATE INDEX base_unit ON base (unit);

CREATE TABLE unit (
  code TEXT PRIMARY KEY,
  cursor TEXT,
  finished INTEGER NOT NULL DEFAULT 0,
  repulls INTEGER NOT NULL DEFAULT 0,
  diverged INTEGER NOT NULL DEFAULT 0,
  ending INTEGER NOT NULL DEFAULT 0,
  -- The server's history under which its records were pulled.
  generation TEXT
);

-- Forms as last shown, so that an edit names what its author saw.
CREATE TABLE form (
  record BLOB PRIMARY KEY,
  unit TEXT NOT NULL,
  form TEXT NOT NULL
);

-- What the server serves to everybody in the scope: config, catalog, directory.
CREATE TABLE cache (
  name TEXT PRIMARY KEY,
  body TEXT NOT NULL,
  etag TEXT,
  at_ms INTEGER NOT NULL
);
