import {expect, test} from 'vitest'
import {escapeLine} from '../../text/escape.ts'
import {MOST_ALERTS, parseAlerts, parseSilences} from './parse.ts'

const clean = (text: string): string => escapeLine(text.replaceAll('hunter2-hunter2', '***'), 500)
const alert = (more: Record<string, unknown> = {}) => ({
  fingerprint: 'a1b2c3d4e5f60718',
  labels: {alertname: 'DiskFull', instance: 'db1:9100', severity: 'critical'},
  annotations: {summary: 'the disk is full'},
  startsAt: '2026-11-27T03:07:30.000Z',
  endsAt: '2026-11-27T03:12:30.000Z',
  status: {state: 'active', silencedBy: [], inhibitedBy: []},
  receivers: [{name: 'pager'}],
  ...more,
})

test('an alert is what it says, escaped and redacted', () => {
  const dirty = alert({annotations: {summary: 'key hunter2-hunter2\u001b]0;title\u0007'}})
  expect(parseAlerts([dirty], clean).items).toEqual([
    expect.objectContaining({
      labels: {alertname: 'DiskFull', instance: 'db1:9100', severity: 'critical'},
      annotations: {summary: 'key ***^[]0;title^G'},
      startsAt: Date.parse('2026-11-27T03:07:30Z'),
      state: 'active',
      receivers: ['pager'],
    }),
  ])
})

test.each([
  ['nothing', null],
  ['a text', 'alert'],
  ['a list', []],
  ['no fingerprint', alert({fingerprint: undefined})],
  ['a fingerprint that is a path', alert({fingerprint: '../../x'})],
  ['labels that are a list', alert({labels: ['a']})],
  ['a moment that is none', alert({startsAt: 'yesterday'})],
  ['no status', alert({status: 7})],
  ['a state that nobody knows', alert({status: {state: 'snoozed'}})],
])('%s is counted as unreadable, and the others stay', (_name, entry) => {
  expect(parseAlerts([entry, alert()], clean)).toMatchObject({
    items: [{fingerprint: alert().fingerprint}],
    unreadable: 1,
  })
})

test.each([null, {}, 'x', 7, {data: []}])('%j instead of a list is an error, not "no alerts"', json => {
  expect(() => parseAlerts(json, clean)).toThrow('not a list')
})

test('ten thousand alerts with a thousand long labels each are bounded, and what is left out is counted', () => {
  const labels = Object.fromEntries(Array.from({length: 1_000}, (_, at) => [`l${at}`, 'x'.repeat(5_000)]))
  const huge = alert({labels})
  const parsed = parseAlerts(
    Array.from({length: 10_000}, (_, at) => (at === 0 ? huge : alert())),
    clean,
  )
  expect(parsed.items).toHaveLength(MOST_ALERTS)
  expect(parsed.more).toBe(10_000 - MOST_ALERTS)
  expect(Object.keys(parsed.items[0]?.labels ?? {})).toHaveLength(40)
  expect(parsed.items[0]?.labels['l0']).toHaveLength(500)
})

test('__proto__ as a label makes no object of another kind', () => {
  const parsed = parseAlerts([alert({labels: JSON.parse('{"__proto__": "x", "alertname": "A"}')})], clean)
  expect(Object.keys(parsed.items[0]?.labels ?? {})).toEqual(['alertname'])
  expect(Object.getPrototypeOf(parsed.items[0]?.labels)).toBe(Object.prototype)
})

test('a silence of 0.21, which knows no isEqual, is one of equality', () => {
  const silence = {
    id: 'd8f9a2d6-0f5e-4a34-b2b8-2a5b0a1b0c1d',
    matchers: [{name: 'alertname', value: 'DiskFull', isRegex: false}],
    startsAt: '2026-11-27T03:00:00Z',
    endsAt: '2026-11-27T04:00:00Z',
    createdBy: 'ann',
    comment: 'moving',
    status: {state: 'active'},
  }
  expect(parseSilences([silence, {...silence, id: '/x'}, {...silence, matchers: [1]}], clean)).toMatchObject({
    items: [{matchers: [{isEqual: true}], createdBy: 'ann', state: 'active'}],
    unreadable: 2,
  })
})
