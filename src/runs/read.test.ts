import {mkdirSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {expect, test} from 'vitest'
import {NOW, openRunBench, request, RUN, started} from '../../test/runs/run-bench.ts'
import {identify} from '../processes/identity.ts'
import type {RunEventBody} from '../runbooks/events.ts'
import {STARTED_WITHIN_MS} from './launch.ts'
import {createReader} from './read.ts'

const own = identify(process.pid)
const begun = {type: 'step-started', step: 'one', attempt: 1, key: `${RUN}/one`, phase: 'run'} as const

test('a run whose runner lives is shown as its journal says', () => {
  const {context, runs, write} = openRunBench()
  runs.create(request)
  write({...started(), process: own} as ReturnType<typeof started>, begun)
  const reader = createReader(context)
  expect(reader.view(RUN)).toMatchObject({lost: false, inFlight: []})
  expect(reader.rows()).toMatchObject([{id: RUN, state: 'running', stepTitle: 'Do one'}])
  write({type: 'step-finished', step: 'one', phase: 'run', outcome: 'done', reason: '', durationMs: 5})
  expect(reader.view(RUN).steps.map(step => step.state)).toEqual(['done', 'pending'])
})

test('what a runner that died was doing is unknown, never guessed', () => {
  const {context, runs, write} = openRunBench()
  runs.create(request)
  write(started(), begun, {type: 'command-started', step: 'one', command: 1, text: 'systemctl stop web', dryRun: false})
  const view = createReader(context).view(RUN)
  expect(view).toMatchObject({lost: true, inFlight: [expect.stringContaining('systemctl stop web')]})
  expect(view.steps[0]).toMatchObject({state: 'unknown', reason: expect.stringContaining('nobody knows')})
})

test('a run is done when its report is there, or when its runner is gone', () => {
  const {context, runs, write} = openRunBench()
  const stored = runs.create(request)
  const reader = createReader(context)
  write({...started(), process: own} as ReturnType<typeof started>)
  expect(reader.isDone(RUN)).toBe(false)
  write({type: 'run-ended', outcome: 'done', exitCode: 0, reason: '', durationMs: 1, afterwards: []})
  expect(reader.isDone(RUN)).toBe(false)
  stored.keepReport({markdown: '# two', json: '{}'})
  expect(reader.isDone(RUN)).toBe(true)
  stored.dropReport()
  expect(reader.isDone(RUN)).toBe(false)
  const {type: _, plan: __, dryRun: ___, ...rest} = started() as Extract<RunEventBody, {type: 'run-started'}>
  write({type: 'run-resumed', ...rest}, {type: 'run-suspended', reason: 'waits for an approval'})
  expect(reader.isDone(RUN)).toBe(true)
})

test('a run that nobody has begun yet is not lost before its runner had the time to', () => {
  let now = Date.now()
  const {context, runs} = openRunBench({now: () => now, monotonic: () => 0})
  runs.create(request)
  const reader = createReader(context)
  now = runs.run(RUN).requestedAt() + STARTED_WITHIN_MS
  expect(reader.view(RUN)).toMatchObject({lost: false, endReason: ''})
  now += 1
  expect(reader.view(RUN)).toMatchObject({lost: true, endReason: expect.stringContaining('nothing was touched')})
})

test('a damaged run is listed with what its request tells, one that was never asked for is not', () => {
  const {context, runs} = openRunBench()
  runs.create(request)
  writeFileSync(path.join(context.stateDir, 'runs', RUN, 'journal'), 'not a journal\nnot at all\n')
  mkdirSync(path.join(context.stateDir, 'runs', '20261122-031300-aaaa'))
  expect(createReader(context).rows()).toMatchObject([
    {id: RUN, runbook: 'two (damaged)', actor: 'ada', state: 'unknown', startedAt: NOW},
  ])
})

test('lines of output are counted from the start, and only the last are given', () => {
  const {context, runs, write} = openRunBench()
  runs.create(request)
  write(started())
  const print = (...texts: readonly string[]): void => {
    const output = runs.run(RUN).openOutput(() => 1)
    for (const text of texts) output.line({step: 'one', stream: 'out', text})
    output.close()
  }
  const reader = createReader(context)
  print('a', 'b', 'c')
  expect(reader.output(RUN, 2)).toMatchObject({lines: [{text: 'b'}, {text: 'c'}], total: 3})
  print('d')
  expect(reader.output(RUN, 2)).toMatchObject({lines: [{text: 'c'}, {text: 'd'}], total: 4})
})
test('the journal of a run that has ended is read once for lists, one that goes on each time', () => {
  const {context, runs, write} = openRunBench()
  runs.create(request)
  write({...started(), process: own} as ReturnType<typeof started>, begun)
  let reads = 0
  const counting = {
    ...runs,
    run: (id: string) => {
      const stored = runs.run(id)
      return {...stored, events: (from?: number) => ((reads += 1), stored.events(from))}
    },
  }
  const reader = createReader({...context, runs: () => counting})
  for (const times of [1, 2]) {
    expect(reader.rows()).toMatchObject([{id: RUN, state: 'running'}])
    expect(reads).toBe(times)
  }
  write({type: 'run-ended', outcome: 'done', exitCode: 0, reason: '', durationMs: 1, afterwards: []})
  for (let times = 0; times < 3; times += 1) expect(reader.rows()).toMatchObject([{id: RUN, state: 'done'}])
  expect(reads).toBe(3)
  // Whoever opens it sees all of it.
  expect(reader.view(RUN).steps).toHaveLength(2)
})
