DROP TABLE verdict_change;
DROP TABLE unsealed;
DROP TABLE sealed;
DROP TABLE log_checkpoint;
DROP TABLE log_entries;
DROP TABLE log_tile;
DROP TABLE log;
