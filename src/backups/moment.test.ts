import * as fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {backupEntry} from '../../test/backup-entry.ts'
import {byCertainAge, clockFault, clockSkew, earliestMoment, isAhead, latestMoment} from './moment.ts'
import {planPrune} from './retention.ts'
import type {BackupEntry} from './rows.ts'
import {judgeCatalog, newestGood, withDrills} from './judge-catalog.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const NOW = 1_800_000_000_000

const entry = (id: string, takenAt: number, over: Partial<BackupEntry> = {}): BackupEntry =>
  backupEntry({
    id,
    takenAt,
    finishedAt: takenAt,
    reason: 'read completely',
    ...over,
  })
const ahead = entry('ahead', NOW + 3 * DAY, {clockSkewMs: 3 * DAY})

describe('the moment of a backup', () => {
  test.each([
    ['one clock, a few seconds apart', NOW, NOW - 5_000, undefined],
    ['three days ahead of the server', NOW + 3 * DAY, NOW, 3 * DAY],
    ['a year behind the server', NOW - 365 * DAY, NOW, -365 * DAY],
  ])('is compared with the server: %s', (_, takenAt, serverAt, skew) => {
    expect(clockSkew(takenAt, new Date(serverAt).toISOString())).toBe(skew)
  })

  test.each([
    [ahead, 'taken in 3d: a clock was wrong'],
    [entry('both clocks ahead', NOW + 2 * HOUR), 'taken in 2h: a clock was wrong'],
    [
      entry('ahead once', NOW - DAY, {clockSkewMs: 3 * DAY}),
      "a clock was wrong when it was taken: this host's clock was 3d ahead of the database server's",
    ],
    [entry('seconds', NOW + 5_000), undefined],
    [entry('plain', NOW - DAY), undefined],
  ])('that cannot be believed says so: $id', (one, words) => {
    expect(clockFault(one, NOW)).toBe(words)
  })
})

describe('a backup from the future', () => {
  test('alone is degraded, not the newest, and has no age', () => {
    expect(newestGood([ahead], NOW)).toBeUndefined()
    expect(judgeCatalog([ahead], DAY, NOW)).toEqual({
      status: 'degraded',
      reason:
        'backup ahead was taken in 3d: a clock was wrong; no other is good, so nobody knows how old the newest is',
    })
  })

  test('beside a fresh one is degraded, and the age is that of the fresh one', () => {
    const fresh = entry('fresh', NOW - HOUR)
    expect(newestGood([ahead, fresh], NOW)?.id).toBe('fresh')
    expect(judgeCatalog([ahead, fresh], DAY, NOW)).toEqual({
      status: 'degraded',
      reason: 'backup ahead was taken in 3d: a clock was wrong; newest good backup is 1h old',
    })
  })

  test('does not hide that the newest real one is too old', () => {
    expect(judgeCatalog([ahead, entry('old', NOW - 2 * DAY)], DAY, NOW)).toMatchObject({
      status: 'down',
      reason: expect.stringContaining('newest good backup is 2d old'),
    })
  })

  test('takes nobody else out of the catalogue, and stays', () => {
    const plan = planPrune([ahead, entry('real', NOW - HOUR)], 1, NOW)
    expect(plan.remove).toEqual([])
    expect(plan.decisions.find(({id}) => id === 'ahead')?.reason).toContain('taken in 3d: a clock was wrong')
  })

  test('counts by the earlier of its two clocks once its date is past', () => {
    const later = NOW + 4 * DAY
    const real = entry('real', NOW + DAY)
    expect(newestGood([ahead, real], later)?.id).toBe('real')
    expect(judgeCatalog([ahead, real], 5 * DAY, later)).toMatchObject({status: 'up'})
    expect(planPrune([ahead, real], 1, later).remove).toEqual([])
    expect(planPrune([ahead, real, entry('next', later)], 1, later).remove).toEqual(['real', 'ahead'])
  })
})

test('whatever the clocks said, prune keeps the really newest good one', () => {
  const arbitrary = fc.record({
    real: fc.integer({min: 1, max: 60}).map(days => NOW - days * DAY),
    host: fc.constantFrom(0, 0, 0, 3 * DAY, -3 * DAY, 365 * DAY),
    server: fc.constantFrom(0, 0, 0, 10 * DAY, -10 * DAY),
  })
  fc.assert(
    fc.property(
      fc.uniqueArray(arbitrary, {minLength: 1, maxLength: 12, selector: ({real}) => real}),
      fc.integer({min: 1, max: 4}),
      (taken, keep) => {
        const entries = taken.map(({real, host, server}, at) => {
          const skew = clockSkew(real + host, new Date(real + server).toISOString())
          return entry(`b${at}`, real + host, skew === undefined ? {} : {clockSkewMs: skew})
        })
        const newest = taken.reduce((best, one, at) => (one.real > (taken[best]?.real ?? 0) ? at : best), 0)
        const {host, server} = taken[newest] ?? {host: 0, server: 0}
        // One of the two clocks must have been right: of two that are wrong alike nobody can tell.
        fc.pre(taken.every(one => one.host === 0 || one.server === 0))
        expect(planPrune(entries, keep, NOW).remove, `${host} ${server}`).not.toContain(`b${newest}`)
      },
    ),
  )
})

test('sorting puts the future last and is by the earlier clock', () => {
  const skewed = entry('skewed', NOW - HOUR, {clockSkewMs: 2 * HOUR})
  const plain = entry('plain', NOW - 2 * HOUR)
  expect(byCertainAge([ahead, skewed, plain], NOW).map(({id}) => id)).toEqual(['plain', 'skewed', 'ahead'])
  expect([earliestMoment(skewed), latestMoment(skewed)]).toEqual([NOW - 3 * HOUR, NOW - HOUR])
  expect(isAhead(skewed, NOW)).toBe(false)
})

describe('what is said of a catalogue', () => {
  test('that holds only the safety backup of a restore says that it does not count', () => {
    expect(judgeCatalog([entry('s1', NOW - HOUR, {safety: true})], DAY, NOW)).toEqual({
      status: 'down',
      reason:
        'no good backup that counts; no regular one has been taken (s1 is the safety backup of a restore, which counts for no objective)',
    })
  })

  test('whose newest could not be restored is degraded with what the drill was told', () => {
    const broken = entry('b1', NOW - HOUR, {
      state: 'damaged',
      reason: 'restore failed: relation "rates" does not exist',
    })
    expect(judgeCatalog([broken], DAY, NOW)).toEqual({
      status: 'degraded',
      reason: 'the newest backup cannot be restored: restore failed: relation "rates" does not exist',
    })
    expect(judgeCatalog([broken], HOUR / 2, NOW).status).toBe('down')
  })

  test('is degraded from a failed drill until one passes; a stopped one says nothing', () => {
    const up = {status: 'up', reason: 'fine'} as const
    const failed = {ok: false, reason: 'RTO missed'}
    const stopped = {ok: false, reason: 'stopped: by a person or a deadline'}
    expect(withDrills(up, [])).toBe(up)
    expect(withDrills(up, [stopped, {ok: true, reason: ''}, failed])).toBe(up)
    expect(withDrills(up, [stopped, failed])).toEqual({
      status: 'degraded',
      reason: 'the last restore drill failed: RTO missed',
    })
  })
})
