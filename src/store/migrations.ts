/** Every schema change ever made, in order. Never edit one that was released; add the next number. */
export const migrations: readonly {readonly version: number; readonly sql: string}[] = [
  {version: 1, sql: 'CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT'},
  {
    version: 2,
    sql: `
      CREATE TABLE target (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
      CREATE TABLE watched (
        target INTEGER PRIMARY KEY, version INTEGER NOT NULL, at INTEGER NOT NULL, doc TEXT NOT NULL
      ) STRICT;
      CREATE INDEX watched_version ON watched (version);
      CREATE TABLE sample (
        target INTEGER NOT NULL, at INTEGER NOT NULL, status INTEGER NOT NULL, latency INTEGER NOT NULL, figures TEXT,
        PRIMARY KEY (target, at)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE rollup (
        target INTEGER NOT NULL, span INTEGER NOT NULL, start INTEGER NOT NULL,
        up INTEGER NOT NULL, degraded INTEGER NOT NULL, down INTEGER NOT NULL, bins BLOB NOT NULL,
        PRIMARY KEY (target, span, start)
      ) STRICT, WITHOUT ROWID`,
  },
  {
    version: 3,
    sql: `
      CREATE TABLE lease (
        one INTEGER PRIMARY KEY CHECK (one = 1), holder TEXT NOT NULL, role TEXT NOT NULL, host TEXT NOT NULL,
        pid INTEGER NOT NULL, start_ticks INTEGER NOT NULL, boot_id TEXT NOT NULL,
        since INTEGER NOT NULL, heartbeat INTEGER NOT NULL, refresh INTEGER NOT NULL
      ) STRICT`,
  },
  {
    version: 4,
    sql: `
      CREATE TABLE alert (
        id TEXT PRIMARY KEY, state TEXT NOT NULL, changed INTEGER NOT NULL, doc TEXT NOT NULL, acknowledged TEXT
      ) STRICT;
      CREATE INDEX alert_state ON alert (state, changed)`,
  },
  {
    // Alerts whose deliveries had another name cannot be read; what still is wrong is raised anew.
    version: 5,
    sql: `DELETE FROM alert WHERE json_extract(doc, '$.deliveries') IS NULL`,
  },
  {version: 6, sql: 'ALTER TABLE sample RENAME COLUMN figures TO measurements'},
  {version: 7, sql: 'ALTER TABLE lease ADD COLUMN in_force TEXT'},
  // Bins of before have another form, which is read for as long as they are kept: writing a million anew would take minutes.
  {version: 8, sql: 'ALTER TABLE rollup ADD COLUMN failed BLOB'},
  {version: 9, sql: 'CREATE TABLE silence (id TEXT PRIMARY KEY, ends INTEGER, doc TEXT NOT NULL) STRICT'},
  {
    version: 10,
    sql: `
      ALTER TABLE rollup ADD COLUMN down_ms INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE rollup ADD COLUMN excluded TEXT`,
  },
  {version: 11, sql: 'CREATE TABLE reading (source TEXT PRIMARY KEY, at INTEGER NOT NULL, doc TEXT NOT NULL) STRICT'},
  {
    version: 12,
    sql: `
      CREATE TABLE reported (
        id TEXT PRIMARY KEY, source TEXT NOT NULL, at INTEGER NOT NULL, over INTEGER NOT NULL, doc TEXT NOT NULL
      ) STRICT;
      CREATE INDEX reported_source ON reported (source, over)`,
  },
  {version: 13, sql: 'CREATE TABLE record (target TEXT PRIMARY KEY, doc TEXT NOT NULL) STRICT'},
  {
    version: 14,
    sql: `
      CREATE TABLE alert_event (
        id INTEGER PRIMARY KEY, alert TEXT NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL, channel TEXT, text TEXT NOT NULL
      ) STRICT;
      CREATE INDEX alert_event_alert ON alert_event (alert, id)`,
  },
  // Rows of before have their last points in the document, where they are read until the next probe.
  {version: 15, sql: 'ALTER TABLE watched ADD COLUMN recent BLOB'},
  {
    // Whoever evaluates alerts five times a second sees whether any differs without reading them, in whatever process it was changed.
    version: 16,
    sql: `
      CREATE TABLE alert_changes (one INTEGER PRIMARY KEY CHECK (one = 1), count INTEGER NOT NULL) STRICT;
      INSERT INTO alert_changes VALUES (1, 0);
      CREATE TRIGGER alert_inserted AFTER INSERT ON alert BEGIN UPDATE alert_changes SET count = count + 1; END;
      CREATE TRIGGER alert_updated AFTER UPDATE ON alert BEGIN UPDATE alert_changes SET count = count + 1; END;
      CREATE TRIGGER alert_deleted AFTER DELETE ON alert BEGIN UPDATE alert_changes SET count = count + 1; END`,
  },
]
