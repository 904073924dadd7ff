import {expect, test} from 'vitest'
import {withElsewhere} from '../commands/alerts/list.ts'
import {elsewhereWords, firingElsewhere} from './firing-elsewhere.ts'
import type {AlertRow} from './rows.ts'

const row = (environment: string, state: AlertRow['state'], severity: AlertRow['severity']): AlertRow => ({
  id: `down:service/${environment}/web`,
  rule: 'down',
  severity,
  target: `service/${environment}/web`,
  environment,
  state,
  summary: 'down',
  since: 0,
  firedAt: 0,
  resolvedAt: undefined,
  acknowledged: undefined,
  runbook: undefined,
  deliveries: [],
})

test('fires of other environments are named by environment, the worst first; pending and resolved ones are none', () => {
  const rows = [
    row('here', 'firing', 'critical'),
    row('a', 'pending', 'critical'),
    row('b', 'firing', 'warning'),
    row('c', 'firing', 'critical'),
    row('c', 'firing', 'warning'),
  ]
  const elsewhere = firingElsewhere(rows, 'here')
  expect(elsewhereWords(elsewhere)).toBe('c: 1 critical, 1 other; b: 1 other')
  expect(withElsewhere('No alert in here.', elsewhere)).toBe(
    'No alert in here.\nFiring in other environments: c: 1 critical, 1 other; b: 1 other.',
  )
  expect(withElsewhere('No alert in here.', [])).toBe('No alert in here.')
})
