import * as fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {backupEntry} from '../../test/backup-entry.ts'
import {withSizeChanges} from './judge.ts'
import {sizeAnomaly} from './size-anomaly.ts'
import {planEach, planPrune} from './retention.ts'
import type {BackupEntry} from './rows.ts'
import {judgeCatalog} from './judge-catalog.ts'

const DAY = 86_400_000
const NOW = 1_800_000_000_000

const entry = (at: number, over: Partial<BackupEntry> = {}): BackupEntry =>
  backupEntry({
    id: `b${at}`,
    takenAt: at,
    finishedAt: at,
    ...over,
  })

const history = fc
  .uniqueArray(fc.integer({min: 0, max: 400}), {maxLength: 40})
  .chain(days =>
    fc.tuple(
      ...days.map(day =>
        fc
          .record({
            state: fc.constantFrom('good' as const, 'unchecked' as const, 'damaged' as const, 'incomplete' as const),
            held: fc.boolean().map(held => held && day % 3 === 0),
            safety: fc.boolean().map(safety => safety && day % 5 === 0),
          })
          .map(over => entry(NOW - day * DAY - 1, over)),
      ),
    ),
  )
  .map(entries => [...entries])

/** Written on its own, from the sentences of the requirement. */
function model(entries: readonly BackupEntry[], keep: number): Set<string> {
  const sorted = [...entries].sort((left, right) => right.takenAt - left.takenAt)
  const usable = sorted.filter(one => one.safety !== true && ['good', 'unchecked'].includes(one.state))
  const kept = new Set(usable.slice(0, keep).map(one => one.id))
  const good = usable.find(one => one.state === 'good') ?? usable[0]
  if (good !== undefined) kept.add(good.id)
  for (const one of sorted) {
    if (one.held) kept.add(one.id)
    if (one.state === 'incomplete' && NOW - one.finishedAt < DAY) kept.add(one.id)
    const newer = usable.filter(other => other.takenAt > one.takenAt).length
    if (!usable.includes(one) && newer < keep) kept.add(one.id)
  }
  return kept
}

describe('retention', () => {
  test('equals an independent model over 1,000 random histories, and the last good one always stays', () => {
    fc.assert(
      fc.property(history, fc.integer({min: 1, max: 15}), (entries, keep) => {
        const plan = planPrune(entries, keep, NOW)
        const kept = plan.decisions.filter(decision => decision.action === 'keep').map(decision => decision.id)
        expect(new Set(kept)).toEqual(model(entries, keep))
        expect(plan.decisions).toHaveLength(entries.length)
        expect(plan.decisions.every(decision => decision.reason !== '')).toBe(true)
        const good = entries.filter(one => one.state === 'good' && one.safety !== true)
        if (good.length > 0) expect(good.some(one => kept.includes(one.id))).toBe(true)
        expect(entries.filter(one => one.held).every(one => kept.includes(one.id))).toBe(true)
        // What is left asks for no more to be removed.
        const left = entries.filter(one => kept.includes(one.id))
        expect(planPrune(left, keep, NOW).remove).toEqual([])
      }),
      {numRuns: 1000, seed: 20261122},
    )
  })

  test('a damaged newest one does not push a good one out', () => {
    const entries = [entry(NOW - 1, {state: 'damaged'}), entry(NOW - 2), entry(NOW - 3), entry(NOW - 4)]
    expect(planPrune(entries, 2, NOW).remove).toEqual([`b${NOW - 4}`])
  })
})

test('each of several repositories keeps its own: a copy pushes nothing out', () => {
  const entries = [1, 2, 3, 4].map(at => entry(NOW - at, {repository: 1 + (at % 2)}))
  expect(planEach(entries, {keep: 1}, NOW).remove).toEqual([`b${NOW - 3}`, `b${NOW - 4}`])
  const alone = [1, 2, 3, 4].map(at => entry(NOW - at))
  expect(planEach(alone, {keep: 1}, NOW)).toEqual(planPrune(alone, {keep: 1}, NOW))
})

test('a size is told against the median of those before it, once there are three', () => {
  const sizes = [40, 100, 90, 110]
  const entries = sizes.map((storedBytes, index) => entry(NOW - index, {storedBytes}))
  const [newest, second] = withSizeChanges(entries)
  expect(newest?.sizeChange).toBeCloseTo(-0.6)
  expect(second?.sizeChange).toBeUndefined()
  expect([-0.6, -0.5, -0.4, 0.9, 1].map(sizeAnomaly)).toEqual([true, true, false, false, true])
})

test.each([
  ['nothing taken', [], 'down', 'no backup has been taken'],
  ['only unchecked', [entry(NOW - 1, {state: 'unchecked', reason: 'not verified yet'})], 'down', 'no good backup'],
  ['only a safety backup', [entry(NOW - 1, {safety: true})], 'down', 'no good backup'],
  ['fresh and good', [entry(NOW - 1000)], 'up', 'newest good backup is 1s old'],
  ['good but too old', [entry(NOW - 2 * DAY)], 'down', 'objective 1d'],
  [
    'newest damaged',
    [entry(NOW - 1, {state: 'damaged', reason: 'truncated'}), entry(NOW - 2)],
    'degraded',
    'truncated',
  ],
  ['shrunk', [entry(NOW - 1, {sizeChange: -0.7})], 'degraded', '30 % of the usual size'],
] as const)('a catalogue with %s is judged so', (_, entries, status, words) => {
  const judged = judgeCatalog(entries, DAY, NOW)
  expect(judged.status).toBe(status)
  expect(judged.reason).toContain(words)
})
