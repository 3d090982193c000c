-- Version 3: notes of people and functions about a moment or a span, and methods, set-points that change with time.

CREATE TABLE notes (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  name    TEXT NOT NULL, -- the note itself, in one line
  text    TEXT NOT NULL, -- more of it
  t       INTEGER NOT NULL, -- ms since the epoch
  until   INTEGER, -- ms since the epoch; NULL: a moment
  tags    TEXT,
  refs    TEXT, -- what it is about: ["channel/3", "zone/1"]
  author  TEXT NOT NULL,
  created_at DATETIME NOT NULL,
  updated_at DATETIME NOT NULL,
  deleted_at DATETIME
);
CREATE INDEX notes_t ON notes (t);

CREATE TABLE methods (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  name       TEXT NOT NULL,
  definition TEXT NOT NULL,
  created_at DATETIME NOT NULL,
  updated_at DATETIME NOT NULL,
  deleted_at DATETIME
);
