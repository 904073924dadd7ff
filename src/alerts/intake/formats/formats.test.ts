import {expect, test} from 'vitest'
import {intakeSchema, type IntakeSpec} from '../config.ts'
import {readAlertmanager} from './alertmanager.ts'
import {readFalco} from './falco.ts'
import {readJson} from './json.ts'
import {readSentry} from './sentry.ts'

const spec = (more: Record<string, unknown>): IntakeSpec =>
  intakeSchema.parse({name: 'x', type: 'json', token: 'a-token-of-length', ...more})
const any = spec({})

test('Alertmanager: each alert of a group by its own fingerprint, with its end', () => {
  const [first, second] = readAlertmanager(
    {
      version: '4',
      status: 'firing',
      alerts: [
        {
          status: 'firing',
          labels: {alertname: 'DiskFull', instance: 'db1', severity: 'page'},
          annotations: {summary: 'full'},
          startsAt: '2026-11-27T03:00:00Z',
          endsAt: '0001-01-01T00:00:00Z',
          fingerprint: 'f1',
        },
        {status: 'resolved', labels: {alertname: 'Lag'}, fingerprint: 'f2'},
      ],
    },
    any,
  )
  expect(first).toMatchObject({
    rule: 'DiskFull',
    subject: 'db1',
    key: 'f1',
    severity: 'page',
    summary: 'full',
    over: false,
  })
  expect(first?.since).toBe(Date.parse('2026-11-27T03:00:00Z'))
  expect(second).toMatchObject({rule: 'Lag', subject: 'Lag', over: true})
})

test('Alertmanager: what a console sent there and gets back is none of its alerts', () => {
  const back = {labels: {alertname: 'down'}, annotations: {opsconsole_id: 'down:service/prod/web'}, fingerprint: 'f1'}
  const own = {labels: {alertname: 'Lag'}, fingerprint: 'f2'}
  expect(readAlertmanager({alerts: [back, own]}, any).map(({rule}) => rule)).toEqual(['Lag'])
  expect(readAlertmanager({alerts: [back]}, any)).toEqual([])
})

const falco = {
  hostname: 'web1',
  output: '03:07:30.1 Warning Shell spawned by nginx (command=sh -i)',
  priority: 'Critical',
  rule: 'Terminal shell in container',
  source: 'syscall',
  time: '2026-11-27T03:07:30.1Z',
  output_fields: {'container.id': 'c0ffee', 'proc.cmdline': 'sh -i', 'evt.time': 1},
}

test('Falco: the same rule in the same container is the same alert, whatever the process was called', () => {
  const again = {...falco, output: 'other words', output_fields: {...falco.output_fields, 'proc.cmdline': 'bash'}}
  const elsewhere = {...falco, output_fields: {'container.id': 'other'}}
  const keyOf = (event: unknown) => readFalco(event, any)[0]?.key
  expect(readFalco(falco, any)).toMatchObject([{subject: 'web1', severity: 'critical', over: false}])
  expect(keyOf(again)).toBe(keyOf(falco))
  expect(keyOf(elsewhere)).not.toBe(keyOf(falco))
})

test('Sentry: an issue ends the alert that its event began; an installation is no alert', () => {
  const event = {title: 'TypeError: x', issue_id: '42', level: 'error', project_slug: 'web'}
  const [begun] = readSentry({action: 'triggered', data: {event, triggered_rule: 'Too many'}}, any)
  const issue = {id: '42', title: 'TypeError: x', level: 'error', status: 'resolved', project: {slug: 'web'}}
  const [ended] = readSentry({action: 'resolved', data: {issue}}, any)
  expect([begun?.over, ended?.over, ended?.key]).toEqual([false, true, begun?.key])
  const metric = {id: '7', alert_rule: {name: 'p95'}}
  expect(readSentry({action: 'critical', data: {metric_alert: metric, description_text: '5 s'}}, any)).toMatchObject([
    {subject: 'p95', severity: 'critical', summary: '5 s', over: false},
  ])
  expect(readSentry({action: 'created', data: {installation: {}}}, any)).toEqual([])
})

test('JSON by a mapping: lists, texts around places, states that end it', () => {
  const mapping = {
    list: 'data.events',
    rule: 'job {job.name}',
    subject: '{job.hosts.0}',
    summary: '{message}: {detail}',
    state: '{ok}',
    severity: '{level}',
  }
  const events = [
    {job: {name: 'backup', hosts: ['db1']}, message: 'late', detail: {by: 3}, ok: 'no', level: 'crit'},
    {job: {name: 'backup', hosts: ['db1']}, ok: 'OK'},
    'no entry',
  ]
  expect(readJson({data: {events}}, spec({mapping}))).toMatchObject([
    {rule: 'job backup', subject: 'db1', summary: 'late: {"by":3}', severity: 'crit', over: false},
    {rule: 'job backup', subject: 'db1', over: true},
  ])
  expect(() => readJson({data: {}}, spec({mapping}))).toThrow('no list at data.events')
  expect(readJson({constructor: 1}, spec({mapping: {rule: '{toString.name}{__proto__.x}'}}))[0]?.rule).toBe('alert')
})

test.each([
  [readAlertmanager, {alerts: {}}],
  [readAlertmanager, null],
  [readFalco, {rule: 'x'}],
  [readFalco, []],
  [readSentry, {data: 7}],
  [readSentry, 'x'],
])('what is something else is refused: %o %j', (read, json) => {
  expect(() => read(json, any)).toThrow()
})

test.each([
  ['null', null],
  ['a number', 7],
  ['lists in lists', [[[]]]],
])('a sender that posts %s is told that none of it is an alert', (_, json) => {
  expect(() => readJson(json, spec({mapping: {rule: '{check}'}}))).toThrow('none of it is an alert')
  expect(() => readAlertmanager({alerts: [json]}, any)).toThrow('none of it is an alert')
  expect(readAlertmanager({alerts: []}, any)).toEqual([])
})
