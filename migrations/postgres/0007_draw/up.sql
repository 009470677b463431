-- Draws of observers: what each was made from. Who was drawn follows from it. A draw is never changed or removed.
CREATE TABLE draw (
  record BYTEA NOT NULL PRIMARY KEY,
  service_order BYTEA NOT NULL,
  number BIGINT NOT NULL CHECK (number > 0),
  device BYTEA NOT NULL,
  seq BIGINT NOT NULL,
  checkpoint TEXT COLLATE "C" NOT NULL,
  beacon BYTEA NOT NULL,
  public_key BYTEA NOT NULL,
  pool TEXT COLLATE "C" NOT NULL,
  roster TEXT COLLATE "C" NOT NULL,
  drawn_ms BIGINT NOT NULL
);
CREATE UNIQUE INDEX draw_order ON draw (service_order, number);

CREATE FUNCTION draw_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'a draw is never changed or removed'; END $$;
CREATE TRIGGER draw_stays BEFORE UPDATE OR DELETE ON draw FOR EACH ROW EXECUTE FUNCTION draw_stays();
CREATE TRIGGER draw_kept BEFORE TRUNCATE ON draw FOR EACH STATEMENT EXECUTE FUNCTION draw_stays();
