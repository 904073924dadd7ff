import {expect, test} from 'vitest'
import {randomFrom} from '../../test/program/random.ts'
import {forgetfulRecords} from '../kinds/records.ts'
import {RouteRefusal} from '../monitors/route.ts'
import {escapeLine} from '../text/escape.ts'
import {heartbeatSchema, type PlacedHeartbeat} from './config.ts'
import {judgeHeartbeat} from './judge.ts'
import {heartbeatRoute} from './receive.ts'
import type {HeartbeatRecord} from './record.ts'

const TOKEN = 'the-token-of-the-invoices'
const NOW = Date.parse('2026-11-27T03:10:00Z')
// oxlint-disable-next-line no-control-regex -- what must not be there
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/
const PARTS = [
  '',
  TOKEN,
  TOKEN.slice(0, -1),
  `${TOKEN}%00`,
  '%E0%A4%A',
  'start',
  'fail',
  '0',
  '3',
  '255',
  '256',
  '-1',
  '1e2',
  '00000000000000000003',
  '../../etc/passwd',
  '__proto__',
  'x'.repeat(20_000),
  '\u001b[2J',
] as const
const BODIES = [
  '',
  'all is well',
  '\u001b[2J\u001b]0;owned\u0007\r\nFIRING critical',
  '\u202ednuora\u2066 \u0000\ud800',
  'x'.repeat(10_000),
  `{"__proto__": {"polluted": 1}}`,
] as const

test('of 2,000 hostile reports only those with the token and a word that is known are kept, in one clean line', async () => {
  const random = randomFrom(20_261_127)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const records = forgetfulRecords()
  let now = NOW
  const heartbeat = {
    ...heartbeatSchema.parse({name: 'invoices', every: '1h', token: TOKEN}),
    environment: 'prod',
  } as PlacedHeartbeat
  const route = heartbeatRoute({
    heartbeats: () => [heartbeat],
    records,
    secret: async () => TOKEN,
    clock: {now: () => now, monotonic: () => now},
    clean: text => escapeLine(text, 500),
  })
  const answered = new Map<number, number>()
  for (let round = 0; round < 2_000; round += 1) {
    now += 1_000
    const parts = Array.from({length: Math.floor(random() * 4)}, () => pick(PARTS))
    const bearer = pick([undefined, undefined, `Bearer ${TOKEN}`, 'Bearer', `Basic ${TOKEN}`, `bearer ${TOKEN}\u0000`])
    const before = JSON.stringify(records.read('heartbeat/prod/invoices'))
    const body = Buffer.from(pick(BODIES))
    const request = {rest: parts.join('/'), headers: {authorization: bearer}, body: async () => body}
    const said = JSON.stringify({parts: parts.map(part => part.slice(0, 40)), bearer})
    const status = await Promise.resolve(route.answer(request as never)).then(
      answer => answer.status,
      thrown => (thrown instanceof RouteRefusal ? thrown.status : `${said}: ${String(thrown)}`),
    )
    expect([200, 400, 404], said).toContain(status)
    answered.set(Number(status), (answered.get(Number(status)) ?? 0) + 1)
    const kept = records.read('heartbeat/prod/invoices') as HeartbeatRecord | undefined
    if (status !== 200) expect(JSON.stringify(kept), said).toBe(before)
    else if (bearer !== `Bearer ${TOKEN}`) expect(parts.filter(part => part !== '')[0], said).toBe(TOKEN)
    const {reason} = judgeHeartbeat(heartbeat, kept, now)
    expect([CONTROL.test(reason ?? ''), (reason ?? '').length < 300], said).toEqual([false, true])
  }
  expect([...answered.keys()].toSorted((one, other) => one - other)).toEqual([200, 400, 404])
  expect(({} as {polluted?: unknown}).polluted).toBeUndefined()
})
