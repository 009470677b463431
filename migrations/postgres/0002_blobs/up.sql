-- Photos, voice notes and documents that arrived whole. The bytes are in the blob store under the key `object`.
CREATE TABLE blob (
  sha256 BYTEA NOT NULL PRIMARY KEY,
  bytes BIGINT NOT NULL,
  media TEXT COLLATE "C" NOT NULL,
  sm3 BYTEA NOT NULL,
  object TEXT COLLATE "C" NOT NULL,
  received_ms BIGINT NOT NULL,
  durable BOOL NOT NULL,
  condemned_ms BIGINT,
  examined BOOL NOT NULL,
  likeness BYTEA,
  exif TEXT COLLATE "C"
);
CREATE INDEX blob_unexamined ON blob (sha256) WHERE NOT examined;
CREATE INDEX blob_object ON blob (object);
CREATE INDEX blob_condemned ON blob (condemned_ms) WHERE condemned_ms IS NOT NULL;

-- Who delivered a blob, and what he says of how it came to be: the times are texts as given.
CREATE TABLE collection (
  sha256 BYTEA NOT NULL,
  member BYTEA NOT NULL,
  device BYTEA,
  source TEXT COLLATE "C",
  captured TEXT COLLATE "C",
  hashed TEXT COLLATE "C",
  received_ms BIGINT NOT NULL,
  PRIMARY KEY (sha256, member)
);
CREATE INDEX collection_member ON collection (member);

-- Uploads on their way. One server writes to an upload at a time: the holder of its lease.
CREATE TABLE upload (
  id BYTEA NOT NULL PRIMARY KEY,
  member BYTEA NOT NULL,
  created_ms BIGINT NOT NULL,
  expires_ms BIGINT NOT NULL,
  concat TEXT COLLATE "C",
  metadata TEXT COLLATE "C" NOT NULL,
  length BIGINT,
  reached BIGINT NOT NULL,
  state INTEGER NOT NULL,
  holder BYTEA,
  lease_ms BIGINT NOT NULL
);
CREATE INDEX upload_member ON upload (member);
CREATE INDEX upload_expires ON upload (expires_ms);

-- What came of an upload so far, in pieces without gaps.
CREATE TABLE upload_piece (
  upload BYTEA NOT NULL,
  start BIGINT NOT NULL,
  bytes BIGINT NOT NULL,
  object TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (upload, start)
);
CREATE INDEX upload_piece_object ON upload_piece (object);
