import {mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {installStandIn} from '../../../../test/platforms/stand-in.ts'
import {readConfig} from '../../../config/load.ts'
import {execProgram} from '../../../processes/run.ts'
import {systemClock} from '../../../units/clock.ts'
import {confirmMoved} from '../../traffic-moves.ts'
import {openCommandTraffic} from './command.ts'
import type {CommandTrafficSpec} from './schema.ts'

/**
 * The documented configurations, word for word, against stand-ins for the programs of the platforms. No platform was run: the stand-ins
 * in test/platforms name the documents that they were written after.
 */
const FILE = path.resolve(import.meta.dirname, '../../../../docs/examples/platforms.yaml')

let directory: string
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'opsconsole-platform-'))
})
afterEach(() => rmSync(directory, {recursive: true, force: true}))

/** The traffic of a documented release, its program replaced by the stand-in. */
function documented(release: string, program: string) {
  const {traffic} = readConfig(readFileSync(FILE), FILE).releases.find(({name}) => name === release)!
  if (traffic.type !== 'command') throw new Error(`${release} has no command traffic`)
  const standIn = installStandIn(directory, program)
  const place = ([first = '', ...rest]: readonly string[]) => [first === program ? standIn.program : first, ...rest]
  const spec: CommandTrafficSpec = {...traffic, state: place(traffic.state), move: place(traffic.move)}
  const driver = openCommandTraffic(spec, {exec: execProgram, secret: () => Promise.resolve('a-token-of-a-test')})
  const words = async (): Promise<readonly string[]> =>
    [...(await driver.state(signal())).servers.values()].map(({name, word}) => `${name} ${word}`)
  return {...standIn, spec, driver, words}
}
/**
 * Around the API's answer: internal/machine/lease.go of flyctl and flaps/flaps_machines.go of fly-go. The answer itself as users quoted
 * it (its beginning at https://community.fly.io/t/15555); no document has it. flyctl tells it by `lease currently held by` as well
 * (internal/command/deploy/plan.go).
 */
const LEASE_HELD =
  'Error: failed to obtain lease: failed to get lease on VM 9185c0f1d2e383: machine ID 9185c0f1d2e383 lease currently held by 9af60c27@tokens.fly.io, expires at 2026-11-27T08:00:00Z\n'
const signal = (): AbortSignal => AbortSignal.timeout(60_000)
const SWITCH = [
  {server: 'green1', to: 'serving'},
  {server: 'blue1', to: 'off'},
] as const

describe.each([
  ['fly', 'fly'],
  ['ecs', 'aws'],
  ['compose', 'docker'],
] as const)('%s as documented (not run against the platform)', (release, program) => {
  test('traffic is found, moved, seen there, and moved back', async () => {
    const {driver} = documented(release, program)
    expect(driver.notUndone).not.toEqual([])
    const placed = async () =>
      [...(await driver.state(signal())).servers.values()].map(({name, placement}) => `${name} ${placement}`).toSorted()
    expect(await placed()).toEqual(['blue1 serving', 'green1 off'])
    await driver.move(SWITCH, signal())
    expect(await placed()).toEqual(['blue1 off', 'green1 serving'])
    await driver.move(
      [
        {server: 'blue1', to: 'serving'},
        {server: 'green1', to: 'off'},
      ],
      signal(),
    )
    expect(await placed()).toEqual(['blue1 serving', 'green1 off'])
  })

  test('what is recorded is what is called', async () => {
    const {driver, calls, program: standIn} = documented(release, program)
    await driver.state(signal())
    const recorded = driver
      .command(SWITCH)
      .split('; ')
      .map(line => line.replaceAll("'", '').replace(`${standIn} `, ''))
    await driver.move(SWITCH, signal())
    expect(calls()).toEqual(expect.arrayContaining(recorded))
  })
})

describe('Fly.io (stand-in)', () => {
  test('machines of the app that are no instances are left alone, and the token is in no argument', async () => {
    const {driver, words, calls} = documented('fly', 'fly')
    expect(await words()).toEqual(['blue1 UP', 'green1 OFF'])
    expect(driver.command(SWITCH)).not.toContain('token')
    expect(calls().join('\n')).not.toContain('a-token-of-a-test')
  })

  test('a lease that somebody holds is waited for', async () => {
    const {driver, plan, calls, words} = documented('fly', 'fly')
    plan({
      when: 'machine uncordon',
      times: 1,
      stderr: LEASE_HELD,
      code: 1,
    })
    await driver.move(SWITCH, signal())
    expect(calls().filter(call => call.startsWith('machine uncordon'))).toHaveLength(2)
    expect(await words()).toEqual(['blue1 OFF', 'green1 UP'])
  })

  test('a machine that is gone stops the move halfway, and what was done is seen', async () => {
    const {driver, words} = documented('fly', 'fly')
    const gone = [SWITCH[0], {server: 'green9', to: 'off'}] as const
    await expect(driver.move(gone, signal())).rejects.toThrow(/was not found in app 'shop'/)
    expect(await words()).toEqual(['blue1 UP', 'green1 UP'])
  })

  test('an older flyctl, which does not say who is cordoned, is refused and never guessed', async () => {
    const {driver, setWorld} = documented('fly', 'fly')
    setWorld({machines: [{id: '3287d2a4b1c285', state: 'started'}]})
    await expect(driver.state(signal())).rejects.toThrow(
      'printed none at cordoned of blue1, which traffic.read.placement does not know',
    )
  })

  test('a machine that is starting takes no traffic, whatever was asked for', async () => {
    const {driver, setWorld} = documented('fly', 'fly')
    setWorld({
      machines: [
        {id: '3287d2a4b1c285', state: 'replacing', cordoned: false},
        {id: '9185c0f1d2e383', state: 'started', cordoned: true},
      ],
    })
    expect((await driver.state(signal())).servers.get('blue1')).toMatchObject({failing: true, check: 'replacing'})
  })

  test('what does not show the move in time is no success', async () => {
    const {driver, spec, plan} = documented('fly', 'fly')
    plan({when: 'machine uncordon', times: 9, stdout: 'done!\n'})
    const impatient = openCommandTraffic({...spec, settle: 1}, {exec: execProgram, secret: () => Promise.resolve('x')})
    await impatient.move([SWITCH[0]], signal())
    await expect(
      confirmMoved({traffic: driver, tools: {signal: signal(), clock: systemClock}} as never, [SWITCH[0]]),
    ).rejects.toThrow('green1 should be serving and is OFF')
  })
})

describe('Amazon ECS behind a load balancer (stand-in)', () => {
  test('both shares are set by one call: no instant without a target', async () => {
    const {driver, calls, words} = documented('ecs', 'aws')
    await driver.state(signal())
    await driver.move(
      [
        {server: 'green1', to: 'serving', weight: 13},
        {server: 'blue1', to: 'serving', weight: 247},
      ],
      signal(),
    )
    expect(calls().filter(call => call.startsWith('elbv2 modify-rule'))).toHaveLength(1)
    expect(await words()).toEqual(['blue1 UP, weight 247', 'green1 UP, weight 13'])
  })

  test('a share is never worked out of what was not seen', () => {
    const {driver} = documented('ecs', 'aws')
    expect(() => driver.command(SWITCH)).toThrow('the share of blue1 is not known')
  })

  /** Code and text as in boto/boto3 issue 3125, of `DescribeLoadBalancers`; `(Throttling)`, not the `ThrottlingException` of other services. */
  test('throttling is waited for, another error is the reason', async () => {
    const {driver, plan, words} = documented('ecs', 'aws')
    plan({
      when: 'describe-rules',
      times: 1,
      stderr:
        '\nAn error occurred (Throttling) when calling the DescribeRules operation (reached max retries: 2): Rate exceeded\n',
      code: 254,
    })
    expect(await words()).toEqual(['blue1 UP, weight 100', 'green1 OFF, weight 0'])
    plan({
      when: 'modify-rule',
      times: 1,
      stderr:
        '\nAn error occurred (TargetGroupNotFound) when calling the ModifyRule operation: One or more target groups not found\n',
      code: 254,
    })
    await expect(driver.move(SWITCH, signal())).rejects.toThrow(/TargetGroupNotFound/)
    expect(await words()).toEqual(['blue1 UP, weight 100', 'green1 OFF, weight 0'])
  })

  test('a rule of another shape, such as a redirect, is refused', async () => {
    const {driver, plan} = documented('ecs', 'aws')
    plan({when: 'describe-rules', times: 1, stdout: '{"Rules": [{"Actions": [{"Type": "redirect"}]}]}'})
    await expect(driver.state(signal())).rejects.toThrow(
      'no list of servers at Rules[0].Actions[0].ForwardConfig.TargetGroups',
    )
  })
})

describe('Compose (stand-in)', () => {
  test('a move that was made before, as after half a switch, is no failure', async () => {
    const {driver, words} = documented('compose', 'docker')
    await driver.move([SWITCH[0]], signal())
    await driver.move(SWITCH, signal())
    await driver.move(SWITCH, signal())
    expect(await words()).toEqual(['green1 UP', 'blue1 OFF'])
  })

  test('a container that does not run is refused in other words, and is off as well', async () => {
    const {driver, plan, words, setWorld} = documented('compose', 'docker')
    setWorld({connected: ['shop-proxy-1']})
    plan({
      when: 'network disconnect',
      times: 1,
      stderr: 'Error response from daemon: container id-of-shop-web-blue-1 is not connected to the network edge\n',
      code: 1,
    })
    await driver.move([{server: 'blue1', to: 'off'}], signal())
    expect(await words()).toContain('blue1 OFF')
  })

  /** daemon/errors.go of github.com/moby/moby. */
  test('another refusal is the reason', async () => {
    const {driver, plan} = documented('compose', 'docker')
    plan({
      when: 'network connect',
      times: 1,
      stderr: 'Error response from daemon: No such container: shop-web-green-1\n',
      code: 1,
    })
    await expect(driver.move(SWITCH, signal())).rejects.toThrow(/No such container/)
  })

  test('a container that stopped is listed no more: it takes no traffic', async () => {
    const {words, setWorld} = documented('compose', 'docker')
    setWorld({connected: ['shop-proxy-1']})
    expect(await words()).toEqual(['blue1 OFF', 'green1 OFF'])
  })
})
