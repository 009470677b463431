-- Draws of observers: what each was made from. Who was drawn follows from it. A draw is never changed or removed.
CREATE TABLE draw (
  record BLOB NOT NULL PRIMARY KEY,
  service_order BLOB NOT NULL,
  number BIGINT NOT NULL CHECK (number > 0),
  device BLOB NOT NULL,
  seq BIGINT NOT NULL,
  checkpoint TEXT NOT NULL,
  beacon BLOB NOT NULL,
  public_key BLOB NOT NULL,
  pool TEXT NOT NULL,
  roster TEXT NOT NULL,
  drawn_ms BIGINT NOT NULL
) WITHOUT ROWID;
CREATE UNIQUE INDEX draw_order ON draw (service_order, number);

CREATE TRIGGER draw_stays BEFORE UPDATE ON draw
BEGIN SELECT RAISE(ABORT, 'a draw is never changed'); END;
CREATE TRIGGER draw_kept BEFORE DELETE ON draw
BEGIN SELECT RAISE(ABORT, 'a draw is never removed'); END;
