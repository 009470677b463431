-- Which sessions an attestation names: the hours of a session are judged by what observers stated.
CREATE TABLE attested (
  attestation BLOB NOT NULL,
  session BLOB NOT NULL,
  PRIMARY KEY (attestation, session)
) WITHOUT ROWID;
CREATE INDEX attested_session ON attested (session);

-- Hours that are claimed and not posted, with the codes of what they wait for. Whose they are and on which day may
-- not be settled yet.
CREATE TABLE claim (
  session BLOB NOT NULL PRIMARY KEY,
  ledger TEXT NOT NULL,
  member BLOB,
  subject BLOB,
  unit TEXT NOT NULL,
  kind TEXT NOT NULL,
  day TEXT,
  minutes BIGINT NOT NULL,
  reasons TEXT NOT NULL,
  updated_ms BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX claim_member ON claim (member) WHERE member IS NOT NULL;
CREATE INDEX claim_subject ON claim (subject) WHERE subject IS NOT NULL;
CREATE INDEX claim_unit ON claim (unit);
