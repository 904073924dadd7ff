import {appendFile, readFile, utimes, writeFile} from 'node:fs/promises'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {startLoad} from '../../../../test/servers/load.ts'
import {startUpstreamNginx, type UpstreamNginx} from '../../../../test/servers/nginx.ts'
import {plainTools} from '../../../../test/servers/ops-tools.ts'
import {type SlotsLab, startSlots} from '../../../../test/servers/slots.ts'
import {forgetfulMemory} from '../../../kinds/memory.ts'
import {execProgram} from '../../../processes/run.ts'
import {systemClock} from '../../../units/clock.ts'
import {releaseSchema} from '../../config.ts'
import {loadReleaseOps} from '../../ops.ts'
import {openNginx} from './nginx.ts'
import {nginxSchema} from './schema.ts'

const createReleaseOps = await loadReleaseOps()

let slots: SlotsLab
let nginx: UpstreamNginx
beforeAll(async () => {
  slots = await startSlots()
  const addresses = Object.entries(addressesOf(slots))
  nginx = await startUpstreamNginx(
    addresses.map(([name, address]) => (name.startsWith('blue') ? address : `${address} down`)),
  )
}, 60_000)
afterAll(async () => {
  await nginx.stop()
  await slots.stop()
})

const addressesOf = ({config}: SlotsLab): Readonly<Record<string, string>> =>
  Object.fromEntries(
    config.slots.flatMap(slot => slot.instances.map(({name, url}) => [name, new URL(url).host] as const)),
  )

const spec = (more: Readonly<Record<string, unknown>> = {}) =>
  nginxSchema.parse({
    type: 'nginx',
    file: nginx.file,
    upstream: 'web',
    servers: addressesOf(slots),
    nginx: nginx.argv,
    pidFile: nginx.pidFile,
    accessLog: nginx.accessLog,
    ...more,
  })
const open = (more: Readonly<Record<string, unknown>> = {}) =>
  openNginx(spec(more), {exec: execProgram, clock: systemClock})
const signal = (): AbortSignal => AbortSignal.timeout(60_000)
const memory = forgetfulMemory()
const release = () => {
  const {environment, ...config} = slots.config
  return createReleaseOps(
    {...config, traffic: spec(), drainTimeout: releaseSchema.shape.drainTimeout.parse('20s')},
    plainTools({memory}),
    `/etc/${environment}.yaml`,
  )
}
const places = async (): Promise<Readonly<Record<string, string>>> =>
  Object.fromEntries([...(await open().state(signal())).servers.values()].map(({name, word}) => [name, word]))
const askedWho = async (): Promise<string | null> =>
  (await fetch(`http://127.0.0.1:${nginx.port}/`)).headers.get('x-server')

test('nothing speaks against this nginx, and where its servers are is read from the file', async () => {
  expect(await open().obstacles?.(signal())).toEqual([])
  expect(await places()).toEqual({'blue-1': 'UP', 'blue-2': 'UP', 'green-1': 'DOWN', 'green-2': 'DOWN'})
  expect((await release().live()).name).toBe('blue')
})

test('a switch and a switch back under load: slow requests are finished, and what a reload cuts is counted', async () => {
  for (const name of ['green-1', 'green-2']) await release().start(name, '1.2.0')
  await release().waitHealthy('green', '1.2.0')
  const counting = open()
  await counting.state(signal())
  const load = startLoad(`http://127.0.0.1:${nginx.port}`, {rps: 200, slowShare: 0.02, slowMs: 800})
  await expect.poll(load.sent, {timeout: 20_000}).toBeGreaterThan(60)
  await release().enableChecksAndWait('green')
  await release().switchTo('green')
  const sent = load.sent()
  expect(await askedWho()).toMatch(/^green/)
  expect((await release().drained('blue')).left).toBe(0)
  expect((await release().live()).name).toBe('green')
  await expect.poll(load.sent, {timeout: 20_000}).toBeGreaterThan(sent + 60)
  await release().switchTo('blue')
  expect(await askedWho()).toMatch(/^blue/)
  expect((await release().drained('green')).left).toBe(0)
  const result = await load.stop()
  // nginx closes idle connections of old workers; a client that just sent on one sees a reset. Nothing else is lost.
  expect(Object.keys(result.why).filter(why => why !== 'ECONNRESET' && why !== 'EPIPE')).toEqual([])
  expect(result.failed).toBeLessThanOrEqual(Math.max(4, result.sent * 0.02))
  expect(result.byServer['green-1'] ?? 0).toBeGreaterThan(0)
  // What the log counted is what the clients saw, but for the two requests of this test and those that were cut.
  const counted = (await counting.state(signal())).servers.get('green-1')
  expect(Math.abs((counted?.responses ?? 0) - (result.byServer['green-1'] ?? 0))).toBeLessThanOrEqual(2 + result.failed)
}, 60_000)

test('shares are weights, and the own weights come back after them', async () => {
  const before = await readFile(nginx.file, 'utf8')
  await open().move(
    [
      {server: 'blue-1', to: 'serving', weight: 95},
      {server: 'blue-2', to: 'serving', weight: 95},
      {server: 'green-1', to: 'serving', weight: 10},
    ],
    signal(),
  )
  expect(await places()).toMatchObject({'blue-1': 'UP, weight 95', 'green-1': 'UP, weight 10', 'green-2': 'DRAIN'})
  const seen = new Set<string | null>()
  await expect.poll(async () => seen.add(await askedWho()).size, {timeout: 20_000}).toBe(3)
  await open().move(
    [
      {server: 'green-1', to: 'draining', weight: 'own'},
      {server: 'blue-1', to: 'serving', weight: 'own'},
      {server: 'blue-2', to: 'serving', weight: 'own'},
    ],
    signal(),
  )
  expect(await readFile(nginx.file, 'utf8')).toBe(before)
})

test('a file that nginx refuses gets its old text back, and the old servers go on', async () => {
  const before = await readFile(nginx.file, 'utf8')
  const wrong = open({
    servers: {...addressesOf(slots), 'green-1': addressesOf(slots)['green-1']},
    nginx: ['/bin/false'],
  })
  await expect(wrong.move([{server: 'green-1', to: 'serving'}], signal())).rejects.toThrow(
    /nginx refused the new upstream file, which has its old text again/,
  )
  expect(await readFile(nginx.file, 'utf8')).toBe(before)
  expect(await places()).toMatchObject({'blue-1': 'UP', 'green-1': 'DRAIN'})
})

test('an edit by hand that nginx has not read is no truth: it is said, and nothing is moved', async () => {
  const before = await readFile(nginx.file, 'utf8')
  await appendFile(nginx.file, '# edited by a person\n')
  const later = new Date(Date.now() + 5_000)
  await utimes(nginx.file, later, later)
  const [blue] = (await open().state(signal())).servers.values()
  expect(blue).toMatchObject({word: 'UP, not reloaded', fresh: false})
  expect(blue?.unfit).toContain('changed after the last reload')
  await expect(open().move([{server: 'green-1', to: 'serving'}], signal())).rejects.toThrow('changed after the last')
  await writeFile(nginx.file, before)
  const earlier = new Date(Date.now() - 60_000)
  await utimes(nginx.file, earlier, earlier)
  expect(await places()).toMatchObject({'blue-1': 'UP'})
})

test('a reload that nginx cannot carry out is told: its old workers stay', async () => {
  // A test of the file passes, the signal reaches nobody.
  const deaf = open({nginx: ['/bin/true'], timeout: '200ms'})
  const before = await readFile(nginx.file, 'utf8')
  await expect(deaf.move([{server: 'green-1', to: 'serving'}], signal())).rejects.toThrow(
    'has not taken the new upstream file after 200ms',
  )
  expect(await places()).toMatchObject({'green-1': 'UP, not reloaded'})
  await writeFile(nginx.file, before)
  const earlier = new Date(Date.now() - 60_000)
  await utimes(nginx.file, earlier, earlier)
})

test('what would stop a move is asked before it', async () => {
  expect((await open({nginx: ['/bin/true']}).obstacles?.(signal()))?.map(({what}) => what)).toEqual([
    `nginx does not include ${nginx.file}`,
  ])
  await expect(open({pidFile: '/nowhere/nginx.pid'}).obstacles?.(signal())).rejects.toThrow('no nginx runs by')
  await expect(open({upstream: 'none'}).state(signal())).rejects.toThrow('no block `upstream none`')
  await expect(
    open({servers: {'blue-1': '10.9.9.9:1'}}).move([{server: 'blue-1', to: 'off'}], signal()),
  ).rejects.toThrow('no server line for blue-1')
})
