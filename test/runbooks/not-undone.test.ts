import {describe, expect, test} from 'vitest'
import canary from '../../runbooks/canary.ts'
import deploy from '../../runbooks/deploy.ts'
import rollback from '../../runbooks/rollback.ts'
import rolling from '../../runbooks/rolling.ts'
import {releaseSchema} from '../../src/releases/config.ts'
import {releaseOpsOf} from '../../src/releases/ops.ts'
import type {Step} from '../../src/runbooks/define.ts'
import {plainTools} from '../servers/ops-tools.ts'

const LOST = 'orders that a queue of the platform has taken'

const slot = (name: string) => ({
  slot: name,
  version: '1.0.0',
  instances: [{id: `${name}-1`, host: 'here', version: '1.0.0'}],
})
const facts = {
  release: 'web',
  version: '2.0.0',
  traffic: 'command move',
  notUndone: [LOST],
  live: slot('blue'),
  idle: slot('green'),
  good: slot('blue'),
  bad: slot('green'),
  slot: 'blue',
  stages: [50, 100],
  batches: [slot('blue').instances],
  stays: [],
  keep: '1d',
  stageTime: '5m',
  leastRequests: 344,
}
/** Everything that a person reads of the steps before anything has begun. */
const shown = (steps: readonly Step[]): readonly string[] =>
  steps.flatMap(({confirm, targets = []}) => [
    ...targets,
    ...(typeof confirm === 'object' ? (confirm.touches ?? []) : []),
  ])
const planOf = (book: unknown, known: object): readonly Step[] =>
  (book as {plan(context: object): readonly Step[]}).plan({facts: known, params: {}})

describe.each([
  ['deploy', deploy, `not undone: ${LOST}`],
  ['canary', canary, `not undone: ${LOST}`],
  ['rolling', rolling, `not undone: ${LOST}`],
  ['rollback', rollback, `not brought back: ${LOST}`],
] as const)('the plan of %s', (_, book, line) => {
  test('says before anything starts what moving the traffic back does not bring back', () =>
    expect(shown(planOf(book, facts))).toContain(line))

  test('says nothing of it where there is nothing to say, as in plans of before', () => {
    const {notUndone: _none, ...silent} = facts
    expect(shown(planOf(book, silent)).filter(text => /not (undone|brought back)/.test(text))).toEqual([])
  })
})

test('a driver that does not drain says by itself that requests in flight may be cut off', () => {
  const opsOf = (more: object) => {
    const config = releaseSchema.parse({
      name: 'web',
      traffic: {type: 'command', state: ['state'], move: ['move']},
      instances: {type: 'command', deploy: ['none'], stop: ['none']},
      slots: ['blue', 'green'].map(name => ({name, instances: [{name: `${name}-1`, url: 'http://127.0.0.1:1'}]})),
    })
    const abilities = {drain: true, weights: true, perServerCounters: true, ownChecks: true, survivesReload: true}
    const traffic = {target: 'x', abilities, ...more}
    return releaseOpsOf({config: {...config, environment: 'test'}, traffic, tools: plainTools()} as never).notUndone
  }
  const abilities = {drain: false, weights: false, perServerCounters: false, ownChecks: false, survivesReload: true}
  expect(opsOf({})).toEqual([])
  expect(opsOf({abilities, notUndone: [LOST]})).toEqual([
    'requests in flight on the slot that loses its traffic may be cut off',
    LOST,
  ])
})
