-- Which sessions an attestation names: the hours of a session are judged by what observers stated.
CREATE TABLE attested (
  attestation BYTEA NOT NULL,
  session BYTEA NOT NULL,
  PRIMARY KEY (attestation, session)
);
CREATE INDEX attested_session ON attested (session);

-- Hours that are claimed and not posted, with the codes of what they wait for. Whose they are and on which day may
-- not be settled yet.
CREATE TABLE claim (
  session BYTEA NOT NULL PRIMARY KEY,
  ledger TEXT COLLATE "C" NOT NULL,
  member BYTEA,
  subject BYTEA,
  unit TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  day TEXT COLLATE "C",
  minutes BIGINT NOT NULL,
  reasons TEXT COLLATE "C" NOT NULL,
  updated_ms BIGINT NOT NULL
);
CREATE INDEX claim_member ON claim (member) WHERE member IS NOT NULL;
CREATE INDEX claim_subject ON claim (subject) WHERE subject IS NOT NULL;
CREATE INDEX claim_unit ON claim (unit);
