import {expect, test} from 'vitest'
import {beyondText, reachOf} from './reach.ts'

const config = {namespaces: [{pattern: 'user:list:*'}, {pattern: 'user:*'}, {pattern: 'session:*'}]}

test.each([
  [['user:{id}'], ['user:7'], ['user:*'], []],
  [['user:{id}:*'], ['user:7:*'], ['user:*'], []],
  [['session:{id}', 'user:list:*'], ['session:7', 'user:list:*'], ['user:list:*', 'user:*', 'session:*'], ['user:*']],
  [['user:*'], ['user:*'], ['user:list:*', 'user:*'], ['user:list:*']],
  [['*:{id}'], ['*:7'], ['user:list:*', 'user:*', 'session:*'], ['user:list:*', 'user:*', 'session:*']],
  [['other:{id}'], ['other:7'], [], []],
])('%j filled as %j touches %j, beyond its own %j', (templates, filled, namespaces, beyond) => {
  expect(reachOf(config, templates, filled)).toEqual({namespaces, beyond})
})

test('what reaches further is said in a sentence', () => {
  expect(beyondText('GONE', {namespaces: ['a:*', 'b:*'], beyond: ['b:*']})).toBe(
    'GONE reaches beyond its own namespaces: b:*',
  )
  expect(beyondText('GONE', {namespaces: ['a:*'], beyond: []})).toBeUndefined()
})
