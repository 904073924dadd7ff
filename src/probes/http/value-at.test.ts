import {expect, test} from 'vitest'
import {valueAt} from './value-at.ts'

test.each([
  ['checks.database.status', 'up'],
  ['items.0.name', 'a'],
  ['items[1].name', 'b'],
  ['missing.path', undefined],
  ['__proto__.polluted', undefined],
  ['checks.constructor', undefined],
])('the value at %s is %j', (path, expected) => {
  const document = {checks: {database: {status: 'up'}}, items: [{name: 'a'}, {name: 'b'}]}
  expect(valueAt(document, path)).toBe(expected)
})
