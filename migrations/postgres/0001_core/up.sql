-- The server's own facts: generation, catalogue version.
CREATE TABLE meta (
  key TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  value TEXT COLLATE "C" NOT NULL
);

-- Keys that every server on this database shares: tokens, receipts, cursors.
CREATE TABLE secret (
  name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  value BYTEA NOT NULL
);

CREATE TABLE unit (
  code TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  name TEXT COLLATE "C" NOT NULL,
  level TEXT COLLATE "C" NOT NULL,
  parent TEXT COLLATE "C",
  successor TEXT COLLATE "C",
  head BIGINT NOT NULL
);

-- Count and additive sum over (record, pos), kept under the unit's lock.
CREATE TABLE unit_sum (
  unit TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  records BIGINT NOT NULL,
  sum BYTEA NOT NULL,
  PRIMARY KEY (unit, kind)
);

CREATE TABLE member (
  id BYTEA NOT NULL PRIMARY KEY,
  number TEXT COLLATE "C" NOT NULL UNIQUE,
  name TEXT COLLATE "C" NOT NULL,
  created_ms BIGINT NOT NULL,
  password_hash TEXT COLLATE "C",
  activation_hash TEXT COLLATE "C",
  activation_expires_ms BIGINT,
  totp_secret BYTEA,
  totp_step BIGINT,
  failed_sign_ins INTEGER NOT NULL,
  locked_until_ms BIGINT
);

CREATE TABLE appointment (
  id BYTEA NOT NULL PRIMARY KEY,
  member BYTEA NOT NULL,
  role TEXT COLLATE "C" NOT NULL,
  unit TEXT COLLATE "C" NOT NULL,
  starts_ms BIGINT NOT NULL,
  ends_ms BIGINT,
  created_ms BIGINT NOT NULL
);
CREATE INDEX appointment_member ON appointment (member);
CREATE INDEX appointment_unit ON appointment (unit);

CREATE TABLE refresh_token (
  hash BYTEA NOT NULL PRIMARY KEY,
  family BYTEA NOT NULL,
  member BYTEA NOT NULL,
  issued_ms BIGINT NOT NULL,
  expires_ms BIGINT NOT NULL,
  used_ms BIGINT,
  revoked_ms BIGINT
);
CREATE INDEX refresh_token_family ON refresh_token (family);
CREATE INDEX refresh_token_member ON refresh_token (member);

CREATE TABLE device (
  id BYTEA NOT NULL PRIMARY KEY,
  member BYTEA NOT NULL,
  suite TEXT COLLATE "C" NOT NULL,
  public_key BYTEA NOT NULL,
  label TEXT COLLATE "C" NOT NULL,
  key_storage TEXT COLLATE "C" NOT NULL,
  enrolled_ms BIGINT NOT NULL,
  revoked_ms BIGINT,
  continues BYTEA,
  continues_hash BYTEA,
  head_seq BIGINT NOT NULL,
  head_hash BYTEA NOT NULL,
  durable_seq BIGINT NOT NULL,
  closed_code TEXT COLLATE "C",
  synced_ms BIGINT,
  clock_offset_ms BIGINT
);
CREATE INDEX device_member ON device (member);

-- Every operation ever pushed, its bytes exactly as the phone wrote them.
-- state: 0 accepted, 1 held, 2 quarantined. pos is set for accepted operations only.
CREATE TABLE op (
  device BYTEA NOT NULL,
  seq BIGINT NOT NULL,
  hash BYTEA NOT NULL,
  chain BYTEA NOT NULL,
  arrival_ms BIGINT NOT NULL,
  written_ms BIGINT,
  member BYTEA NOT NULL,
  record BYTEA,
  kind TEXT COLLATE "C",
  unit TEXT COLLATE "C",
  state INTEGER NOT NULL,
  code TEXT COLLATE "C",
  pos BIGINT,
  effect TEXT COLLATE "C",
  body BYTEA NOT NULL,
  PRIMARY KEY (device, seq)
);
CREATE INDEX op_record ON op (record);
CREATE INDEX op_refused ON op (unit, arrival_ms) WHERE state <> 0;

-- One signature a push, over the head that it reached.
CREATE TABLE head_signature (
  device BYTEA NOT NULL,
  seq BIGINT NOT NULL,
  signature BYTEA NOT NULL,
  PRIMARY KEY (device, seq)
);

-- Validly signed operations that contradict stored ones: kept as evidence, never applied.
CREATE TABLE fork_evidence (
  device BYTEA NOT NULL,
  seq BIGINT NOT NULL,
  hash BYTEA NOT NULL,
  arrival_ms BIGINT NOT NULL,
  body BYTEA NOT NULL,
  PRIMARY KEY (device, seq, hash)
);

-- What a held operation waits for.
CREATE TABLE held (
  device BYTEA NOT NULL,
  seq BIGINT NOT NULL,
  record BYTEA,
  wait_record BYTEA,
  PRIMARY KEY (device, seq)
);
CREATE INDEX held_wait_record ON held (wait_record);
CREATE INDEX held_record ON held (record);

-- A dot can be re-issued once; a forked feed has two operations of one number.
CREATE TABLE reissue (
  device BYTEA NOT NULL,
  seq BIGINT NOT NULL,
  hash BYTEA NOT NULL,
  by_device BYTEA NOT NULL,
  by_seq BIGINT NOT NULL,
  PRIMARY KEY (device, seq, hash)
);

CREATE TABLE record (
  id BYTEA NOT NULL PRIMARY KEY,
  kind TEXT COLLATE "C" NOT NULL,
  unit TEXT COLLATE "C" NOT NULL,
  creator BYTEA NOT NULL,
  pos BIGINT NOT NULL,
  state BYTEA NOT NULL
);
CREATE UNIQUE INDEX record_unit_pos ON record (unit, pos);

-- Who reads a record beside the unit-wide readers: its creator and those assigned to it.
CREATE TABLE viewer (
  member BYTEA NOT NULL,
  unit TEXT COLLATE "C" NOT NULL,
  record BYTEA NOT NULL,
  PRIMARY KEY (member, unit, record)
);
CREATE INDEX viewer_record ON viewer (record);

-- Changes of who may see a record, in the unit's own order.
CREATE TABLE visibility (
  unit TEXT COLLATE "C" NOT NULL,
  pos BIGINT NOT NULL,
  member BYTEA NOT NULL,
  record BYTEA NOT NULL,
  present BOOL NOT NULL,
  PRIMARY KEY (unit, pos)
);
CREATE INDEX visibility_member ON visibility (member, unit, pos);

-- Links whose target decides who may see the source.
CREATE TABLE record_link (
  source BYTEA NOT NULL,
  target BYTEA NOT NULL,
  PRIMARY KEY (source, target)
);
CREATE INDEX record_link_target ON record_link (target);

CREATE TABLE blob_ref (
  sha256 BYTEA NOT NULL,
  record BYTEA NOT NULL,
  PRIMARY KEY (sha256, record)
);

CREATE TABLE finding (
  id BYTEA NOT NULL PRIMARY KEY,
  code TEXT COLLATE "C" NOT NULL,
  unit TEXT COLLATE "C",
  record BYTEA,
  device BYTEA,
  seq BIGINT,
  opened_ms BIGINT NOT NULL,
  closed_ms BIGINT
);
CREATE INDEX finding_open ON finding (unit, code) WHERE closed_ms IS NULL;
CREATE INDEX finding_record ON finding (record);

-- What accounts, appointments and devices changed, who changed it and when.
CREATE TABLE journal (
  id BYTEA NOT NULL PRIMARY KEY,
  at_ms BIGINT NOT NULL,
  actor BYTEA,
  event TEXT COLLATE "C" NOT NULL,
  subject TEXT COLLATE "C" NOT NULL,
  detail TEXT COLLATE "C" NOT NULL
);
CREATE INDEX journal_at ON journal (at_ms);

-- Readings of sensitive fields and exports.
CREATE TABLE access_log (
  id BYTEA NOT NULL PRIMARY KEY,
  at_ms BIGINT NOT NULL,
  member BYTEA NOT NULL,
  device BYTEA,
  unit TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  fields TEXT COLLATE "C" NOT NULL,
  records BIGINT NOT NULL
);
CREATE INDEX access_log_at ON access_log (at_ms);

-- Every catalogue version this server has served.
CREATE TABLE catalog_version (
  version BIGINT NOT NULL PRIMARY KEY,
  sha256 BYTEA NOT NULL,
  body TEXT COLLATE "C" NOT NULL,
  at_ms BIGINT NOT NULL
);
