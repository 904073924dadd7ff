import {expect, test} from 'vitest'
import {opened} from '../../../test/tui/keys.ts'
import {runbooks} from '../../../test/tui/shop-events.ts'
import type {RunbookParam, RunbookRow} from '../../runbooks/rows.ts'
import {frame} from './frame.ts'

const LONG =
  'Which of the backups, by its id as the catalogue has it; the newest usable one of those that are kept here when left out'
const param = (name: string): RunbookParam => ({
  name,
  description: `${LONG}. This is ${name}.`,
  type: 'string',
  required: false,
  secret: false,
  fallback: undefined,
  choices: [],
})
const [any] = runbooks
const restore = (count: number): RunbookRow => ({
  ...(any as RunbookRow),
  name: 'restore',
  summary:
    'Restore a backup beside what is live, prove it, then swap the two, so that nothing is lost whatever happens',
  params: Array.from({length: count}, (_, index) => param(`field${index}`)),
})
const form = (count: number, field: number, columns = 80, rows = 24): string =>
  frame({
    ...opened({
      screens: [{kind: 'overview'}, {kind: 'params', runbook: restore(count), values: {}, field, cursor: 0, error: ''}],
    }),
    columns,
    rows,
  })
    .map(each => each.map(({text}) => text).join(''))
    .join('\n')

test('at 80×24 what the runbook does and what the field means is whole', () => {
  const text = form(5, 2)
  expect(text).toContain('whatever happens')
  expect(text).toContain('This is field2.')
  // The others say as much as one line has room for.
  expect(text).not.toContain('This is field3.')
  expect(text).toMatch(/field4/)
  expect(text).toContain('Show the plan')
})

test('where there is room for all, no description is cut', () => {
  const text = form(5, 0, 120, 40)
  expect(text).not.toContain('…')
  for (const index of [0, 1, 2, 3, 4]) expect(text).toContain(`This is field${index}.`)
  // Fields stand apart, and what is beside the button begins where values do.
  expect(text).toMatch(/This is field0\. +│\n│ +│\n│ {3}field1/)
  const columnOf = (words: string): number | undefined =>
    text
      .split('\n')
      .find(each => each.includes(words))
      ?.indexOf(words)
  expect(columnOf('changes nothing yet')).toBe(columnOf('Which of the backups'))
})

test('with more fields than rows the one with the focus is in sight, whole', () => {
  const text = form(30, 29)
  expect(text).toContain('This is field29.')
  expect(text).toContain('Show the plan')
})
