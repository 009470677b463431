-- The server's own facts: generation, catalogue version.
CREATE TABLE meta (
  key TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
);

-- Keys that every server on this database shares: tokens, receipts, cursors.
CREATE TABLE secret (
  name TEXT NOT NULL PRIMARY KEY,
  value BLOB NOT NULL
);

CREATE TABLE unit (
  code TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  level TEXT NOT NULL,
  parent TEXT,
  successor TEXT,
  head BIGINT NOT NULL
) WITHOUT ROWID;

-- Count and additive sum over (record, pos), kept under the unit's lock.
CREATE TABLE unit_sum (
  unit TEXT NOT NULL,
  kind TEXT NOT NULL,
  records BIGINT NOT NULL,
  sum BLOB NOT NULL,
  PRIMARY KEY (unit, kind)
) WITHOUT ROWID;

CREATE TABLE member (
  id BLOB NOT NULL PRIMARY KEY,
  number TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  password_hash TEXT,
  activation_hash TEXT,
  activation_expires_ms BIGINT,
  totp_secret BLOB,
  totp_step BIGINT,
  failed_sign_ins INTEGER NOT NULL,
  locked_until_ms BIGINT
);

CREATE TABLE appointment (
  id BLOB NOT NULL PRIMARY KEY,
  member BLOB NOT NULL,
  role TEXT NOT NULL,
  unit TEXT NOT NULL,
  starts_ms BIGINT NOT NULL,
  ends_ms BIGINT,
  created_ms BIGINT NOT NULL
);
CREATE INDEX appointment_member ON appointment (member);
CREATE INDEX appointment_unit ON appointment (unit);

CREATE TABLE refresh_token (
  hash BLOB NOT NULL PRIMARY KEY,
  family BLOB NOT NULL,
  member BLOB NOT NULL,
  issued_ms BIGINT NOT NULL,
  expires_ms BIGINT NOT NULL,
  used_ms BIGINT,
  revoked_ms BIGINT
);
CREATE INDEX refresh_token_family ON refresh_token (family);
CREATE INDEX refresh_token_member ON refresh_token (member);

CREATE TABLE device (
  id BLOB NOT NULL PRIMARY KEY,
  member BLOB NOT NULL,
  suite TEXT NOT NULL,
  public_key BLOB NOT NULL,
  label TEXT NOT NULL,
  key_storage TEXT NOT NULL,
  enrolled_ms BIGINT NOT NULL,
  revoked_ms BIGINT,
  continues BLOB,
  continues_hash BLOB,
  head_seq BIGINT NOT NULL,
  head_hash BLOB NOT NULL,
  durable_seq BIGINT NOT NULL,
  closed_code TEXT,
  synced_ms BIGINT,
  clock_offset_ms BIGINT
) WITHOUT ROWID;
CREATE INDEX device_member ON device (member);

-- Every operation ever pushed, its bytes exactly as the phone wrote them.
-- state: 0 accepted, 1 held, 2 quarantined. pos is set for accepted operations only.
CREATE TABLE op (
  device BLOB NOT NULL,
  seq BIGINT NOT NULL,
  hash BLOB NOT NULL,
  chain BLOB NOT NULL,
  arrival_ms BIGINT NOT NULL,
  written_ms BIGINT,
  member BLOB NOT NULL,
  record BLOB,
  kind TEXT,
  unit TEXT,
  state INTEGER NOT NULL,
  code TEXT,
  pos BIGINT,
  effect TEXT,
  body BLOB NOT NULL,
  PRIMARY KEY (device, seq)
);
CREATE INDEX op_record ON op (record);
CREATE INDEX op_refused ON op (unit, arrival_ms) WHERE state <> 0;

-- One signature a push, over the head that it reached.
CREATE TABLE head_signature (
  device BLOB NOT NULL,
  seq BIGINT NOT NULL,
  signature BLOB NOT NULL,
  PRIMARY KEY (device, seq)
) WITHOUT ROWID;

-- Validly signed operations that contradict stored ones: kept as evidence, never applied.
CREATE TABLE fork_evidence (
  device BLOB NOT NULL,
  seq BIGINT NOT NULL,
  hash BLOB NOT NULL,
  arrival_ms BIGINT NOT NULL,
  body BLOB NOT NULL,
  PRIMARY KEY (device, seq, hash)
);

-- What a held operation waits for.
CREATE TABLE held (
  device BLOB NOT NULL,
  seq BIGINT NOT NULL,
  record BLOB,
  wait_record BLOB,
  PRIMARY KEY (device, seq)
) WITHOUT ROWID;
CREATE INDEX held_wait_record ON held (wait_record);
CREATE INDEX held_record ON held (record);

-- A dot can be re-issued once; a forked feed has two operations of one number.
CREATE TABLE reissue (
  device BLOB NOT NULL,
  seq BIGINT NOT NULL,
  hash BLOB NOT NULL,
  by_device BLOB NOT NULL,
  by_seq BIGINT NOT NULL,
  PRIMARY KEY (device, seq, hash)
) WITHOUT ROWID;

CREATE TABLE record (
  id BLOB NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  unit TEXT NOT NULL,
  creator BLOB NOT NULL,
  pos BIGINT NOT NULL,
  state BLOB NOT NULL
);
CREATE UNIQUE INDEX record_unit_pos ON record (unit, pos);

-- Who reads a record beside the unit-wide readers: its creator and those assigned to it.
CREATE TABLE viewer (
  member BLOB NOT NULL,
  unit TEXT NOT NULL,
  record BLOB NOT NULL,
  PRIMARY KEY (member, unit, record)
) WITHOUT ROWID;
CREATE INDEX viewer_record ON viewer (record);

-- Changes of who may see a record, in the unit's own order.
CREATE TABLE visibility (
  unit TEXT NOT NULL,
  pos BIGINT NOT NULL,
  member BLOB NOT NULL,
  record BLOB NOT NULL,
  present BOOL NOT NULL,
  PRIMARY KEY (unit, pos)
) WITHOUT ROWID;
CREATE INDEX visibility_member ON visibility (member, unit, pos);

-- Links whose target decides who may see the source.
CREATE TABLE record_link (
  source BLOB NOT NULL,
  target BLOB NOT NULL,
  PRIMARY KEY (source, target)
) WITHOUT ROWID;
CREATE INDEX record_link_target ON record_link (target);

CREATE TABLE blob_ref (
  sha256 BLOB NOT NULL,
  record BLOB NOT NULL,
  PRIMARY KEY (sha256, record)
) WITHOUT ROWID;

CREATE TABLE finding (
  id BLOB NOT NULL PRIMARY KEY,
  code TEXT NOT NULL,
  unit TEXT,
  record BLOB,
  device BLOB,
  seq BIGINT,
  opened_ms BIGINT NOT NULL,
  closed_ms BIGINT
) WITHOUT ROWID;
CREATE INDEX finding_open ON finding (unit, code) WHERE closed_ms IS NULL;
CREATE INDEX finding_record ON finding (record);

-- What accounts, appointments and devices changed, who changed it and when.
CREATE TABLE journal (
  id BLOB NOT NULL PRIMARY KEY,
  at_ms BIGINT NOT NULL,
  actor BLOB,
  event TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail TEXT NOT NULL
);
CREATE INDEX journal_at ON journal (at_ms);

-- Readings of sensitive fields and exports.
CREATE TABLE access_log (
  id BLOB NOT NULL PRIMARY KEY,
  at_ms BIGINT NOT NULL,
  member BLOB NOT NULL,
  device BLOB,
  unit TEXT NOT NULL,
  kind TEXT NOT NULL,
  fields TEXT NOT NULL,
  records BIGINT NOT NULL
);
CREATE INDEX access_log_at ON access_log (at_ms);

-- Every catalogue version this server has served.
CREATE TABLE catalog_version (
  version BIGINT NOT NULL PRIMARY KEY,
  sha256 BLOB NOT NULL,
  body TEXT NOT NULL,
  at_ms BIGINT NOT NULL
);
