import {chmod, mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {fakeTime} from '../../test/fake-time.ts'
import {probeTools} from '../../test/probe-tools.ts'
import {randomFrom} from '../../test/program/random.ts'
import {countOf, seedOr} from '../../test/reliability/sample.ts'
import {plainTools} from '../../test/servers/ops-tools.ts'
import {type SlotsLab, startSlots} from '../../test/servers/slots.ts'
import {alertRows} from '../alerts/alert-rows.ts'
import type {AlertTarget} from '../alerts/alert-target.ts'
import type {Channel} from '../alerts/channels/channel.ts'
import {alertsSchema} from '../alerts/config.ts'
import {createAlertEngine} from '../alerts/engine.ts'
import {memoryAlertStore} from '../alerts/memory-alert-store.ts'
import {forgetfulMemory} from '../kinds/memory.ts'
import {targetId} from '../monitors/sample.ts'
import {loadReleaseOps} from './ops.ts'
import {releaseTargets} from './target.ts'
import {ask} from './traffic/haproxy/socket.ts'

const createReleaseOps = await loadReleaseOps()

const ROUNDS = countOf('W5')
const SEED = seedOr(5)

let lab: SlotsLab
const memory = forgetfulMemory()
beforeAll(async () => {
  lab = await startSlots()
}, 60_000)
afterAll(() => lab.stop(), 30_000)

const release = () => createReleaseOps(lab.config, plainTools({memory}), '/etc/opsconsole.yaml')
const probe = async () =>
  (await releaseTargets({releases: [lab.config]}, {...probeTools, memory}))[0]!.probe(AbortSignal.timeout(20_000))

async function moveTo(slot: string): Promise<void> {
  await release().enableChecksAndWait(slot)
  await release().switchTo(slot)
}

const byHand = (commands: readonly string[]) => async () => {
  await ask(lab.haproxy.socket, commands.join('; '), AbortSignal.timeout(10_000))
}
const state = (slot: string, word: string): readonly string[] =>
  [1, 2].map(nth => `set server app/${slot}-${nth} state ${word}`)

/** What others do to it while the last run left all traffic on green. HAProxy itself begins with blue. */
const deeds: readonly (readonly [string, () => Promise<void>])[] = [
  ['a reload', () => lab.haproxy.again('reload')],
  ['a restart', () => lab.haproxy.again('restart')],
  ['blue put in by hand', byHand(state('blue', 'ready'))],
  ['blue put in and green taken out by hand', byHand([...state('blue', 'ready'), ...state('green', 'drain')])],
  ['everything taken out by hand', byHand(state('green', 'drain'))],
  ['one server of blue put in by hand', byHand(['set server app/blue-2 state ready'])],
  ['the weights of green set to 0 by hand', byHand([1, 2].map(nth => `set server app/green-${nth} weight 0`))],
]

test(`whatever moves the traffic outside of us is known within two probes, our own ${ROUNDS} releases never are (seed ${SEED})`, async () => {
  const random = randomFrom(SEED)
  const told: Record<string, number> = {}
  for (let round = 0; round < ROUNDS; round += 1) {
    await moveTo('green')
    await expect.poll(async () => (await probe()).status, {timeout: 20_000}).toBe('up')
    expect((await probe()).reason, `release ${round}`).toBe('green serves 1.0.0')
    const [name, deed] = deeds[Math.floor(random() * deeds.length)] as (typeof deeds)[number]
    await deed()
    const seen = [await probe(), await probe()]
    expect(seen.map(({reason}) => reason).join(' '), name).toMatch(
      /moved outside opsconsole: .*run test-run left traffic on green/,
    )
    expect(seen.at(-1)?.status, name).not.toBe('up')
    told[name] = (told[name] ?? 0) + 1
    // A person puts it back by hand, or by one more release of ours.
    await byHand([1, 2].map(nth => `set server app/green-${nth} weight 100%`))()
    await moveTo(round % 2 === 0 ? 'green' : 'blue')
    await expect.poll(async () => (await probe()).status, {timeout: 20_000}).toBe('up')
    expect((await probe()).reason, `release ${round}, put back`).not.toContain('moved outside')
  }
  expect(Object.values(told).reduce((sum, count) => sum + count, 0)).toBe(ROUNDS)
}, 3_000_000)

test('the alert says what moved, and beside each channel stands what became of it, with the reason where it was not delivered', async () => {
  await moveTo('green')
  await byHand(state('blue', 'ready'))()
  const result = await probe()
  const time = fakeTime()
  const alertStore = memoryAlertStore()
  const texts: string[] = []
  const channel = (name: string, deliver: Channel['deliver'], severities: Channel['severities'] = ['warning']) =>
    ({name, severities, timeoutMs: 5000, deliver}) satisfies Channel
  const engine = createAlertEngine({
    config: alertsSchema.parse({}),
    alertStore,
    channels: [
      channel('chat', async ({text}) => void texts.push(text)),
      channel('pager', async () => Promise.reject(new Error('answered 403 Forbidden'))),
      channel('night', async () => undefined, ['critical']),
    ],
    clock: time,
    record: () => undefined,
  })
  const target = targetId('release', 'test', 'web')
  const sample = {...result, target, at: time.now()}
  const since = time.now() - 600_000
  const seen: AlertTarget = {
    target,
    kind: 'release',
    environment: 'test',
    name: 'web',
    intervalMs: 10_000,
    state: 'degraded',
    since,
    failures: 0,
    flapping: false,
    watchedSince: since,
    probedSince: since,
    sample,
  }
  engine.evaluate([seen], time.now(), true)
  await time.advance(180_000)
  engine.evaluate([{...seen, sample: {...sample, at: time.now()}}], time.now(), true)
  await engine.flushed()
  const [row] = alertRows(alertStore, 0)
  const words =
    'moved outside opsconsole: blue serves 1.0.0, green serves 1.0.0; run test-run left traffic on green 1.0.0'
  expect(row).toMatchObject({state: 'firing', reason: expect.stringContaining(words)})
  expect(texts.join(' ')).toContain(words)
  expect(Object.fromEntries(row?.deliveries.map(one => [one.channel, one.state]) ?? [])).toEqual({
    chat: 'delivered',
    pager: expect.stringContaining('failed: answered 403 Forbidden'),
    night: 'suppressed: warning does not go to this channel',
  })
  await engine.stop()
  await moveTo('green')
}, 120_000)

test('an address that was changed by hand is named, with the one that was left, until it is put back or said to be meant', async () => {
  await moveTo('green')
  await expect.poll(async () => (await probe()).reason, {timeout: 20_000}).toBe('green serves 1.0.0')
  const portOf = (name: string): string => {
    const instance = lab.config.slots.flatMap(slot => slot.instances).find(one => one.name === name)
    return new URL(instance?.url ?? '').port
  }
  const [own, other] = [portOf('green-1'), portOf('blue-1')]
  const sendTo = (port: string) => byHand([`set server app/green-1 addr 127.0.0.1 port ${port}`])()
  await sendTo(other)
  const words = `green-1 goes to 127.0.0.1:${other}, not 127.0.0.1:${own}; run test-run left traffic on green 1.0.0`
  expect(await probe()).toMatchObject({status: 'degraded', reason: expect.stringContaining(words)})
  await sendTo(own)
  await expect.poll(async () => (await probe()).reason, {timeout: 20_000}).toBe('green serves 1.0.0')

  await sendTo(other)
  expect(await release().moved()).toContain(words)
  await release().acceptLive()
  expect(await release().moved()).toBeUndefined()
  await expect.poll(async () => (await probe()).reason, {timeout: 20_000}).toBe('green serves 1.0.0')
  await sendTo(own)
  await release().acceptLive()
}, 120_000)

describe('the proxy loses its state: named within two probes, with what was left', () => {
  let own: SlotsLab
  let directory: string
  const kept = forgetfulMemory()
  const ops = () => createReleaseOps(own.config, plainTools({memory: kept}), '/etc/opsconsole.yaml')
  const seen = async () =>
    (await releaseTargets({releases: [own.config]}, {...probeTools, memory: kept}))[0]!.probe(
      AbortSignal.timeout(20_000),
    )
  beforeAll(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'haproxy-state-'))
    // HAProxy of the tests begins without privileges; a real one reads the file before it drops them.
    await chmod(directory, 0o755)
    const lab = await startSlots()
    const traffic = {...lab.config.traffic, stateFile: path.join(directory, 'state')}
    own = {...lab, config: {...lab.config, traffic}}
    await own.haproxy.again('restart', text =>
      text
        .replace('global\n', `global\n  server-state-file ${traffic.stateFile}\n`)
        .replace('defaults\n', 'defaults\n  load-server-state-from-file global\n'),
    )
  }, 60_000)
  afterAll(async () => {
    await own.stop()
    await rm(directory, {recursive: true, force: true})
  }, 30_000)

  const rename = (from: string, to: string) => (text: string) => text.replaceAll(from, to)
  test.each<[string, () => Promise<void>, RegExp, (() => Promise<void>)?]>([
    [
      'a restart without its state file',
      async () => {
        await rm(path.join(directory, 'state'))
        await own.haproxy.again('restart')
      },
      /moved outside opsconsole: blue serves 1\.0\.0; run test-run left traffic on green 1\.0\.0 at .* Put it back: opsconsole run deploy/,
    ],
    [
      'a server renamed in its file',
      () => own.haproxy.again('reload', rename('server green-1 ', 'server green-a ')),
      /moved outside opsconsole: the load balancer does not know green-1; run test-run left traffic on green 1\.0\.0/,
      () => own.haproxy.again('reload', rename('server green-a ', 'server green-1 ')),
    ],
    [
      'a server taken out of its file',
      () => own.haproxy.again('reload', text => text.replace(/^( *server green-2 .*)$/m, '#$1')),
      /moved outside opsconsole: the load balancer does not know green-2; run test-run left/,
      () => own.haproxy.again('reload', text => text.replace(/^#( *server green-2 .*)$/m, '$1')),
    ],
    [
      'a backend renamed in its file',
      () => own.haproxy.again('reload', rename('backend app', 'backend shop')),
      /has no backend app; it has shop; run test-run left traffic on green 1\.0\.0 at/,
      () => own.haproxy.again('reload', rename('backend shop', 'backend app')),
    ],
  ])(
    '%s',
    async (_title, deed, words, putBack) => {
      await ops().enableChecksAndWait('green')
      await ops().switchTo('green')
      await expect.poll(async () => (await seen()).reason, {timeout: 20_000}).toBe('green serves 1.0.0')
      await own.haproxy.again('reload')
      await expect.poll(async () => (await seen()).reason, {timeout: 20_000}).toBe('green serves 1.0.0')
      await deed()
      const found = [await seen(), await seen()]
      expect(found.map(({reason}) => reason).join(' ')).toMatch(words)
      expect(found[1]?.status).not.toBe('up')
      await putBack?.()
    },
    60_000,
  )
})
