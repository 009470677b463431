-- What a rule saw when it made or closed a finding. Findings of before have none.
CREATE TABLE finding_fact (
  finding BYTEA NOT NULL PRIMARY KEY,
  basis BYTEA NOT NULL,
  neighbour BYTEA,
  detail TEXT COLLATE "C" NOT NULL,
  updated_ms BIGINT NOT NULL,
  closed_why TEXT COLLATE "C"
);
CREATE INDEX finding_fact_neighbour ON finding_fact (neighbour) WHERE neighbour IS NOT NULL;

-- What people decided about a finding, and what it stood on when they did.
CREATE TABLE finding_decision (
  finding BYTEA NOT NULL,
  device BYTEA NOT NULL,
  seq BIGINT NOT NULL,
  basis BYTEA NOT NULL,
  conclusion TEXT COLLATE "C" NOT NULL,
  at_ms BIGINT NOT NULL,
  PRIMARY KEY (finding, device, seq)
);

-- How far each unit's log has been looked at by the rules.
CREATE TABLE reconciled (
  unit TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  pos BIGINT NOT NULL
);

-- Minutes put to a person's account, numbered without gaps. Two ledgers, told apart by whose account it is: a
-- volunteer's (a member) or that of somebody who serves (a subject). A posting is never changed or removed.
CREATE TABLE posting (
  number BIGINT NOT NULL PRIMARY KEY CHECK (number > 0),
  id BYTEA NOT NULL UNIQUE,
  ledger TEXT COLLATE "C" NOT NULL CHECK (ledger IN ('volunteer', 'social_service')),
  member BYTEA,
  subject BYTEA,
  session BYTEA NOT NULL,
  round BIGINT NOT NULL CHECK (round > 0),
  minutes BIGINT NOT NULL,
  unit TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  day TEXT COLLATE "C" NOT NULL,
  digest BYTEA NOT NULL,
  approved_device BYTEA NOT NULL,
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

CREATE FUNCTION posting_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'a posting is never changed or removed'; END $$;
CREATE TRIGGER posting_stays BEFORE UPDATE OR DELETE ON posting FOR EACH ROW EXECUTE FUNCTION posting_stays();
CREATE TRIGGER posting_kept BEFORE TRUNCATE ON posting FOR EACH STATEMENT EXECUTE FUNCTION posting_stays();
-- A session's minutes stay in one ledger, and a reversal takes back just what its entry put.
CREATE FUNCTION posting_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM posting WHERE session = NEW.session AND ledger <> NEW.ledger) THEN
    RAISE EXCEPTION 'a session posts to one ledger';
  END IF;
  IF NEW.reverses IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM posting AS entry WHERE entry.number = NEW.reverses AND entry.reverses IS NULL
      AND entry.minutes = -NEW.minutes AND entry.ledger = NEW.ledger AND entry.session = NEW.session
      AND entry.round = NEW.round AND entry.member IS NOT DISTINCT FROM NEW.member
      AND entry.subject IS NOT DISTINCT FROM NEW.subject) THEN
    RAISE EXCEPTION 'a reversal takes back one entry';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER posting_fits BEFORE INSERT ON posting FOR EACH ROW EXECUTE FUNCTION posting_fits();
