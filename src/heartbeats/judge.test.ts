import {describe, expect, test} from 'vitest'
import {heartbeatSchema} from './config.ts'
import {judgeHeartbeat} from './judge.ts'
import {afterBeat, type Beat, type HeartbeatRecord} from './record.ts'

const at = (text: string): number => Date.parse(`2026-11-${text}Z`)
const nightly = heartbeatSchema.parse({name: 'invoices', cron: '0 4 * * *', grace: '30m', endWithin: '2h'})
const hourly = heartbeatSchema.parse({name: 'sync', every: '1h', grace: '5m'})
const fresh: HeartbeatRecord = {since: at('20T00:00')}
const after = (...beats: readonly (readonly [string, Beat])[]): HeartbeatRecord =>
  beats.reduce<HeartbeatRecord>((record, [time, beat]) => afterBeat(record, beat, at(time)), fresh)

describe('a heartbeat', () => {
  test.each([
    ['that nobody expects yet', nightly, undefined, '20T03:00', 'degraded', 'nobody expects it yet: no agent runs'],
    ['before its time', nightly, fresh, '20T03:59', 'up', 'not heard yet, next by 04:30 UTC'],
    ['after its time, in its grace', nightly, fresh, '20T04:10', 'degraded', 'late: expected 04:00 UTC'],
    ['that never came', nightly, fresh, '20T04:31', 'down', 'missing: expected 04:00 UTC, never heard'],
    [
      'that came',
      nightly,
      after(['20T04:05', {says: 'success'}]),
      '20T12:00',
      'up',
      'heard 04:05 UTC, next by 2026-11-21 04:30 UTC',
    ],
    [
      'that came the day before only',
      nightly,
      after(['20T04:05', {says: 'success'}]),
      '21T04:31',
      'down',
      'missing: expected 04:00 UTC, last heard 2026-11-20 04:05 UTC',
    ],
    [
      'that failed',
      nightly,
      after(['20T04:05', {says: 'failure', exitCode: 3, message: 'disk full'}]),
      '20T12:00',
      'down',
      'failed 04:05 UTC with exit code 3: disk full',
    ],
    ['that began', nightly, after(['20T04:00', {says: 'start'}]), '20T05:00', 'up', 'runs for 1h'],
    [
      'that began and never ended',
      nightly,
      after(['20T04:00', {says: 'start'}]),
      '20T06:01',
      'down',
      'it began 2h 1m ago and did not say that it ended; 2h are expected',
    ],
    [
      'that failed and succeeded again',
      hourly,
      after(['20T04:00', {says: 'failure'}], ['20T05:00', {says: 'success'}]),
      '20T05:30',
      'up',
      'heard 05:00 UTC, next by 06:05 UTC',
    ],
    [
      'of every hour that is late',
      hourly,
      after(['20T04:00', {says: 'success'}]),
      '20T05:06',
      'down',
      'missing: expected 05:00 UTC, last heard 04:00 UTC',
    ],
  ] as const)('%s', (...row) => {
    const [, heartbeat, record, now, status, reason] = row
    expect(judgeHeartbeat(heartbeat, record, at(now))).toMatchObject({status, reason})
  })

  test('knows how long its job took, and since when it succeeded last', () => {
    const record = after(
      ['20T04:00', {says: 'start'}],
      ['20T04:20', {says: 'success'}],
      ['21T04:00', {says: 'failure'}],
    )
    expect(judgeHeartbeat(nightly, record, at('21T05:00')).values).toEqual({sinceSuccessMs: 88_800_000, failed: 1})
    expect(after(['20T04:00', {says: 'start'}], ['20T04:20', {says: 'success'}]).last).toMatchObject({
      tookMs: 1_200_000,
    })
  })
})
