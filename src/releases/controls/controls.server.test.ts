import {readFileSync} from 'node:fs'
import {get} from 'node:http'
import path from 'node:path'
import {afterAll, beforeAll, expect, test, vi} from 'vitest'
import {type ControlsLab, startControlsLab} from '../../../test/servers/controls-lab.ts'
import type {HaproxyServer} from '../../../test/servers/haproxy.ts'
import {plainTools} from '../../../test/servers/ops-tools.ts'
import {forgetfulMemory} from '../../kinds/memory.ts'
import {forgetfulRecords} from '../../kinds/records.ts'
import {systemClock} from '../../units/clock.ts'
import {releaseSchema} from '../config.ts'
import {loadReleaseOps} from '../ops.ts'
import {releaseTargets} from '../target.ts'
import {controlLines} from '../traffic/haproxy/control-lines.ts'
import type {ControlParams} from './control.ts'

const createReleaseOps = await loadReleaseOps()
const records = forgetfulRecords()
let lab: ControlsLab
let haproxy: HaproxyServer
let config: ReturnType<typeof releaseSchema.parse> & {readonly environment: string}

beforeAll(async () => {
  lab = await startControlsLab()
  haproxy = lab.haproxy
  config = {...releaseSchema.parse(lab.entry), environment: 'test'}
  await vi.waitFor(async () => expect((await rowOf()).reason).toBe('blue serves 1.0.0'), {
    timeout: 60_000,
    interval: 100,
  })
}, 120_000)
afterAll(() => lab.stop(), 60_000)

/** Status, and what was answered. Each on a connection of its own. */
const ask = (url = '/'): Promise<string> =>
  new Promise((resolve, reject) => {
    get({host: '127.0.0.1', port: haproxy.port, path: url, agent: false}, response => {
      let text = ''
      response.on('data', piece => (text += String(piece)))
      response.on('end', () => resolve(`${response.statusCode} ${text.slice(0, 20)}`))
      response.on('error', reject)
    }).on('error', reject)
  })

const opsWith = (more: Parameters<typeof plainTools>[0] = {}) => {
  const tools = plainTools({records, agentWatches: () => true, ...more})
  return {tools, release: createReleaseOps(config, tools, '/etc/opsconsole.yaml')}
}

/** Puts it on, looks, takes it off again. */
async function during(params: ControlParams, look: () => Promise<void>): Promise<readonly string[]> {
  const {release, tools} = opsWith()
  const {id, control, command} = await release.planControl({...params, for: '5m'})
  await release.putOnControl(control, Date.now() + 300_000)
  expect(await release.isInForce(control)).toMatchObject({ok: true})
  expect(tools.commands).toContain(command)
  try {
    await look()
  } finally {
    await release.takeOffControl(id)
  }
  expect(await rowOf()).not.toHaveProperty('controls')
  return tools.commands
}

async function rowOf(): Promise<{
  readonly reason: string
  readonly controls?: readonly {readonly inForce?: boolean}[]
}> {
  const [target] = await releaseTargets({releases: [config]}, {...plainTools(), clock: systemClock, records} as never)
  const result = await target?.probe(AbortSignal.timeout(60_000))
  return {...(result?.detail as object), reason: result?.reason} as never
}

test('the maintenance answer is a 503 with its page, for every request, until it is taken off', async () => {
  const commands = await during({control: 'maintenance'}, async () => {
    expect(await ask()).toBe('503 back soon')
    expect(await rowOf()).toMatchObject({
      reason: expect.stringMatching(/^maintenance answer until 20\S+ \S+ UTC/) as string,
      controls: [{id: 'maintenance', inForce: true, usersGet: expect.stringContaining('503') as string}],
    })
  })
  expect(await ask()).toMatch(/^200 blue/)
  expect(commands).toEqual([
    `add map ${lab.directory}/maintenance.map on 1`,
    `del map ${lab.directory}/maintenance.map on`,
  ])
}, 120_000)

test('a path or an address is blocked, and nothing else', async () => {
  await during({control: 'block', path: '/export'}, async () => {
    expect(await ask('/export/all?x=1')).toMatch(/^403/)
    expect(await ask('/exp')).toMatch(/^200/)
  })
  await during({control: 'block', address: '127.0.0.0/16'}, async () => expect(await ask()).toMatch(/^403/))
  await during({control: 'block', address: '192.0.2.0/24'}, async () => expect(await ask()).toMatch(/^200/))
  expect(await ask('/export')).toMatch(/^200/)
}, 120_000)

test('a limit answers 429 to what an address sends too much of, and leaves the rest alone', async () => {
  await during({control: 'limit', path: '/login', perSecond: 3}, async () => {
    // All at once: however slow this machine is, they are more than three of one second.
    const answers = await Promise.all(Array.from({length: 40}, () => ask('/login')))
    expect(answers.filter(answer => answer.startsWith('429')).length).toBeGreaterThan(0)
    expect(answers.filter(answer => answer.startsWith('200')).length).toBeGreaterThan(0)
    expect(await ask('/')).toMatch(/^200/)
  })
  expect(await ask('/login')).toMatch(/^200/)
}, 120_000)

test('paused requests wait and are all answered when the pause is taken off', async () => {
  let answered = 0
  let waiting: Promise<readonly string[]> = Promise.resolve([])
  await during({control: 'pause'}, async () => {
    waiting = Promise.all(Array.from({length: 10}, () => ask().then(answer => (answered++, answer))))
    // What HAProxy has accepted by now and has not passed on, it holds.
    await expect
      .poll(async () => Number(/^CurrConns: (\d+)/m.exec(await info())?.[1]), {timeout: 60_000})
      .toBeGreaterThanOrEqual(10)
    expect(answered).toBe(0)
  })
  expect((await waiting).every(answer => answer.startsWith('200'))).toBe(true)
}, 120_000)

const info = async (): Promise<string> =>
  (await import('../traffic/haproxy/socket.ts')).ask(haproxy.socket, 'show info', AbortSignal.timeout(60_000))

test('a server is drained while another one serves, and gets its traffic back by fresh checks', async () => {
  await during({control: 'drain', server: 'blue-1'}, async () => {
    for (let nth = 0; nth < 6; nth += 1) expect(await ask()).toBe('200 blue-2')
    const {release} = opsWith()
    await expect(release.planControl({control: 'drain', server: 'blue-2', for: '1m'})).rejects.toThrow(
      /no other healthy server of blue takes traffic/,
    )
    await expect(release.planControl({control: 'drain', server: 'green-1', for: '1m'})).rejects.toThrow(
      /green-1 takes no traffic/,
    )
  })
  const seen = new Set<string>()
  for (let nth = 0; nth < 6; nth += 1) seen.add(await ask())
  expect(seen).toEqual(new Set(['200 blue-1', '200 blue-2']))
}, 120_000)

test('a server is weighed against the others of its slot', async () => {
  await during({control: 'weigh', server: 'blue-1', percent: 10}, async () => {
    const answers: string[] = []
    for (let nth = 0; nth < 110; nth += 1) answers.push(await ask())
    expect(answers.filter(answer => answer === '200 blue-1').length).toBeLessThanOrEqual(15)
  })
}, 120_000)

test('servers that take no traffic any more have their own weight again when its time is over, and stay where they are', async () => {
  const {release} = opsWith()
  const places = async () => (await release.traffic()).map(({instance, word}) => `${instance} ${word}`)
  const weights = async () =>
    (
      await (
        await import('../traffic/haproxy/socket.ts')
      ).ask(haproxy.socket, 'show servers state app', AbortSignal.timeout(60_000))
    )
      .split('\n')
      .flatMap(line => (line.includes(' app ') ? [line.split(' ')[7]] : []))
  const own = await weights()
  const {control} = await release.planControl({control: 'weigh', server: 'blue-1', percent: 10, for: '5m'})
  await release.putOnControl(control, Date.now() + 300_000)
  expect(await weights()).not.toEqual(own)
  // A canary has weights of its own, and would take it off.
  await release.enableChecksAndWait('green')
  await expect(release.giveShare('green', 5)).rejects.toThrow(
    /weights are those of a control now: 10 % of its share for/,
  )
  await release.switchTo('green')
  await release.takeOffControl('weigh:blue-1')
  expect(await weights()).toEqual(own)
  expect(await places()).toEqual(['blue-1 DRAIN', 'blue-2 DRAIN', 'green-1 UP', 'green-2 UP'])
  await release.switchTo('blue')
  await release.disableSlot('green')
}, 120_000)

test('weights of a canary that began meanwhile are left alone when the time of a weighed server is over', async () => {
  const memory = forgetfulMemory()
  const {release, tools} = opsWith({memory})
  const {control} = await release.planControl({control: 'weigh', server: 'blue-1', percent: 10, for: '5m'})
  await release.enableChecksAndWait('green')
  // A canary of somebody who does not see the controls: it is refused where they are known.
  await opsWith({memory, records: forgetfulRecords()}).release.giveShare('green', 5)
  await release.putOnControl(control, Date.now() + 300_000)
  const before = tools.commands.length
  await release.takeOffControl('weigh:blue-1')
  expect(tools.commands.slice(before).filter(command => command.startsWith('set server'))).toEqual([])
  await expect(release.controlNamed('weigh:blue-1')).rejects.toThrow(/is not on/)
  await release.takeShareBack('green')
  await release.disableSlot('green')
  const answers: string[] = []
  for (let nth = 0; nth < 40; nth += 1) answers.push(await ask())
  // With the canary its weights ended too: both get their equal part.
  expect(answers.filter(answer => answer === '200 blue-1')).toHaveLength(20)
}, 120_000)

test('what a restart of HAProxy took off is said, and taking it off once more does no harm', async () => {
  const {release} = opsWith()
  const {control} = await release.planControl({control: 'maintenance', for: '5m'})
  await release.putOnControl(control, Date.now() + 300_000)
  await haproxy.again('restart')
  await expect
    .poll(async () => (await rowOf()).controls?.map(({inForce}) => inForce), {timeout: 60_000})
    .toEqual([false])
  expect(await rowOf()).toMatchObject({
    reason: expect.stringMatching(/^maintenance answer is not in force any more/) as string,
  })
  await release.takeOffControl('maintenance')
  expect(await rowOf()).not.toHaveProperty('controls')
}, 120_000)

test('it is noted before the load balancer is told: what fails then is still to be taken off', async () => {
  const broken = {...config, traffic: {...config.traffic, socket: path.join(lab.directory, 'none')}} as typeof config
  const tools = plainTools({records})
  const release = createReleaseOps(broken, tools, '/etc/opsconsole.yaml')
  await expect(release.putOnControl({kind: 'pause'}, Date.now() + 60_000)).rejects.toThrow(/did not answer/)
  expect(await opsWith().release.controlNamed('pause')).toMatchObject({id: 'pause', run: 'test-run'})
  await opsWith().release.takeOffControl('pause')
  await expect(opsWith().release.controlNamed('pause')).rejects.toThrow(/pause is not on/)
}, 120_000)

test('nobody who would take it off, and a HAProxy without the maps, are refused beforehand', async () => {
  const alone = opsWith({agentWatches: () => false}).release
  await expect(alone.planControl({control: 'maintenance', for: '5m'})).rejects.toThrow(
    /no agent watches here, so nothing would take it off after 5m/,
  )
  expect(await alone.planControl({control: 'maintenance', for: '5m', withoutAgent: true})).toMatchObject({
    id: 'maintenance',
    forMs: 300_000,
  })
  const elsewhere = {...config, traffic: {...config.traffic, controls: '/etc/none'}} as typeof config
  const release = createReleaseOps(elsewhere, plainTools({records, agentWatches: () => true}), '/etc/opsconsole.yaml')
  await expect(release.planControl({control: 'pause', for: '5m'})).rejects.toThrow(
    'HAProxy has no map /etc/none/paused.map: its lines for this are not in haproxy.cfg',
  )
}, 120_000)

test('a socket that may only read is enough for what the panes show', async () => {
  const onlyReads = {...config, traffic: {...config.traffic, socket: path.join(lab.directory, 'none')}} as typeof config
  const [target] = await releaseTargets({releases: [onlyReads]}, {
    ...plainTools(),
    clock: systemClock,
    records,
  } as never)
  const probe = async () => (await target?.probe(AbortSignal.timeout(60_000)))?.detail
  await probe()
  const {release} = opsWith()
  const {id, control} = await release.planControl({control: 'block', path: '/export', for: '5m'})
  await release.putOnControl(control, Date.now() + 300_000)
  expect(await probe()).toMatchObject({controls: [{id: 'block:/export', inForce: true}]})
  await release.takeOffControl(id)
  expect(await probe()).toMatchObject({
    slots: [
      {
        name: 'blue',
        instances: [
          {name: 'blue-1', sessions: 0, queued: 0, connections: expect.any(Number) as number, errorsPerSecond: 0},
          {name: 'blue-2', check: expect.stringMatching(/^L7OK/) as string},
        ],
      },
      {name: 'green'},
    ],
  })
}, 120_000)

test('docs/releases.md has the lines that these tests ran with', () => {
  const text = readFileSync(new URL('../../../docs/releases.md', import.meta.url), 'utf8')
  for (const lines of Object.values(controlLines('/etc/haproxy/controls'))) expect(text).toContain(lines.trim())
})

test('a control that was put on again by another run stays when the first one is undone', async () => {
  const {release: first} = opsWith({run: 'first'})
  const {release: second} = opsWith({run: 'second'})
  const {id, control} = await first.planControl({control: 'maintenance', for: '5m'})
  await first.putOnControl(control, Date.now() + 300_000)
  await second.putOnControl(control, Date.now() + 600_000)
  await first.takeOffControl(id, {own: true})
  expect(await second.isInForce(control)).toMatchObject({ok: true})
  expect(await second.controlNamed(id)).toMatchObject({run: 'second'})
  await second.takeOffControl(id, {own: true})
  expect(await second.isInForce(control)).toMatchObject({ok: false})
})
