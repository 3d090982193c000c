-- Outputs keep more over a restart: what led to a state, the command that the end of the program has cut short, what was
-- dosed (t in ms since the epoch; the doses of a minute are one row), and what a channel has run and learned.
ALTER TABLE output_states ADD COLUMN chain TEXT;
ALTER TABLE output_states ADD COLUMN resume TEXT;
ALTER TABLE output_states ADD COLUMN on_since DATETIME;

CREATE TABLE output_doses (
  output_id INTEGER NOT NULL REFERENCES outputs (id) ON DELETE CASCADE,
  idx       INTEGER NOT NULL,
  minute    INTEGER NOT NULL,
  t         INTEGER NOT NULL,
  ml        REAL NOT NULL,
  PRIMARY KEY (output_id, idx, minute)
) WITHOUT ROWID;

CREATE TABLE output_tallies (
  output_id INTEGER NOT NULL REFERENCES outputs (id) ON DELETE CASCADE,
  idx       INTEGER NOT NULL,
  tally     TEXT,
  PRIMARY KEY (output_id, idx)
) WITHOUT ROWID;
