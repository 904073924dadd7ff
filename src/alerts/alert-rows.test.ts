import {expect, test} from 'vitest'
import {alertRows} from './alert-rows.ts'
import {memoryAlertStore} from './memory-alert-store.ts'
import type {Alert} from './state.ts'

const alert = (id: string, more: Partial<Alert>): Alert => ({
  id,
  rule: 'down',
  severity: 'critical',
  target: 'service/prod/web',
  environment: 'prod',
  name: 'web',
  state: 'firing',
  summary: '',
  since: 0,
  firedAt: 1,
  resolvedAt: undefined,
  fired: [],
  deliveries: [],
  acknowledged: undefined,
  ...more,
})

test('what fires comes first, the worst and then the newest; what is over in the order of its end', () => {
  const alertStore = memoryAlertStore()
  const over = {state: 'resolved'} as const
  alertStore.save(
    [
      alert('over, critical, long ago', {...over, since: 50, resolvedAt: 100}),
      alert('over, warning, a moment ago', {...over, severity: 'warning', since: 10, resolvedAt: 900}),
      alert('over, critical, before', {...over, since: 880, resolvedAt: 890}),
      alert('pending', {state: 'pending', since: 999}),
      alert('critical, acknowledged', {since: 7, acknowledged: {by: 'ada', at: 1, note: ''}}),
      alert('warning', {severity: 'warning', since: 990}),
      alert('critical, older', {since: 5}),
      alert('critical, newer', {since: 6}),
    ],
    [],
  )
  expect(alertRows(alertStore, 0).map(({id}) => id)).toEqual([
    'critical, newer',
    'critical, older',
    'critical, acknowledged',
    'warning',
    'pending',
    'over, warning, a moment ago',
    'over, critical, before',
    'over, critical, long ago',
  ])
})
