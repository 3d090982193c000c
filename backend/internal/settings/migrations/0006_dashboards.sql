-- Dashboards: pages that people arrange, and links that show one without signing in.

CREATE TABLE dashboards (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  name       TEXT NOT NULL,
  owner_id   INTEGER REFERENCES users (id) ON DELETE CASCADE, -- NULL: shared
  icon       TEXT NOT NULL,
  position   INTEGER NOT NULL,
  layout     TEXT NOT NULL,
  widgets    INTEGER NOT NULL, -- how many the layout has
  kiosk      TEXT NOT NULL,
  revision   INTEGER NOT NULL, -- grows with each change of what it shows
  changed_by TEXT NOT NULL,
  created_at DATETIME NOT NULL,
  updated_at DATETIME NOT NULL,
  deleted_at DATETIME
);
CREATE INDEX dashboards_owner ON dashboards (owner_id);

CREATE TABLE dashboard_links (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  dashboard_id INTEGER NOT NULL REFERENCES dashboards (id) ON DELETE CASCADE,
  user_id      INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE, -- who made it
  name         TEXT NOT NULL,
  hash         BLOB NOT NULL UNIQUE,
  created_at   DATETIME NOT NULL,
  expires_at   DATETIME,
  last_used_at DATETIME
);
CREATE INDEX dashboard_links_dashboard ON dashboard_links (dashboard_id);
