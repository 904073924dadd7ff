import {expect, test} from 'vitest'
import type {Move} from '../traffic-driver.ts'
import type {Route} from './route.ts'
import {patchFor, weightsOf, weightWords} from './weights.ts'

const rule = (weights: Readonly<Record<string, number | undefined>>, isOurs = true) => ({
  words: 'rule',
  isOurs,
  backends: Object.entries(weights).map(([name, weight]) => ({
    name,
    server: name === 'old' ? undefined : name,
    weight: weight ?? 1,
    isWeightGiven: weight !== undefined,
  })),
})
const route = (...rules: Route['rules']): Route => ({
  name: 'web',
  uid: 'u',
  generation: 7,
  rules,
  parents: [],
  problems: [],
  notes: [],
})
const TESTS = [
  {op: 'test', path: '/metadata/uid', value: 'u'},
  {op: 'test', path: '/metadata/generation', value: 7},
]
/** `1/0=5`: the weight of the first backend of the second rule. */
const changes = (of: Route, moves: readonly Move[]): readonly string[] => {
  const patch = patchFor(of, moves)
  if (patch.length > 0) expect(patch.slice(0, 2)).toEqual(TESTS)
  return patch
    .slice(2)
    .map(({op, path, value}) => `${op} ${path.replace('/spec/rules/', '').replace('/weight', '')} ${value}`)
}
const SWITCH: readonly Move[] = [
  {server: 'green', to: 'serving'},
  {server: 'blue', to: 'draining'},
]

test('a switch changes every rule of ours by one patch, and no other', () => {
  const two = route(rule({blue: 100, green: 0}), rule({blue: 1}, false), rule({blue: 8, green: 0, old: 0}))
  expect(changes(two, SWITCH)).toEqual([
    'replace 0/backendRefs/0 0',
    'replace 0/backendRefs/1 100',
    'replace 2/backendRefs/0 0',
    'replace 2/backendRefs/1 8',
  ])
})

test('a weight that is not given is added, and what is so already is left out', () => {
  expect(changes(route(rule({blue: undefined, green: 0})), SWITCH)).toEqual([
    'add 0/backendRefs/0 0',
    'replace 0/backendRefs/1 1',
  ])
  expect(patchFor(route(rule({blue: 0, green: 100})), SWITCH)).toEqual([])
})

test('a share is what the moves say; alone again it has a hundred, also out of nothing', () => {
  const share: readonly Move[] = [
    {server: 'blue', to: 'serving', weight: 247},
    {server: 'green', to: 'serving', weight: 13},
  ]
  expect(changes(route(rule({blue: 100, green: 0})), share)).toEqual([
    'replace 0/backendRefs/0 247',
    'replace 0/backendRefs/1 13',
  ])
  const back: readonly Move[] = [
    {server: 'green', to: 'draining', weight: 'own'},
    {server: 'blue', to: 'serving', weight: 'own'},
  ]
  expect(changes(route(rule({blue: 247, green: 13})), back)).toEqual([
    'replace 0/backendRefs/0 100',
    'replace 0/backendRefs/1 0',
  ])
  expect(changes(route(rule({blue: 0, green: 0})), [{server: 'blue', to: 'serving'}])).toEqual([
    'replace 0/backendRefs/0 100',
  ])
})

test('what a server has is in words, and where rules differ each of them', () => {
  const differ = route(rule({blue: 5, green: 95}), rule({blue: 0, green: 100}, false))
  expect(weightWords(weightsOf(differ, 'blue') ?? [])).toBe('WEIGHT 5 of 100, 0 of 100 (rules differ)')
  expect(weightWords(weightsOf(route(rule({blue: 5, green: 95}), rule({blue: 5, green: 95})), 'blue') ?? [])).toBe(
    'WEIGHT 5 of 100',
  )
  expect(weightsOf(differ, 'red')).toBeUndefined()
})
