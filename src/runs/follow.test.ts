import {expect, test} from 'vitest'
import {RUN, started} from '../../test/runs/run-bench.ts'
import type {OutputLine, RunEvent, RunEventBody} from '../runbooks/events.ts'
import {followRun} from './follow.ts'

const ended: RunEventBody = {
  type: 'run-ended',
  outcome: 'done',
  exitCode: 0,
  reason: '',
  durationMs: 1,
  afterwards: [],
}
const begun: RunEventBody = {type: 'step-started', step: 'one', attempt: 1, key: `${RUN}/one`, phase: 'run'}

/** A run to which more is added with each look. The last addition stays. */
function storedRun(...additions: readonly {events?: readonly RunEventBody[]; lines?: readonly [string, number][]}[]) {
  const events: RunEvent[] = []
  const lines: OutputLine[] = []
  const waiting = [...additions]
  return {
    looks: () => additions.length - waiting.length,
    look: () => {
      const {events: bodies = [], lines: texts = []} = waiting.shift() ?? {}
      for (const body of bodies) events.push({v: 1, seq: events.length + 1, at: 1, run: RUN, ...body})
      for (const [text, after] of texts) lines.push({step: 'one', stream: 'out', text, after})
    },
    stored: {
      events: (from = 0) => ({events: events.slice(from), end: events.length}),
      output: (from = 0) => ({lines: lines.slice(from), end: lines.length}),
    },
  }
}

/** `lostAt`: the look from which on its runner is gone; `doneAt`: from which on an ended run has left its report. */
async function followed(
  run: ReturnType<typeof storedRun>,
  {lostAt = Infinity, doneAt = 0} = {},
): Promise<readonly string[]> {
  const seen: string[] = []
  const isLost = (): boolean => {
    run.look()
    return run.looks() >= lostAt
  }
  const isDone = (): boolean => run.looks() >= doneAt
  for await (const {event, line} of followRun(run.stored, new AbortController().signal, {isLost, isDone}, 1))
    seen.push(event?.type ?? line?.text ?? '')
  return seen
}

test('events and lines come in the order in which they were written', async () => {
  const run = storedRun({
    events: [started(), begun, ended],
    lines: [
      ['locks are held', 1],
      ['at work', 2],
      ['still at work', 2],
    ],
  })
  expect(await followed(run)).toEqual([
    'run-started',
    'locks are held',
    'step-started',
    'at work',
    'still at work',
    'run-ended',
  ])
})

test('a run that has begun is followed until it has ended', async () => {
  const run = storedRun({events: [started()]}, {}, {events: [begun]}, {lines: [['at work', 2]]}, {events: [ended]})
  expect(await followed(run)).toEqual(['run-started', 'step-started', 'at work', 'run-ended'])
})

test('what was printed at the very end is not lost', async () => {
  const run = storedRun({events: [started(), ended]}, {lines: [['a last word', 2]]})
  expect(await followed(run)).toEqual(['run-started', 'run-ended', 'a last word'])
})

test('a line that came after the end lets the end go first, and the run is over all the same', async () => {
  const run = storedRun({events: [started(), ended], lines: [['a last word', 2]]})
  expect(await followed(run)).toEqual(['run-started', 'run-ended', 'a last word'])
})

test('a run that has ended is followed until its report is there', async () => {
  const run = storedRun({events: [started(), ended]}, {}, {}, {lines: [['a last word', 2]]})
  expect(await followed(run, {doneAt: 4})).toEqual(['run-started', 'run-ended', 'a last word'])
})

test('a suspended run that is taken up before its runner was done is followed on', async () => {
  const run = storedRun(
    {events: [started(), {type: 'run-suspended', reason: 'waits for an approval'}]},
    {events: [begun]},
    {events: [ended]},
  )
  expect(await followed(run, {doneAt: 3})).toEqual(['run-started', 'run-suspended', 'step-started', 'run-ended'])
})

test('a suspended run has nothing to wait for', async () => {
  const run = storedRun({events: [started(), {type: 'run-suspended', reason: 'waits for an approval'}]})
  expect(await followed(run)).toEqual(['run-started', 'run-suspended'])
})

test('a run that was taken up after it had been suspended goes on', async () => {
  const suspended: RunEventBody = {type: 'run-suspended', reason: 'waits for an approval'}
  const {type: _, plan: __, dryRun: ___, ...rest} = started() as Extract<RunEventBody, {type: 'run-started'}>
  const run = storedRun({events: [started(), suspended, {type: 'run-resumed', ...rest}]}, {events: [ended]})
  expect(await followed(run)).toEqual(['run-started', 'run-suspended', 'run-resumed', 'run-ended'])
})

test('when the runner is gone it is read until nothing more comes, and that is all', async () => {
  const run = storedRun(
    {events: [started()]},
    {events: [begun]},
    {lines: [['its last line', 2]]},
    {},
    {events: [ended]},
  )
  expect(await followed(run, {lostAt: 2})).toEqual(['run-started', 'step-started', 'its last line'])
})

test('whoever follows may leave at any time', async () => {
  const leaving = new AbortController()
  const run = storedRun({events: [started()]})
  const look = async (): Promise<void> => {
    const lost = (): boolean => {
      run.look()
      return false
    }
    for await (const _ of followRun(run.stored, leaving.signal, {isLost: lost, isDone: () => true}, 60_000))
      leaving.abort(new Error('left'))
  }
  await expect(look()).rejects.toThrow('left')
})
