import {describe, expect, test} from 'vitest'
import {type DrillMoments, measureDrill} from './measure.ts'
import {drillLine, drillReport} from './report.ts'

const START = Date.UTC(2026, 10, 22, 12)
const moments: DrillMoments = {
  environment: 'production',
  backup: 'shop',
  run: 'r-1',
  chosen: {
    id: '20261122-110000-abcd',
    pick: 'newest',
    takenAt: START - 3_600_000,
    newestTakenAt: START - 3_600_000,
    storedBytes: 1000,
    databaseBytes: 9000,
  },
  startedAt: START,
  firstWriteAt: START + 90_000,
  endedAt: START + 120_000,
  phases: [{name: 'restore', ms: 80_000, inRto: true}],
  targets: {rtoMs: 120_000, rpoMs: 7_200_000},
  proof: {ok: true, tables: 3, rows: 10, checks: 1, reason: '3 tables | equal'},
}

describe('a drill', () => {
  test('is measured from its moments alone', () => {
    expect(measureDrill(moments)).toMatchObject({rtoMs: 90_000, rpoMs: 3_600_000, ok: true})
  })

  test.each([
    [{firstWriteAt: START + 130_000}, 'RTO missed'],
    [{firstWriteAt: undefined}, 'nothing could be written'],
    [{targets: {rtoMs: 120_000, rpoMs: 60_000}}, 'RPO missed'],
    [{proof: undefined}, 'not compared'],
    [{proof: {ok: false, tables: 1, rows: 1, checks: 0, reason: 'a: missing'}}, 'the copy differs: a: missing'],
    [{broke: 'aborted'}, 'broke off: aborted'],
  ])('fails by name: %o', (change, words) => {
    const record = measureDrill({...moments, ...change})
    expect(record.ok).toBe(false)
    expect(record.reason).toContain(words)
  })

  test('of an old backup takes its RPO from the newest one', () => {
    const chosen = {...moments.chosen, pick: 'random' as const, takenAt: START - 90 * 86_400_000}
    expect(measureDrill({...moments, chosen})).toMatchObject({rpoMs: 3_600_000, ok: true})
  })

  test('is reported with its targets, verdict and formula', () => {
    const record = measureDrill(moments)
    const {markdown, json} = drillReport(record)
    expect(drillLine(record)).toBe(
      'PASSED: RTO 1m 30s of 2m, RPO 1h of 2h; the copy is equal and both objectives are met',
    )
    expect(markdown).toContain('| RTO | 1m 30s | 2m | yes |')
    expect(markdown).toContain('| RPO | 1h | 2h | yes |')
    expect(markdown).toContain('3 tables \\| equal')
    expect(markdown).toContain('= 2026-11-22T12:01:30.000Z − 2026-11-22T12:00:00.000Z')
    expect(json).toMatchObject({rtoMs: 90_000, targets: {rtoMs: 120_000}, formula: {rto: expect.any(String)}})
  })
})
