import * as fc from 'fast-check'
import {expect, test} from 'vitest'
import {backupEntry} from '../../test/backup-entry.ts'
import {planPrune, type RetentionPolicy} from './retention.ts'
import type {BackupEntry} from './rows.ts'

const HOUR = 3_600_000
const NOW = Date.UTC(2026, 10, 26, 19, 30)

const entryAt = (hours: number, over: Partial<BackupEntry>): BackupEntry =>
  backupEntry({
    id: `h${hours}`,
    takenAt: NOW - hours * HOUR - 1,
    finishedAt: NOW - hours * HOUR,
    ...over,
  })

const states = ['good', 'good', 'good', 'unchecked', 'damaged', 'incomplete'] as const
const entries = fc
  .uniqueArray(fc.oneof(fc.integer({min: 0, max: 200}), fc.integer({min: 0, max: 20_000})), {maxLength: 60})
  .chain(hours =>
    fc.tuple(
      ...hours.map(hour =>
        fc.record({state: fc.constantFrom(...states), chance: fc.integer({min: 0, max: 99})}).map(({state, chance}) =>
          entryAt(hour, {
            state,
            held: chance < 5,
            ...(chance > 94 ? {safety: true} : {}),
            restoreTestedAt: chance % 7 === 0 ? NOW : undefined,
          }),
        ),
      ),
    ),
  )
  .map(list => [...list])

const policies = fc.record({
  keep: fc.integer({min: 1, max: 8}),
  daily: fc.integer({min: 0, max: 10}),
  weekly: fc.integer({min: 0, max: 8}),
  monthly: fc.integer({min: 0, max: 14}),
  windowMs: fc.option(
    fc.integer({min: 0, max: 1000}).map(hours => hours * HOUR),
    {nil: undefined},
  ),
})

/** Written on its own, from the sentences of the requirement: by calendar fields, and by what each moment needs. */
function model(history: readonly BackupEntry[], policy: Required<RetentionPolicy>): Set<string> {
  const usable = history
    .filter(one => one.safety !== true && (one.state === 'good' || one.state === 'unchecked'))
    .sort((left, right) => right.takenAt - left.takenAt)
  const kept = new Set(history.filter(one => one.held).map(one => one.id))
  const add = (one: BackupEntry | undefined): void => void (one && kept.add(one.id))
  add(usable.find(one => one.state === 'good') ?? usable[0])
  add(usable.find(one => one.state === 'good' && one.restoreTestedAt !== undefined))
  usable.slice(0, policy.keep).forEach(add)
  for (const one of history) {
    if (one.state === 'incomplete' && NOW - one.finishedAt < 24 * HOUR) add(one)
    if (!usable.includes(one) && usable.filter(other => other.takenAt > one.takenAt).length < policy.keep) add(one)
  }
  const calendars: [number, (date: Date) => string][] = [
    [policy.daily, date => `${date.getUTCFullYear()}/${date.getUTCMonth()}/${date.getUTCDate()}`],
    [
      policy.weekly,
      date => {
        const monday = new Date(date)
        while (monday.getUTCDay() !== 1) monday.setUTCDate(monday.getUTCDate() - 1)
        return `${monday.getUTCFullYear()}/${monday.getUTCMonth()}/${monday.getUTCDate()}`
      },
    ],
    [policy.monthly, date => `${date.getUTCFullYear()}/${date.getUTCMonth()}`],
  ]
  for (const [count, nameOf] of calendars) {
    const names = [...new Set(usable.map(one => nameOf(new Date(one.takenAt))))].slice(0, count)
    for (const name of names) add(usable.find(one => nameOf(new Date(one.takenAt)) === name))
  }
  if (policy.windowMs !== undefined) {
    // What brings back the state of a moment is the newest usable one at or before it.
    const moments = [
      NOW - policy.windowMs,
      ...usable.map(one => one.takenAt).filter(at => at >= NOW - policy.windowMs!),
    ]
    for (const moment of moments) add(usable.find(one => one.takenAt <= moment))
  }
  return kept
}

test('B4: retention equals an independent model over 1,000 generated histories', () => {
  fc.assert(
    fc.property(entries, policies, (history, policy) => {
      const plan = planPrune(history, policy, NOW)
      const kept = new Set(plan.decisions.filter(({action}) => action === 'keep').map(({id}) => id))
      expect(kept).toEqual(model(history, policy))
      expect(plan.decisions.every(({reason}) => reason !== '')).toBe(true)
      const left = history.filter(({id}) => kept.has(id))
      expect(planPrune(left, policy, NOW).remove).toEqual([])
      const good = (list: readonly BackupEntry[]) => list.filter(one => one.state === 'good' && one.safety !== true)
      expect(good(left).length > 0).toBe(good(history).length > 0)
    }),
    {numRuns: 1000, seed: 20261126},
  )
})

test('a reason names the days, weeks and months that it is the newest of, and what a promise needs', () => {
  const history = [0, 2, 30, 200, 900].map(hours => entryAt(hours, {}))
  const plan = planPrune(history, {keep: 1, daily: 3, weekly: 2, monthly: 2, windowMs: 100 * HOUR}, NOW)
  expect(plan.decisions.map(({id, action, reason}) => `${id} ${action}: ${reason}`)).toEqual([
    'h0 keep: the newest good one always stays',
    'h2 keep: needed for the promised window',
    'h30 keep: the newest of day 2026-11-25, needed for the promised window',
    'h200 keep: the newest of day 2026-11-18, the newest of the week of 2026-11-16, needed for the promised window',
    'h900 keep: the newest of month 2026-10',
  ])
})

test('one whose clock was wrong is kept by whichever of its two dates keeps it, and takes no place of another', () => {
  const skewed = entryAt(30, {clockSkewMs: 20 * HOUR})
  const plan = planPrune([entryAt(0, {}), entryAt(35, {}), skewed], {keep: 1, daily: 2}, NOW)
  expect(plan.remove).toEqual([])
})
