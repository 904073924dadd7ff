import {describe, expect, test} from 'vitest'
import type {Alert} from '../state.ts'
import {autoSchema} from './config.ts'
import {type AutoWorld, decideAuto} from './decide.ts'
import {giveUpEvaluations} from './give-ups.ts'
import type {AutoRecord} from './record.ts'

const MINUTE = 60_000
const NOW = 100 * MINUTE
const EMPTY: AutoRecord = {attempts: [], refusals: [], over: []}
const policy = (more: object = {}) =>
  autoSchema.parse({
    name: 'restarts',
    rules: ['down'],
    on: ['service/*'],
    runbook: {name: 'restart', params: {service: '{name}', in: '{environment}'}},
    ...more,
  })
const down = (name = 'web', more: Partial<Alert> = {}): Alert => ({
  id: `down:service/shop/${name}`,
  rule: 'down',
  severity: 'critical',
  target: `service/shop/${name}`,
  environment: 'shop',
  name,
  state: 'firing',
  summary: 'refused',
  since: NOW - MINUTE,
  episode: 1,
  firedAt: NOW - MINUTE,
  resolvedAt: undefined,
  fired: [],
  deliveries: [],
  acknowledged: undefined,
  ...more,
})
const world = (more: Partial<AutoWorld> = {}): AutoWorld => ({
  policies: [policy()],
  alerts: [down()],
  guarded: new Set(),
  now: NOW,
  ...more,
})
/** The record after its attempt was started, and ended like this. */
function ran(record: AutoRecord, outcome: string | undefined, at = NOW): AutoRecord {
  const attempts = record.attempts.map(each => ({
    ...each,
    run: each.run ?? 'r1',
    ended: each.ended ?? (outcome === undefined ? undefined : {at, outcome}),
  }))
  return {...record, attempts}
}
const started = (given: AutoWorld, record = EMPTY): readonly string[] =>
  decideAuto(given, record).starts.map(({alert, number}) => `${alert} ${number}`)
const refused = (given: AutoWorld, record = EMPTY): readonly string[] =>
  decideAuto(given, record).refused.map(({reason, words}) => `${reason}: ${words}`)

test('an alert that fires is answered with the runbook of its policy, filled in', () => {
  const {starts, record} = decideAuto(world(), EMPTY)
  expect(starts).toMatchObject([
    {
      policy: 'restarts',
      alert: 'down:service/shop/web',
      runbook: {name: 'restart', params: {service: 'web', in: 'shop'}},
      number: '1 of 1',
    },
  ])
  expect(record.attempts).toEqual(starts)
  // What was written down before a crash is the same attempt after it.
  expect(decideAuto(world({now: NOW + 1000}), record).starts.map(({id}) => id)).toEqual(starts.map(({id}) => id))
})

test('the runbook of the alert is taken where the policy has none', () => {
  const policies = [policy({runbook: undefined})]
  const alert = down('web', {runbook: {name: 'diagnose', params: {}}})
  expect(decideAuto(world({policies, alerts: [alert]}), EMPTY).starts[0]?.runbook.name).toBe('diagnose')
  expect(refused(world({policies}))).toEqual(['no runbook: the alert has no runbook'])
})

describe('nothing is started', () => {
  test.each([
    ['while it is pending', {alerts: [down('web', {state: 'pending'})]}],
    ['when the breach is over and the rule keeps it firing', {alerts: [down('web', {relievedAt: NOW})]}],
    ['for what others told', {alerts: [down('web', {source: 'falco'})]}],
    ['where no policy is for it', {policies: [policy({rules: ['slow']})]}],
    ['before it has fired long enough', {policies: [policy({after: '2m'})]}],
  ])('%s', (_, more) => {
    const {starts, refused: why} = decideAuto(world(more), EMPTY)
    expect([starts, why]).toEqual([[], []])
  })

  test.each([
    ['in a protected environment that is not named', {guarded: new Set(['shop'])}, 'protected'],
    [
      'in a protected environment that only a pattern names',
      {guarded: new Set(['shop']), policies: [policy({environments: ['*']})]},
      'protected',
    ],
    [
      'when a person has it in hand',
      {alerts: [down('web', {acknowledged: {by: 'ann', at: 1, note: ''}})]},
      'acknowledged',
    ],
    [
      'in a maintenance',
      {
        alerts: [
          down('web', {routing: {hold: {kind: 'suppressed' as const, reason: 'maintenance', words: 'patching'}}}),
        ],
      },
      'held',
    ],
    [
      'when too many targets have it, pending ones too',
      {alerts: [down(), down('a', {state: 'pending'}), down('b'), down('c')]},
      'too many targets',
    ],
  ])('%s, and that is said once', (_, more, reason) => {
    const {starts, refused: why, record} = decideAuto(world(more), EMPTY)
    expect([starts.length, why[0]?.reason]).toEqual([0, reason])
    expect(decideAuto(world({...more, now: NOW + 1000}), record).refused).toEqual([])
  })

  test('but in a protected environment that the policy names', () => {
    const policies = [policy({environments: ['shop']})]
    expect(started(world({policies, guarded: new Set(['shop'])}))).toHaveLength(1)
  })

  test('for more than so many at once; the next one follows', () => {
    const alerts = [down('web', {firedAt: NOW - 2 * MINUTE}), down('api')]
    const {starts, refused: why, record} = decideAuto(world({alerts}), EMPTY)
    expect(starts.map(({target}) => target)).toEqual(['service/shop/web'])
    expect(why).toMatchObject([{target: 'service/shop/api', reason: 'at once'}])
    expect(started(world({alerts, now: NOW + 1}), ran(record, 'done'))).toEqual(['down:service/shop/api 1 of 1'])
  })
})

describe('one time of an alert', () => {
  const first = decideAuto(world(), EMPTY).record
  const later = (minutes: number, more: Partial<AutoWorld> = {}): AutoWorld =>
    world({now: NOW + minutes * MINUTE, ...more})

  test('is answered once, whatever happens while the run goes on', () => {
    expect(started(later(60), ran(first, undefined))).toEqual([])
  })

  test('that a run did not help is for a person, after the cool-down', () => {
    expect(refused(later(9), ran(first, 'done'))).toEqual([])
    const {starts, refused: why, record} = decideAuto(later(10), ran(first, 'done'))
    expect([starts.length, why]).toMatchObject([0, [{reason: 'attempts', gaveUp: true}]])
    expect(why[0]?.words).toMatch(/^1 run is used and it still fires: run r1 ended done /)
    expect(giveUpEvaluations(record)).toMatchObject([
      {target: {target: 'service/shop/web', name: 'web'}, evaluation: {rule: 'auto gave up', breach: 'yes'}},
    ])
    const over = decideAuto(later(11, {alerts: []}), record).record
    expect(giveUpEvaluations(over)).toMatchObject([{evaluation: {breach: 'no'}}])
    expect(giveUpEvaluations(decideAuto(later(300, {alerts: []}), over).record)).toEqual([])
  })

  test('whose run failed is for a person at once', () => {
    expect(refused(later(1), ran(first, 'failed'))).toHaveLength(1)
    expect(decideAuto(later(1), ran(first, 'lost')).refused).toMatchObject([{reason: 'lost', gaveUp: true}])
  })

  test('may be answered again where the policy says so, after the cool-down', () => {
    const policies = [policy({attempts: 2})]
    const failed = ran(first, 'failed')
    expect(refused(later(1, {policies}), failed)[0]).toMatch(/^cool-down: cool-down until /)
    expect(started(later(10, {policies}), failed)).toEqual(['down:service/shop/web 2 of 2'])
  })

  test('that comes again counts against the budget', () => {
    const policies = [policy({budget: {runs: 2, within: '1h'}})]
    const again = (episode: number): readonly Alert[] => [down('web', {episode})]
    const second = decideAuto(later(10, {policies, alerts: again(2)}), ran(first, 'done')).record
    expect(second.attempts).toHaveLength(2)
    const third = later(30, {policies, alerts: again(3)})
    expect(decideAuto(third, ran(second, 'done')).refused).toMatchObject([{reason: 'budget', gaveUp: true}])
    expect(started(later(80, {policies, alerts: again(3)}), ran(second, 'done'))).toHaveLength(1)
  })

  test('that is over before the start is left alone, unless somebody may be starting it', () => {
    const over = later(0.1, {alerts: []})
    expect(decideAuto(over, first).record.attempts).toEqual([])
    const [attempt] = first.attempts
    if (attempt === undefined) throw new Error('there is no attempt')
    const claimed = {...first, attempts: [{...attempt, owner: 'x', nextTryAt: NOW + MINUTE}]}
    expect(decideAuto(over, claimed).record.attempts).toHaveLength(1)
    expect(decideAuto(later(2, {alerts: []}), claimed).record.attempts).toEqual([])
  })

  test('that cannot be started in time has used its run', () => {
    const [attempt] = first.attempts
    if (attempt === undefined) throw new Error('there is no attempt')
    const tried = {...first, attempts: [{...attempt, reason: 'change freeze until Monday'}]}
    const {record, refused: why} = decideAuto(later(11), tried)
    expect(record.attempts[0]?.ended?.outcome).toBe('not started')
    expect(why[0]?.words).toContain('not started: change freeze until Monday')
  })
})
