import {rename} from 'node:fs/promises'
import {createServer, type Server} from 'node:net'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import canary from '../../runbooks/canary.ts'
import {prepareRun} from '../../src/authoring/testing/memory-run.ts'
import {forgetfulMemory} from '../../src/kinds/memory.ts'
import {loadReleaseOps} from '../../src/releases/ops.ts'
import {executeRun} from '../../src/runbooks/execute.ts'
import {ask} from '../../src/releases/traffic/haproxy/socket.ts'
import {startHaproxy} from '../servers/haproxy.ts'
import {startLoad} from '../servers/load.ts'
import {plainTools} from '../servers/ops-tools.ts'
import {type SlotsLab, startSlots} from '../servers/slots.ts'

const createReleaseOps = await loadReleaseOps()

let lab: SlotsLab
let memory = forgetfulMemory()
beforeEach(async () => {
  memory = forgetfulMemory()
  lab = await startSlots({canary: {stages: [20, 100], stageTime: '5m'}, maxSlowdown: 1000})
}, 120_000)
afterEach(() => lab.stop(), 60_000)

const release = (tools = plainTools({memory})) => createReleaseOps(lab.config, tools, '/etc/opsconsole.yaml')

/** A canary that has its share for a second when something happens to HAProxy. A guard stops its step, as in a runner. */
async function disturbed(happens: () => Promise<void>) {
  const tools = plainTools({memory, signal: AbortSignal.timeout(240_000)})
  let step = new AbortController()
  let happened: Promise<void> | undefined
  const watched: typeof tools = {
    ...tools,
    get signal() {
      return step.signal
    },
    act: async (command, change, dry) => {
      const result = await tools.act(command, change, dry)
      if (command.includes('green-1 state ready'))
        happened ??= new Promise(resolve => setTimeout(resolve, 1_000)).then(happens)
      return result
    },
  }
  const prepared = await prepareRun(canary, {params: {version: '2.0.0'}, ops: {release: () => release(watched)}})
  const {halt, request} = prepared.tools
  const ended = await executeRun({
    ...prepared.tools,
    request: {...request, started: true},
    halt: reason => {
      halt(reason)
      const stopped = step
      step = new AbortController()
      stopped.abort(reason)
    },
  })
  expect(happened).toBeDefined()
  await happened
  return prepared.result(ended)
}

const byHand = (...commands: readonly string[]) =>
  ask(lab.haproxy.socket, commands.join('; '), AbortSignal.timeout(30_000))
const both = (slot: string, what: string): readonly string[] =>
  [1, 2].map(nth => `set server app/${slot}-${nth} ${what}`)

/** All on stable, as its file has it, and nothing bad is known of the version: it was not what went wrong. */
async function expectBack(): Promise<void> {
  expect(await release().live()).toMatchObject({name: 'blue', version: '1.0.0'})
  const rows = (await byHand('show servers state app')).split('\n').filter(line => line.includes(' app '))
  expect(rows.map(row => row.split(' ')[7])).toEqual(rows.map(() => '1'))
  expect(await release().moved()).toBeUndefined()
  expect(release().knownBad('2.0.0')).toBeUndefined()
}

describe('in the middle of a stage', () => {
  test.each<[string, () => Promise<unknown>, RegExp]>([
    [
      'its servers are weighed by hand',
      () => byHand(...both('green', 'weight 100'), ...both('blue', 'weight 100')),
      /green has 50 % of the weight, and this run gave it 20 %/,
    ],
    [
      'HAProxy is restarted and forgets the share',
      () => lab.haproxy.again('restart'),
      /moved outside opsconsole: traffic is on blue, and this run has it on blue and green/,
    ],
    [
      'stable is taken out by hand',
      () => byHand(...both('blue', 'state drain')),
      /moved outside opsconsole: traffic is on green, and this run has it on blue and green/,
    ],
    [
      'HAProxy is killed and comes back with what its file has',
      async () => {
        process.kill(lab.haproxy.pid, 'SIGKILL')
        await new Promise(resolve => setTimeout(resolve, 2_500))
        await lab.haproxy.again('restart')
      },
      /moved outside opsconsole: traffic is on blue|did not answer/,
    ],
  ])(
    '%s: found, named, and put right',
    async (_name, happens, words) => {
      const load = startLoad(lab.url, {rps: 40, slowShare: 0.02, slowMs: 100})
      const run = await disturbed(async () => void (await happens()))
      await load.stop()
      expect(run, run.log.join('\n')).toMatchObject({outcome: 'undone'})
      expect(run.reason).toMatch(words)
      await expect.poll(() => release().live(), {timeout: 60_000}).toMatchObject({name: 'blue'})
      await expectBack()
    },
    240_000,
  )
})

describe('nobody answers at its socket any more', () => {
  let stands: Server | undefined
  afterEach(async () => {
    await new Promise<unknown>(resolve => (stands === undefined ? resolve(undefined) : stands.close(resolve)))
    stands = undefined
  }, 60_000)

  test('the run says that it could not bring the traffic back, and why, and guesses nothing', async () => {
    const kept = `${lab.haproxy.socket}.kept`
    const held: {destroy(): void}[] = []
    const run = await disturbed(async () => {
      await rename(lab.haproxy.socket, kept)
      // It takes every connection and never answers.
      stands = createServer(socket => void held.push(socket))
      await new Promise<void>(resolve => stands?.listen(lab.haproxy.socket, resolve))
    })
    for (const socket of held) socket.destroy()
    expect(run, run.log.join('\n')).toMatchObject({outcome: 'undo failed'})
    expect(run.reason).toMatch(
      /Undoing Give 2\.0\.0 20 % .+ failed: HAProxy at .+ did not answer: no answer within 5000 ms/,
    )
    expect(release().knownBad('2.0.0')).toBeUndefined()
    // Users have what they had: nothing was moved, and when it answers again, that is what is seen.
    await new Promise<unknown>(resolve => stands?.close(resolve))
    stands = undefined
    await rename(kept, lab.haproxy.socket)
    const placed = await release().traffic()
    expect(placed.map(({placement}) => placement)).toEqual(placed.map(() => 'serving'))
    await release().takeShareBack('green')
    expect(await release().live()).toMatchObject({name: 'blue', version: '1.0.0'})
  }, 240_000)

  test('where another HAProxy answers in its place, that one is not moved', async () => {
    const other = await startHaproxy(`defaults
  mode http
  timeout connect 1s
  timeout client 5s
  timeout server 5s
frontend fe
  bind 127.0.0.1:{port}
  default_backend other
backend other
  server one 127.0.0.1:9
`)
    const kept = `${lab.haproxy.socket}.kept`
    try {
      const run = await disturbed(async () => {
        await rename(lab.haproxy.socket, kept)
        await rename(other.socket, lab.haproxy.socket)
      })
      expect(run, run.log.join('\n')).toMatchObject({outcome: 'undo failed'})
      expect(run.reason).toMatch(/HAProxy has no backend app; it has other/)
    } finally {
      await rename(lab.haproxy.socket, other.socket)
      await rename(kept, lab.haproxy.socket)
      await other.stop()
    }
  }, 240_000)
})
