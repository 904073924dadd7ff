import {readFile, utimes, writeFile} from 'node:fs/promises'
import {afterAll, afterEach, beforeAll, beforeEach, expect, test} from 'vitest'
import canary from '../../runbooks/canary.ts'
import deploy from '../../runbooks/deploy.ts'
import {countOf} from '../../test/reliability/sample.ts'
import {disturbedIn, type Stage} from '../../test/servers/disturbed-release.ts'
import {startLoad} from '../../test/servers/load.ts'
import {startUpstreamNginx, type UpstreamNginx} from '../../test/servers/nginx.ts'
import {plainTools} from '../../test/servers/ops-tools.ts'
import {type SlotsLab, startSlots} from '../../test/servers/slots.ts'
import {testRunbook} from '../authoring/test-runbook.ts'
import {forgetfulMemory} from '../kinds/memory.ts'
import {execProgram} from '../processes/run.ts'
import type {Runbook} from '../runbooks/define.ts'
import {systemClock} from '../units/clock.ts'
import {loadReleaseOps, type ReleaseOps} from './ops.ts'
import {nginxSchema} from './traffic/nginx/schema.ts'
import {readWorkers} from './traffic/nginx/workers.ts'

const createReleaseOps = await loadReleaseOps()
const memory = forgetfulMemory()

let lab: SlotsLab
let nginx: UpstreamNginx
let load: ReturnType<typeof startLoad>
const lost = {sent: 0, failed: 0, reloads: 0}
beforeAll(async () => {
  lab = await startSlots({
    drainTimeout: '3s',
    maxSlowdown: 1000,
    canary: {stages: [50, 100], stageTime: '1s', toleratedShare: 0.2},
  })
  nginx = await startUpstreamNginx(
    Object.values(addresses()).map((address, at) => (at < 2 ? address : `${address} down`)),
  )
}, 60_000)
afterAll(async () => {
  process.stdout.write(`nginx: ${lost.reloads} reloads by others, ${lost.sent} requests, ${lost.failed} lost\n`)
  await nginx.stop()
  await lab.stop()
}, 30_000)

const addresses = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    lab.config.slots.flatMap(slot => slot.instances.map(({name, url}) => [name, new URL(url).host] as const)),
  )

function release(): ReleaseOps {
  const traffic = nginxSchema.parse({
    type: 'nginx',
    file: nginx.file,
    upstream: 'web',
    servers: addresses(),
    nginx: nginx.argv,
    pidFile: nginx.pidFile,
    accessLog: nginx.accessLog,
  })
  return createReleaseOps({...lab.config, traffic}, plainTools({memory}), '/etc/opsconsole.yaml')
}

/** As a person or a certificate's renewal does it; with the file as it is, or edited before. */
async function reload(edit?: (text: string) => string): Promise<void> {
  if (edit !== undefined) await writeFile(nginx.file, edit(await readFile(nginx.file, 'utf8')))
  const {active} = await readWorkers(nginx.pidFile, systemClock)
  await execProgram([...nginx.argv, '-s', 'reload'], {timeoutMs: 60_000})
  lost.reloads += 1
  const old = async () => (await readWorkers(nginx.pidFile, systemClock)).active.filter(pid => active.includes(pid))
  await expect.poll(old, {timeout: 60_000}).toEqual([])
}

beforeEach(() => {
  load = startLoad(`http://127.0.0.1:${nginx.port}`, {rps: 60, slowShare: 0.02, slowMs: 300})
})
afterEach(async () => {
  const {sent, failed, why} = await load.stop()
  lost.sent += sent
  lost.failed += failed
  // Idle connections of old workers: a client that just sent on one sees a reset. Nothing else is lost.
  expect(Object.keys(why).filter(each => each !== 'ECONNRESET' && each !== 'EPIPE')).toEqual([])
})

let counter = 0
const other = (slot: string): string => (slot === 'blue' ? 'green' : 'blue')
async function walk(stage: Stage, disturb: () => Promise<void>, runbook: Runbook = deploy) {
  const before = await release().live()
  const to = other(before.name)
  const version = `6.${(counter += 1)}.0`
  const slot = stage === 'drained' ? before.name : to
  const params = runbook === deploy ? {version, watch: '1s'} : {version}
  const ops = disturbedIn(release(), {stage, slot, disturb})
  const run = await testRunbook(runbook, {params, ops: {release: () => ops}, timeout: '2m'})
  return {run, before, to, version}
}

const roles = async () => (await release().slots()).map(({role}) => role).sort()

const STAGES = ['drained', 'smoke', 'watch', 'start', 'waitHealthy', 'enableChecksAndWait', 'rollback'] as const

test.each(STAGES.slice(0, countOf('Z1 nginx reloads')))(
  'nginx is reloaded by somebody else in the middle of %s: its file is its memory, and the deploy goes on',
  async stage => {
    const {run, to, version} = await walk(stage, () => reload())
    expect(run.outcome, `${run.reason}\n${run.log.join('\n')}`).toMatch(/done|unproven/)
    expect(await release().live()).toMatchObject({name: to, version})
    expect((await release().stays(to)).ok).toBe(true)
  },
  300_000,
)

test('the same in the middle of a canary: its share stays, and it is judged and promoted', async () => {
  const {run, to, version} = await walk('compare', () => reload(), canary)
  expect(run.outcome, `${run.reason}\n${run.log.join('\n')}`).toMatch(/done|unproven/)
  if (run.outcome === 'done') expect(await release().live()).toMatchObject({name: to, version})
}, 300_000)

/** Its `server` line without what takes it out, or with it. */
const withLine = (text: string, name: string, taken: boolean): string => {
  const address = addresses()[name] ?? ''
  return text.replace(
    new RegExp(`server ${address.replaceAll('.', '\\.')}[^\\n]*`),
    `server ${address}${taken ? ' down' : ''};`,
  )
}

test.each([
  [
    'moves all traffic back',
    (text: string, to: string) =>
      ['1', '2'].reduce(
        (seen, nth) => withLine(withLine(seen, `${to}-${nth}`, true), `${other(to)}-${nth}`, false),
        text,
      ),
  ],
  ['takes one server out', (text: string, to: string) => withLine(text, `${to}-1`, true)],
] as const)(
  'somebody %s in the file and reloads, while the new version is watched: found, named, and traffic is brought back',
  async (_words, edit) => {
    const to = other((await release().live()).name)
    const {run, before} = await walk('watch', () => reload(text => edit(text, to)))
    expect(run, run.log.join('\n')).toMatchObject({outcome: 'undone'})
    expect(run.reason).toMatch(/moved outside opsconsole: traffic is on .*, and this run has it on/)
    expect(await release().live()).toMatchObject({name: before.name, version: before.version})
    expect(await roles()).toEqual(['idle', 'live'])
  },
  300_000,
)

test('an edit that nobody reloaded before the switch: nothing is moved, it is named, and users keep what they have', async () => {
  const text = await readFile(nginx.file, 'utf8')
  const {run, before} = await walk('smoke', async () => {
    await writeFile(nginx.file, `${text}# edited by a person\n`)
    const later = new Date(Date.now() + 60_000)
    await utimes(nginx.file, later, later)
  })
  expect(run.outcome, run.log.join('\n')).not.toBe('done')
  expect(`${run.reason}\n${run.log.join('\n')}`).toContain('changed after the last reload of nginx')
  await writeFile(nginx.file, text)
  await reload()
  expect(await release().live()).toMatchObject({name: before.name, version: before.version})
}, 300_000)
