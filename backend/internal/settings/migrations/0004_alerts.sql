-- Alerts: rules and how they stand, the ways to people, and what is on its way to them. Depends on nothing but the first
-- schema.

CREATE TABLE alert_rules (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  name           TEXT NOT NULL,
  kind           TEXT NOT NULL,
  options        TEXT,
  enabled        INTEGER NOT NULL,
  zone_id        INTEGER REFERENCES zones (id) ON DELETE SET NULL,
  severity       TEXT NOT NULL,
  timing         TEXT,
  routes         TEXT,
  actions        TEXT,
  silenced_until DATETIME,
  created_at DATETIME NOT NULL,
  updated_at DATETIME NOT NULL,
  deleted_at DATETIME
);
CREATE INDEX alert_rules_zone ON alert_rules (zone_id);

CREATE TABLE alert_states (
  rule_id    INTEGER PRIMARY KEY REFERENCES alert_rules (id) ON DELETE CASCADE,
  data       TEXT,
  updated_at DATETIME NOT NULL
);

CREATE TABLE notification_routes (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  name         TEXT NOT NULL,
  kind         TEXT NOT NULL,
  options      TEXT,
  enabled      INTEGER NOT NULL,
  min_severity TEXT NOT NULL,
  digest       INTEGER NOT NULL,
  created_at DATETIME NOT NULL,
  updated_at DATETIME NOT NULL,
  deleted_at DATETIME
);

CREATE TABLE deliveries (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  route_id   INTEGER NOT NULL,
  message    TEXT,
  state      TEXT NOT NULL,
  attempts   INTEGER NOT NULL,
  error      TEXT NOT NULL,
  created_at DATETIME NOT NULL,
  next_at    DATETIME NOT NULL,
  done_at    DATETIME
);
CREATE INDEX deliveries_state ON deliveries (state, id);
