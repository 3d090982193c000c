-- Version 1: the first schema. Times are integer microseconds since the epoch (see package sqlite), except events.t (ms).
-- AUTOINCREMENT: an id is never given twice, for histories, journals and scripts refer to it.
-- Columns with JSON are NULL for "nothing".

CREATE TABLE zones (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  name        TEXT NOT NULL,
  description TEXT NOT NULL,
  icon        TEXT NOT NULL,
  targets     TEXT,
  created_at DATETIME NOT NULL,
  updated_at DATETIME NOT NULL,
  deleted_at DATETIME
);

CREATE TABLE inputs (
  id                       INTEGER PRIMARY KEY AUTOINCREMENT,
  name                     TEXT NOT NULL,
  kind                     TEXT NOT NULL,
  options                  TEXT,
  enabled                  INTEGER NOT NULL,
  zone_id                  INTEGER REFERENCES zones (id) ON DELETE SET NULL,
  period_s                 REAL NOT NULL,
  timeout_s                REAL NOT NULL,
  failures_before_degraded INTEGER NOT NULL,
  created_at DATETIME NOT NULL,
  updated_at DATETIME NOT NULL,
  deleted_at DATETIME
);
CREATE INDEX inputs_zone ON inputs (zone_id);

CREATE TABLE outputs (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  name      TEXT NOT NULL,
  kind      TEXT NOT NULL,
  options   TEXT,
  enabled   INTEGER NOT NULL,
  zone_id   INTEGER REFERENCES zones (id) ON DELETE SET NULL,
  timeout_s REAL NOT NULL,
  created_at DATETIME NOT NULL,
  updated_at DATETIME NOT NULL,
  deleted_at DATETIME
);
CREATE INDEX outputs_zone ON outputs (zone_id);

CREATE TABLE output_channels (
  output_id INTEGER NOT NULL REFERENCES outputs (id) ON DELETE CASCADE,
  idx       INTEGER NOT NULL,
  name      TEXT NOT NULL,
  type      TEXT NOT NULL,
  limits    TEXT,
  safe      TEXT,
  at_start  TEXT,
  at_stop   TEXT,
  interlock TEXT NOT NULL,
  current_a REAL NOT NULL,
  guard     TEXT,
  PRIMARY KEY (output_id, idx)
) WITHOUT ROWID;

CREATE TABLE output_states (
  output_id   INTEGER NOT NULL REFERENCES outputs (id) ON DELETE CASCADE,
  idx         INTEGER NOT NULL,
  command     TEXT,
  since       DATETIME NOT NULL,
  ends_at     DATETIME,
  by          TEXT NOT NULL,
  lease_until DATETIME,
  reason      TEXT NOT NULL,
  PRIMARY KEY (output_id, idx)
) WITHOUT ROWID;

CREATE TABLE functions (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  name     TEXT NOT NULL,
  kind     TEXT NOT NULL,
  options  TEXT,
  enabled  INTEGER NOT NULL,
  zone_id  INTEGER REFERENCES zones (id) ON DELETE SET NULL,
  created_at DATETIME NOT NULL,
  updated_at DATETIME NOT NULL,
  deleted_at DATETIME
);
CREATE INDEX functions_zone ON functions (zone_id);

CREATE TABLE channels (
  id                  INTEGER PRIMARY KEY AUTOINCREMENT,
  owner               TEXT NOT NULL,
  idx                 INTEGER NOT NULL,
  name                TEXT NOT NULL,
  source_name         TEXT NOT NULL,
  quantity            TEXT NOT NULL,
  unit                TEXT NOT NULL,
  source_unit         TEXT NOT NULL,
  expected_interval_s REAL NOT NULL,
  valid_min           REAL,
  valid_max           REAL,
  calibration         TEXT,
  filters             TEXT,
  created_at DATETIME NOT NULL,
  updated_at DATETIME NOT NULL,
  deleted_at DATETIME
);
CREATE INDEX channels_owner ON channels (owner, idx);

CREATE TABLE users (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  username      TEXT NOT NULL COLLATE NOCASE UNIQUE,
  role          TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  created_at    DATETIME NOT NULL,
  updated_at    DATETIME NOT NULL
);

CREATE TABLE sessions (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id      INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  hash         BLOB NOT NULL UNIQUE,
  address      TEXT NOT NULL,
  agent        TEXT NOT NULL,
  created_at   DATETIME NOT NULL,
  last_used_at DATETIME NOT NULL,
  expires_at   DATETIME NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_end ON sessions (expires_at);

CREATE TABLE tokens (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id      INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name         TEXT NOT NULL,
  role         TEXT NOT NULL,
  hash         BLOB NOT NULL UNIQUE,
  created_at   DATETIME NOT NULL,
  expires_at   DATETIME,
  last_used_at DATETIME
);
CREATE INDEX tokens_user ON tokens (user_id);

CREATE TABLE preferences (
  user_id    INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  data       TEXT,
  updated_at DATETIME NOT NULL
);

CREATE TABLE events (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  t       INTEGER NOT NULL,
  type    TEXT NOT NULL,
  source  TEXT NOT NULL,
  user    TEXT NOT NULL,
  message TEXT NOT NULL,
  data    TEXT
);
CREATE INDEX events_t ON events (t);
CREATE INDEX events_type ON events (type, t);
CREATE INDEX events_source ON events (source, t);

CREATE TABLE user_units (
  id       TEXT PRIMARY KEY,
  name     TEXT NOT NULL,
  symbol   TEXT NOT NULL,
  decimals INTEGER NOT NULL,
  base     TEXT NOT NULL,
  scale    REAL NOT NULL,
  offset   REAL NOT NULL
) WITHOUT ROWID;

CREATE TABLE user_quantities (
  id       TEXT PRIMARY KEY,
  name     TEXT NOT NULL,
  units    TEXT,
  decimals INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE kv (
  key   TEXT PRIMARY KEY,
  value TEXT
) WITHOUT ROWID;
