import {describe, expect, test} from 'vitest'
import {scheduleSchema} from './config.ts'
import {begunAs, decide, type Verdict, withOutcome} from './decide.ts'
import {judgeSchedule} from './judge.ts'
import {recordFor, type ScheduleRecord} from './record.ts'
import {nextTimes, passedTimes} from './times.ts'

const at = (text: string): number => Date.parse(`2026-11-${text}Z`)
const schedule = (more: object = {}) => ({
  ...scheduleSchema.parse({name: 'nightly', runbook: 'backup', cron: '0 3 * * *', ...more}),
  environment: 'shop',
})
const fresh = recordFor(schedule(), undefined, at('20T00:00'))
const ended = (record: ScheduleRecord, outcome: string, now: number): ScheduleRecord =>
  withOutcome(record, {state: 'running', outcome, endedAt: now})

describe('a time that has come', () => {
  test('is tried, and until it is begun or given up nothing else is', () => {
    expect(decide(schedule(), fresh, at('20T02:59:59')).start).toBeUndefined()
    const {record, start, missed} = decide(schedule(), fresh, at('20T03:00:01'))
    expect([start?.due, missed]).toEqual([at('20T03:00'), undefined])
    expect(decide(schedule(), record, at('20T03:00:02')).start?.due).toBe(at('20T03:00'))
    const begun = begunAs(record, 'r-1', record.pending ?? never(), at('20T03:00:05'))
    expect(decide(schedule(), begun, at('20T03:00:06')).start).toBeUndefined()
  })

  test('that cannot be started in time is missed, with the last reason', () => {
    const {record} = decide(schedule(), fresh, at('20T03:00:01'))
    const failing = {...record, pending: {...(record.pending ?? never()), reason: 'the database is down'}}
    const late = decide(schedule(), failing, at('20T03:11'))
    expect(late).toMatchObject({
      start: undefined,
      missed: {count: 1, due: at('20T03:00'), reason: 'the database is down'},
    })
    expect(judgeSchedule(schedule(), late.record, at('20T03:11'))).toMatchObject({
      status: 'down',
      reason: 'missed 03:00 UTC: the database is down',
    })
  })

  test('while the run of before still runs is refused and told', () => {
    const running = begunAs(fresh, 'r-1', {due: at('20T03:00'), at: 0, deadline: 0, nextTryAt: 0}, at('20T03:00'))
    expect(decide(schedule(), running, at('21T03:00:01'))).toMatchObject({
      start: undefined,
      missed: {count: 1, reason: 'run r-1 of before still runs'},
    })
  })

  test('begins later by its jitter, which is the same each time it is worked out', () => {
    const jittery = schedule({jitter: '20m'})
    const [next] = nextTimes(jittery, at('20T00:00'), 1)
    expect(next?.due).toBe(at('20T03:00'))
    expect(next?.at).toBeGreaterThan(at('20T03:00'))
    expect(next?.at).toBeLessThan(at('20T03:20'))
    expect(nextTimes(jittery, at('20T00:01'), 1)).toEqual([next])
    expect(decide(jittery, fresh, (next?.at ?? 0) - 1).start).toBeUndefined()
    expect(decide(jittery, fresh, next?.at ?? 0).start).toMatchObject(next ?? never())
  })
})

describe('times that passed while no agent ran', () => {
  test('are missed, however many, and nothing is caught up with', () => {
    const {start, missed} = decide(schedule(), fresh, at('23T12:00'))
    expect(start).toBeUndefined()
    expect(missed).toEqual({count: 4, due: at('23T03:00'), reason: 'no agent ran then'})
  })

  test('become one run where that is configured', () => {
    const {start, missed, record} = decide(schedule({catchUp: 'once'}), fresh, at('23T12:00'))
    expect([start?.due, missed]).toEqual([at('23T03:00'), undefined])
    expect(start?.deadline).toBe(at('23T12:10'))
    expect(record.settledUntil).toBe(at('23T03:00'))
  })

  test('are missed but for the one that has just come', () => {
    const {start, missed} = decide(schedule(), fresh, at('22T03:05'))
    expect(start?.due).toBe(at('22T03:00'))
    expect(missed?.count).toBe(2)
  })

  test('mean nothing when the schedule was not there, was off, paused, or had other times', () => {
    expect(told(decide(schedule({enabled: false}), fresh, at('23T12:00')))).toEqual([])
    const paused = {...fresh, paused: {by: 'ann', reason: 'moving', at: 0, until: at('23T12:00')}}
    const {record} = decide(schedule(), paused, at('23T11:59'))
    expect(told(decide(schedule(), record, at('23T12:01')))).toEqual([])
    const changed = recordFor(schedule({cron: '0 4 * * *'}), fresh, at('23T12:00'))
    expect(told(decide(schedule({cron: '0 4 * * *'}), changed, at('23T12:01')))).toEqual([])
  })

  test('are seen by whoever looks, also when no agent runs at all', () => {
    expect(judgeSchedule(schedule(), fresh, at('20T03:00:30')).status).toBe('up')
    expect(judgeSchedule(schedule(), fresh, at('20T03:05'))).toMatchObject({
      status: 'down',
      reason: 'due 03:00 UTC, and no agent runs that would start it',
    })
    expect(judgeSchedule(schedule(), undefined, at('20T03:05')).status).toBe('degraded')
  })
})

describe('a schedule', () => {
  const begun = begunAs(fresh, 'r-1', {due: at('20T03:00'), at: 0, deadline: 0, nextTryAt: 0}, at('20T03:00'))
  test.each([
    ['that ended well is up', ended(begun, 'done', at('20T03:01')), 'up', 'next 2026-11-21 03:00 UTC'],
    ['that failed is down', ended(begun, 'failed', at('20T03:01')), 'down', 'run r-1 ended 03:01 UTC: failed'],
    ['whose run runs is up', begun, 'up', 'run r-1 runs for 1h'],
    [
      'whose run waits is degraded',
      withOutcome(begun, {state: 'waiting', outcome: undefined, endedAt: 0}),
      'degraded',
      'run r-1 is waiting: see `opsconsole runs show r-1`',
    ],
    [
      'whose runner is gone is down',
      withOutcome(begun, {state: 'lost', outcome: undefined, endedAt: 0}),
      'down',
      'run r-1 is lost: its runner is gone',
    ],
  ])('%s', (_, record, status, reason) => {
    expect(judgeSchedule(schedule(), record, at('20T04:00'))).toMatchObject({status, reason})
  })

  test('whose run takes longer than it should is degraded', () => {
    expect(judgeSchedule(schedule({endWithin: '30m'}), begun, at('20T04:00'))).toMatchObject({
      status: 'degraded',
      reason: 'run r-1 takes 1h, longer than 30m',
    })
  })

  test('that missed a time is well again after a run that ends well, and not after another', () => {
    const missed = {...begun, missed: {count: 2, due: at('19T03:00'), reason: 'no agent ran then'}}
    expect(ended(missed, 'failed', at('20T03:01')).missed?.count).toBe(2)
    expect(ended(missed, 'done', at('20T03:01')).missed).toBeUndefined()
  })

  test('of every so often is due at its multiples', () => {
    const often = schedule({cron: undefined, every: '6h'})
    expect(nextTimes(often, at('20T05:00'), 2).map(({due}) => due)).toEqual([at('20T06:00'), at('20T12:00')])
    expect(passedTimes(often, {after: at('20T00:00'), until: at('20T13:00')})).toMatchObject({
      newest: {due: at('20T12:00')},
      count: 2,
    })
  })
})

const told = ({missed, start}: Verdict): readonly unknown[] => [missed, start].filter(each => each !== undefined)

function never(): never {
  throw new Error('it is there')
}
