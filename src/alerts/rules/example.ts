import type {z} from 'zod'
import type {ruleSchema} from './config.ts'

/** Rules with every key there is, for the commented example of the configuration. */
export const RULE_EXAMPLES: readonly z.input<typeof ruleSchema>[] = [
  {
    name: 'slow',
    on: ['service/web'],
    environments: ['production'],
    when: {type: 'threshold', measurement: 'latency', above: '800ms', over: '5m', statistic: 'p95'},
    for: '2m',
    keepFiringFor: '5m',
    severity: 'warning',
    runbook: {name: 'restart', params: {release: '{name}'}},
    labels: {team: 'shop'},
  },
  {name: 'slower than usual', on: ['service/*'], when: {type: 'baseline', times: 2, over: '5m', enough: 1000}},
  {name: 'failing', on: ['service/*'], when: {type: 'error rate', above: '5%', over: '5m', enough: 10}},
  {
    name: 'connections',
    on: ['database/*'],
    when: {type: 'threshold', measurement: 'connections', above: '80%', of: 'maxConnections', otherwise: 100},
    severity: 'critical',
  },
  {
    name: 'memory fills up',
    on: ['cache/*'],
    when: {
      type: 'forecast',
      measurement: 'usedBytes',
      reaches: '95%',
      of: 'maxBytes',
      otherwise: 4e9,
      within: '4h',
      over: '1h',
    },
  },
  {name: 'no lag', on: ['database/*'], when: {type: 'absence', measurement: 'replicationLagMs'}, off: true},
  {
    name: 'hit rate',
    on: ['cache/sessions'],
    when: {
      type: 'threshold',
      measurement: 'hitRate',
      below: '80%',
      counting: 'lookups',
      enough: 100,
      absent: 'unknown',
    },
  },
  {name: 'error budget', on: ['service/web'], when: {type: 'burn', pairs: ['fast', 'slow']}, severity: 'critical'},
  {name: 'down', on: ['service/web'], when: {type: 'failures', count: 2}},
  {name: 'degraded', on: ['service/web'], when: {type: 'degraded'}, severity: 'info'},
  {name: 'no data', on: ['backup/*'], when: {type: 'no data'}, severity: 'critical'},
]
