import {catalogueDetail} from '../../src/backups/backup-detail.ts'
import type {BackupEntry, BackupRow} from '../../src/backups/rows.ts'
import type {CacheRow} from '../../src/caches/rows.ts'
import type {DatabaseRow} from '../../src/databases/rows.ts'
import type {ServiceRow} from '../../src/services/rows.ts'
import type {Slo} from '../../src/monitors/objectives/budget.ts'
import type {Snapshot} from '../../src/overview/snapshot.ts'
import type {ReleaseRow} from '../../src/releases/rows.ts'
import {alerts, DAY, MINUTE, NOW, runs, SECOND} from './shop-events.ts'
import {heartbeats, schedules} from './shop-agent.ts'

/** A made-up web shop, as the console would see it; the only data the screen tests know. */
const MB = 1024 * 1024

/** Values that look measured and are the same every time. */
const wave = (count: number, base: number, swing: number): number[] =>
  Array.from({length: count}, (_, i) => Math.round(base + swing * (Math.sin(i / 3) + 0.6 * Math.sin(i * 1.7) + 1)))

const weekBefore = (p95: number) => ({
  withFailed: {p50: 12, p95: p95 + 40, p99: 5000},
  weekBefore: {uptime: 1, errorRate: 0, p50: 10, p95, p99: 60, samples: 120},
})

/** An availability of 99.9 % over thirty days, so much of its budget left, spent so many times as fast as it lasts. */
const slo = (left: number, rate: number): Slo => ({
  of: 'availability',
  objective: 0.999,
  periodMs: 30 * DAY,
  kept: 1 - 0.001 * (1 - left),
  left,
  burns: [
    {
      name: 'fast',
      long: '1h',
      short: '5m',
      budget: 0.02,
      threshold: 14.4,
      longRate: rate,
      shortRate: rate,
      events: 7,
      enough: true,
      burning: rate >= 14.4,
    },
    {
      name: 'slow',
      long: '6h',
      short: '30m',
      budget: 0.05,
      threshold: 6,
      longRate: rate / 2,
      shortRate: rate,
      events: 7,
      enough: true,
      burning: rate >= 12,
    },
    {
      name: 'ticket',
      long: '3d',
      short: '6h',
      budget: 0.1,
      threshold: 1,
      longRate: 0.2,
      shortRate: rate / 2,
      events: 3,
      enough: false,
      burning: false,
    },
  ],
})

export function service(name: string, change: Partial<ServiceRow> = {}): ServiceRow {
  return {
    name,
    environment: 'production',
    state: 'up',
    reason: '',
    since: NOW - 3 * DAY,
    at: NOW - 4 * SECOND,
    intervalMs: 30 * SECOND,
    probe: 'http',
    address: `https://${name}.shop.example/health`,
    latencyMs: 12,
    version: '2.4.0',
    checks: [
      {name: 'database', status: 'up', detail: 'pool 4 of 20', latencyMs: 2},
      {name: 'redis', status: 'up', detail: 'PONG', latencyMs: 1},
      {name: 'memory', status: 'up', detail: '212 MB of 512 MB'},
    ],
    windows: [
      {window: '5m', uptime: 1, errorRate: 0, p50: 11, p95: 24, p99: 31, samples: 10},
      {window: '1h', uptime: 1, errorRate: 0.001, p50: 11, p95: 25, p99: 48, samples: 120, ...weekBefore(21)},
      {window: '24h', uptime: 0.9996, errorRate: 0.002, p50: 12, p95: 27, p99: 80, samples: 2880},
      {window: '7d', uptime: 0.9991, errorRate: 0.002, p50: 12, p95: 28, p99: 95, samples: 20_160, ...weekBefore(31)},
    ],
    slos: [slo(0.61, 0.4)],
    latencyHistory: wave(60, 8, 6),
    ...change,
  }
}

const services: readonly ServiceRow[] = [
  service('web'),
  service('api', {
    state: 'degraded',
    reason: 'answered in 1.9s, slower than 1s',
    since: NOW - 4 * MINUTE,
    latencyMs: 1900,
    latencyHistory: [...wave(48, 20, 8), ...wave(12, 900, 500)],
  }),
  service('checkout', {
    state: 'down',
    reason: 'connect ECONNREFUSED 10.0.3.7:8080',
    slos: [slo(0.18, 16), {...slo(-0.3, 3), of: 'latency', objective: 0.95, belowMs: 500}],
    since: NOW - 3 * MINUTE,
    latencyMs: undefined,
    version: undefined,
    checks: [],
    latencyHistory: [...wave(54, 14, 6), ...Array.from({length: 6}, () => undefined)],
  }),
  service('search', {latencyMs: 38, version: '1.19.2', latencyHistory: wave(60, 30, 10)}),
  service('mail', {probe: 'tcp', address: 'smtp.shop.example:25', latencyMs: 5, version: undefined}),
  service('reports', {state: 'no data', at: NOW - 11 * MINUTE, since: NOW - 10 * MINUTE, reason: 'not looked at'}),
]

const caches: readonly CacheRow[] = [
  {
    name: 'sessions',
    environment: 'production',
    state: 'up',
    reason: '',
    since: NOW - 12 * DAY,
    at: NOW - 6 * SECOND,
    intervalMs: 30 * SECOND,
    address: 'redis://10.0.2.4:6379',
    hitRate: 0.963,
    opsPerSecond: 1240,
    usedBytes: 212 * MB,
    maxBytes: 512 * MB,
    fragmentation: 1.08,
    evictedPerSecond: 0,
    clients: 42,
    keys: 184_220,
    role: 'master',
    persistence: 'RDB, saved 12m ago',
    slowlogLength: 3,
    version: '7.0.15',
    namespaces: [
      {pattern: 'session:*', keys: 121_400, bytes: 88 * MB, ttlMs: 30 * MINUTE, overdue: 0, hitRate: 0.98},
      {pattern: 'cart:*', keys: 41_020, bytes: 61 * MB, ttlMs: 7 * DAY, overdue: 12, hitRate: 0.91},
      {pattern: 'ratelimit:*', keys: 21_800, bytes: 4 * MB, ttlMs: MINUTE, overdue: 0, hitRate: undefined},
    ],
    counted: {at: NOW - 40 * SECOND, exact: true, errorBound: 0},
    refused: [],
    hitRateHistory: wave(40, 90, 3).map(value => value / 100),
  },
  {
    name: 'pages',
    environment: 'production',
    state: 'degraded',
    reason: 'hit rate 41%, below 50%',
    since: NOW - 22 * MINUTE,
    at: NOW - 6 * SECOND,
    intervalMs: 30 * SECOND,
    address: 'redis://10.0.2.5:6379',
    hitRate: 0.41,
    opsPerSecond: 310,
    usedBytes: 930 * MB,
    maxBytes: 1024 * MB,
    fragmentation: 1.31,
    evictedPerSecond: 18,
    clients: 17,
    keys: 52_300,
    role: 'master',
    persistence: 'off',
    slowlogLength: 0,
    version: '7.0.15',
    namespaces: [],
    counted: undefined,
    refused: [],
    hitRateHistory: [...wave(30, 80, 4), ...wave(10, 38, 3)].map(value => value / 100),
  },
]

const databases: readonly DatabaseRow[] = [
  {
    name: 'shop',
    environment: 'production',
    state: 'up',
    reason: '',
    since: NOW - 30 * DAY,
    at: NOW - 9 * SECOND,
    intervalMs: 30 * SECOND,
    address: 'postgres://10.0.2.10:5432/shop',
    latencyMs: 3,
    connections: 34,
    maxConnections: 100,
    sizeBytes: 18.4 * 1024 * MB,
    cacheHitRatio: 0.9987,
    longestTransactionMs: 1400,
    locksWaiting: 0,
    replicationLagMs: 120,
    archiveLagMs: 42 * SECOND,
    archiveFailures: 0,
    version: '15.14',
  },
]

function entry(days: number, change: Partial<BackupEntry> = {}): BackupEntry {
  const takenAt = NOW - days * DAY - 72 * MINUTE
  return {
    id: `shop-${days}`,
    takenAt,
    finishedAt: takenAt + 190 * SECOND,
    durationMs: (180 + days) * SECOND,
    databaseBytes: 18.4 * 1024 * MB,
    storedBytes: (3100 - days * 12) * MB,
    sizeChange: 0.004,
    state: 'good',
    reason: '',
    encrypted: true,
    verifiedAt: takenAt + 10 * MINUTE,
    restoreTestedAt: days === 3 ? takenAt + DAY : undefined,
    held: days === 6,
    run: undefined,
    ...change,
  }
}

const entries = [
  entry(0),
  entry(1),
  entry(2, {state: 'damaged', reason: 'part 4 has another checksum', verifiedAt: undefined}),
  entry(3),
  entry(4, {state: 'unchecked', verifiedAt: undefined, sizeChange: -0.41}),
  entry(5),
  entry(6),
]

const backups: readonly BackupRow[] = [
  {
    name: 'shop-daily',
    environment: 'production',
    state: 'up',
    reason: '',
    since: NOW - 6 * DAY,
    at: NOW - 30 * SECOND,
    intervalMs: MINUTE,
    database: 'shop',
    location: '/srv/backups/shop',
    rpoMs: DAY,
    ageMs: 72 * MINUTE,
    newest: entries[0],
    ...catalogueDetail(entries),
    totalBytes: 21 * 1024 * MB,
    lastDrill: {at: NOW - 5 * DAY, rtoMs: 6 * MINUTE, rpoMs: 74 * MINUTE, ok: true},
  },
  {
    name: 'media-weekly',
    environment: 'production',
    state: 'degraded',
    reason: 'newest is 9d old, RPO is 7d',
    since: NOW - 2 * DAY,
    at: NOW - 30 * SECOND,
    intervalMs: MINUTE,
    database: 'media',
    location: '/srv/backups/media',
    rpoMs: 7 * DAY,
    ageMs: 9 * DAY,
    newest: entry(9, {storedBytes: 640 * MB}),
    ...catalogueDetail([entry(9, {storedBytes: 640 * MB})]),
    lastDrill: undefined,
  },
]

const instance = (name: string, version: string, traffic: string, sessions: number) => ({
  name,
  host: `app-${name.slice(-1)}`,
  url: `http://10.0.3.${name.length}:8080`,
  health: 'up' as const,
  version,
  traffic,
  sessions,
  requestsPerSecond: traffic === 'UP' ? 148 : 0,
  reason: '',
})

const releases: readonly ReleaseRow[] = [
  {
    name: 'web',
    environment: 'production',
    state: 'up',
    reason: '',
    since: NOW - 2 * DAY,
    at: NOW - 3 * SECOND,
    intervalMs: 10 * SECOND,
    live: 'blue',
    version: '2.4.0',
    rollback: {ready: true, slot: 'green', version: '2.3.9', reason: 'green still runs 2.3.9 and is healthy'},
    slots: [
      {
        name: 'blue',
        role: 'live',
        version: '2.4.0',
        instances: [instance('blue-1', '2.4.0', 'UP', 12), instance('blue-2', '2.4.0', 'UP', 11)],
      },
      {
        name: 'green',
        role: 'idle',
        version: '2.3.9',
        instances: [instance('green-1', '2.3.9', 'MAINT', 0), instance('green-2', '2.3.9', 'MAINT', 0)],
      },
    ],
    versions: [
      {
        version: '2.4.0',
        fate: 'good',
        reason: '3 of 41204 requests failed',
        at: NOW - 2 * DAY,
        run: '20261120-101010-aaaa',
      },
      {
        version: '2.3.7',
        fate: 'failed its watch',
        reason: '312 of 4001 requests failed (7.8%) in 30s, threshold 5%',
        at: NOW - 9 * DAY,
        run: '20261113-090909-bbbb',
      },
    ],
    requestsPerSecond: 296,
    errorRate: 0.0004,
  },
]

export const shop: Snapshot = {
  project: 'shop',
  environment: {name: 'production', protected: true},
  environments: ['production', 'staging'],
  at: NOW,
  readOnly: false,
  monitor: {state: 'here', holder: 'ops-1 pid 4242', lastSampleAt: NOW - 2 * SECOND},
  services,
  databases,
  caches,
  backups,
  releases,
  schedules,
  heartbeats,
  alerts,
  runs,
  notices: [],
}

/** An environment where nothing is configured and nothing has happened. */
export const emptySnapshot: Snapshot = {
  ...shop,
  environment: {name: 'staging', protected: false},
  monitor: {state: 'nobody', holder: '', lastSampleAt: undefined},
  services: [],
  databases: [],
  caches: [],
  backups: [],
  releases: [],
  schedules: [],
  heartbeats: [],
  alerts: [],
  runs: [],
}

/** The same where nothing may be changed: by the policy, or by --read-only, which does not even stop a run. */
export const forbiddenShop = (by: 'flag' | 'policy'): Snapshot => ({
  ...shop,
  readOnly: true,
  forbidden:
    by === 'policy'
      ? {reason: 'the policy is read-only, which forbids every change', wayBack: true}
      : {reason: 'this was called with --read-only, which forbids every change', wayBack: false},
})
