-- Records that are to be looked at again: at once (0), or when a rule that goes by the clock may say something else.
CREATE TABLE reconcile_due (
  record BYTEA NOT NULL PRIMARY KEY,
  due_ms BIGINT NOT NULL
);
CREATE INDEX reconcile_due_at ON reconcile_due (due_ms, record);

-- What follows is derived from records, so that a rule finds a record's neighbours without reading them all.

-- Who took part in which session and when. part: 0 gives hours as a volunteer, 1 serves, 2 observes, 3 gives hours by
-- observing. A person is a member or, of those who serve, a subject's record.
CREATE TABLE presence (
  record BYTEA NOT NULL,
  person BYTEA NOT NULL,
  part INTEGER NOT NULL,
  from_ms BIGINT NOT NULL,
  until_ms BIGINT NOT NULL,
  minutes BIGINT NOT NULL,
  PRIMARY KEY (record, person, part)
);
CREATE INDEX presence_until ON presence (person, until_ms, from_ms);
CREATE INDEX presence_from ON presence (person, from_ms);

-- A member's own points, each at one moment, in WGS-84 and units of 1e-7 degrees. matter: what he was there for.
CREATE TABLE member_point (
  record BYTEA NOT NULL,
  field TEXT COLLATE "C" NOT NULL,
  member BYTEA NOT NULL,
  matter BYTEA NOT NULL,
  at_ms BIGINT NOT NULL,
  lng BIGINT NOT NULL,
  lat BIGINT NOT NULL,
  accuracy_m BIGINT NOT NULL,
  moves BOOL NOT NULL,
  PRIMARY KEY (record, field)
);
CREATE INDEX member_point_member ON member_point (member, at_ms, record, field) WHERE moves;
CREATE INDEX member_point_matter ON member_point (matter, at_ms, record, field);

-- Where and when reports say that something is, by cells of a grid.
CREATE TABLE report_place (
  record BYTEA NOT NULL PRIMARY KEY,
  interest TEXT COLLATE "C" NOT NULL,
  cell BIGINT NOT NULL,
  at_ms BIGINT NOT NULL,
  lng BIGINT NOT NULL,
  lat BIGINT NOT NULL,
  accuracy_m BIGINT NOT NULL
);
CREATE INDEX report_place_cell ON report_place (interest, cell, at_ms);

-- Which reports say that they are about the same matter as another.
CREATE TABLE report_link (
  other BYTEA NOT NULL,
  record BYTEA NOT NULL,
  PRIMARY KEY (other, record)
);
CREATE INDEX report_link_record ON report_link (record);

-- Which photos a record shows now.
CREATE TABLE photo_use (
  record BYTEA NOT NULL,
  sha256 BYTEA NOT NULL,
  PRIMARY KEY (record, sha256)
);
CREATE INDEX photo_use_photo ON photo_use (sha256, record);

-- The perceptual hashes of photos in the order in which they came, so that a server keeps them in memory and goes on.
CREATE TABLE photo_print (
  number BIGINT NOT NULL PRIMARY KEY,
  sha256 BYTEA NOT NULL UNIQUE,
  bits BIGINT NOT NULL
);

-- The other unit that a finding concerns, where its neighbour is elsewhere.
CREATE TABLE finding_also (
  unit TEXT COLLATE "C" NOT NULL,
  finding BYTEA NOT NULL,
  PRIMARY KEY (unit, finding)
);
CREATE INDEX finding_also_finding ON finding_also (finding);

-- Lists of findings, the oldest first.
CREATE INDEX finding_open_age ON finding (opened_ms, id) WHERE closed_ms IS NULL;
CREATE INDEX finding_open_unit_age ON finding (unit, opened_ms, id) WHERE closed_ms IS NULL;
CREATE INDEX finding_closed_age ON finding (closed_ms, id) WHERE closed_ms IS NOT NULL;
CREATE INDEX finding_closed_unit_age ON finding (unit, closed_ms, id) WHERE closed_ms IS NOT NULL;
