import {expect, test} from 'vitest'
import {elementsAt, JSON_PATH, valueAt, wordAt} from './json-path.ts'

const document = {data: {items: [{node: {id: 'a', on: false, gone: null}}]}, Rules: [{Weight: 0}]}

test.each([
  ['data.items[0].node.id', 'a'],
  ['Rules[0].Weight', 0],
  ['Rules[1].Weight', undefined],
  ['data.items.node', undefined],
  ['data.constructor', undefined],
  ['', document],
])('%s leads to %j', (path, value) => {
  expect(path).toMatch(JSON_PATH)
  expect(valueAt(document, path)).toEqual(value)
})

test('a document may be a list itself', () => {
  expect('[0].id').toMatch(JSON_PATH)
  expect(valueAt([{id: 'x'}], '[0].id')).toBe('x')
})

test.each(['a..b', '.a', 'a[x]', 'a[', 'a.[0]'])('%s is no path', path => {
  expect(path).not.toMatch(JSON_PATH)
})

test('false, nothing and a list each have their word', () => {
  expect(['on', 'gone', 'never'].map(key => wordAt(document, `data.items[0].node.${key}`))).toEqual([
    'false',
    'none',
    'none',
  ])
  expect(wordAt(document, 'Rules')).toBe('[{"Weight":0}]')
})

test('the values of an object are its elements, and a text has none', () => {
  expect(elementsAt({x: {a: {n: 1}, b: {n: 2}}}, 'x')).toEqual([{n: 1}, {n: 2}])
  expect(elementsAt({x: 'text'}, 'x')).toBeUndefined()
})
