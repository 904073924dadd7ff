import {expect, test} from 'vitest'
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
  ['2026-10-21T16:00:00Z', 'cy', '2026-10-22T07:00:00.000Z', 'an exception'],
  ['2026-10-21T22:30:00Z', 'ben', '2026-10-22T01:00:00.000Z', 'of two, the later one in the list'],
  ['2026-10-26T07:59:59Z', 'ann', '2026-10-26T08:00:00.000Z', 'clocks went back: still nine in the morning'],
  ['2026-10-26T08:00:00Z', 'ben', '2026-11-02T08:00:00.000Z', 'handed over'],
  ['2026-11-09T08:00:00Z', 'ann', '2026-11-16T08:00:00.000Z', 'all the way round'],
])('at %s it is %s until %s: %s', (now, person, until) => {
  const found = onCallAt(schedule, Date.parse(now))
  expect([found.person, new Date(found.until).toISOString()]).toEqual([person, until])
})
