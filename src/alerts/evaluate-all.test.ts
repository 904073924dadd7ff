import {expect, test} from 'vitest'
import {webTarget} from '../../test/web-target.ts'
import type {AlertTarget} from './alert-target.ts'
import {alertsSchema} from './config.ts'
import {evaluateAll} from './evaluate-all.ts'
import {openRules} from './rules/evaluate.ts'
import type {Alert} from './state.ts'

const NOW = 1_800_000_000_000
const rules = openRules(alertsSchema.parse({}))
const web = (state: 'up' | 'down', failures: number): AlertTarget =>
  webTarget({state, since: NOW, failures, watchedSince: NOW - 600_000, at: NOW})
const judge = (targets: readonly AlertTarget[], known: readonly Alert[], others: readonly AlertTarget[]) => {
  const changes = evaluateAll(targets, {
    known: new Map(known.map(alert => [alert.id, alert])),
    rules,
    now: NOW,
    all: {targetOf: id => others.find(({target}) => target === id), reported: []},
  })
  return [...changes.values()]
}
const fired = judge([web('down', 3)], [], []).flatMap(({alert}) => alert ?? [])

test('an alert of a watched target that was not given is judged as if it had been', () => {
  expect(fired).not.toEqual([])
  for (const now of [web('up', 0), web('down', 4)]) expect(judge([], fired, [now])).toEqual(judge([now], fired, []))
})

test('an alert of a target that is nowhere is over: it was removed', () => {
  const reasons = judge([], fired, []).map(({transition}) => transition?.reason)
  expect(reasons).toEqual(fired.map(() => 'it is no longer in the configuration'))
})

test('a target without an alert that was not given is not asked for', () => {
  expect(judge([], [], [web('down', 3)])).toEqual([])
})
