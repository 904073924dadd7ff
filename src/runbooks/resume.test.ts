import {expect, test} from 'vitest'
import {prepareRun} from '../authoring/testing/memory-run.ts'
import {runbook, step} from './define.ts'
import {resumeRun} from './resume.ts'

interface Lost {
  readonly done: readonly string[]
  readonly onFailure?: 'undo' | 'leave'
  readonly isGone?: boolean
}

/** A run of which these steps had ended when its runner died, and that a person ends. */
async function abandoned(lost: Lost) {
  return (await abandonedLater(lost, 0)).ended
}

/** The same, so long after its beginning, with the time that its end is recorded to have taken. */
async function abandonedLater({done, onFailure = 'undo', isGone = true}: Lost, laterMs: number) {
  const sample = runbook({
    name: 'unit',
    summary: 'Looks, then changes',
    danger: 'disruptive',
    onFailure,
    plan: () => [
      step({id: 'look', title: 'Look', run: async () => {}, readOnly: true}),
      step({id: 'change', title: 'Change', run: async () => {}}),
    ],
  })
  const {tools} = await prepareRun(sample, {})
  const {plan, actor, reason, dryRun} = tools.request
  tools.journal.append({type: 'run-started', plan, actor, reason, dryRun, process: tools.process})
  for (const id of done)
    tools.journal.append(
      {type: 'step-started', step: id, attempt: 1, key: id, phase: 'run'},
      {type: 'step-finished', step: id, phase: 'run', outcome: 'done', reason: '', durationMs: 1},
    )
  const at = tools.clock
  const clock = {now: () => at.now() + laterMs, monotonic: () => at.monotonic() + laterMs}
  const ended = await resumeRun({
    ...tools,
    clock,
    rebuild: () => (isGone ? Promise.reject(new Error('unit.ts is gone')) : tools.refreeze(tools.abort)),
    inFlight: [],
    sources: () => [],
    override: undefined,
    abandon: 'not wanted',
    unattended: true,
  })
  return {ended, tookMs: tools.journal.state().durationMs}
}

test('a lost run that only read has left nothing, whatever became of its runbook', async () => {
  const ended = await abandoned({done: ['look']})
  expect(ended.outcome).toBe('aborted')
  expect(ended.reason).toMatch(/cannot be made again: unit\.ts is gone\. There was nothing to undo\.$/)
})

test('one that changed something says what stays, and needs a person', async () => {
  const ended = await abandoned({done: ['look', 'change']})
  expect(ended.outcome).toBe('undo failed')
  expect(ended.reason).toMatch(/Nothing was undone\. What was done stays: Change\.$/)
})

test('one whose runbook undoes nothing says so, not that there was nothing', async () => {
  const ended = await abandoned({done: ['look', 'change'], onFailure: 'leave', isGone: false})
  expect(ended).toMatchObject({
    outcome: 'aborted',
    reason: expect.stringMatching(/not wanted\. Left as it is\.$/) as string,
  })
})

test('a run took the time from its beginning to its end, not that of its last runner alone', async () => {
  const {tookMs} = await abandonedLater({done: ['look']}, 3_600_000)
  expect(tookMs).toBeGreaterThanOrEqual(3_600_000)
})

/** A run that a person stopped between two steps, and whose runner died while it took the first one back. */
async function diedUndoing(onUnknown: 'recheck' | undefined) {
  const did: string[] = []
  let stands = true
  const sample = runbook({
    name: 'unit',
    summary: 'Moves, then goes on',
    danger: 'disruptive',
    plan: () => [
      step({
        id: 'move',
        title: 'Move',
        ...(onUnknown === undefined ? {} : {onUnknown}),
        run: async () => void did.push('move'),
        verify: async () => stands,
        undo: async () => {
          did.push('undo')
          stands = false
        },
      }),
      step({id: 'next', title: 'Next', run: async () => void did.push('next')}),
    ],
  })
  const {tools} = await prepareRun(sample, {})
  const {plan, actor, reason, dryRun} = tools.request
  tools.journal.append(
    {type: 'run-started', plan, actor, reason, dryRun, process: tools.process},
    {type: 'step-started', step: 'move', attempt: 1, key: 'move', phase: 'run'},
    {type: 'step-finished', step: 'move', phase: 'run', outcome: 'done', reason: '', durationMs: 1},
    {type: 'step-started', step: 'move', attempt: 1, key: 'move', phase: 'undo'},
  )
  const resume = () =>
    resumeRun({
      ...tools,
      rebuild: () => tools.refreeze(tools.abort),
      inFlight: [],
      sources: () => [],
      override: undefined,
      unattended: true,
    })
  return {did, tools, resume}
}

test('of a step that was being taken back, a recheck that passes says that it still stands: it is taken back', async () => {
  const {did, tools, resume} = await diedUndoing('recheck')
  expect((await resume()).outcome).toBe('undone')
  expect(did).toEqual(['undo'])
  expect(tools.journal.state().steps.map(({state}) => state)).toEqual(['undone', 'pending'])
})

test.each(['rerun', 'abort'] as const)(
  'a run that dies again right after an undo was settled as %s still goes back, never on',
  async choice => {
    const {did, tools, resume} = await diedUndoing(undefined)
    const {actor} = tools.request
    tools.journal.append({type: 'step-settled', step: 'move', choice, by: actor, reason: ''})
    expect((await resume()).outcome).toBe('undone')
    expect(did).toEqual(['undo'])
  },
)
