import {mkdtempSync, rmSync} from 'node:fs'
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, beforeEach, expect, test} from 'vitest'
import {type Endpoint, serveEndpoint} from '../monitors/endpoint.ts'
import {openStore} from '../store/open.ts'
import {targetRecords} from '../store/records.ts'
import {heartbeatSchema, type PlacedHeartbeat} from './config.ts'
import {heartbeatRoute, keepBeat} from './receive.ts'
import type {HeartbeatRecord} from './record.ts'
import {heartbeatKeeper} from './send.ts'

const TOKEN = 'b1946ac92492d2347c6235b4d2611184'
const placed = (entry: object): PlacedHeartbeat => ({...heartbeatSchema.parse(entry), environment: 'shop'})
const invoices = placed({name: 'invoices', every: '1d', token: TOKEN})
const unset = placed({name: 'unset', every: '1d', token: {env: 'NOWHERE'}})
const short = placed({name: 'short', every: '1d', token: 'short'})

const dir = mkdtempSync(path.join(tmpdir(), 'heartbeats-'))
let store = openStore(dir)
const clock = {at: 1000, now: () => clock.at, monotonic: () => clock.at}
const records = targetRecords(() => store.database)
const kept = (name = 'invoices') => records.read(`heartbeat/shop/${name}`) as HeartbeatRecord | undefined
const secret = async (ref: unknown): Promise<string> => {
  if (typeof ref === 'string') return ref
  throw new Error('it is not set')
}
const tools = {records, secret, clock, clean: (text: string) => text.replaceAll('hunter2', '[redacted]')}

let endpoint: Endpoint
let answer: (request: IncomingMessage, response: ServerResponse) => void
const elsewhere = createServer((request, response) => answer(request, response))
beforeAll(async () => {
  endpoint = await serveEndpoint({host: '127.0.0.1', port: 0}, [
    heartbeatRoute({...tools, heartbeats: () => [unset, short, invoices]}),
  ])
  await new Promise<void>(resolve => elsewhere.listen(0, '127.0.0.1', resolve))
})
beforeEach(() => {
  clock.at += 60_000
})
afterAll(async () => {
  await endpoint.close()
  elsewhere.closeAllConnections()
  elsewhere.close()
  store.close()
  rmSync(dir, {recursive: true, force: true})
})

const ask = async (rest: string, init: RequestInit = {}): Promise<number> =>
  (await fetch(`${endpoint.url}/heartbeat/${rest}`, init)).status

test('a job reports by its token: start, end, failure with its exit code and its words', async () => {
  expect(await ask(`${TOKEN}/start`)).toBe(200)
  expect(kept()).toMatchObject({startedAt: clock.at})
  clock.at += 5000
  expect(await ask(TOKEN, {method: 'HEAD'})).toBe(200)
  expect(kept()).toMatchObject({last: {ok: true, tookMs: 5000}, succeededAt: clock.at})
  expect(await ask(`${TOKEN}/3`, {method: 'POST', body: 'no \u001b[2Jspace for hunter2\nmore'})).toBe(200)
  expect(kept()?.last).toMatchObject({ok: false, exitCode: 3})
  expect(kept()?.last?.message).toContain('[redacted]')
  expect(kept()?.last?.message).not.toMatch(/[\u001b\n]/)
  expect(await ask('', {headers: {authorization: `Bearer ${TOKEN}`}})).toBe(200)
  expect(await ask('fail', {headers: {authorization: `Bearer ${TOKEN}`}})).toBe(200)
  expect(kept()?.last?.ok).toBe(false)
})

test('what is no token, no report or too much is refused, and keeps nothing', async () => {
  const before = JSON.stringify(kept())
  const long = 'x'.repeat(20_000)
  expect(await Promise.all([ask(''), ask('guess'), ask(`${TOKEN.slice(1)}x`), ask('short')])).toEqual([
    404, 404, 404, 404,
  ])
  expect(await Promise.all([ask(`${TOKEN}/256`), ask(`${TOKEN}/end`), ask(`${TOKEN}/a/b`)])).toEqual([400, 400, 400])
  expect(await ask('%E0%A4%A')).toBe(404)
  expect(await ask(TOKEN, {method: 'POST', body: long})).toBe(413)
  expect(await ask(TOKEN, {method: 'PUT'})).toBe(405)
  expect(JSON.stringify(kept())).toBe(before)
  expect([kept('unset'), kept('short')]).toEqual([undefined, undefined])
})

test('a job that has lost its mind is refused after 120 reports a minute', async () => {
  const codes: number[] = []
  for (let count = 0; count < 121; count += 1) codes.push(await ask(TOKEN))
  expect(codes.filter(code => code === 200)).toHaveLength(120)
  expect(codes.at(-1)).toBe(429)
})

test('reports of several writers at once are all kept, and a restart loses none', async () => {
  const other = openStore(dir)
  const theirs = targetRecords(() => other.database)
  keepBeat(records, invoices, {says: 'start'}, clock.at)
  keepBeat(theirs, invoices, {says: 'success'}, clock.at + 1000)
  keepBeat(records, invoices, {says: 'start'}, clock.at + 2000)
  other.close()
  const before = kept()
  expect(before).toMatchObject({startedAt: clock.at + 2000, last: {ok: true, tookMs: 1000}})
  store.close()
  store = openStore(dir)
  expect(kept()).toEqual(before)
})

test('the agent calls a dead man’s switch at its rhythm, and what it answers wrongly is a failure', async () => {
  const {port} = elsewhere.address() as AddressInfo
  const switched = placed({name: 'elsewhere', every: '1m', send: `http://127.0.0.1:${port}/hunter2`})
  const asked: string[] = []
  answer = (request, response) => {
    asked.push(request.url ?? '')
    response.writeHead(asked.length === 2 ? 503 : 200).end('ok')
  }
  const keeper = heartbeatKeeper({...tools, heartbeats: () => [switched, placed({name: 'new', every: '1d'})], fetch})
  const signal = new AbortController().signal
  const turn = async (): Promise<void> => {
    keeper.tend(signal)
    await keeper.idle()
  }
  await turn()
  await turn()
  expect(asked).toEqual(['/hunter2'])
  expect(kept('elsewhere')).toMatchObject({last: {ok: true}, succeededAt: clock.at})
  clock.at += 60_000
  await turn()
  expect(kept('elsewhere')?.last).toMatchObject({ok: false, message: 'the switch answered 503'})
  elsewhere.closeAllConnections()
  await new Promise(resolve => elsewhere.close(resolve))
  clock.at += 60_000
  await turn()
  expect(kept('elsewhere')?.last).toMatchObject({ok: false, message: expect.any(String)})
  expect(kept('elsewhere')?.last?.message).not.toContain('hunter2')
  // What is to be heard is expected from now on.
  expect(kept('new')?.since).toBeGreaterThan(0)
})
