import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {chmod, lstat, readdir, readFile, rename, rm, stat, symlink, utimes, writeFile} from 'node:fs/promises'
import path from 'node:path'
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
import {replaceFile} from './replace-file.ts'
import {nginxSchema} from './schema.ts'
import {readWorkers} from './workers.ts'

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
  // How many depends on how many connections a busy machine has open at the instant of a reload.
  expect(result.failed).toBeLessThanOrEqual(result.sent * 0.2)
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

/** As a person does it, once the workers are old enough for an edit to be later than they are. */
async function edit(text: string): Promise<void> {
  const since = async () => (await readWorkers(nginx.pidFile, systemClock)).since ?? Number.NaN
  await expect.poll(async () => Date.now() - (await since()), {timeout: 60_000}).toBeGreaterThan(500)
  await writeFile(nginx.file, text, 'latin1')
}

async function reload(): Promise<void> {
  const {active} = await readWorkers(nginx.pidFile, systemClock)
  await execProgram([...nginx.argv, '-s', 'reload'], {timeoutMs: 60_000})
  const now = async () => (await readWorkers(nginx.pidFile, systemClock)).active
  await expect
    .poll(async () => (await now()).length > 0 && !(await now()).some(pid => active.includes(pid)), {timeout: 60_000})
    .toBe(true)
}

const hidden = async () => (await readdir(path.dirname(nginx.file))).filter(name => name.startsWith('.'))

test.each([
  ['with the time of the edit', async () => {}],
  // As rsync, cp -p and tar leave it.
  ['with an older time than the last reload', () => utimes(nginx.file, new Date(0), new Date(0))],
] as const)('an edit by hand that nginx has not read is no truth, %s: nothing is moved', async (_what, then) => {
  const before = await readFile(nginx.file, 'latin1')
  await edit(`${before}# edited by a person\n`)
  await then()
  const [blue] = (await open().state(signal())).servers.values()
  expect(blue).toMatchObject({word: 'UP, not reloaded', fresh: false})
  expect(blue?.unfit).toContain('changed after the last reload')
  await expect(open().move([{server: 'green-1', to: 'serving'}], signal())).rejects.toThrow('changed after the last')
  await edit(before)
  await reload()
  expect(await places()).toMatchObject({'blue-1': 'UP'})
})

test('every byte but those of its servers stays, in whatever encoding a comment is', async () => {
  const before = await readFile(nginx.file, 'latin1')
  await edit(`# caf\xe9 \xff\r\n${before}`)
  await reload()
  await open().move([{server: 'green-1', to: 'serving'}], signal())
  await open().move([{server: 'green-1', to: 'draining'}], signal())
  expect(await readFile(nginx.file, 'latin1')).toBe(`# caf\xe9 \xff\r\n${before}`)
  await edit(before)
  await reload()
})

test('a link stays a link, and a file that nobody may write keeps its mode', async () => {
  const real = path.join(path.dirname(nginx.file), 'web.available')
  await rename(nginx.file, real)
  await symlink(real, nginx.file)
  await chmod(real, 0o444)
  await reload()
  await open().move([{server: 'green-1', to: 'serving'}], signal())
  expect((await lstat(nginx.file)).isSymbolicLink()).toBe(true)
  expect((await stat(real)).mode & 0o777).toBe(0o444)
  expect(await places()).toMatchObject({'green-1': 'UP'})
  await open().move([{server: 'green-1', to: 'draining'}], signal())
  await rm(nginx.file)
  await rename(real, nginx.file)
  await chmod(nginx.file, 0o644)
  await reload()
})

test('an edit that somebody saves at the same moment is not lost, and nothing is moved', async () => {
  const before = await readFile(nginx.file, 'latin1')
  // Stands for a person whose editor saves while nginx tests the file.
  const saving = open({nginx: ['sh', '-c', `echo '# saved meanwhile' >> '${nginx.file}'; exit 1`]})
  await expect(saving.move([{server: 'green-1', to: 'serving'}], signal())).rejects.toThrow('edited by somebody else')
  expect(await readFile(nginx.file, 'latin1')).toContain('# saved meanwhile')
  await expect(replaceFile(nginx.file, 'lost', before)).rejects.toThrow('edited by somebody else at this moment')
  expect(await hidden()).not.toContain('.web.conf.opsconsole-new')
  await edit(before)
  await reload()
})

test('a reload that nginx cannot carry out is told: its old workers stay, and what they serve by is known', async () => {
  const before = await places()
  // A test of the file passes, the signal reaches nobody.
  const deaf = open({nginx: ['/bin/true'], timeout: '200ms'})
  await expect(deaf.move([{server: 'green-1', to: 'serving'}], signal())).rejects.toThrow(
    'has not taken the new upstream file after 200ms',
  )
  expect(await places()).toMatchObject({'green-1': `${before['green-1']}, not reloaded`, 'blue-1': 'UP, not reloaded'})
  await open().move([{server: 'green-1', to: 'draining'}], signal())
  expect(await places()).toEqual(before)
  expect(await hidden()).toEqual([])
})

test('a runner that is killed before the reload: what is in force is known, and the next move finishes or undoes it', async () => {
  const before = await places()
  for (const next of ['serving', 'draining'] as const) {
    const killed = await killedWhileMoving()
    expect(killed.signal).toBe('SIGKILL')
    expect(await readFile(nginx.file, 'latin1')).not.toContain('draining')
    expect(await places()).toMatchObject({'green-1': 'DRAIN, not reloaded', 'green-2': 'DRAIN, not reloaded'})
    expect(await askedWho()).toMatch(/^blue/)
    expect(await open().obstacles?.(signal())).toEqual([])
    await open().move(
      ['green-1', 'green-2'].map(server => ({server, to: next})),
      signal(),
    )
    expect(await places()).toMatchObject(next === 'serving' ? {'green-1': 'UP', 'green-2': 'UP'} : before)
    expect(await hidden()).toEqual([])
    await open().move(
      ['green-1', 'green-2'].map(server => ({server, to: 'draining' as const})),
      signal(),
    )
  }
  await killedWhileMoving()
  await reload()
  // Somebody else's reload carried it out: then the file is the truth again.
  expect(await places()).toMatchObject({'green-1': 'UP', 'green-2': 'UP'})
  await open().move(
    ['green-1', 'green-2'].map(server => ({server, to: 'draining' as const})),
    signal(),
  )
  expect(await places()).toEqual(before)
}, 120_000)

/** A process of its own, killed by the program that it runs to test the file. */
async function killedWhileMoving(): Promise<{readonly signal: string | null}> {
  const at = (file: string) => JSON.stringify(path.join(import.meta.dirname, file))
  const program = `
    const {openNginx} = await import(${at('nginx.ts')})
    const {execProgram} = await import(${at('../../../processes/run.ts')})
    const {systemClock} = await import(${at('../../../units/clock.ts')})
    const spec = {...JSON.parse(process.argv[1]), nginx: ['sh', '-c', 'kill -9 $PPID; sleep 1']}
    const moves = ['green-1', 'green-2'].map(server => ({server, to: 'serving'}))
    await openNginx(spec, {exec: execProgram, clock: systemClock}).move(moves, AbortSignal.timeout(60_000))
  `
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, JSON.stringify(spec())], {
    stdio: 'ignore',
  })
  const [, ended] = (await once(child, 'exit')) as [number | null, string | null]
  return {signal: ended}
}

test('a server of the block that no slot has is named before anything: it takes requests whatever is moved', async () => {
  const {'green-2': stranger, ...known} = addressesOf(slots)
  const asked = () => open({servers: known}).obstacles?.(signal())
  expect(await asked()).toEqual([])
  await open().move([{server: 'green-2', to: 'serving'}], signal())
  expect((await asked())?.map(({what}) => what)).toEqual([
    `upstream web also sends requests to ${stranger}, which no instance of this release is`,
  ])
  await open().move([{server: 'green-2', to: 'draining'}], signal())
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
