import {expect, test} from 'vitest'
import {probeTools} from '../../../test/probe-tools.ts'
import type {Alert} from '../state.ts'
import {alertmanagerSchema} from './config.ts'
import {openDesk} from './desk.ts'
import type {Reading} from './reading.ts'

const NOW = Date.parse('2026-11-27T03:10:00Z')
const MINUTE = 60_000
const ID = 'no-data:service/production/web'

/** What the desk shows of an alert of ours that one Alertmanager still has, and that was resolved here so long ago. */
function rowsWhen(resolvedAgo: number): readonly unknown[] {
  const sent = {
    fingerprint: 'f1',
    labels: {alertname: 'no-data', kind: 'service', name: 'web', environment: 'production'},
    annotations: {summary: 'no data', opsconsole_id: ID},
    startsAt: NOW - 30 * MINUTE,
    state: 'active',
    silencedBy: [],
    inhibitedBy: [],
    receivers: ['pager'],
  } as const
  const reading: Reading = {
    source: 'am',
    at: NOW - 1000,
    triedAt: NOW - 1000,
    problem: undefined,
    version: '0.25.0',
    alerts: [sent],
    silences: [],
    silencesProblem: undefined,
    unreadable: 0,
    more: 0,
  }
  const ours = {id: ID, state: 'resolved', resolvedAt: NOW - resolvedAgo} as Alert
  const desk = openDesk({
    config: () => ({
      alerts: {alertmanagers: [alertmanagerSchema.parse({name: 'am', url: 'http://am:9093'})], intake: []},
      environments: [{name: 'production'}],
    }),
    tools: {secret: probeTools.secret, fetch, clean: text => text},
    store: () => ({all: () => [reading], save: () => {}}),
    alertStore: () => ({since: from => (NOW - resolvedAgo >= from ? [ours] : [])}),
    clock: {now: () => NOW, monotonic: () => 0},
  })
  return desk.rows(NOW)
}

test('an alert of ours that has just ended is not shown as one of theirs that fires, until they hear of it', () => {
  expect(rowsWhen(2 * MINUTE)).toEqual([])
  expect(rowsWhen(20 * MINUTE)).toMatchObject([{state: 'firing', source: 'am'}])
})
