import {describe, expect, test} from 'vitest'
import {randomFrom} from '../../../test/program/random.ts'
import {countOf, seedOr} from '../../../test/reliability/sample.ts'
import type {Alert} from '../state.ts'
import type {Inhibition} from './config.ts'
import {openInhibitions} from './inhibition.ts'

const alert = (name: string, more: Partial<Alert> = {}): Alert => ({
  id: `down:service/prod/${name}`,
  rule: 'down',
  severity: 'critical',
  target: `service/prod/${name}`,
  environment: 'prod',
  name,
  state: 'firing',
  summary: '',
  since: 0,
  firedAt: 0,
  resolvedAt: undefined,
  fired: [],
  deliveries: [],
  acknowledged: undefined,
  ...more,
})
const by = (rules: readonly Inhibition[], alerts: readonly Alert[]) => {
  const inhibitorOf = openInhibitions(rules, alerts)
  return alerts.map(each => inhibitorOf(each)?.name)
}

describe('what fires holds what a rule says', () => {
  const rule: Inhibition = {while: {severities: ['critical']}, hold: {on: ['service/*']}, same: ['environment']}

  test('with the same values only, where a missing label is as an empty one', () => {
    const rules = [{while: {on: ['service/db']}, hold: {on: ['service/web*']}, same: ['environment', 'zone']}]
    const db = alert('db', {labels: {zone: 'a'}})
    const webs = [alert('web-a', {labels: {zone: 'a'}}), alert('web-b', {labels: {zone: 'b'}}), alert('web')]
    expect(by(rules, [db, ...webs])).toEqual([undefined, 'db', undefined, undefined])
    expect(by(rules, [alert('db', {labels: {zone: ''}}), ...webs])).toEqual([undefined, undefined, undefined, 'db'])
  })

  test('one that a rule means on both sides is held by what it means on one side only', () => {
    const database = alert('shop', {target: 'database/prod/shop', id: 'down:database/prod/shop'})
    expect(by([rule], [alert('web'), alert('api'), database])).toEqual(['shop', 'shop', undefined])
    expect(by([rule], [alert('web'), alert('api')])).toEqual([undefined, undefined])
  })

  test('in a circle of rules nobody is held, and all else is', () => {
    const holds = (one: string, other: string): Inhibition => ({
      while: {on: [`service/${one}`]},
      hold: {on: [`service/${other}`]},
      same: ['environment'],
    })
    const circle = [holds('a', 'b'), holds('b', 'c'), holds('c', 'a'), holds('c', 'd')]
    expect(
      by(
        circle,
        ['a', 'b', 'c', 'd'].map(name => alert(name)),
      ),
    ).toEqual([undefined, undefined, undefined, 'c'])
    // Without one of them there is no circle.
    expect(
      by(
        circle,
        ['a', 'b', 'd'].map(name => alert(name)),
      ),
    ).toEqual([undefined, 'a', undefined])
  })
})

/** Alertmanager's rule, pair by pair, and circles by the transitive closure of all pairs. */
function heldByModel(rules: readonly Inhibition[], alerts: readonly Alert[]): readonly boolean[] {
  const matches = ({on, severities}: Inhibition['hold'], {name, severity}: Alert): boolean =>
    (on === undefined || on.includes(`service/${name}`)) && (severities === undefined || severities.includes(severity))
  const holds = (one: Alert, other: Alert): boolean =>
    one !== other &&
    one.state === 'firing' &&
    rules.some(
      rule =>
        matches(rule.while, one) &&
        matches(rule.hold, other) &&
        !(matches(rule.while, other) && matches(rule.hold, one)) &&
        rule.same.every(label => (one.labels?.[label] ?? '') === (other.labels?.[label] ?? '')),
    )
  const closure = alerts.map(one => alerts.map(other => holds(one, other)))
  for (const middle of alerts.keys())
    for (const from of alerts.keys())
      for (const to of alerts.keys()) if (closure[from]?.[middle] && closure[middle]?.[to]) closure[from][to] = true
  return alerts.map((alert, index) => alerts.some((one, at) => holds(one, alert) && !closure[index]?.[at]))
}

test(`${countOf('L inhibition')} random alerts and rules are held as Alertmanager's rule says, pair by pair; whoever is held, somebody who is not holds him`, () => {
  const random = randomFrom(seedOr(20_261_127))
  const oneOf = <Of>(list: readonly Of[]): Of => list[Math.floor(random() * list.length)] as Of
  const some = <Of>(list: readonly Of[]): Of[] => list.filter(() => random() < 0.5)
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
  const severities = ['critical', 'warning', 'info'] as const
  const side = (): Inhibition['hold'] => ({
    ...(random() < 0.7 && {on: some(names).map(name => `service/${name}`)}),
    ...(random() < 0.5 && {severities: some(severities)}),
  })
  for (let round = 0; round < countOf('L inhibition'); round += 1) {
    const alerts = names.map(name =>
      alert(name, {
        severity: oneOf(severities),
        state: random() < 0.8 ? 'firing' : 'pending',
        labels: oneOf([{}, {zone: ''}, {zone: 'x'}, {zone: 'y'}]),
      }),
    )
    const rules = Array.from({length: 1 + Math.floor(random() * 4)}, () => ({
      while: side(),
      hold: side(),
      same: oneOf([[], ['environment'], ['zone']]),
    }))
    const model = heldByModel(
      rules.map(rule => ({...rule, same: rule.same.filter(name => name === 'zone')})),
      alerts,
    )
    const inhibitorOf = openInhibitions(rules, alerts)
    expect(alerts.map(each => inhibitorOf(each) !== undefined)).toEqual(model)
    for (const each of alerts) {
      let last = each
      for (let steps = 0; steps < names.length; steps += 1) last = inhibitorOf(last) ?? last
      expect(inhibitorOf(last)).toBeUndefined()
    }
  }
})
