import {appendFileSync, writeFileSync, readFileSync} from 'node:fs'
import path from 'node:path'
import {expect, test} from 'vitest'
import {ada, openRunBench, plan, request, RUN, started} from '../../test/runs/run-bench.ts'
import {OpsError} from '../errors.ts'
import {sha256} from '../runbooks/module-watch.ts'
import type {StartRequest} from './engine.ts'
import {launchResume, launchRun} from './launch.ts'
import type {KeptPlan} from './ports.ts'
import {refusalText} from './refusal.ts'
import type {RunnerProcess} from './runner-process.ts'

const start: StartRequest = {
  plan: RUN,
  reason: 'a drill',
  dryRun: false,
  yes: true,
  typed: [],
  via: 'flag',
  started: true,
  lockWaitMs: 0,
  unattended: true,
}
const kept: KeptPlan = {plan, file: '/gone/two.ts', params: {service: 'web'}, secretParams: []}

/** A runner that does what it is given once it has its order. */
function fakeRunner(ordered: (end: (code: number) => void) => void, pid = 7) {
  const ended = Promise.withResolvers<number | null>()
  const orders: Readonly<Record<string, string>>[] = []
  const runner: RunnerProcess = {
    pid,
    exited: ended.promise,
    order: secrets => {
      orders.push(secrets)
      ordered(ended.resolve)
    },
  }
  return {runner, orders, standby: {run: RUN, take: () => runner}}
}

test('a kept plan is audited, then asked for, then its runner has its order and begins', async () => {
  const {context, runs, audit, write} = openRunBench()
  runs.keepPlan(kept)
  const {standby, orders} = fakeRunner(() => {
    expect(audit.records).toMatchObject([{action: 'run requested', phase: 'decision', run: RUN, actor: ada}])
    expect(runs.run(RUN).request()).toMatchObject({run: RUN, reason: 'a drill', actor: ada, started: true})
    write(started())
  })
  expect(await launchRun(context, start, standby)).toBe(RUN)
  expect(orders).toEqual([{}])
})

test('secret parameters reach the runner and no file', async () => {
  const {context, runs, write} = openRunBench()
  runs.keepPlan({...kept, secretParams: ['password']})
  const {standby, orders} = fakeRunner(() => write(started()))
  await launchRun(context, {...start, secrets: {password: 'correct horse', other: 'not asked for'}}, standby)
  expect(orders).toEqual([{password: 'correct horse'}])
  expect(JSON.stringify(runs.run(RUN).request())).not.toContain('correct horse')
})

test('a secret parameter that was not given again stops it before anything exists', async () => {
  const {context, runs, audit} = openRunBench()
  runs.keepPlan({...kept, secretParams: ['password']})
  const launched = launchRun(context, start, fakeRunner(() => {}).standby)
  await expect(launched).rejects.toMatchObject({code: 'runbook/params', message: expect.stringContaining('password')})
  expect(audit.records).toEqual([])
  expect(runs.run(RUN).exists()).toBe(false)
})

test('a plan is for one run', async () => {
  const {context, runs, audit} = openRunBench()
  runs.keepPlan(kept)
  runs.create(request)
  await expect(launchRun(context, start, undefined)).rejects.toMatchObject({code: 'run/held'})
  expect(audit.records).toEqual([])
})

test('when the trail cannot be written nothing is begun', async () => {
  const {context, runs} = openRunBench()
  runs.keepPlan(kept)
  const full = (): never => {
    throw new OpsError('audit/unwritable', 'no space left')
  }
  const closed = {...context, audit: () => ({append: full, list: () => []})}
  await expect(launchRun(closed, start, undefined)).rejects.toMatchObject({code: 'audit/unwritable'})
  expect(runs.run(RUN).exists()).toBe(false)
})

test('the runbook is kept with its run as it was planned, without secrets', async () => {
  const {context, runs, write} = openRunBench()
  const file = path.join(context.stateDir, 'two.ts')
  writeFileSync(file, 'const key = "correct horse"')
  context.redactor.add('correct horse')
  runs.keepPlan({...kept, file, plan: {...plan, runbookHash: sha256(readFileSync(file))}})
  await launchRun(context, start, fakeRunner(() => write(started())).standby)
  expect(runs.run(RUN).request().sources).toEqual([{file, text: 'const key = "[redacted]"'}])
})

test('a runbook that changed since it was planned is not kept as the one that was', async () => {
  const {context, runs, write} = openRunBench()
  const file = path.join(context.stateDir, 'two.ts')
  writeFileSync(file, 'changed')
  runs.keepPlan({...kept, file})
  await launchRun(context, start, fakeRunner(() => write(started())).standby)
  expect(runs.run(RUN).request().sources).toBeUndefined()
})

test('what the runner refused is the error of whoever started it', async () => {
  const {context, runs} = openRunBench()
  runs.keepPlan(kept)
  const {standby} = fakeRunner(end => {
    const refusal = {code: 'run/refused', message: 'the plan\nhas drifted', hint: 'Plan again.'} as const
    appendFileSync(runs.run(RUN).log, `node: a warning\n${refusalText(1, refusal)}`)
    end(7)
  })
  await expect(launchRun(context, start, standby)).rejects.toMatchObject({
    code: 'run/refused',
    message: 'the plan\nhas drifted',
    hint: 'Plan again.',
  })
})

test('a runner that dies without a word is named with its exit code and its last line', async () => {
  const {context, runs} = openRunBench()
  runs.keepPlan(kept)
  const {standby} = fakeRunner(end => {
    appendFileSync(runs.run(RUN).log, 'first\nout of memory\n')
    end(134)
  })
  await expect(launchRun(context, start, standby)).rejects.toMatchObject({
    code: 'process/failed',
    message: 'the runner ended with exit code 134 before it started: out of memory',
  })
})

test('of several that take a run up only the one whose own runner did has won', async () => {
  const {context, runs, write} = openRunBench()
  runs.create(request)
  write(started(), {type: 'run-resumed', actor: ada, reason: '', process: {pid: 8, startTicks: 1, bootId: 'b'}})
  const {runner} = fakeRunner(end => {
    appendFileSync(runs.run(RUN).log, refusalText(1, {code: 'run/held', message: 'process 8 has it', hint: undefined}))
    end(1)
  })
  const resumed = launchResume(context, {run: RUN, override: undefined, unattended: true}, () => runner)
  await expect(resumed).rejects.toMatchObject({code: 'run/held', message: 'process 8 has it'})
})

test('a runner that takes a run up is told how, and is waited for until it has', async () => {
  const {context, runs, write} = openRunBench()
  runs.create(request)
  write(started())
  const {runner} = fakeRunner(() =>
    write({type: 'run-resumed', actor: ada, reason: '', process: {pid: 7, startTicks: 1, bootId: 'b'}}),
  )
  const called: (readonly string[])[] = []
  await launchResume(context, {run: RUN, override: 'hot fix', localLock: 'no hub', unattended: true}, (_, args) => {
    called.push(args)
    return runner
  })
  expect(called).toEqual([[RUN, '--resume', '--override', 'hot fix', '--unattended', '--local-lock', 'no hub']])
})
