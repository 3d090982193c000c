-- Calibrations: what a device said in reference solutions, and the correction that was made of it.

CREATE TABLE calibrations (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  channel_id  INTEGER NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
  t           INTEGER NOT NULL, -- ms since the epoch
  author      TEXT NOT NULL,    -- "user:maya"
  method      TEXT NOT NULL,    -- ph, ec, do or generic
  points      TEXT NOT NULL,
  result      TEXT NOT NULL,    -- correction, findings and verdict
  previous    TEXT,             -- the correction before it; NULL: none
  note        TEXT NOT NULL,
  due_at      INTEGER,          -- ms: when the next one is due; NULL: never
  reminded_at INTEGER,          -- ms: when that was told
  undone_at   INTEGER           -- ms: when the one before it was put back
);
CREATE INDEX calibrations_channel ON calibrations (channel_id, t);
