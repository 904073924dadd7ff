import type {HeartbeatRow} from '../../src/heartbeats/rows.ts'
import type {ScheduleRow} from '../../src/schedules/rows.ts'
import {DAY, MINUTE, NOW, SECOND} from './shop-events.ts'

/** What the agent of the made-up shop starts and hears by itself. */
export const schedules: readonly ScheduleRow[] = [
  {
    name: 'nightly-backup',
    environment: 'production',
    state: 'up',
    reason: 'next 2026-11-27 01:30 UTC',
    since: NOW - 3 * DAY,
    at: NOW - 4 * SECOND,
    intervalMs: 10 * SECOND,
    runbook: 'backup',
    when: '30 2 * * * Europe/Berlin',
    enabled: true,
    next: [1, 2, 3, 4, 5].map(days => NOW + days * DAY - 9 * 60 * MINUTE),
    paused: undefined,
    last: {
      run: '20261122-013000-k3f9',
      due: NOW - 9 * 60 * MINUTE,
      begunAt: NOW - 9 * 60 * MINUTE,
      ended: {at: NOW - 9 * 60 * MINUTE + 190 * SECOND, outcome: 'done'},
    },
    missed: undefined,
  },
  {
    name: 'weekly-drill',
    environment: 'production',
    state: 'down',
    reason: 'missed 04:00 UTC: no agent ran then',
    since: NOW - 5 * MINUTE,
    at: NOW - 4 * SECOND,
    intervalMs: 10 * SECOND,
    runbook: 'restore-drill',
    when: '0 4 * * sun UTC',
    enabled: true,
    next: [NOW + 7 * DAY],
    paused: undefined,
    last: undefined,
    missed: {count: 1, due: NOW - 5 * MINUTE, reason: 'no agent ran then'},
  },
]

export const heartbeats: readonly HeartbeatRow[] = [
  {
    name: 'invoices',
    environment: 'production',
    state: 'up',
    reason: 'heard 03:12 UTC, next by 2026-11-27 04:30 UTC',
    since: NOW - 3 * DAY,
    at: NOW - 4 * SECOND,
    intervalMs: 10 * SECOND,
    direction: 'in',
    when: '0 4 * * * Europe/Berlin',
    graceMs: 30 * MINUTE,
    lastAt: NOW - 5 * MINUTE,
    lastOk: true,
    succeededAt: NOW - 5 * MINUTE,
    startedAt: undefined,
    tookMs: 4 * MINUTE,
  },
]
