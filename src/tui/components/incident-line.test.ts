import {expect, test} from 'vitest'
import {alerts, NOW, runs} from '../../../test/tui/shop-events.ts'
import type {Line} from '../layout/line.ts'
import {incidentLine} from './incident-line.ts'

const text = (line: Line | undefined) =>
  line
    ?.map(span => span.text)
    .join('')
    .trimEnd()
const facts = {now: NOW, width: 200, key: '2'}
const [first] = alerts
const root = {
  ...first!,
  rule: 'down',
  severity: 'critical',
  target: 'cache/production/redis',
  cause: undefined,
} as const
const down = {...root, state: 'firing', acknowledged: undefined, since: NOW - 120_000, id: 'a'} as const
const symptom = {...down, id: 'b', target: 'service/production/web', cause: down.target} as const
const [run] = runs
const deploy = {...run!, runbook: 'deploy', state: 'aborted', dryRun: false} as const

test('it says what is down since when, what it affects, and what changed before', () => {
  const changed = {...deploy, startedAt: NOW - 200_000, endedAt: NOW - 135_000}
  const said = text(incidentLine({alerts: [symptom, down], runs: [changed]}, facts))
  expect(said).toContain('cache redis down 2m')
  expect(said).toContain(' · affects web · last change: deploy aborted 15s before · 2 opens them')
})

test('a dry run and what came after changed nothing before; nothing fires, no line', () => {
  const later = {...deploy, startedAt: NOW - 60_000, endedAt: undefined}
  const dry = {...deploy, dryRun: true, startedAt: NOW - 130_000}
  expect(text(incidentLine({alerts: [down], runs: [later, dry]}, facts))).not.toContain('last change')
  expect(incidentLine({alerts: [{...down, state: 'resolved'}], runs: []}, facts)).toBeUndefined()
})

test('at 80 columns it says whole parts, and always the key', () => {
  const changed = {...deploy, runbook: 'cache-invalidate', startedAt: NOW - 200_000, endedAt: NOW - 135_000}
  const others = ['search', 'mail', 'pages'].map(name => ({...down, id: name, target: `service/production/${name}`}))
  const said = text(incidentLine({alerts: [down, ...others], runs: [changed]}, {...facts, width: 80}))
  expect(said).toMatch(/ · 3 more causes · 2 opens them$/)
  expect(said).not.toContain('…')
})
