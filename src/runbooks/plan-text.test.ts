import {expect, test} from 'vitest'
import {plan} from '../../test/runs/run-bench.ts'
import {planText} from './plan-text.ts'

test('how long a step will take is a line of its own, where it is known', () => {
  const [first, ...others] = plan.steps
  const estimate = 'about 3m (2m 50s to 4m) by 7 restores of 10 GB'
  const lines = planText({...plan, steps: [{...first!, estimate}, ...others]}).split('\n')
  expect(lines.filter(line => line.trim().startsWith('takes '))).toEqual([
    expect.stringMatching(/^ +takes about 3m \(/),
  ])
  expect(planText(plan)).not.toContain('takes ')
})
