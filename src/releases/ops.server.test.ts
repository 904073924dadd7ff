import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {startLoad} from '../../test/servers/load.ts'
import {plainTools} from '../../test/servers/ops-tools.ts'
import {type SlotsLab, startSlots} from '../../test/servers/slots.ts'
import {loadReleaseOps} from './ops.ts'
import {ask} from './traffic/haproxy/socket.ts'
import {openHaproxy} from './traffic/haproxy/haproxy.ts'

const createReleaseOps = await loadReleaseOps()

let lab: SlotsLab
const signal = AbortSignal.timeout(300_000)
const opsWith = (tools = plainTools(), config = lab.config) => createReleaseOps(config, tools, '/etc/opsconsole.yaml')
/** For waiting in vain; to start something takes longer on a busy machine. */
const impatient = () => opsWith(plainTools(), {...lab.config, instances: {...lab.config.instances, timeout: 2000}})

beforeAll(async () => {
  lab = await startSlots()
}, 60_000)
afterAll(() => lab.stop(), 30_000)

async function toSlot(name: 'blue' | 'green'): Promise<void> {
  const ops = opsWith()
  if ((await ops.live()).name === name) return
  await ops.enableChecksAndWait(name)
  await ops.switchTo(name)
}

describe('a release behind a real HAProxy', () => {
  test('slots, versions and the live one are seen, the same way twice', async () => {
    await toSlot('blue')
    const ops = opsWith()
    const slots = await ops.slots()
    expect(slots.map(slot => [slot.name, slot.role, slot.version])).toEqual([
      ['blue', 'live', '1.0.0'],
      ['green', 'idle', '1.0.0'],
    ])
    expect(await ops.slots()).toEqual(slots)
    expect((await ops.live()).name).toBe('blue')
  })

  test('switching under open-loop load fails no request, slow ones included', async () => {
    const tools = plainTools()
    const ops = opsWith(tools)
    const load = startLoad(lab.url, {rps: 300, slowShare: 0.02, slowMs: 2000})
    for (const [round, slot] of (['green', 'blue', 'green', 'blue'] as const).entries()) {
      const version = `1.0.${round + 1}`
      for (const name of [`${slot}-1`, `${slot}-2`]) await ops.start(name, version)
      await ops.waitHealthy(slot, version)
      await ops.smoke(slot)
      await ops.enableChecksAndWait(slot)
      await ops.switchTo(slot)
      const before = load.sent()
      expect(await ops.drained(slot === 'green' ? 'blue' : 'green')).toMatchObject({left: 0})
      await expect.poll(() => load.sent() - before, {timeout: 20_000}).toBeGreaterThan(100)
      expect(await ops.live()).toMatchObject({name: slot, version})
    }
    const result = await load.stop()
    expect({failed: result.failed, why: result.why}).toEqual({failed: 0, why: {}})
    expect(result.sent).toBeGreaterThan(1200)
    expect(result.slow).toBeGreaterThan(20)
    expect(Object.keys(result.byServer).sort()).toEqual(['blue-1', 'blue-2', 'green-1', 'green-2'])
    expect(tools.commands).toContain(
      'set server app/green-1 state ready; set server app/green-2 state ready; set server app/blue-1 state drain; set server app/blue-2 state drain',
    )
  }, 120_000)

  test('a dead instance still carries an old L7OK after maint, and never gets traffic', async () => {
    await toSlot('blue')
    const ops = opsWith()
    await ops.enableChecksAndWait('green')
    await ops.disableSlot('green')
    await lab.kill('green-2')
    const haproxy = openHaproxy({type: 'haproxy', socket: lab.haproxy.socket, backend: 'app'})
    await haproxy.move([{server: 'green-2', to: 'draining'}], signal)
    const server = (await haproxy.state(signal)).servers.get('green-2')
    expect(server?.fresh).toBe(false)
    await expect(ops.switchTo('green')).rejects.toMatchObject({code: 'release/not-ready'})
    await expect(impatient().enableChecksAndWait('green')).rejects.toThrow(/green-2 is DOWN.*L4CON/)
    expect(await ops.rollback()).toMatchObject({
      ready: false,
      slot: 'green',
      reason: 'green-2 does not answer: ECONNREFUSED',
    })
    expect((await ops.live()).name).toBe('blue')
    await ops.restoreVersion('green-2', '1.0.3')
    await ops.enableChecksAndWait('green')
  }, 60_000)

  test('a rollback is ready when the version before is there, healthy and another', async () => {
    await toSlot('blue')
    const ops = opsWith()
    for (const name of ['green-1', 'green-2']) await ops.restoreVersion(name, '0.9.0')
    await ops.enableChecksAndWait('green')
    const readiness = await ops.rollback()
    expect(readiness).toMatchObject({ready: true, slot: 'green', version: '0.9.0'})
    expect(readiness.stays.join(' ')).toMatch(/schema/)
    await ops.enableChecksAndWait('green', {again: false})
    await ops.switchTo('green')
    expect(await ops.live()).toMatchObject({name: 'green', version: '0.9.0'})
    await toSlot('blue')
  }, 60_000)

  test('an instance that takes traffic is never started, stopped or parked', async () => {
    await toSlot('blue')
    const tools = plainTools()
    const ops = opsWith(tools)
    await expect(ops.start('blue-1', '9.9.9')).rejects.toThrow(/takes traffic/)
    await expect(ops.stop('blue-1')).rejects.toThrow(/takes traffic/)
    await expect(ops.disableSlot('blue')).rejects.toThrow(/takes traffic/)
    await expect(ops.drained('blue')).rejects.toThrow(/takes traffic/)
    expect(tools.commands).toEqual([])
  })

  test('a version that is not healthy, not the wanted one, or fails a smoke test is named', async () => {
    await toSlot('blue')
    const ops = opsWith()
    lab.behaviours.set('2.0.0-sick', {health: 503, smoke: 200, errors: 0})
    lab.behaviours.set('2.0.0-smoky', {health: 200, smoke: 500, errors: 0})
    await ops.start('green-1', '2.0.0-sick')
    await expect(impatient().waitHealthy('green', '2.0.0-sick')).rejects.toThrow(/green-1 \/health\/ready answered 503/)
    for (const name of ['green-1', 'green-2']) await ops.start(name, '2.0.0-smoky')
    await expect(impatient().waitHealthy('green', '2.0.1')).rejects.toThrow(/answers version 2.0.0-smoky, wanted 2.0.1/)
    await expect(ops.smoke('green')).rejects.toThrow(
      /2 of 2 smoke tests failed: home on green-1: answered 500 Internal Server Error, expected 200/,
    )
    for (const name of ['green-1', 'green-2']) await ops.restoreVersion(name, '1.0.3')
  }, 60_000)

  test('a watch sees a bad version within seconds and a good one to its end', async () => {
    await toSlot('blue')
    const ops = opsWith()
    lab.behaviours.set('3.0.0-bad', {health: 200, smoke: 200, errors: 0.5})
    for (const name of ['green-1', 'green-2']) await ops.restoreVersion(name, '3.0.0-bad')
    await ops.enableChecksAndWait('green')
    const load = startLoad(lab.url, {rps: 100, slowShare: 0.02, slowMs: 200})
    await expect.poll(() => load.sent(), {timeout: 20_000}).toBeGreaterThan(20)
    expect(await ops.watch('blue', '2s')).toMatchObject({verdict: 'good', errors: 0})
    await ops.switchTo('green')
    const bad = await ops.watch('green', '1m')
    await ops.switchTo('blue')
    await load.stop()
    expect(bad.verdict).toBe('bad')
    expect(bad.reason).toMatch(/requests failed/)
    expect(bad.ms).toBeLessThan(30_000)
    expect(await ops.watch('blue', '300ms')).toMatchObject({verdict: 'nothing seen'})
  }, 90_000)

  test('one instance at a time is rested, restarted and woken without a failed request', async () => {
    await toSlot('blue')
    const ops = opsWith()
    const {version = ''} = await ops.live()
    const load = startLoad(lab.url, {rps: 150, slowShare: 0.02, slowMs: 1000})
    for (const name of ['blue-1', 'blue-2']) {
      await ops.drainInstance(name)
      await ops.restart(name, version)
      await ops.undrainInstance(name)
    }
    const {failed, why} = await load.stop()
    expect({failed, why}).toEqual({failed: 0, why: {}})
    expect((await ops.live()).name).toBe('blue')
    await ops.drainInstance('blue-1')
    await expect(ops.drainInstance('blue-2')).rejects.toThrow(/no other healthy instance/)
    await ops.undrainInstance('blue-1')
  }, 90_000)

  test('a dry run names every command and changes nothing', async () => {
    await toSlot('blue')
    const tools = plainTools({dryRun: true})
    const ops = opsWith(tools)
    const deployed = lab.deployed.length
    await ops.start('green-1', '5.0.0')
    await ops.waitHealthy('green', '5.0.0')
    await ops.smoke('green')
    await ops.enableChecksAndWait('green')
    await ops.switchTo('green')
    await ops.drained('blue')
    await ops.watch('green', '1s')
    await ops.disableSlot('blue')
    expect(tools.commands.map(command => command.split(' ').slice(-3).join(' '))).toEqual([
      expect.stringContaining('/start/green-1/5.0.0'),
      'app/green-2 state maint',
      'app/green-2 state drain',
      'app/blue-2 state drain',
      'app/blue-2 state maint',
    ])
    expect(lab.deployed.length).toBe(deployed)
    expect((await opsWith().live()).name).toBe('blue')
  })

  test('half a switch is put back', async () => {
    await toSlot('blue')
    const ops = opsWith()
    await ops.enableChecksAndWait('green')
    let refused = 0
    const tools = plainTools({
      act: async (_command, change) => {
        if (refused === 0) {
          // Only the second half arrives: everybody is out, as when the first half names a server that is gone.
          refused += 1
          await ask(lab.haproxy.socket, 'set server app/blue-1 state drain; set server app/blue-2 state drain', signal)
          throw new Error('No such server.')
        }
        return change(signal)
      },
    })
    await expect(opsWith(tools).switchTo('green')).rejects.toThrow('No such server.')
    expect((await ops.live()).name).toBe('blue')
  })
})

describe('answers of the runtime API', () => {
  test('an error text is an error, also in the middle of a line of commands', async () => {
    const haproxy = openHaproxy({type: 'haproxy', socket: lab.haproxy.socket, backend: 'app'})
    await expect(haproxy.move([{server: 'nobody', to: 'serving'}], signal)).rejects.toThrow(/No such server/)
    const moves = [
      {server: 'green-1', to: 'draining'},
      {server: 'nobody', to: 'draining'},
    ] as const
    await expect(haproxy.move(moves, signal)).rejects.toMatchObject({code: 'traffic/refused'})
    await expect(
      openHaproxy({type: 'haproxy', socket: lab.haproxy.socket, backend: 'shop'}).state(signal),
    ).rejects.toThrow(/no backend shop/)
  })
  test('a socket that is not there, or a stopped wait, says so', async () => {
    await expect(ask('/nowhere/haproxy.sock', 'show stat', signal)).rejects.toMatchObject({code: 'traffic/unreachable'})
    await expect(ask(lab.haproxy.socket, 'show stat', AbortSignal.abort(new Error('enough')))).rejects.toThrow(/enough/)
  })
  test('an instance that the load balancer does not know stops everything', async () => {
    const [blue, green] = lab.config.slots
    const slots = [
      blue,
      {...green, instances: [{name: 'green-9', url: 'http://127.0.0.1:9', host: 'x'}]},
    ] as typeof lab.config.slots
    const tools = plainTools()
    const ops = createReleaseOps({...lab.config, slots}, tools, '/etc/opsconsole.yaml')
    await expect(ops.live()).rejects.toThrow(/does not know every instance of green/)
    await expect(ops.switchTo('green')).rejects.toThrow(/does not know green-9/)
    expect(tools.commands).toEqual([])
  })
})
