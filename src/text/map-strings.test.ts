import {expect, test} from 'vitest'
import {mapStrings} from './map-strings.ts'

const shout = (text: string): string => text.replaceAll('secret', '***')

test('every string is changed, keys of objects too', () => {
  const value = {
    plain: 'fine',
    list: [1, 'a secret', {deep: ['x', 'secret']}],
    'a secret': {secret: 'fine'},
    none: null,
  }
  expect(mapStrings(value, shout)).toEqual({
    plain: 'fine',
    list: [1, 'a ***', {deep: ['x', '***']}],
    'a ***': {'***': 'fine'},
    none: null,
  })
  expect(value.list[1]).toBe('a secret')
})

test('what has nothing to change is not copied, and the parts that have none are not either', () => {
  const same = {status: 'up', checks: [{name: 'db', latencyMs: Number.NaN}], at: new Date(0)}
  expect(mapStrings(same, shout)).toBe(same)
  const changed = mapStrings({same, other: 'secret'}, shout)
  expect(changed).toEqual({same, other: '***'})
  expect(changed.same).toBe(same)
})

test('each string is looked at once, however deep it stands', () => {
  const asked: string[] = []
  const deep = Array.from({length: 40}).reduce<unknown>(inner => ({inner}), 'secret')
  mapStrings(deep, text => {
    asked.push(text)
    return shout(text)
  })
  expect(asked).toHaveLength(41)
})
