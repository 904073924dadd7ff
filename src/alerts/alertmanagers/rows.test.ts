import {expect, test} from 'vitest'
import {alertmanagerSchema} from './config.ts'
import {matchersText, matchersThere} from './matchers.ts'
import type {Reading, TheirAlert} from './reading.ts'
import {severityOf, theirNotices, theirRows, type Theirs, theirSilenceRows} from './rows.ts'

const NOW = Date.parse('2026-11-27T03:10:00Z')
const spec = alertmanagerSchema.parse({name: 'am', url: 'http://am:9093'})
const alert = (more: Partial<TheirAlert> = {}): TheirAlert => ({
  fingerprint: 'f1',
  labels: {alertname: 'DiskFull', instance: 'db1', severity: 'page'},
  annotations: {summary: 'full'},
  startsAt: NOW - 60_000,
  state: 'active',
  silencedBy: [],
  inhibitedBy: [],
  receivers: ['pager'],
  ...more,
})
const reading = (more: Partial<Reading> = {}): Reading => ({
  source: 'am',
  at: NOW - 5_000,
  triedAt: NOW - 5_000,
  problem: undefined,
  version: '0.25.0',
  alerts: [alert()],
  silences: [],
  silencesProblem: undefined,
  unreadable: 0,
  more: 0,
  ...more,
})
const theirs = (readings: readonly Reading[]): Theirs => ({
  specs: [spec],
  readings,
  environments: ['production', 'staging'],
  now: NOW,
})
const rows = (more: Partial<Reading> = {}, ours: readonly string[] = []) =>
  theirRows(theirs([reading(more)]), each => ours.includes(each.annotations['opsconsole_id'] ?? ''))

test('an alert names its source, its subject and what became of it there', () => {
  expect(rows()).toMatchObject([
    {
      id: 'am:DiskFull:f1',
      source: 'am',
      rule: 'DiskFull',
      severity: 'critical',
      target: 'am/production/db1',
      environment: 'production',
      state: 'firing',
      summary: 'full',
      labels: {instance: 'db1', severity: 'page'},
      deliveries: [{channel: 'pager', state: 'handed to am'}],
    },
  ])
})

test('the label environment says where it is shown, when there is one of that name', () => {
  const labelled = (environment: string) => rows({alerts: [alert({labels: {alertname: 'A', environment}})]})[0]
  expect(labelled('staging')?.environment).toBe('staging')
  expect(labelled('elsewhere')?.environment).toBe('production')
})

test.each([
  ['nobody has read it yet', []],
  ['it never answered', [reading({at: undefined, alerts: [], problem: 'connection refused'})]],
  ['its alerts are from before', [reading({at: NOW - 60_000, problem: 'connection refused'})]],
  ['nobody reads it any more', [reading({at: NOW - 60_000, triedAt: NOW - 60_000})]],
])('%s: a row says no data, never that there is no alert', (_name, readings) => {
  const [first, ...others] = theirRows(theirs(readings), () => false)
  expect(first).toMatchObject({rule: 'no data', state: 'firing', target: 'alertmanager/production/am'})
  for (const row of others) expect(row.summary).toMatch(/^as of 03:09 UTC: full/)
})

test('one reading that failed does not make what is fresh old', () => {
  expect(rows({problem: 'connection refused'}).map(({rule}) => rule)).toEqual(['DiskFull'])
})

test('what we sent there is not shown twice', () => {
  const sent = alert({annotations: {opsconsole_id: 'down:service/production/web'}})
  expect(rows({alerts: [sent]}, ['down:service/production/web'])).toEqual([])
  expect(rows({alerts: [sent]})).toHaveLength(1)
})

const silence = {
  id: 's-1',
  matchers: [{name: 'alertname', value: 'Disk.*', isRegex: true, isEqual: true}],
  startsAt: NOW - 30_000,
  endsAt: NOW + 3_600_000,
  createdBy: 'ann',
  comment: 'acknowledged: on it',
  state: 'active',
} as const

test('an acknowledgement of ours is one; any other silence is said to be one', () => {
  const suppressed = alert({state: 'suppressed', silencedBy: ['s-1']})
  expect(rows({alerts: [suppressed], silences: [silence]})[0]?.acknowledged).toEqual({
    by: 'ann',
    at: NOW - 30_000,
    note: 'on it',
  })
  const [other] = rows({alerts: [suppressed], silences: [{...silence, comment: 'moving'}]})
  expect(other?.acknowledged).toBeUndefined()
  expect(other?.deliveries[0]?.state).toBe('suppressed: silenced by ann until 04:10 UTC: moving')
})

test('silences say what they hold, and that they match nothing', () => {
  const held = theirSilenceRows(theirs([reading({alerts: [alert({silencedBy: ['s-1']})], silences: [silence]})]))
  expect(held).toMatchObject([{source: 'am', what: 'alertname=~Disk.*', matches: ['am:DiskFull:f1'], note: ''}])
  expect(theirSilenceRows(theirs([reading({silences: [silence]})]))[0]?.note).toBe('matches nothing')
})

test('one that has not begun says when it does, one that ends soon says so, and those that ended long ago are left out', () => {
  const [begins, soon] = theirSilenceRows(
    theirs([
      reading({
        silences: [
          {...silence, id: 's-2', state: 'pending', startsAt: NOW + 600_000},
          {...silence, id: 's-3', endsAt: NOW + 600_000},
          {...silence, id: 's-4', state: 'expired', endsAt: NOW - 2 * 86_400_000},
        ],
      }),
    ]),
  )
  expect([begins?.note, soon?.note]).toEqual(['begins 03:20 UTC', 'matches nothing, ends in 10m'])
  expect(
    theirSilenceRows(theirs([reading({silences: [{...silence, state: 'expired', endsAt: NOW - 2 * 86_400_000}]})])),
  ).toEqual([])
})

test('what could not be read is said', () => {
  const notices = theirNotices(theirs([reading({unreadable: 2, more: 7, silencesProblem: 'it answered 403'})]))
  expect(notices.map(({text}) => text)).toEqual([
    'am: 2 of its entries could not be read',
    'am: 7 more alerts are not shown',
    'am: its silences cannot be read: it answered 403',
  ])
})

test.each([
  ['critical', 'critical'],
  ['page', 'critical'],
  ['P1', 'critical'],
  ['info', 'info'],
  ['none', 'info'],
  ['ticket', 'warning'],
  [undefined, 'warning'],
])('severity %s is %s', (word, severity) => expect(severityOf(word)).toBe(severity))

test('our flags become matchers of theirs, which mean the same', () => {
  const there = matchersThere({rules: ['Disk*', 'a.b'], severities: ['critical'], labels: {instance: 'db1'}})
  expect(matchersText(there)).toBe('alertname=~Disk.*|a\\.b severity=critical instance=db1')
})
