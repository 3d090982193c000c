-- Version 7: cameras. Their stills lie in the folder stills/.

CREATE TABLE cameras (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  name       TEXT NOT NULL,
  kind       TEXT NOT NULL,
  options    TEXT,
  enabled    INTEGER NOT NULL,
  zone_id    INTEGER REFERENCES zones (id) ON DELETE SET NULL,
  timelapse  TEXT,
  created_at DATETIME NOT NULL,
  updated_at DATETIME NOT NULL,
  deleted_at DATETIME
);
