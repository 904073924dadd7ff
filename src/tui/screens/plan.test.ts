import {expect, test} from 'vitest'
import {deployPlan} from '../../../test/tui/fake-port.ts'
import {opened} from '../../../test/tui/keys.ts'
import type {Plan} from '../../runbooks/plan.ts'
import {frame} from './frame.ts'

/** The table of steps, as it stands on the screen. */
function stepsOf(plan: Plan, columns: number, rows: number): readonly string[] {
  const lines = frame(opened({columns, rows, screens: [{kind: 'plan', plan, params: {}, index: 0}]})).map(each =>
    each.map(({text}) => text).join(''),
  )
  const from = lines.findIndex(text => text.includes('STEP'))
  return lines.slice(
    from,
    lines.findIndex((text, at) => at > from && text.startsWith('╰')),
  )
}

const [first] = deployPlan().steps
if (first === undefined) throw new Error('the plan has no steps')
const batches = ['worker-1', 'worker-2, worker-3, worker-4', 'worker-5, worker-6, worker-7'].map((names, index) => ({
  ...first,
  id: `restart ${index + 1}`,
  index,
  title: `Restart workers on ${names}`,
  readOnly: false,
  forecast: 'would change' as const,
  skipped: undefined,
  usualMs: undefined,
}))

test.each([
  [80, 24],
  [120, 40],
  [200, 60],
])('at %i×%i batches of hosts do not read alike', (columns, rows) => {
  const titles = stepsOf(deployPlan({steps: batches}), columns, rows)
    .slice(1, 4)
    .map(text => text.slice(0, text.indexOf('▸ would change')).replace(/^│ +\d +/, ''))
  expect(new Set(titles).size).toBe(3)
  for (const [at, name] of ['worker-1', 'worker-2', 'worker-5'].entries())
    expect(titles[at]).toContain(`Restart workers on ${name}`)
})

test('the forecast takes the room that its words need, and what no step has none', () => {
  const [head = '', row = ''] = stepsOf(deployPlan({steps: batches.slice(0, 1)}), 80, 24)
  expect(head).not.toContain('USUAL')
  expect(head.indexOf('CONFIRM') - head.indexOf('FORECAST')).toBe('▸ would change'.length + 2)
  expect(row).toContain('▸ would change')
  const unknown = {...first, index: 0, readOnly: false, forecast: 'cannot know' as const, skipped: undefined}
  const [wide = '', words = ''] = stepsOf(deployPlan({steps: [{...unknown, usualMs: 2000}]}), 120, 40)
  expect(wide).toContain('USUAL')
  expect(words).toContain('unknown until run')
})

test('where steps begin alike, the middle of their titles is left out', () => {
  const steps = ['blue', 'green'].map((slot, index) => ({
    ...first,
    index,
    title: `Wait until every instance is healthy and answers its smoke tests on ${slot}`,
  }))
  const text = stepsOf(deployPlan({steps}), 80, 24).join('\n')
  expect(text).toMatch(/1 {2}Wait until [^…]*…[^…]*on blue /)
  expect(text).toMatch(/2 {2}Wait until [^…]*…[^…]*on green /)
})

test('a sentence that is too long loses its end, as long as no other begins like it', () => {
  const steps = [
    {
      ...first,
      index: 0,
      title: 'Confirm 1.0.0 is healthy on blue, passes 3 smoke tests, and force fresh health checks',
    },
    {
      ...first,
      index: 1,
      title: 'Switch all traffic from green back to blue, where 1.0.0 has been running all the time',
    },
  ]
  const text = stepsOf(deployPlan({steps}), 80, 24).join('\n')
  expect(text).toMatch(/1 {2}Confirm 1\.0\.0 is healthy on [^…]*…/)
  expect(text).toMatch(/2 {2}Switch all traffic from green [^…]*…/)
})

test('of a plan that changes nothing it is not said that anything would be undone', () => {
  const about = (plan: Plan): string =>
    frame(opened({columns: 120, rows: 40, screens: [{kind: 'plan', plan, params: {}, index: 0}]}))
      .map(each => each.map(({text}) => text).join(''))
      .find(text => text.includes('if a step fails')) ?? ''
  const readOnly = deployPlan({steps: deployPlan().steps.map(step => ({...step, readOnly: true}))})
  expect(about(readOnly)).toContain('the run stops there; it changes nothing')
  expect(about(deployPlan())).toContain('completed steps are undone')
})
