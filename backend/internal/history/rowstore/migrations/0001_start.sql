-- Version 1. t: ms since the epoch. q: measure.Quality.
CREATE TABLE readings (
  channel INTEGER NOT NULL,
  t       INTEGER NOT NULL,
  v       REAL NOT NULL,
  q       INTEGER NOT NULL,
  PRIMARY KEY (channel, t)
) WITHOUT ROWID;
