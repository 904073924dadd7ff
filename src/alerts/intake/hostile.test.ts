import {expect, test} from 'vitest'
import {randomFrom} from '../../../test/program/random.ts'
import {escapeLine} from '../../text/escape.ts'
import {parseAlerts, parseSilences} from '../alertmanagers/parse.ts'
import {acceptSent} from './accept.ts'
import {intakeSchema} from './config.ts'
import {readAlertmanager} from './formats/alertmanager.ts'
import {readFalco} from './formats/falco.ts'
import {readJson} from './formats/json.ts'
import {readSentry} from './formats/sentry.ts'

const NOW = Date.parse('2026-11-27T03:10:00Z')
const MUTATIONS = 2_000
const SEED = 20_261_127
const clean = (text: string): string => escapeLine(text, 500)
// oxlint-disable-next-line no-control-regex -- what must not be there
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/

type Json = null | boolean | number | string | readonly Json[] | {readonly [key: string]: Json}

/** What people, broken programs and attackers put into the place of a value. */
const HOSTILE: readonly (() => Json)[] = [
  () => null,
  () => true,
  () => -0.5,
  () => 1e308,
  () => '',
  () => 'x'.repeat(20_000),
  () => '\u001b[2J\u001b]0;owned\u0007\r\nFIRING critical',
  () => '\u202ednuora\u2066 \u0000\ud800',
  () => '+275760-09-13T00:00:00Z',
  () => '0001-01-01T00:00:00Z',
  () => '../../etc/passwd',
  () => [],
  () => [null, [], 'x', 7, {}],
  () => JSON.parse('{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}') as Json,
  () => Array.from({length: 300}, (_, index) => ({[`label${index}`]: index})),
  () => Object.fromEntries(Array.from({length: 300}, (_, index) => [`\u001b[3${index}m`, 'v'.repeat(300)])),
]

/** The same document with some of its values, or whole branches, replaced, doubled, renamed or left out. */
function mutated(json: Json, random: () => number): Json {
  if (random() < 0.12) return HOSTILE[Math.floor(random() * HOSTILE.length)]?.() ?? null
  if (Array.isArray(json)) {
    const items = (json as readonly Json[]).map(each => mutated(each, random))
    return random() < 0.1 ? [...items, ...items, ...items] : items
  }
  if (typeof json !== 'object' || json === null) return json
  const pairs = Object.entries(json).flatMap(([key, value]): readonly (readonly [string, Json])[] =>
    random() < 0.06 ? [] : [[random() < 0.04 ? `${key}\u001b[1m` : key, mutated(value, random)]],
  )
  return Object.fromEntries(pairs)
}

const labels = {alertname: 'DiskFull', instance: 'db1:9100', severity: 'page', environment: 'production'}
const alert = {
  status: 'firing',
  labels,
  annotations: {summary: 'full', description: 'it is full'},
  startsAt: '2026-11-27T03:00:00Z',
  endsAt: '0001-01-01T00:00:00Z',
  fingerprint: 'f1',
}
const event = {title: 'TypeError: x', issue_id: '42', level: 'error', project_slug: 'web'}
const mapping = {list: 'data.events', rule: 'job {job.name}', subject: '{job.hosts.0}', summary: '{message}: {detail}'}
const INTAKES = [
  {type: 'alertmanager', read: readAlertmanager, json: {version: '4', status: 'firing', alerts: [alert, alert]}},
  {
    type: 'falco',
    read: readFalco,
    json: {
      hostname: 'web1',
      output: 'a shell',
      priority: 'Critical',
      rule: 'Terminal shell',
      time: '2026-11-27T03:07:30.1Z',
      output_fields: {'container.id': 'c0ffee', 'proc.cmdline': 'sh -i'},
    },
  },
  {type: 'sentry', read: readSentry, json: {action: 'triggered', data: {event, triggered_rule: 'Too many'}}},
  {
    type: 'json',
    read: readJson,
    json: {data: {events: [{job: {name: 'backup', hosts: ['db1']}, message: 'late', detail: {by: 3}}]}},
  },
] as const

test.each(INTAKES)(
  `${MUTATIONS} hostile documents of $type are refused in words, or become alerts that are bounded and clean`,
  ({type, read, json}) => {
    const spec = intakeSchema.parse({name: 'x', type, token: 'a-token-of-length', ...(type === 'json' && {mapping})})
    const random = randomFrom(SEED)
    let [refused, accepted] = [0, 0]
    for (let count = 0; count < MUTATIONS; count += 1) {
      const document = mutated(json, random)
      let sent: ReturnType<typeof read>
      try {
        sent = read(document, spec)
      } catch (error) {
        expect((error as Error).constructor, JSON.stringify(document)?.slice(0, 500)).toBe(Error)
        refused += 1
        continue
      }
      const store = {get: () => undefined, openCount: () => 0}
      const facts = {spec, environments: ['production'], clean, now: NOW}
      for (const {name, rule, summary, labels: said, since, target} of acceptSent(sent, store, facts).reported) {
        accepted += 1
        const texts = [name, rule, summary, ...Object.entries(said).flat()]
        expect(texts.filter(text => CONTROL.test(text) || text.length > 300)).toEqual([])
        expect([Object.keys(said).length <= 24, Number.isFinite(since), since <= NOW]).toEqual([true, true, true])
        expect(target.split('/')).toHaveLength(3)
      }
    }
    expect(({} as {readonly polluted?: unknown}).polluted).toBeUndefined()
    expect([refused > 0, accepted > 200]).toEqual([true, true])
  },
)

const THERE = {
  ...alert,
  status: {state: 'active', silencedBy: [], inhibitedBy: []},
  receivers: [{name: 'pager'}],
}
const SILENCE = {
  id: '0b9a7e3c-3c1e-4f4a-9a55-3e4f5a6b7c8d',
  status: {state: 'active'},
  matchers: [{name: 'alertname', value: 'DiskFull', isRegex: false, isEqual: true}],
  startsAt: '2026-11-27T03:00:00Z',
  endsAt: '2026-11-27T05:00:00Z',
  createdBy: 'ann',
  comment: 'moving',
}
test.each([
  ['alerts', parseAlerts, THERE],
  ['silences', parseSilences, SILENCE],
] as const)(
  `${MUTATIONS} hostile answers of an Alertmanager about its %s are read, and what is shown of them is clean`,
  (_, parse, one) => {
    const random = randomFrom(SEED)
    let read = 0
    for (let count = 0; count < MUTATIONS; count += 1) {
      let parsed: ReturnType<typeof parse>
      const document = mutated([one, one], random)
      try {
        parsed = parse(document, clean)
      } catch (error) {
        expect((error as Error).constructor, JSON.stringify(document).slice(0, 500)).not.toBe(TypeError)
        continue
      }
      const texts: string[] = []
      JSON.stringify(parsed, (key, value: unknown) => {
        texts.push(key, typeof value === 'string' ? value : '')
        return value
      })
      expect(texts.filter(text => CONTROL.test(text) || text.length > 2_000)).toEqual([])
      read += 1
    }
    expect(read).toBeGreaterThan(500)
  },
)
