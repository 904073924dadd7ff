import * as fc from 'fast-check'
import {expect, test} from 'vitest'
import {backupEntry} from '../../../test/backup-entry.ts'
import type {RetentionPolicy} from '../retention.ts'
import type {BackupEntry} from '../rows.ts'
import {planThere} from './plan-there.ts'

const HOUR = 3_600_000
const NOW = Date.UTC(2026, 10, 27, 12)
const AT = 'dir:/first'

const entryAt = (hours: number, over: Partial<BackupEntry> = {}): BackupEntry =>
  backupEntry({
    id: `h${hours}`,
    takenAt: NOW - hours * HOUR - 1,
    finishedAt: NOW - hours * HOUR,
    ...over,
  })

/** What a place knows of one backup; undefined: it has it not. */
const known = fc.option(
  fc.record({
    state: fc.constantFrom('good' as const, 'good' as const, 'good' as const, 'unchecked' as const, 'damaged' as const),
    held: fc.integer({min: 0, max: 11}).map(chance => chance === 0),
    tested: fc.constantFrom('never', 'never', 'proved', 'failed'),
  }),
  {nil: undefined, freq: 4},
)
type Known = NonNullable<typeof known extends fc.Arbitrary<infer T> ? T : never>

const entryOf = (hours: number, {state, held, tested}: Known): BackupEntry =>
  entryAt(hours, {
    held,
    restoreTestedAt: tested === 'proved' ? NOW : undefined,
    ...(tested === 'failed' ? {restoreFailed: true, state: 'damaged'} : {state}),
  })

const histories = fc
  .uniqueArray(fc.integer({min: 25, max: 3000}), {minLength: 1, maxLength: 40})
  .chain(hours => fc.tuple(...hours.map(hour => fc.tuple(fc.constant(hour), known, known))))
  .map(list => ({
    here: list.flatMap(([hour, here]) => (here === undefined ? [] : [entryOf(hour, here)])),
    there: list.flatMap(([hour, , there]) => (there === undefined ? [] : [entryOf(hour, there)])),
  }))

const policies = fc.record({
  keep: fc.integer({min: 1, max: 8}),
  daily: fc.integer({min: 0, max: 10}),
  windowMs: fc.option(
    fc.integer({min: 0, max: 1000}).map(hours => hours * HOUR),
    {nil: undefined},
  ),
})

/** Written on its own, from the sentences of the requirement. */
function model(here: readonly BackupEntry[], there: readonly BackupEntry[], policy: RetentionPolicy): Set<string> {
  const atFirst = (id: string): BackupEntry | undefined => here.find(one => one.id === id)
  const newestFirst = [...there].sort((left, right) => right.takenAt - left.takenAt)
  const usable = newestFirst.filter(
    one => (one.state === 'good' || one.state === 'unchecked') && atFirst(one.id)?.restoreFailed !== true,
  )
  const kept = new Set<string>()
  const keep = (one: BackupEntry | undefined): void => void (one && kept.add(one.id))
  for (const one of there)
    if (one.held || atFirst(one.id)?.held === true || atFirst(one.id)?.state === 'good') keep(one)
  const good = usable.filter(one => one.state === 'good')
  keep(good[0] ?? usable[0])
  keep(good.find(one => one.restoreTestedAt !== undefined || atFirst(one.id)?.restoreTestedAt !== undefined))
  usable.slice(0, policy.keep).forEach(keep)
  for (const one of newestFirst)
    if (!usable.includes(one) && usable.filter(other => other.takenAt > one.takenAt).length < policy.keep) keep(one)
  const day = (one: BackupEntry): string => new Date(one.takenAt).toDateString()
  for (const name of [...new Set(usable.map(day))].slice(0, policy.daily)) keep(usable.find(one => day(one) === name))
  if (policy.windowMs !== undefined) {
    const from = NOW - policy.windowMs
    for (const moment of [from, ...usable.map(one => one.takenAt).filter(at => at >= from)])
      keep(usable.find(one => one.takenAt <= moment))
  }
  return kept
}

test('B4: what is removed in another place equals an independent model over 1,000 generated pairs of histories', () => {
  fc.assert(
    fc.property(histories, policies, ({here, there}, policy) => {
      const plan = planThere({here, address: AT, there}, policy, NOW)
      const kept = new Set(plan.decisions.filter(({action}) => action === 'keep').map(({id}) => id))
      expect(kept).toEqual(model(here, there, policy))
      expect([...plan.remove].sort()).toEqual(
        there
          .map(({id}) => id)
          .filter(id => !kept.has(id))
          .sort(),
      )
      // Nothing that was good somewhere and is the newest, held, or the newest proved one is in no place afterwards.
      const left = there.filter(({id}) => kept.has(id))
      expect(planThere({here, address: AT, there: left}, policy, NOW).remove).toEqual([])
      const newest = (list: readonly BackupEntry[]): number =>
        Math.max(...list.filter(({state}) => state === 'good').map(({takenAt}) => takenAt))
      const failed = new Set(here.filter(one => one.restoreFailed === true).map(({id}) => id))
      const sound = (list: readonly BackupEntry[]) => list.filter(({id}) => !failed.has(id))
      expect(newest(sound([...here, ...left]))).toBe(newest(sound([...here, ...there])))
    }),
    {numRuns: 1000, seed: 20261127},
  )
})

test('a hold, a proof and a restore that failed in the first place are true of the copy, and the reason says so', () => {
  const hours = [30, 60, 90, 120, 150]
  const there = hours.map(hour => entryAt(hour))
  const damaged = {state: 'damaged', reason: 'altered'} as const
  const here = [
    entryAt(30, {...damaged, restoreFailed: true, reason: 'restore test failed: rows are missing'}),
    entryAt(60, damaged),
    entryAt(90, {...damaged, held: true}),
    entryAt(120, {...damaged, restoreTestedAt: NOW}),
    entryAt(150, damaged),
  ]
  const plan = planThere({here, address: AT, there}, {keep: 1}, NOW)
  expect(plan.decisions.map(({id, action, reason}) => `${id} ${action}: ${reason}`)).toEqual([
    'h30 keep: damaged: kept for inspection',
    'h60 keep: the newest good one always stays',
    'h90 keep: under hold',
    'h120 keep: the newest that was restored and compared always stays',
    'h150 remove: older than the newest 1 usable ones',
  ])
  const without = planThere({here: [], address: AT, there}, {keep: 1}, NOW)
  expect(without.remove).toEqual(['h60', 'h90', 'h120', 'h150'])
})
