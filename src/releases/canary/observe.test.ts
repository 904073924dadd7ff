import {describe, expect, test} from 'vitest'
import {plainTools} from '../../../test/servers/ops-tools.ts'
import {releaseSchema} from '../config.ts'
import type {ReleaseContext} from '../context.ts'
import type {TrafficDriver, TrafficServer} from '../traffic/traffic-driver.ts'
import {canaryOf, guardCanary, lookAtCanary, nextLookMs} from './observe.ts'

const config = {
  ...releaseSchema.parse({
    name: 'shop',
    traffic: {type: 'haproxy', socket: '/none', backend: 'none'},
    instances: {type: 'command', deploy: ['none'], stop: ['none']},
    slots: ['blue', 'green'].map(name => ({name, instances: [{name: `${name}-1`, url: `http://${name}`}]})),
  }),
  environment: 'test',
}

/** Both slots take traffic; requests and errors come as the test says. */
function balancer() {
  const counted = {'blue-1': {responses: 0, errors: 0}, 'green-1': {responses: 0, errors: 0}}
  const canaries: NonNullable<ReleaseContext['canaries']> = new Map()
  let asked = 0
  const stateSince = (begun: typeof counted): ReturnType<TrafficDriver['state']> => {
    asked += 1
    const server = (name: keyof typeof counted): TrafficServer => ({
      name,
      placement: 'serving',
      word: 'UP',
      fresh: true,
      failing: false,
      check: '',
      responses: counted[name].responses - begun[name].responses,
      errors: counted[name].errors - begun[name].errors,
    })
    return Promise.resolve({
      unserved: 0,
      servers: new Map([server('blue-1'), server('green-1')].map(one => [one.name, one])),
    })
  }
  /** As each look of a guard gets it: a driver that is new, and counts from its first answer on, as nginx's log is read. */
  const context = (more: Partial<ReleaseContext> = {}): ReleaseContext => {
    let begun: typeof counted | undefined
    return {
      canaries,
      config,
      traffic: {
        target: 'a balancer',
        abilities: {drain: true, weights: true, perServerCounters: true, ownChecks: true, survivesReload: true},
        state: () => stateSince((begun ??= structuredClone(counted))),
        recheck: () => [],
        command: () => '',
        move: () => Promise.resolve(),
      },
      instances: {} as ReleaseContext['instances'],
      request: () => Promise.resolve({status: 200, body: '{}', date: undefined}),
      tools: plainTools(),
      ...more,
    }
  }
  const came = (canary: readonly [number, number], stable: readonly [number, number]): void => {
    for (const [name, [requests, bad]] of [
      ['green-1', canary],
      ['blue-1', stable],
    ] as const) {
      counted[name].responses += requests
      counted[name].errors += bad
    }
  }
  return {context, came, asked: () => asked}
}

describe('the guard of a canary', () => {
  test('sees errors also where each of its looks opens a driver that counts from its first answer on', async () => {
    const {context, came} = balancer()
    expect(await guardCanary(context(), 'green')).toMatchObject({ok: true})
    for (let look = 0; look < 6; look += 1) {
      came([5, 5], [95, 0])
      await guardCanary(context(), 'green')
    }
    expect(await guardCanary(context(), 'green')).toMatchObject({ok: false, reason: expect.stringMatching(/^errors: /)})
  })

  test('leaves a canary to the stage that compares it, and has what that stage has seen', async () => {
    const {context, came} = balancer()
    const canary = canaryOf(context(), 'green')
    canary.compared = true
    await lookAtCanary(context(), canary)
    for (let look = 0; look < 6; look += 1) {
      came([5, 5], [95, 0])
      await lookAtCanary(context(), canary)
    }
    expect(await guardCanary(context(), 'green')).toMatchObject({ok: true, reason: 'a stage compares it'})
    canary.compared = false
    expect(await guardCanary(context(), 'green')).toMatchObject({ok: false})
  })

  test('looks again soon after a bad answer, and ends all the same while bad answers keep coming', async () => {
    const {context, came, asked} = balancer()
    const now = {at: 0}
    const clock = {now: () => now.at, monotonic: () => now.at}
    const tools = plainTools({clock})
    await guardCanary(context({tools}), 'green')
    // One in a hundred on both sides: no reason to stop, and always something new.
    const canary = canaryOf(context({tools}), 'green')
    const before = asked()
    const {traffic} = canary
    Object.assign(canary, {
      traffic: {
        ...traffic,
        state: (signal: AbortSignal) => {
          now.at += 300
          came([100, 1], [1900, 19])
          return traffic.state(signal)
        },
      },
    })
    expect(await guardCanary(context({tools}), 'green')).toMatchObject({ok: true})
    expect(asked() - before).toBeGreaterThan(2)
    expect(asked() - before).toBeLessThan(20)
    expect(nextLookMs(canary, canary.badAt + 1)).toBeLessThan(nextLookMs(canary, canary.badAt + 10_000))
  })
})

test('no look waits for our own requests, however long a sick canary takes for them', async () => {
  const {context, came} = balancer()
  const stop = new AbortController()
  const never = (_: string, {signal}: {readonly signal: AbortSignal}): Promise<never> =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
  const hangs = context({request: never, tools: plainTools({signal: stop.signal})})
  const canary = canaryOf(hangs, 'green')
  await lookAtCanary(hangs, canary)
  for (let look = 0; look < 6; look += 1) {
    came([5, 5], [95, 0])
    await lookAtCanary(hangs, canary)
  }
  expect(await lookAtCanary(hangs, canary)).toMatchObject({ok: false, reason: expect.stringMatching(/^errors: /)})
  expect(canary.probes).toMatchObject({failed: 0, healthAt: undefined, timesAt: undefined})
  stop.abort(new Error('over'))
  await expect.poll(() => canary.probes.timesAt, {timeout: 60_000}).toBeDefined()
  // What was stopped with its step was neither late nor sick.
  expect(canary.probes).toMatchObject({failed: 0, slow: undefined, times: {canary: [], stable: []}})
})

describe('three failed probes in a row', () => {
  /** Answers for health of both, as the test says, while users get good answers. */
  async function probed(sick: readonly string[]) {
    const {context, came} = balancer()
    const now = {at: 0}
    const tools = plainTools({clock: {now: () => now.at, monotonic: () => now.at}})
    const request = (url: string) =>
      sick.some(name => url.startsWith(`http://${name}`))
        ? Promise.reject(new Error('no answer within 5s'))
        : Promise.resolve({status: 200, body: '{}', date: undefined})
    const sees = context({tools, request})
    const canary = canaryOf(sees, 'green')
    for (let look = 0; look < 20; look += 1) {
      came([5, 0], [95, 0])
      await lookAtCanary(sees, canary)
      await expect.poll(() => canary.probes.healthAt).toBeDefined()
      now.at += 600
    }
    return {seen: await lookAtCanary(sees, canary), lines: tools.lines.join('\n')}
  }

  test('end a canary, and say why', async () => {
    const {seen} = await probed(['green'])
    expect(seen).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/^3 probes .+ in a row: .*no answer within 5s/),
    })
  })

  test('do not where those of stable fail as well: then nothing is known of the version', async () => {
    const {seen, lines} = await probed(['green', 'blue'])
    expect(seen).toMatchObject({ok: true})
    expect(lines.match(/says nothing of the canary/g)).toHaveLength(1)
  })

  test('never end it where only stable is sick', async () => {
    expect((await probed(['blue'])).seen).toMatchObject({ok: true})
  })
})
