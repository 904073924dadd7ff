import {expect, test} from 'vitest'
import {runsText} from '../commands/runs/table.ts'
import {emptyRun, type StepView} from '../runbooks/state.ts'
import {runRow} from './run-row.ts'

const steps = (...states: StepView['state'][]): readonly StepView[] =>
  states.map((state, index) => ({state, reason: '', step: {id: `s${index}`, title: `Step ${index + 1}`}}) as StepView)
const row = (states: StepView['state'][], ended = false) =>
  runRow({
    ...emptyRun('20261122-031200-aaaa'),
    lost: false,
    inFlight: [],
    steps: steps(...states),
    ...(ended ? {outcome: 'undone' as const, endedAt: 1} : {}),
  })
const shown = (...row: Parameters<typeof runsText>[0]): string | undefined => /\d\/\d/.exec(runsText(row, 0))?.[0]

test('a run shows the step at hand, and when it has ended how many it came through', () => {
  const first = row(['running', 'pending', 'pending'])
  expect(first).toMatchObject({stepIndex: 0, stepTitle: 'Step 1'})
  expect(shown(first)).toBe('1/3')
  expect(shown(row(['done', 'waiting', 'pending']))).toBe('2/3')
  // A step whose outcome nobody knows is not behind the run, and one that is left out is, but not before its turn.
  expect(row(['done', 'unknown', 'pending'])).toMatchObject({stepIndex: 1, stepTitle: 'Step 2'})
  expect(row(['done', 'failed', 'undoing', 'pending'])).toMatchObject({stepIndex: 2, stepTitle: 'Step 3'})
  expect(shown(row(['running', 'skipped', 'pending']))).toBe('1/3')
  expect(shown(row(['undone', 'undone', 'pending'], true))).toBe('2/3')
  expect(shown(row(['pending', 'pending', 'pending'], true))).toBe('0/3')
})
