-- Photos, voice notes and documents that arrived whole. The bytes are in the blob store under the key `object`.
CREATE TABLE blob (
  sha256 BLOB NOT NULL PRIMARY KEY,
  bytes BIGINT NOT NULL,
  media TEXT NOT NULL,
  sm3 BLOB NOT NULL,
  object TEXT NOT NULL,
  received_ms BIGINT NOT NULL,
  durable BOOL NOT NULL,
  condemned_ms BIGINT,
  examined BOOL NOT NULL,
  likeness BLOB,
  exif TEXT
);
CREATE INDEX blob_unexamined ON blob (sha256) WHERE NOT examined;
CREATE INDEX blob_object ON blob (object);
CREATE INDEX blob_condemned ON blob (condemned_ms) WHERE condemned_ms IS NOT NULL;

-- Who delivered a blob, and what he says of how it came to be: the times are texts as given.
CREATE TABLE collection (
  sha256 BLOB NOT NULL,
  member BLOB NOT NULL,
  device BLOB,
  source TEXT,
  captured TEXT,
  hashed TEXT,
  received_ms BIGINT NOT NULL,
  PRIMARY KEY (sha256, member)
) WITHOUT ROWID;
CREATE INDEX collection_member ON collection (member);

-- Uploads on their way. One server writes to an upload at a time: the holder of its lease.
CREATE TABLE upload (
  id BLOB NOT NULL PRIMARY KEY,
  member BLOB NOT NULL,
  created_ms BIGINT NOT NULL,
  expires_ms BIGINT NOT NULL,
  concat TEXT,
  metadata TEXT NOT NULL,
  length BIGINT,
  reached BIGINT NOT NULL,
  state INTEGER NOT NULL,
  holder BLOB,
  lease_ms BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX upload_member ON upload (member);
CREATE INDEX upload_expires ON upload (expires_ms);

-- What came of an upload so far, in pieces without gaps.
CREATE TABLE upload_piece (
  upload BLOB NOT NULL,
  start BIGINT NOT NULL,
  bytes BIGINT NOT NULL,
  object TEXT NOT NULL,
  PRIMARY KEY (upload, start)
) WITHOUT ROWID;
CREATE INDEX upload_piece_object ON upload_piece (object);
