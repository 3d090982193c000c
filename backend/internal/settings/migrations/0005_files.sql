-- Version 5: files that people upload. What is in them lies in the folder files/, under their id.

CREATE TABLE files (
  id         TEXT PRIMARY KEY, -- 32 hexadecimal digits, so that it is found wherever a setting names it
  name       TEXT NOT NULL, -- as its owner calls it
  type       TEXT NOT NULL, -- media type, found out here
  bytes      INTEGER NOT NULL,
  width      INTEGER NOT NULL, -- of a picture as it is seen; 0: no picture
  height     INTEGER NOT NULL,
  author     TEXT NOT NULL,
  created_at DATETIME NOT NULL
);

ALTER TABLE notes ADD COLUMN files TEXT; -- ["0f3a..."]
