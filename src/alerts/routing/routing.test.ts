import {describe, expect, test} from 'vitest'
import {alertBench, INTERVAL_MS} from '../../../test/alert-bench.ts'
import type {Silence} from './silence.ts'

const MINUTE = 60_000
const bench = (config: object, more: Partial<Parameters<typeof alertBench>[0]> = {}) =>
  alertBench({services: {web: [], api: []}, config: {failureThreshold: 1, ...config}, ...more})
const said = ({sent}: ReturnType<typeof alertBench>) =>
  sent.map(({state, target, channel}) => `${channel}: ${state} ${target.slice(13)}`)

describe('a maintenance that was started by hand', () => {
  const window = (now: number, more: Partial<Silence> = {}): Silence => ({
    id: 'm1',
    maintenance: true,
    matcher: {on: ['service/web']},
    author: 'ann',
    reason: 'patching',
    createdAt: now,
    endsAt: now + 10 * MINUTE,
    ...more,
  })

  test('holds what it is about, says by whom, why and until when; what still is wrong at its end is told', async () => {
    const it = bench({})
    it.silences.push(window(it.time.now()))
    await it.probeFor(3, {web: 'down', api: 'down'})
    expect(said(it)).toEqual(['pager: firing api'])
    expect(it.heldOf('web')).toMatch(/^maintenance by ann \(patching\) until \d\d:\d\d UTC$/)
    it.silences[0] = window(it.time.now(), {expired: {by: 'ben', at: it.time.now()}})
    await it.probe({web: 'down'})
    expect(said(it)).toEqual(['pager: firing api', 'pager: firing web'])
  })

  test('ends by itself', async () => {
    const it = bench({})
    it.silences.push(window(it.time.now(), {endsAt: it.time.now() + 2 * INTERVAL_MS}))
    await it.probeFor(5, {web: 'down'})
    expect(said(it)).toEqual(['pager: firing web'])
  })
})

describe('a silence', () => {
  const silence = (now: number, more: Partial<Silence> = {}): Silence => ({
    id: 's1',
    matcher: {on: ['service/web']},
    author: 'ann',
    reason: 'moving',
    createdAt: now,
    endsAt: now + 10 * MINUTE,
    ...more,
  })

  test('holds what it matches, says by whom, until when and why; when it ends, what still fires is told with that reason', async () => {
    const it = bench({})
    it.silences.push(silence(it.time.now()))
    await it.probeFor(3, {web: 'down', api: 'down'})
    expect(said(it)).toEqual(['pager: firing api'])
    expect(it.heldOf('web')).toMatch(/^silenced by ann until \d\d:\d\d UTC: moving$/)
    it.silences.pop()
    await it.probe({web: 'down'})
    expect(said(it)).toEqual(['pager: firing api', 'pager: firing web'])
    expect(it.sent[1]?.reason).toContain('the silence by ann has ended')
  })

  test('of what was told before ends with being told again, and never keeps an end back', async () => {
    const it = bench({groupInterval: '1m'})
    await it.probeFor(1, {web: 'down', api: 'down'})
    it.silences.push(silence(it.time.now(), {matcher: {rules: ['down']}}))
    await it.probeFor(4, {web: 'down', api: 'down'})
    await it.probe({api: 'up'})
    expect(said(it)).toEqual(['pager: firing web', 'pager: firing api', 'pager: resolved api'])
    it.silences.pop()
    await it.probe({web: 'down'})
    expect(said(it).at(-1)).toBe('pager: firing web')
    await it.probeFor(20, {web: 'down'})
    expect(said(it)).toHaveLength(4)
  })

  test('until it resolves is for this time of one alert only', async () => {
    const it = bench({groupInterval: '1m'})
    await it.probe({web: 'down'})
    const alert = it.alertStore.get('down:service/prod/web')
    it.silences.push(
      silence(it.time.now(), {endsAt: undefined, alert: {id: 'down:service/prod/web', episode: alert?.episode ?? 0}}),
    )
    await it.probeFor(4, {web: 'down'})
    await it.probeFor(4, {web: 'up'})
    await it.probeFor(4, {web: 'down'})
    expect(said(it)).toEqual(['pager: firing web', 'pager: resolved web', 'pager: firing web'])
  })
})

describe('what is told of an alert that was told before', () => {
  const matcher = {on: ['service/web']}
  const held = (now: number, more: Partial<Silence> = {}): Silence => ({
    id: 's1',
    matcher,
    author: 'ann',
    reason: 'moving',
    createdAt: now,
    endsAt: now + 60 * MINUTE,
    ...more,
  })

  test('that its silence has ended is not said while maintenance, or another silence, holds it', async () => {
    const it = bench({groupInterval: '1m'})
    await it.probe({web: 'down'})
    it.silences.push(held(it.time.now()))
    await it.probeFor(4, {web: 'down'})
    it.silences.push(
      held(it.time.now(), {id: 'm1', maintenance: true, author: 'ben', endsAt: it.time.now() + 10 * MINUTE}),
    )
    it.silences.shift()
    await it.probeFor(10, {web: 'down'})
    expect(said(it)).toEqual(['pager: firing web'])
    await it.probeFor(15, {web: 'down'})
    expect(said(it)).toEqual(['pager: firing web', 'pager: firing web'])
    expect(it.sent[1]?.reason).toContain('the silence by ann has ended')
  })

  test('a silence under a maintenance has not ended', async () => {
    const it = bench({groupInterval: '1m'})
    await it.probe({web: 'down'})
    it.silences.push(held(it.time.now()))
    await it.probeFor(2, {web: 'down'})
    it.silences.push(held(it.time.now(), {id: 'm1', maintenance: true, endsAt: it.time.now() + 5 * MINUTE}))
    await it.probeFor(4, {web: 'down'})
    const routing = () => it.alertStore.get('down:service/prod/web')?.routing
    expect(routing()).toMatchObject({hold: {reason: 'maintenance'}, silence: {id: 's1'}})
    expect(routing()?.unsilenced).toBeUndefined()
    await it.probeFor(20, {web: 'down'})
    expect(routing()).toMatchObject({hold: {reason: 'silence'}, silence: {id: 's1'}})
    expect(said(it)).toEqual(['pager: firing web'])
  })

  test('that it flaps is not said while a silence holds it', async () => {
    const it = bench({groupInterval: '10m'})
    await it.probeFor(2, {web: 'down'})
    it.silences.push(held(it.time.now()))
    for (let times = 0; times < 3; times += 1) {
      await it.probe({web: 'up'})
      await it.probe({web: 'down'})
    }
    await it.probeFor(30, {web: 'down'})
    expect(said(it)).toEqual(['pager: firing web'])
    expect(it.heldOf('web')).toMatch(/^silenced by ann/)
  })
})

test('maintenance holds what begins in it; what is still wrong at its end is told', async () => {
  const start = new Date(1_800_000_000_000)
  const cron = `${start.getUTCMinutes()} ${start.getUTCHours()} * * *`
  const it = bench({maintenance: [{name: 'patching', on: ['service/web'], cron, for: '5m'}]})
  await it.probeFor(6, {web: 'down', api: 'up'})
  expect(said(it)).toEqual([])
  expect(it.heldOf('web')).toMatch(/^maintenance patching until/)
  await it.probeFor(6, {web: 'down'})
  expect(said(it)).toEqual(['pager: firing web'])
})

test('while one alert fires, others of its environment are held, and it is said by which', async () => {
  const it = bench({groupInterval: '1m', inhibitions: [{while: {on: ['service/web']}, hold: {on: ['service/*']}}]})
  await it.probeFor(2, {web: 'down', api: 'down'})
  // The one that holds is never held by what it holds.
  expect(said(it)).toEqual(['pager: firing web'])
  expect(it.heldOf('api')).toMatch(/^down:service\/prod\/web fires since/)
  await it.probe({web: 'up'})
  expect(said(it)).toEqual(['pager: firing web', 'pager: resolved web', 'pager: firing api'])
})

describe('an escalation', () => {
  const config = {
    groupInterval: '1m',
    channels: ['ann', 'ben', 'boss', 'log'].map(name => ({type: 'file', name: `${name}-file`, path: '/dev/null'})),
    people: ['ann', 'ben', 'boss'].map(name => ({name, channels: [`${name}-file`]})),
    onCall: [{name: 'primary', people: ['ann', 'ben'], start: '2027-01-15T08:00', every: '1d'}],
    escalations: [
      {name: 'outage', severities: ['critical'], steps: [{to: ['primary']}, {to: ['ben']}, {to: ['boss']}]},
    ],
  }
  const channels = ['ann-file', 'ben-file', 'boss-file', 'log-file']

  test('goes on after 0, 10 and 30 minutes until somebody acknowledges; who was told hears of the end', async () => {
    const it = bench(config, {channels})
    await it.probe({web: 'down'})
    expect(said(it)).toEqual(['ann-file: firing web', 'log-file: firing web'])
    expect(it.heldOf('web', 'ben-file')).toMatch(/^escalation outage: \d\d:\d\d UTC unless somebody acknowledges$/)
    await it.time.advance(10 * MINUTE - 1)
    await it.probe({web: 'down'})
    expect(said(it)).toHaveLength(2)
    await it.time.advance(1)
    await it.probe({web: 'down'})
    expect(said(it).at(-1)).toBe('ben-file: firing web')
    it.alertStore.acknowledge('down:service/prod/web', {by: 'ben', at: it.time.now(), note: ''})
    await it.time.advance(25 * MINUTE)
    await it.probe({web: 'down'})
    expect(it.heldOf('web', 'boss-file')).toBe('acknowledged by ben')
    await it.probe({web: 'up'})
    expect(said(it).slice(3).sort()).toEqual([
      'ann-file: resolved web',
      'ben-file: resolved web',
      'log-file: resolved web',
    ])
  })

  test('begins when what held it is over: nobody was asked to do anything before', async () => {
    const it = bench(config, {channels})
    const until = it.time.now() + 120 * MINUTE
    it.silences.push({
      id: 's1',
      matcher: {on: ['service/web']},
      author: 'ann',
      reason: 'moving',
      createdAt: it.time.now(),
      endsAt: until,
    })
    await it.probeFor(240, {web: 'down'})
    expect(said(it)).toEqual([])
    await it.probe({web: 'down'})
    expect(said(it)).toEqual(['ann-file: firing web', 'log-file: firing web'])
    await it.time.advance(10 * MINUTE)
    await it.probe({web: 'down'})
    expect(said(it).slice(2)).toEqual(['ben-file: firing web'])
  })

  test('follows whoever is on call: after the handover the next is notified too', async () => {
    const it = bench({...config, escalations: [{name: 'outage', steps: [{to: ['primary']}]}]}, {channels})
    await it.probe({web: 'down'})
    expect(it.heldOf('web', 'ben-file')).toBe('ben is not on call for escalation outage')
    await it.time.advance(24 * 60 * MINUTE)
    await it.probe({web: 'down'})
    expect(said(it)).toEqual([
      'ann-file: firing web',
      'log-file: firing web',
      'ben-file: firing web',
      // It is for everybody, and four hours are over; ann is no longer on call.
      'log-file: firing web',
    ])
  })
})

describe('a group', () => {
  const NAMES = Array.from({length: 1000}, (_, index) => `s${index}`)
  const services = Object.fromEntries(NAMES.map(name => [name, []]))
  const down = Object.fromEntries(NAMES.map(name => [name, 'down' as const]))

  test('of a thousand alerts at once is one notification, and one when they are over', async () => {
    const it = bench({groupBy: ['environment', 'rule']}, {services})
    await it.probe(down)
    expect(it.sent).toHaveLength(1)
    expect(it.sent[0]?.others).toHaveLength(999)
    expect(it.sent[0]?.text).toMatch(/\(and 999 more: service\/prod\/s\d+, .* …\)$/)
    await it.time.advance(INTERVAL_MS * 20)
    await it.probe(Object.fromEntries(NAMES.map(name => [name, 'up' as const])))
    expect(it.sent.map(({state}) => state)).toEqual(['firing', 'resolved'])
  })

  test('is told at once; what joins within its wait comes together after it', async () => {
    const it = bench({groupBy: ['rule'], groupWait: '30s'}, {services: {a: [], b: [], c: [], d: []}})
    await it.probe({a: 'down', b: 'up', c: 'up', d: 'up'})
    expect(it.sent).toHaveLength(1)
    await it.time.advance(5000)
    await it.probe({b: 'down'})
    await it.time.advance(5000)
    await it.probe({c: 'down'})
    expect(it.heldOf('b')).toMatch(/^comes with others of its group at \d\d:\d\d:\d\d UTC$/)
    await it.time.advance(20_000)
    await it.probe({})
    expect(it.sent.map(({target, others}) => [target.slice(13), others.length])).toEqual([
      ['a', 0],
      ['b', 1],
    ])
  })
})
