-- Transparency logs. The one with the greatest number grows; a restore ends it and opens the next.
CREATE TABLE log (
  number BIGINT NOT NULL PRIMARY KEY,
  origin TEXT COLLATE "C" NOT NULL UNIQUE,
  opened_ms BIGINT NOT NULL,
  size BIGINT NOT NULL,
  root BYTEA NOT NULL
);

-- Hashes of the tree in tiles of up to 256 (C2SP tlog-tiles). The last tile of each level grows in place.
CREATE TABLE log_tile (
  log BIGINT NOT NULL,
  level BIGINT NOT NULL,
  position BIGINT NOT NULL,
  hashes BYTEA NOT NULL,
  PRIMARY KEY (log, level, position)
);

-- Leaves in bundles of up to 256, each with its length before it.
CREATE TABLE log_entries (
  log BIGINT NOT NULL,
  position BIGINT NOT NULL,
  entries BYTEA NOT NULL,
  PRIMARY KEY (log, position)
);

-- Every checkpoint that was signed.
CREATE TABLE log_checkpoint (
  log BIGINT NOT NULL,
  size BIGINT NOT NULL,
  note TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (log, size)
);

-- What is sealed: the numbers `first` to `last` of a source have the leaves from `leaf` on.
-- Sources: 1 operations of a device, 2 changes of an operation's verdict, 3 visibility changes of a unit,
-- 4 an entry of the journal, 5 versions of the catalogue, 6 postings.
CREATE TABLE sealed (
  source INTEGER NOT NULL,
  key BYTEA NOT NULL,
  first BIGINT NOT NULL,
  last BIGINT NOT NULL,
  log BIGINT NOT NULL,
  leaf BIGINT NOT NULL,
  PRIMARY KEY (source, key, first)
);
CREATE UNIQUE INDEX sealed_leaf ON sealed (log, leaf);

-- What waits to be sealed, written in the transaction that made it.
CREATE TABLE unsealed (
  source INTEGER NOT NULL,
  key BYTEA NOT NULL,
  first BIGINT NOT NULL,
  last BIGINT NOT NULL,
  PRIMARY KEY (source, key, first)
);

-- How verdicts of held operations changed, each operation's changes numbered from 1.
CREATE TABLE verdict_change (
  device BYTEA NOT NULL,
  seq BIGINT NOT NULL,
  number BIGINT NOT NULL,
  at_ms BIGINT NOT NULL,
  was_state INTEGER NOT NULL,
  was_code TEXT COLLATE "C",
  state INTEGER NOT NULL,
  code TEXT COLLATE "C",
  PRIMARY KEY (device, seq, number)
);

-- What came before there was a log.
INSERT INTO unsealed (source, key, first, last) SELECT 1, id, 1, head_seq FROM device WHERE head_seq > 0;
INSERT INTO unsealed (source, key, first, last) SELECT 3, convert_to(unit, 'UTF8'), pos, pos FROM visibility;
INSERT INTO unsealed (source, key, first, last) SELECT 4, id, 1, 1 FROM journal;
INSERT INTO unsealed (source, key, first, last) SELECT 5, ''::bytea, version, version FROM catalog_version;
