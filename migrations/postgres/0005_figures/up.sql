-- Statutory deadlines that records have set going. Days count from 1970-01-01, in China.
CREATE TABLE deadline (
  record BYTEA NOT NULL,
  code TEXT COLLATE "C" NOT NULL,
  unit TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  start_day BIGINT NOT NULL,
  due_day BIGINT NOT NULL,
  met_day BIGINT,
  provisional BOOL NOT NULL,
  PRIMARY KEY (record, code)
);
CREATE INDEX deadline_due ON deadline (due_day, record, code);
CREATE INDEX deadline_unit ON deadline (unit, due_day, record, code);
CREATE INDEX deadline_open ON deadline (unit, code, due_day) WHERE met_day IS NULL;

-- What the figures count, numbered without gaps: each row adds to a figure (sign 1) or takes back what an earlier one
-- added (sign -1). A row is never changed or removed, so a report as of a number stays what it was.
CREATE TABLE fact (
  number BIGINT NOT NULL PRIMARY KEY CHECK (number > 0),
  record BYTEA NOT NULL,
  code TEXT COLLATE "C" NOT NULL,
  unit TEXT COLLATE "C" NOT NULL,
  day BIGINT NOT NULL,
  dim TEXT COLLATE "C" NOT NULL,
  who BYTEA,
  value BIGINT NOT NULL,
  sign INTEGER NOT NULL CHECK (sign IN (-1, 1)),
  at_ms BIGINT NOT NULL,
  pos BIGINT NOT NULL
);
CREATE INDEX fact_record ON fact (record);
CREATE INDEX fact_code ON fact (code, day);
CREATE INDEX fact_at ON fact (at_ms);
CREATE FUNCTION fact_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'what figures count is never changed or removed'; END $$;
CREATE TRIGGER fact_stays BEFORE UPDATE OR DELETE ON fact FOR EACH ROW EXECUTE FUNCTION fact_stays();
CREATE TRIGGER fact_kept BEFORE TRUNCATE ON fact FOR EACH STATEMENT EXECUTE FUNCTION fact_stays();

-- The last number of a dense order.
CREATE TABLE dense (
  name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  number BIGINT NOT NULL
);

-- Issued monthly reports, and how far each unit's log had been read.
CREATE TABLE report (
  month TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  issued_ms BIGINT NOT NULL,
  issued_by BYTEA NOT NULL,
  definitions BIGINT NOT NULL,
  fact_number BIGINT NOT NULL,
  posting_number BIGINT NOT NULL,
  sha256 BYTEA NOT NULL,
  body BYTEA NOT NULL
);
CREATE FUNCTION report_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'an issued report is never changed or removed'; END $$;
CREATE TRIGGER report_stays BEFORE UPDATE OR DELETE ON report FOR EACH ROW EXECUTE FUNCTION report_stays();
CREATE TRIGGER report_kept BEFORE TRUNCATE ON report FOR EACH STATEMENT EXECUTE FUNCTION report_stays();

CREATE TABLE report_head (
  month TEXT COLLATE "C" NOT NULL,
  unit TEXT COLLATE "C" NOT NULL,
  pos BIGINT NOT NULL,
  PRIMARY KEY (month, unit)
);

-- What for an export was made; its access_log entry has the same id.
CREATE TABLE export_purpose (
  id BYTEA NOT NULL PRIMARY KEY,
  format TEXT COLLATE "C" NOT NULL,
  purpose TEXT COLLATE "C" NOT NULL
);
