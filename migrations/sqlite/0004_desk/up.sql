-- What a rule saw when it made or closed a finding. Findings of before have none.
CREATE TABLE finding_fact (
  finding BLOB NOT NULL PRIMARY KEY,
  basis BLOB NOT NULL,
  neighbour BLOB,
  detail TEXT NOT NULL,
  updated_ms BIGINT NOT NULL,
  closed_why TEXT
) WITHOUT ROWID;
CREATE INDEX finding_fact_neighbour ON finding_fact (neighbour) WHERE neighbour IS NOT NULL;

-- What people decided about a finding, and what it stood on when they did.
CREATE TABLE finding_decision (
  finding BLOB NOT NULL,
  device BLOB NOT NULL,
  seq BIGINT NOT NULL,
  basis BLOB NOT NULL,
  conclusion TEXT NOT NULL,
  at_ms BIGINT NOT NULL,
  PRIMARY KEY (finding, device, seq)
) WITHOUT ROWID;

-- How far each unit's log has been looked at by the rules.
CREATE TABLE reconciled (
  unit TEXT NOT NULL PRIMARY KEY,
  pos BIGINT NOT NULL
) WITHOUT ROWID;

-- Minutes put to a person's account, numbered without gaps. Two ledgers, told apart by whose account it is: a
-- volunteer's (a member) or that of somebody who serves (a subject). A posting is never changed or removed.
CREATE TABLE posting (
  number BIGINT NOT NULL PRIMARY KEY CHECK (number > 0),
  id BLOB NOT NULL UNIQUE,
  ledger TEXT NOT NULL CHECK (ledger IN ('volunteer', 'social_service')),
  member BLOB,
  subject BLOB,
  session BLOB NOT NULL,
  round BIGINT NOT NULL CHECK (round > 0),
  minutes BIGINT NOT NULL,
  unit TEXT NOT NULL,
  kind TEXT NOT NULL,
  day TEXT NOT NULL,
  digest BLOB NOT NULL,
  approved_device BLOB NOT NULL,
  approved_seq BIGINT NOT NULL,
  posted_ms BIGINT NOT NULL,
  reverses BIGINT UNIQUE,
  CHECK ((ledger = 'volunteer') = (member IS NOT NULL)),
  CHECK ((ledger = 'social_service') = (subject IS NOT NULL)),
  CHECK ((reverses IS NULL AND minutes >= 0) OR (reverses IS NOT NULL AND minutes <= 0))
);
CREATE UNIQUE INDEX posting_round ON posting (session, round) WHERE reverses IS NULL;
CREATE INDEX posting_member ON posting (member, day) WHERE member IS NOT NULL;
CREATE INDEX posting_subject ON posting (subject, day) WHERE subject IS NOT NULL;
CREATE INDEX posting_unit ON posting (unit, day);

CREATE TRIGGER posting_stays BEFORE UPDATE ON posting
BEGIN SELECT RAISE(ABORT, 'a posting is never changed'); END;
CREATE TRIGGER posting_kept BEFORE DELETE ON posting
BEGIN SELECT RAISE(ABORT, 'a posting is never removed'); END;
-- A session's minutes stay in one ledger, and a reversal takes back just what its entry put.
CREATE TRIGGER posting_one_ledger BEFORE INSERT ON posting
WHEN EXISTS (SELECT 1 FROM posting WHERE session = NEW.session AND ledger <> NEW.ledger)
BEGIN SELECT RAISE(ABORT, 'a session posts to one ledger'); END;
CREATE TRIGGER posting_reversal BEFORE INSERT ON posting
WHEN NEW.reverses IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM posting AS entry WHERE entry.number = NEW.reverses AND entry.reverses IS NULL
    AND entry.minutes = -NEW.minutes AND entry.ledger = NEW.ledger AND entry.session = NEW.session
    AND entry.round = NEW.round AND entry.member IS NEW.member AND entry.subject IS NEW.subject)
BEGIN SELECT RAISE(ABORT, 'a reversal takes back one entry'); END;
