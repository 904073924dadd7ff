import {afterAll, beforeAll, expect, test, vi} from 'vitest'
import canary from '../../runbooks/canary.ts'
import {prepareRun} from '../../src/authoring/testing/memory-run.ts'
import {forgetfulMemory} from '../../src/kinds/memory.ts'
import {loadReleaseOps} from '../../src/releases/ops.ts'
import {ask} from '../../src/releases/traffic/haproxy/socket.ts'
import {recordDecision} from '../../src/runbooks/decisions.ts'
import {executeRun} from '../../src/runbooks/execute.ts'
import {testRunbook} from '../../src/authoring/test-runbook.ts'
import {startLoad} from '../servers/load.ts'
import {plainTools} from '../servers/ops-tools.ts'
import {type Behaviour, type SlotsLab, startSlots} from '../servers/slots.ts'

const createReleaseOps = await loadReleaseOps()

const STAGES = {stages: [50, 100], stageTime: '4s', toleratedShare: 0.05}
/** For what must be seen before the stage is over, however slow the machine is. */
const LONG = '60s'

let lab: SlotsLab
const memory = forgetfulMemory()
beforeAll(async () => {
  lab = await startSlots({canary: STAGES})
}, 60_000)
afterAll(() => lab.stop(), 30_000)

const release = (tools = plainTools({memory})) => createReleaseOps(lab.config, tools, '/etc/opsconsole.yaml')
const walk = (version: string, tools = plainTools({memory})) =>
  testRunbook(canary, {params: {version}, ops: {release: () => release(tools)}})

const shown = async () => ask(lab.haproxy.socket, 'show servers state app', AbortSignal.timeout(10_000))
/** Weights by server, as they are now. */
async function weights(): Promise<Readonly<Record<string, string>>> {
  const rows = (await shown()).split('\n').filter(line => line.includes(' app '))
  return Object.fromEntries(rows.map(row => row.split(' ')).map(cells => [cells[3] ?? '', cells[7] ?? '']))
}

/** A version whose faults begin when the test says so. */
function faulty(version: string): {begin(errors: number): void} {
  const behaviour = {health: 200, smoke: 200, errors: 0}
  lab.behaviours.set(version, behaviour satisfies Behaviour)
  return {begin: errors => void (behaviour.errors = errors)}
}

test('a good version gets its shares one after the other, then everything, and no request fails', async () => {
  const load = startLoad(lab.url, {rps: 80, slowShare: 0.02, slowMs: 500})
  const tools = plainTools({memory})
  const run = await walk('2.0.0', tools)
  const {failed, why} = await load.stop()
  expect({failed, why}, run.log.join('\n')).toEqual({failed: 0, why: {}})
  expect(run, run.log.join('\n')).toMatchObject({outcome: 'done', reason: ''})
  expect(run.saved).toMatchObject({
    'stage 50': {verdict: 'pass'},
    watch: {verdict: 'good'},
  })
  const {canary: share, stable} = run.saved['stage 50'] as Record<'canary' | 'stable', {requests: number}>
  expect(share.requests / (share.requests + stable.requests)).toBeCloseTo(0.5, 1)
  expect(await release().live()).toMatchObject({name: 'green', version: '2.0.0'})
  expect(await release().moved()).toBeUndefined()
  expect(new Set(Object.values(await weights()))).toEqual(new Set(['1']))
  expect(run.log.join('\n')).toMatch(/20 % of errors would be seen within/)
  expect(tools.lines.join('\n')).toMatch(/canary .+\/s, 0% errors, p95 .+ │ stable .+ │ evidence /)
}, 90_000)

test.each([
  ['all', 1],
  ['a third', 0.33],
])(
  'when %s of its answers are errors, everything is back on stable within moments',
  async (_, errors) => {
    const stable = await release().live()
    const other = stable.name === 'blue' ? 'green' : 'blue'
    const version = `bad-${errors}`
    const fault = faulty(version)
    const load = startLoad(lab.url, {rps: 80, slowShare: 0.02, slowMs: 100})
    let [began, back] = [0, 0]
    const tools = plainTools({memory})
    const watched = {
      ...tools,
      act: async <T>(command: string, change: (signal: AbortSignal) => Promise<T>, dry: T): Promise<T> => {
        const result = await tools.act(command, change, dry)
        if (began === 0 && /state ready/.test(command))
          setTimeout(() => {
            fault.begin(errors)
            began = performance.now()
          }, 1_500)
        if (began > 0 && back === 0 && command.includes(`${other}-1 state drain`)) back = performance.now()
        return result
      },
    }
    const run = await testRunbook(canary, {params: {version, stageTime: LONG}, ops: {release: () => release(watched)}})
    const {failed, why} = await load.stop()
    process.stdout.write(
      `fault ${errors}: weight 0 after ${(back - began).toFixed(0)} ms, ${failed} bad answers ${JSON.stringify(why)}\n`,
    )
    expect(run, run.log.join('\n')).toMatchObject({outcome: 'undone'})
    expect(run.reason).toMatch(/is not worse than|is worse than/)
    expect(back).toBeGreaterThan(began)
    expect(release().knownBad(version)).toMatch(/^failed its watch at .+: errors: /)
    expect(await release().live()).toMatchObject({name: stable.name, version: stable.version})
    expect(failed).toBeGreaterThan(0)
    expect(new Set(Object.values(await weights()))).toEqual(new Set(['1']))
  },
  90_000,
)

test('without traffic nothing passes: back on stable, unproven', async () => {
  const stable = await release().live()
  const run = await walk('2.1.0')
  expect(run).toMatchObject({outcome: 'unproven', steps: {switch: 'skipped', watch: 'skipped'}})
  expect(run.reason).toMatch(/at 50 % nothing proved that 2\.1\.0 is good: the canary got no request/)
  expect(run.afterwards[0]).toMatch(new RegExp(`${stable.version} on ${stable.name} has all traffic again`))
  expect(await release().live()).toMatchObject({name: stable.name, version: stable.version})
}, 60_000)

test('while a person is asked, it is compared all the same, and goes back by itself', async () => {
  const stable = await release().live()
  const fault = faulty('asked')
  const load = startLoad(lab.url, {rps: 80, slowShare: 0.02, slowMs: 100})
  const ops = {release: () => release()}
  const prepared = await prepareRun(canary, {params: {version: 'asked', ask: true}, ops})
  const {answers} = prepared.tools
  let asked = 0
  const tools = {
    ...prepared.tools,
    answers: {
      ...answers,
      answerTo: ((id, accepts, signal) => {
        asked += 1
        // The first share is given; at the question for the second nobody answers, and the version turns bad.
        if (asked < 2) return answers.answerTo(id, accepts, signal)
        fault.begin(1)
        return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
      }) satisfies typeof answers.answerTo,
    },
    request: {...prepared.tools.request, started: true},
  }
  const run = prepared.result(await executeRun(tools))
  await load.stop()
  expect(run, run.log.join('\n')).toMatchObject({outcome: 'undone'})
  expect(run.reason).toMatch(/the guard "asked is not worse than .+" does not hold: errors: \d+ of \d+ at the canary/)
  expect(release().knownBad('asked')).toMatch(/^failed its watch at .+: errors: /)
  expect(await release().live()).toMatchObject({name: stable.name, version: stable.version})
}, 90_000)

test('held by a person it stays at its share beyond its time, compared all the while, until it is promoted', async () => {
  const load = startLoad(lab.url, {rps: 80, slowShare: 0.02, slowMs: 100})
  let looks = 0
  const tools = plainTools({memory, progress: (_done, _total, _unit, shown) => void (looks += shown ? 1 : 0)})
  const prepared = await prepareRun(canary, {
    params: {version: '3.0.0', stageTime: '1s'},
    ops: {release: () => release(tools)},
  })
  const {answers, journal, request} = prepared.tools
  const decide = (choice: string) =>
    recordDecision(prepared.tools, {
      kind: 'decision',
      step: 'stage 50',
      choice,
      reason: '',
      by: request.actor,
      via: 'console',
    })
  const asked = {
    ...answers,
    answerTo: ((id, accepts, signal) => {
      // As a run that is taken up again finds it: it was decided before the stage begins once more.
      if (journal.state().prompt?.step === 'stage 50') decide('hold')
      return answers.answerTo(id, accepts, signal)
    }) satisfies typeof answers.answerTo,
  }
  const going = executeRun({...prepared.tools, answers: asked, request: {...request, started: true}})
  // Four looks a second: without the hold, three times the stage would be the longest.
  await vi.waitFor(() => expect(looks).toBeGreaterThan(3 * 4 + 4), {timeout: 60_000, interval: 100})
  expect(journal.state()).toMatchObject({current: 'stage 50', decided: {'stage 50': 'hold'}})
  decide('promote')
  const run = prepared.result(await going)
  const {failed, why} = await load.stop()
  expect({failed, why}, run.log.join('\n')).toEqual({failed: 0, why: {}})
  expect(run.saved).toMatchObject({
    'stage 50': {verdict: 'pass', reason: expect.stringMatching(/^promoted by a person/) as string},
  })
  expect(await release().live()).toMatchObject({version: '3.0.0'})
  expect(prepared.audit.filter(({action}) => action === 'step decided').map(({outcome}) => outcome)).toEqual([
    'hold',
    'promote',
  ])
}, 150_000)
