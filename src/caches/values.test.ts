import {expect, test} from 'vitest'
import {readValues} from './values.ts'

test.each([
  ['', {}],
  ['id=42', {id: '42'}],
  ['id=42, user=a=b', {id: '42', user: 'a=b'}],
  ['id=', {id: ''}],
  ['{"id": "a,b", "n": 3}', {id: 'a,b', n: '3'}],
])('%j is %j', (text, values) => expect(readValues(text)).toEqual(values))

test.each(['42', 'id=1,,x=2', '=x', '{"id": [1]}', '{broken'])('%j is refused with the accepted shape', text => {
  expect(() => readValues(text)).toThrow(/should be written like id=42,user=7/)
})
