/** The two tables of the shared locks. `docs/locks.md` shows the same to whoever must create them by hand. */
export const TABLES = `
CREATE TABLE IF NOT EXISTS opsconsole_locks (
  resource text PRIMARY KEY,
  lock text NOT NULL,
  run text NOT NULL,
  actor text NOT NULL,
  reason text NOT NULL,
  host text NOT NULL,
  boot_id text NOT NULL,
  pid bigint NOT NULL,
  start_ticks bigint NOT NULL,
  fence bigint NOT NULL,
  acquired_at timestamptz NOT NULL,
  renewed_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  step text
);
CREATE TABLE IF NOT EXISTS opsconsole_lock_fence (
  one integer PRIMARY KEY CHECK (one = 1),
  value bigint NOT NULL
);
INSERT INTO opsconsole_lock_fence VALUES (1, 0) ON CONFLICT DO NOTHING;`

export const ARE_THERE = `SELECT to_regclass('opsconsole_locks') IS NOT NULL AND to_regclass('opsconsole_lock_fence') IS NOT NULL AS there`

/** Two that create them at once would fail each other: one waits. The number is `opsconsole`, for whoever looks at pg_locks. */
export const ONE_CREATES = `SELECT pg_advisory_xact_lock(hashtext('opsconsole_locks'))`

const COLUMNS = `resource, lock, run, actor, reason, host, boot_id, pid, start_ticks, fence, step,
  extract(epoch FROM clock_timestamp() - acquired_at) * 1000 AS held_ms,
  extract(epoch FROM clock_timestamp() - renewed_at) * 1000 AS renewed_ms,
  extract(epoch FROM expires_at - clock_timestamp()) * 1000 AS left_ms`

export const READ_ONE = `SELECT ${COLUMNS} FROM opsconsole_locks WHERE resource = $1`
export const READ_ALL = `SELECT ${COLUMNS} FROM opsconsole_locks ORDER BY resource`

/** Every acquisition goes through the counter's row, so fences rise in the order in which locks are taken. */
export const LOCK_COUNTER = 'SELECT value FROM opsconsole_lock_fence WHERE one = 1 FOR UPDATE'
export const NEXT_FENCE = 'UPDATE opsconsole_lock_fence SET value = value + 1 WHERE one = 1 RETURNING value'

/** A run that takes its own again may have left a step unknown. $1 resource, lock, run, actor, reason, host, boot id, pid, start ticks, fence, $11 lease in ms. */
export const TAKE = `
INSERT INTO opsconsole_locks AS mine
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, clock_timestamp(), clock_timestamp(),
  clock_timestamp() + $11 * interval '1 ms', NULL)
ON CONFLICT (resource) DO UPDATE SET lock = excluded.lock, run = excluded.run, actor = excluded.actor,
  reason = excluded.reason, host = excluded.host, boot_id = excluded.boot_id, pid = excluded.pid,
  start_ticks = excluded.start_ticks, fence = excluded.fence, acquired_at = excluded.acquired_at,
  renewed_at = excluded.renewed_at, expires_at = excluded.expires_at,
  step = CASE WHEN mine.run = excluded.run THEN mine.step END
RETURNING ${COLUMNS}`

const HELD = `FROM json_to_recordset($1::json) AS held(resource text, fence bigint)
WHERE mine.resource = held.resource AND mine.fence = held.fence`

/** $1 what is held, $2 lease in ms, $3 the step that is about to begin; empty: the one before stays. */
export const RENEW = `
UPDATE opsconsole_locks AS mine SET renewed_at = clock_timestamp(),
  expires_at = clock_timestamp() + $2 * interval '1 ms', step = coalesce(nullif($3, ''), step)
${HELD} RETURNING mine.resource`

export const RELEASE = `DELETE FROM opsconsole_locks AS mine USING json_to_recordset($1::json) AS held(resource text, fence bigint)
WHERE mine.resource = held.resource AND mine.fence = held.fence`

export const TAKE_AWAY = `DELETE FROM opsconsole_locks WHERE lock = $1 RETURNING ${COLUMNS}`
