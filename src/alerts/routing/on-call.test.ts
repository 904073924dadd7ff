import {expect, test} from 'vitest'
import {randomFrom} from '../../../test/program/random.ts'
import {momentIn} from '../../units/zone.ts'
import {wallOf} from '../../units/wall-time.ts'
import {checkRouting} from './check.ts'
import {onCallSchema} from './config.ts'
import {onCallAt} from './on-call.ts'

const schedule = onCallSchema.parse({
  name: 'shop',
  zone: 'Europe/Berlin',
  people: ['ann', 'ben', 'cy'],
  start: '2026-10-19T09:00',
  every: '1w',
  overrides: [
    {person: 'cy', from: '2026-10-21T18:00', until: '2026-10-22T09:00'},
    {person: 'ben', from: '2026-10-22T00:00', until: '2026-10-22T03:00'},
  ],
})

test.each([
  ['2026-10-01T00:00:00Z', 'ann', '2026-10-21T16:00:00.000Z', 'before it began, the first'],
  ['2026-10-19T07:00:00Z', 'ann', '2026-10-21T16:00:00.000Z', 'until the first exception'],
  ['2026-10-21T16:00:00Z', 'cy', '2026-10-21T22:00:00.000Z', 'an exception, until a later one of the list begins'],
  ['2026-10-21T22:30:00Z', 'ben', '2026-10-22T01:00:00.000Z', 'of two, the later one in the list'],
  ['2026-10-26T07:59:59Z', 'ann', '2026-10-26T08:00:00.000Z', 'clocks went back: still nine in the morning'],
  ['2026-10-26T08:00:00Z', 'ben', '2026-11-02T08:00:00.000Z', 'handed over'],
  ['2026-11-09T08:00:00Z', 'ann', '2026-11-16T08:00:00.000Z', 'all the way round'],
])('at %s it is %s until %s: %s', (now, person, until) => {
  const found = onCallAt(schedule, Date.parse(now))
  expect([found.person, new Date(found.until).toISOString()]).toEqual([person, until])
})

test('a handover in the hour that comes twice hands over once, and nothing back', () => {
  const nightly = onCallSchema.parse({...base, start: '2026-10-24T02:30', every: '1d', people: ['ann', 'ben']})
  const people = ['00:29', '00:30', '00:59', '01:00', '01:29', '01:30'].map(
    time => onCallAt(nightly, Date.parse(`2026-10-25T${time}:00Z`)).person,
  )
  expect(people).toEqual(['ann', 'ben', 'ben', 'ben', 'ben', 'ben'])
})

test('one in the hour that is skipped hands over when it said that it would', () => {
  const nightly = onCallSchema.parse({...base, start: '2026-03-28T02:30', every: '1d', people: ['ann', 'ben']})
  const before = onCallAt(nightly, Date.parse('2026-03-29T01:00:00Z'))
  expect([before.person, onCallAt(nightly, before.until - 1).person, onCallAt(nightly, before.until).person]).toEqual([
    'ann',
    'ann',
    'ben',
  ])
})

const base = {name: 'shop', zone: 'Europe/Berlin'}
const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Pacific/Apia']
const CLOCK_CHANGES = ['2026-03-08', '2026-03-29', '2026-04-05', '2026-10-04', '2026-10-25', '2026-11-01']

test('of 200 schedules around changes of clocks each says until when, and nothing changes before', () => {
  const random = randomFrom(20_261_127)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const wall = (): string => {
    const at = Date.parse(`${pick(CLOCK_CHANGES)}T00:00Z`) + Math.floor(random() * 5_760 - 1_440) * 60_000
    return new Date(at).toISOString().slice(0, 16)
  }
  for (let round = 0; round < 200; round += 1) {
    const schedule = onCallSchema.parse({
      name: 'any',
      zone: pick(ZONES),
      people: ['ann', 'ben', 'cy'].slice(0, 1 + Math.floor(random() * 3)),
      start: wall(),
      every: pick(['1h', '90m', '1d', '25h', '1w', '3650d']),
      overrides: Array.from({length: Math.floor(random() * 4)}, () => ({person: 'dee', from: wall(), until: wall()})),
    })
    const now = momentIn(schedule.zone, wallOf(wall()) ?? 0)
    const found = onCallAt(schedule, now)
    const said = `${JSON.stringify(schedule)} at ${new Date(now).toISOString()}`
    expect(found.until, said).toBeGreaterThan(now)
    for (const step of [1, 8]) {
      const between = now + Math.floor(((found.until - 1 - now) * step) / 8)
      expect(onCallAt(schedule, between), said).toEqual(found)
    }
    const after = onCallAt(schedule, found.until)
    expect(`${after.until} ${after.person}`, said).not.toBe(`${found.until} ${found.person}`)
  }
})

test.each([
  [{start: '2026-02-30T09:00'}, 'should be a time such as'],
  [{start: '2026-01-05 9:00'}, 'should be a time such as'],
  [{every: '59m'}, 'should be from 1h to 3650d'],
  [{every: '300000000d'}, 'should be from 1h to 3650d'],
  [{zone: 'Europe/Berlin\u001b[2J'}, 'should be a time zone'],
  [{people: []}, ''],
  [{overrides: [{person: 'ann', from: '2026-01-05T09:00', until: '2026-01-32T09:00'}]}, 'should be a time such as'],
])('%j is refused', (wrong, message) => {
  const parsed = onCallSchema.safeParse({...base, people: ['ann'], start: '2026-01-05T09:00', ...wrong})
  expect(parsed.success).toBe(false)
  expect(JSON.stringify(parsed.error?.issues)).toContain(message)
})

test('an exception that ends before it begins would never hold, and is refused', () => {
  const overrides = [{person: 'ann', from: '2026-12-27T09:00', until: '2026-12-24T09:00'}]
  const onCall = [onCallSchema.parse({...base, people: ['ann'], start: '2026-01-05T09:00', overrides})]
  const issues = checkRouting({channels: [], people: [{name: 'ann', channels: []}], onCall, escalations: []})
  expect(issues.map(({path, message}) => [path.join('/'), message()])).toEqual([
    ['onCall/0/overrides/0/until', 'should be after from, 2026-12-27T09:00'],
  ])
})
