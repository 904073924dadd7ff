import type {AlertsConfig} from '../config.ts'
import type {Rule} from './rule.ts'

export type Thresholds = Pick<AlertsConfig, 'failureThreshold' | 'degradedFor' | 'hitRateBelow'>

/** Of fewer lookups, a hit rate says nothing. */
const ENOUGH_LOOKUPS = 100

/** Room for backups is not bought in a day. */
const ROOM_FOR_MS = 604_800_000

const EVERYWHERE = {on: ['*/*'], for: 0, keepFiringFor: 0, labels: {}} as const
const THRESHOLD = {type: 'threshold', statistic: 'mean', absent: 'unknown'} as const
const DIAGNOSE = {name: 'diagnose', params: {}} as const

/** The rules that come with the program, in the order in which they are shown. */
export const defaultRules = ({failureThreshold, degradedFor, hitRateBelow}: Thresholds): readonly Rule[] => [
  {
    ...EVERYWHERE,
    name: 'down',
    when: {type: 'failures', count: failureThreshold},
    severity: 'critical',
    runbook: DIAGNOSE,
  },
  {
    ...EVERYWHERE,
    name: 'down',
    // What it says of itself is no noise: one look is enough.
    on: ['schedule/*', 'heartbeat/*'],
    when: {type: 'failures', count: 1},
    severity: 'critical',
  },
  {
    ...EVERYWHERE,
    name: 'degraded',
    when: {type: 'degraded'},
    for: degradedFor,
    severity: 'warning',
    runbook: DIAGNOSE,
  },
  {...EVERYWHERE, name: 'no data', when: {type: 'no data'}, severity: 'warning', runbook: DIAGNOSE},
  {
    ...EVERYWHERE,
    name: 'hit rate',
    on: ['cache/*'],
    when: {...THRESHOLD, measurement: 'hitRate', below: hitRateBelow, counting: 'lookups', enough: ENOUGH_LOOKUPS},
    // Two probes long, because one may be noise.
    for: {intervals: 2},
    severity: 'warning',
    runbook: DIAGNOSE,
  },
  {
    ...EVERYWHERE,
    name: 'backup age',
    on: ['backup/*'],
    when: {...THRESHOLD, measurement: 'ageMs', above: 1, of: 'rpoMs', absent: 'breach'},
    severity: 'critical',
    runbook: {name: 'backup', params: {backup: '{name}'}},
  },
  {
    ...EVERYWHERE,
    name: 'backup room',
    on: ['backup/*'],
    when: {...THRESHOLD, measurement: 'fullInMs', below: ROOM_FOR_MS},
    // Two probes long: what is being written is counted once more.
    for: {intervals: 2},
    severity: 'warning',
  },
  {
    ...EVERYWHERE,
    name: 'error rate',
    on: ['release/*'],
    when: {...THRESHOLD, measurement: 'errorRate', above: 1, of: 'maxErrorRate', otherwise: 0.05, counting: 'requests'},
    for: {intervals: 2},
    severity: 'critical',
    runbook: {name: 'rollback', params: {release: '{name}'}},
  },
  {
    ...EVERYWHERE,
    name: 'error budget',
    on: ['service/*'],
    when: {type: 'burn', pairs: ['fast', 'slow']},
    severity: 'critical',
    runbook: DIAGNOSE,
  },
  {
    ...EVERYWHERE,
    name: 'error budget slowly',
    on: ['service/*'],
    when: {type: 'burn', pairs: ['ticket']},
    severity: 'warning',
    runbook: DIAGNOSE,
  },
]
