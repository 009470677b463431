-- Statutory deadlines that records have set going. Days count from 1970-01-01, in China.
CREATE TABLE deadline (
  record BLOB NOT NULL,
  code TEXT NOT NULL,
  unit TEXT NOT NULL,
  kind TEXT NOT NULL,
  start_day BIGINT NOT NULL,
  due_day BIGINT NOT NULL,
  met_day BIGINT,
  provisional BOOL NOT NULL,
  PRIMARY KEY (record, code)
) WITHOUT ROWID;
CREATE INDEX deadline_due ON deadline (due_day, record, code);
CREATE INDEX deadline_unit ON deadline (unit, due_day, record, code);
CREATE INDEX deadline_open ON deadline (unit, code, due_day) WHERE met_day IS NULL;

-- What the figures count, numbered without gaps: each row adds to a figure (sign 1) or takes back what an earlier one
-- added (sign -1). A row is never changed or removed, so a report as of a number stays what it was.
CREATE TABLE fact (
  number BIGINT NOT NULL PRIMARY KEY CHECK (number > 0),
  record BLOB NOT NULL,
  code TEXT NOT NULL,
  unit TEXT NOT NULL,
  day BIGINT NOT NULL,
  dim TEXT NOT NULL,
  who BLOB,
  value BIGINT NOT NULL,
  sign INTEGER NOT NULL CHECK (sign IN (-1, 1)),
  at_ms BIGINT NOT NULL,
  pos BIGINT NOT NULL
);
CREATE INDEX fact_record ON fact (record);
CREATE INDEX fact_code ON fact (code, day);
CREATE INDEX fact_at ON fact (at_ms);
CREATE TRIGGER fact_stays BEFORE UPDATE ON fact
BEGIN SELECT RAISE(ABORT, 'what figures count is never changed'); END;
CREATE TRIGGER fact_kept BEFORE DELETE ON fact
BEGIN SELECT RAISE(ABORT, 'what figures count is never removed'); END;

-- The last number of a dense order.
CREATE TABLE dense (
  name TEXT NOT NULL PRIMARY KEY,
  number BIGINT NOT NULL
) WITHOUT ROWID;

-- Issued monthly reports, and how far each unit's log had been read.
CREATE TABLE report (
  month TEXT NOT NULL PRIMARY KEY,
  issued_ms BIGINT NOT NULL,
  issued_by BLOB NOT NULL,
  definitions BIGINT NOT NULL,
  fact_number BIGINT NOT NULL,
  posting_number BIGINT NOT NULL,
  sha256 BLOB NOT NULL,
  body BLOB NOT NULL
);
CREATE TRIGGER report_stays BEFORE UPDATE ON report
BEGIN SELECT RAISE(ABORT, 'an issued report is never changed'); END;
CREATE TRIGGER report_kept BEFORE DELETE ON report
BEGIN SELECT RAISE(ABORT, 'an issued report is never removed'); END;

CREATE TABLE report_head (
  month TEXT NOT NULL,
  unit TEXT NOT NULL,
  pos BIGINT NOT NULL,
  PRIMARY KEY (month, unit)
) WITHOUT ROWID;

-- What for an export was made; its access_log entry has the same id.
CREATE TABLE export_purpose (
  id BLOB NOT NULL PRIMARY KEY,
  format TEXT NOT NULL,
  purpose TEXT NOT NULL
) WITHOUT ROWID;
