import {afterAll, beforeAll, expect, test} from 'vitest'
import deploy from '../../runbooks/deploy.ts'
import endOldSlot from '../../runbooks/end-old-slot.ts'
import rollback from '../../runbooks/rollback.ts'
import {countOf} from '../../test/reliability/sample.ts'
import {disturbedIn, type Stage} from '../../test/servers/disturbed-release.ts'
import {holdClients} from '../../test/servers/held-clients.ts'
import {startLoad} from '../../test/servers/load.ts'
import {startUpstreamNginx} from '../../test/servers/nginx.ts'
import {plainTools} from '../../test/servers/ops-tools.ts'
import {type SlotsLab, startSlots} from '../../test/servers/slots.ts'
import {testRunbook} from '../authoring/test-runbook.ts'
import {forgetfulMemory} from '../kinds/memory.ts'
import type {Runbook} from '../runbooks/define.ts'
import {loadReleaseOps, type ReleaseOps} from './ops.ts'
import {nginxSchema} from './traffic/nginx/schema.ts'

const createReleaseOps = await loadReleaseOps()
const SWITCHES = countOf('Z1')
const DRAIN_MS = 3_000
const LOAD = {rps: 550, slowShare: 0.02, slowMs: 2_000}

let lab: SlotsLab
const memory = forgetfulMemory()
beforeAll(async () => {
  lab = await startSlots({drainTimeout: `${DRAIN_MS}ms`, maxSlowdown: 1000})
}, 60_000)
afterAll(() => lab.stop(), 30_000)

const release = (config = lab.config, kept = memory) =>
  createReleaseOps(config, plainTools({memory: kept}), '/etc/opsconsole.yaml')
const walk = (runbook: Runbook, params: Readonly<Record<string, unknown>>, ops: ReleaseOps = release()) =>
  testRunbook(runbook, {params, ops: {release: () => ops}, timeout: '2m'})

test(`Z1: ${SWITCHES} switches through HAProxy fail no request, and cut no WebSocket and no long poll before drainTimeout`, async () => {
  const load = startLoad(lab.url, LOAD)
  const began = performance.now()
  const closed: Record<string, number> = {}
  for (let round = 1; round <= SWITCHES; round += 1) {
    const held = await holdClients(lab.url, {sockets: 10, polls: 10, pollMs: DRAIN_MS})
    const run = await walk(deploy, {version: `2.${round}.0`, watch: '1s'})
    expect(run, run.log.join('\n')).toMatchObject({outcome: 'done', reason: ''})
    const report = deploy.report?.({facts: run.plan.facts, saved: run.saved} as never)
    expect(report?.markdown).toMatch(
      /^\| before the switch \| \S+ \| [\d.]+ \| \d{2,} \| [\d.]+ \| 0 \(0\.00 %\) \| [\d.]+ \| [\d.]+ \| [\d.]+ \|$/m,
    )
    expect(report?.markdown).toMatch(
      /^\| after it \| 2\.\d+\.0 \| [\d.]+ \| \d{2,} \| [\d.]+ \| 0 \(0\.00 %\) \| [\d.]+ \| [\d.]+ \| [\d.]+ \|$/m,
    )
    // The deadline is over, the sockets keep their old version: nothing was cut.
    expect(run.saved['drain']).toMatchObject({left: 10})
    expect([await held.alive(), held.closedCount()]).toEqual([10, 0])
    const ended = await walk(endOldSlot, {early: true})
    expect(ended, ended.log.join('\n')).toMatchObject({outcome: 'done', reason: ''})
    await expect.poll(held.closedCount, {timeout: 20_000}).toBe(10)
    const {polls, closed: codes} = await held.result()
    expect(polls).toEqual({answered: 10, cut: 0})
    for (const [code, count] of Object.entries(codes)) closed[code] = (closed[code] ?? 0) + count
  }
  const seconds = (performance.now() - began) / 1000
  const {sent, slow, failed, why} = await load.stop()
  process.stdout.write(
    `Z1 HAProxy: ${SWITCHES} switches, ${sent} requests (${(sent / seconds).toFixed(0)}/s, ${slow} slow), ${failed} failed; WebSockets closed by code ${JSON.stringify(closed)}, long polls cut 0\n`,
  )
  expect({failed, why}).toEqual({failed: 0, why: {}})
  // From the application, when its slot is ended: "the service restarts". A cut would be 1006.
  expect(closed).toEqual({1012: 10 * SWITCHES})
}, 3_000_000)

test(`Z1: ${SWITCHES} switches through nginx lose only what its reloads cut, and that is counted`, async () => {
  const addresses = Object.fromEntries(
    lab.config.slots.flatMap(slot => slot.instances.map(({name, url}) => [name, new URL(url).host] as const)),
  )
  const nginx = await startUpstreamNginx(
    Object.entries(addresses).map(([name, address]) => (name.startsWith('blue') ? address : `${address} down`)),
  )
  const traffic = nginxSchema.parse({
    type: 'nginx',
    file: nginx.file,
    upstream: 'web',
    servers: addresses,
    nginx: nginx.argv,
    pidFile: nginx.pidFile,
  })
  const ops = release({...lab.config, traffic}, forgetfulMemory())
  for (const slot of ['blue', 'green'])
    for (const nth of [1, 2]) await lab.begin(`${slot}-${nth}`, slot === 'blue' ? '3.0.0' : '3.1.0')
  const load = startLoad(`http://127.0.0.1:${nginx.port}`, LOAD)
  const began = performance.now()
  for (let round = 1; round <= SWITCHES; round += 1) {
    const [to, from] = round % 2 === 1 ? (['green', 'blue'] as const) : (['blue', 'green'] as const)
    const sent = load.sent()
    await ops.switchTo(to)
    await ops.drained(from)
    await expect.poll(load.sent, {timeout: 30_000}).toBeGreaterThan(sent + 200)
    expect((await ops.live()).name).toBe(to)
  }
  const seconds = (performance.now() - began) / 1000
  const {sent, slow, failed, why} = await load.stop()
  await nginx.stop()
  process.stdout.write(
    `Z1 nginx: ${SWITCHES} switches, ${sent} requests (${(sent / seconds).toFixed(0)}/s, ${slow} slow), ${failed} lost ${JSON.stringify(why)}\n`,
  )
  expect(Object.keys(why).filter(each => each !== 'ECONNRESET' && each !== 'EPIPE')).toEqual([])
  expect(failed).toBeLessThan(sent / 4)
}, 3_000_000)

/** The same release; HAProxy is reloaded, and forgets what was moved, when this is called for this slot. */
const reloadedIn = (stage: Stage, slot: string): ReleaseOps =>
  disturbedIn(release(), {stage, slot, disturb: () => lab.haproxy.again('reload')})

const STAGES: readonly (readonly [string, Stage, 'to' | 'from'])[] = [
  ['is smoke tested', 'smoke', 'to'],
  ['took over and the old one drains', 'drained', 'from'],
  ['starts', 'start', 'to'],
  ['is waited for', 'waitHealthy', 'to'],
  ['is checked afresh', 'enableChecksAndWait', 'to'],
  ['is watched', 'watch', 'to'],
  ['is good, and the way back is looked at', 'rollback', 'to'],
]

test.each(STAGES.slice(0, countOf('Z1 reloads')))(
  'HAProxy is reloaded while the new version %s: found, named, and traffic is where the run says',
  async (_words, stage, which) => {
    for (const from of ['blue', 'green'] as const) {
      const to = from === 'blue' ? 'green' : 'blue'
      await release().enableChecksAndWait(from, {again: false})
      await release().switchTo(from)
      const version = `4.${(counter += 1)}.0`
      const before = await release().live()
      const run = await walk(deploy, {version, watch: '1s'}, reloadedIn(stage, which === 'to' ? to : from))
      const live = await release().live()
      // HAProxy's own file has blue: a reload moves traffic where it is to be on green by then.
      const meant = ['drained', 'watch', 'rollback'].includes(stage) ? to : from
      if (meant === 'blue') {
        expect(run.outcome, run.log.join('\n')).toMatch(/done|unproven/)
        expect(live).toMatchObject({name: to, version})
      } else {
        expect(run, run.log.join('\n')).toMatchObject({outcome: 'undone'})
        expect(run.reason).toMatch(
          /moved outside opsconsole: traffic is on blue, and this run has it on green: the load balancer was reloaded/,
        )
        expect(live).toMatchObject({name: from, version: before.version})
        expect(release().knownBad(version)).toBeUndefined()
      }
      expect((await release().stays(live.name)).ok).toBe(true)
      expect((await release().slots()).map(({role}) => role).sort()).toEqual(['idle', 'live'])
    }
  },
  120_000,
)
let counter = 0

test('HAProxy is reloaded in the middle of a rollback, and users have the bad version again: named, and the next rollback works', async () => {
  await release().enableChecksAndWait('blue', {again: false})
  await release().switchTo('blue')
  for (const slot of ['blue', 'green'])
    for (const nth of [1, 2]) await lab.begin(`${slot}-${nth}`, slot === 'blue' ? '5.1.0' : '5.0.0')
  await release().acceptLive()
  await release().enableChecksAndWait('green')
  const run = await walk(rollback, {}, reloadedIn('drained', 'blue'))
  expect(run, run.log.join('\n')).toMatchObject({outcome: 'failed'})
  expect(run.reason).toMatch(
    /moved outside opsconsole: traffic is on blue, and this run has it on green: .* Run rollback again/,
  )
  const again = await walk(rollback, {})
  expect(again, again.log.join('\n')).toMatchObject({outcome: 'done'})
  expect(await release().live()).toMatchObject({name: 'green', version: '5.0.0'})
}, 120_000)
