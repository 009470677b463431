-- Accepted operations that propose, confirm or decide, by the record that they are on. A proposal is carried out once.
CREATE TABLE desk_op (
  record BLOB NOT NULL,
  device BLOB NOT NULL,
  seq BIGINT NOT NULL,
  pos BIGINT NOT NULL,
  confirms_device BLOB,
  confirms_seq BIGINT,
  PRIMARY KEY (record, device, seq),
  CHECK ((confirms_device IS NULL) = (confirms_seq IS NULL))
) WITHOUT ROWID;
CREATE UNIQUE INDEX desk_op_confirms ON desk_op (confirms_device, confirms_seq) WHERE confirms_device IS NOT NULL;
