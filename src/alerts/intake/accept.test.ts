import {expect, test} from 'vitest'
import {escapeLine} from '../../text/escape.ts'
import {acceptSent, MOST_OPEN} from './accept.ts'
import {intakeSchema} from './config.ts'
import {evaluateReported} from './evaluate-reported.ts'
import {openReports} from './reports.ts'
import type {Reported, ReportedStore} from './reported.ts'
import type {SentAlert} from './sent.ts'

const NOW = Date.parse('2026-11-27T03:10:00Z')
const spec = intakeSchema.parse({name: 'falco', type: 'falco', token: 'a-token-of-length'})
const sent = (more: Partial<SentAlert> = {}): SentAlert => ({
  rule: 'Shell',
  subject: 'web1',
  key: 'k',
  severity: undefined,
  summary: 'a shell',
  labels: {},
  since: undefined,
  over: false,
  ...more,
})

function memory(): ReportedStore {
  const kept = new Map<string, Reported>()
  return {
    since: ended => [...kept.values()].filter(({over, at}) => !over || at >= ended),
    get: id => kept.get(id),
    save: list => list.forEach(each => kept.set(each.id, each)),
    openCount: source => [...kept.values()].filter(each => each.source === source && !each.over).length,
    forget: before => kept.forEach(({over, at, id}) => over && at < before && kept.delete(id)),
  }
}
const clean = (text: string): string => escapeLine(text.replaceAll('hunter2-hunter2', '***'), 500)
const accept = (store: ReportedStore, list: readonly SentAlert[], now = NOW) => {
  const {reported, refused} = acceptSent(list, store, {spec, environments: ['production', 'staging'], clean, now})
  store.save(reported)
  return {reported, refused}
}

test('the same one again is the same alert: its beginning stays, and how often is counted', () => {
  const store = memory()
  const [first] = accept(store, [sent()]).reported
  const [second] = accept(store, [sent({summary: 'another shell'})], NOW + 60_000).reported
  expect(second).toMatchObject({id: first?.id, since: NOW, count: 2, summary: 'another shell', severity: 'warning'})
  expect(evaluateReported(second!, spec, NOW + 60_000)).toMatchObject({
    breach: 'yes',
    reason: 'another shell (2 times)',
  })
})

test('an end ends it; the end of one that nobody knows is nothing; a new beginning is a new time of it', () => {
  const store = memory()
  expect(accept(store, [sent({over: true})]).reported).toEqual([])
  accept(store, [sent()])
  expect(accept(store, [sent({over: true})], NOW + 1).reported).toMatchObject([{over: true}])
  expect(accept(store, [sent()], NOW + 2).reported).toMatchObject([{over: false, since: NOW + 2, count: 1}])
})

test('what is not sent again for its time is over by itself, and may begin again', () => {
  const store = memory()
  accept(store, [sent()])
  const reports = openReports(store)
  const at = (now: number) => reports.evaluations([spec], now).map(({evaluation}) => evaluation)
  expect(at(NOW + 3_599_000)).toMatchObject([{breach: 'yes'}])
  expect(at(NOW + 3_600_000)).toMatchObject([{breach: 'no', reason: 'falco has not sent it again'}])
  expect(at(NOW + 3_602_000)).toMatchObject([{breach: 'no', reason: 'falco has not sent it again'}])
  accept(store, [sent()], NOW + 3_700_000)
  expect(at(NOW + 3_700_000)).toMatchObject([{breach: 'yes', since: NOW + 3_700_000, reason: 'a shell'}])
})

test('of a sender that is no longer configured nothing is said, so its alerts are removed', () => {
  const store = memory()
  accept(store, [sent()])
  expect(openReports(store).evaluations([{...spec, name: 'other'}], NOW)).toEqual([])
})

test('texts are redacted, escaped and bounded; labels too; a slash makes no other target', () => {
  const labels = Object.fromEntries(Array.from({length: 500}, (_, at) => [`l${at}`, 'x'.repeat(900)]))
  const [dirty] = accept(memory(), [
    sent({
      rule: 'r\u001b[2J',
      subject: 'a/../b',
      summary: `pw=hunter2-hunter2 ${'y'.repeat(5_000)}`,
      labels: {...labels, deep: {}},
      severity: 'emergency',
    }),
  ]).reported
  expect(dirty?.target).toMatch(/^falco\/production\/a_\.\._b~[0-9a-f]{8}$/)
  expect(dirty?.rule).toBe('r^[[2J')
  expect(dirty?.summary).toHaveLength(300)
  expect(dirty?.summary.startsWith('pw=***')).toBe(true)
  expect(Object.keys(dirty?.labels ?? {})).toHaveLength(24)
  expect(dirty?.labels['l0']).toHaveLength(200)
  expect(dirty?.severity).toBe('critical')
})

test('the label environment places it, when there is one of that name', () => {
  const placed = (environment: string) => accept(memory(), [sent({labels: {environment}})]).reported[0]?.environment
  expect([placed('staging'), placed('moon')]).toEqual(['staging', 'production'])
})

test(`at most ${MOST_OPEN} are open; what is more is refused and counted, what is known goes on`, () => {
  const store = memory()
  const many = Array.from({length: MOST_OPEN + 20}, (_, at) => sent({key: `k${at}`}))
  expect(accept(store, many)).toMatchObject({refused: 20, reported: {length: MOST_OPEN}})
  expect(accept(store, [sent({key: 'k0'}), sent({key: 'new'})])).toMatchObject({refused: 1, reported: {length: 1}})
})

test('a beginning to come is now: the sender has another clock', () => {
  expect(accept(memory(), [sent({since: NOW + 86_400_000})]).reported[0]?.since).toBe(NOW)
})
