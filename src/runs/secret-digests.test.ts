import {readdirSync, readFileSync, statSync} from 'node:fs'
import path from 'node:path'
import {expect, test} from 'vitest'
import {openRunBench, plan, request, RUN, started} from '../../test/runs/run-bench.ts'
import type {ResumeRequest, StartRequest} from './engine.ts'
import {launchResume, launchRun} from './launch.ts'
import type {RunnerProcess} from './runner-process.ts'
import {changedSecrets, digestsOf} from './secret-digests.ts'

const start: StartRequest = {
  plan: RUN,
  reason: '',
  dryRun: false,
  yes: true,
  typed: [],
  via: 'flag',
  started: true,
  lockWaitMs: 0,
  unattended: true,
}
const resume: ResumeRequest = {run: RUN, override: undefined, unattended: true}
const PIN = 'correct horse'

/** A run that began with that secret, and whose runner died. */
async function lost(bench = openRunBench()) {
  const {context, runs, write} = bench
  const secretDigests = digestsOf(runs.secretKey, RUN, {pin: [PIN]})
  runs.keepPlan({plan, file: '/gone/two.ts', params: {}, secretParams: ['pin'], secretDigests})
  const runner: RunnerProcess = {pid: 7, exited: new Promise(() => {}), order: () => write(started())}
  await launchRun(context, {...start, secrets: {pin: PIN}}, {run: RUN, take: () => runner})
  const again: RunnerProcess = {
    ...runner,
    pid: 8,
    order: () =>
      write({type: 'run-resumed', actor: request.actor, reason: '', process: {pid: 8, startTicks: 1, bootId: 'b'}}),
  }
  return {...bench, resumed: (how: Partial<ResumeRequest>) => launchResume(context, {...resume, ...how}, () => again)}
}

test('a run is resumed with the secret that it began with', async () => {
  const {resumed} = await lost()
  await expect(resumed({secrets: {pin: PIN}})).resolves.toBeUndefined()
})

test('another value is refused before anything begins, also to undo, and the value is in no file', async () => {
  const {resumed, context, runs, audit} = await lost()
  const before = [audit.records.length, runs.run(RUN).events().events.length]
  for (const how of [{}, {abandon: 'enough'}]) {
    const refused = resumed({...how, secrets: {pin: 'battery staple'}})
    await expect(refused).rejects.toMatchObject({
      code: 'runbook/params',
      message: `pin: not the value that run ${RUN} began with`,
    })
  }
  expect([audit.records.length, runs.run(RUN).events().events.length]).toEqual(before)
  const files = readdirSync(context.stateDir, {recursive: true, withFileTypes: true}).filter(entry => entry.isFile())
  for (const file of files)
    expect(readFileSync(path.join(file.parentPath, file.name), 'latin1')).not.toMatch(/correct horse|battery staple/)
  expect(statSync(path.join(context.stateDir, 'secret.key')).mode & 0o777).toBe(0o600)
})

test('that it was replaced meanwhile is said by a person, with a reason that is in the trail', async () => {
  const {resumed, audit} = await lost()
  await resumed({secrets: {pin: 'battery staple'}, override: 'the old one has expired'})
  expect(audit.records).toContainEqual(
    expect.objectContaining({
      action: 'secret replaced',
      phase: 'decision',
      run: RUN,
      reason: 'the old one has expired',
      detail: {secretParams: ['pin']},
    }),
  )
})

test('a plan is started with the secret that it was made with', async () => {
  const {context, runs} = openRunBench()
  const secretDigests = digestsOf(runs.secretKey, RUN, {pin: [PIN]})
  runs.keepPlan({plan, file: '/gone/two.ts', params: {}, secretParams: ['pin'], secretDigests})
  const launched = launchRun(context, {...start, secrets: {pin: 'battery staple'}}, undefined)
  await expect(launched).rejects.toMatchObject({message: 'pin: not the value that the plan was made with'})
  expect(runs.run(RUN).exists()).toBe(false)
})

test('a digest says nothing without the key, in another run, or under another name', async () => {
  const [here, there] = [openRunBench(), openRunBench()]
  const digest = (bench: typeof here, run: string, name: string) =>
    digestsOf(bench.runs.secretKey, run, {[name]: [PIN]})[name]?.[0]
  const known = digest(here, RUN, 'pin')
  expect(known).toBe(digest(here, RUN, 'pin'))
  for (const other of [digest(there, RUN, 'pin'), digest(here, 'another', 'pin'), digest(here, RUN, 'nip')])
    expect(other).not.toBe(known)
})

test('a run of a version without digests has nothing to be compared with; a digest that was damaged fits no value', () => {
  const {runs} = openRunBench()
  expect(changedSecrets(runs.secretKey, {run: RUN}, {pin: PIN})).toEqual([])
  expect(changedSecrets(runs.secretKey, {run: RUN, secretDigests: {pin: ['', 'zz']}}, {pin: PIN})).toEqual(['pin'])
})
