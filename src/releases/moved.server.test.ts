import {afterAll, beforeAll, expect, test} from 'vitest'
import {probeTools} from '../../test/probe-tools.ts'
import {randomFrom} from '../../test/program/random.ts'
import {countOf, seedOr} from '../../test/reliability/sample.ts'
import {plainTools} from '../../test/servers/ops-tools.ts'
import {type SlotsLab, startSlots} from '../../test/servers/slots.ts'
import {forgetfulMemory} from '../kinds/memory.ts'
import {createReleaseOps} from './ops.ts'
import {releaseTargets} from './target.ts'
import {ask} from './traffic/haproxy/socket.ts'

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
  releaseTargets({releases: [lab.config]}, {...probeTools, memory})[0]!.probe(AbortSignal.timeout(20_000))

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
