import {expect, test} from 'vitest'
import {changeFor} from './moves.ts'

const SERVERS = {b1: 'blue', b2: 'blue', g1: 'green', g2: 'green'}
const cluster = (selected: string | undefined, wanted: Readonly<Record<string, number>> = {}) => ({
  selected,
  hasOthers: true,
  deployments: new Map(Object.entries(wanted).map(([name, pods]) => [name, {wanted: pods, ready: pods}] as const)),
})

test('a whole slot in, the other one out, is one new selector', () => {
  const moves = [
    {server: 'g1', to: 'serving'},
    {server: 'g2', to: 'serving'},
    {server: 'b1', to: 'draining'},
    {server: 'b2', to: 'draining'},
  ] as const
  expect(changeFor(SERVERS, moves, cluster('blue'), undefined)).toEqual({before: [], select: 'green', after: []})
  expect(changeFor(SERVERS, moves, cluster('green'), undefined)).toEqual({before: [], after: []})
})

test.each([
  ['a part of a slot out', [{server: 'b1', to: 'draining'}], /selects whole slots/],
  ['a part of the other in', [{server: 'g1', to: 'serving'}], /selects whole slots/],
  [
    'everything out',
    [
      {server: 'b1', to: 'off'},
      {server: 'b2', to: 'off'},
    ],
    /must select a slot/,
  ],
] as const)('%s is refused, because a selector cannot say it', (_what, moves, words) => {
  expect(() => changeFor(SERVERS, moves, cluster('blue'), 20)).toThrow(words)
})

const weighted = (weights: Readonly<Record<string, number | 'own'>>) =>
  Object.entries(weights).map(([server, weight]) => ({server, to: 'serving', weight}) as const)
const PAIR = {b: 'blue', g: 'green'}

test('a share is pods beside all of the other slot, and they are so few before anybody is sent there', () => {
  const shared = cluster('blue', {b: 20, g: 20})
  expect(changeFor(PAIR, weighted({b: 247, g: 13}), shared, 20)).toEqual({
    before: [{deployment: 'g', replicas: 1}],
    select: null,
    after: [],
  })
  expect(changeFor(SERVERS, weighted({b1: 99, b2: 99, g1: 1, g2: 1}), cluster('blue'), 20)).toMatchObject({
    before: [
      {deployment: 'b1', replicas: 20},
      {deployment: 'b2', replicas: 20},
      {deployment: 'g1', replicas: 1},
      {deployment: 'g2', replicas: 1},
    ],
  })
})

test('a greater share gets its pods first; beyond half, the other slot gives some away after that', () => {
  expect(changeFor(PAIR, weighted({b: 30, g: 10}), cluster(undefined, {b: 20, g: 1}), 20)).toEqual({
    before: [{deployment: 'g', replicas: 7}],
    after: [],
  })
  expect(changeFor(PAIR, weighted({b: 10, g: 90}), cluster(undefined, {b: 20, g: 7}), 20)).toEqual({
    before: [{deployment: 'g', replicas: 20}],
    after: [{deployment: 'b', replicas: 2}],
  })
})

test('promoted, a slot has all of its pods before it is alone; taken back, the other one has them still', () => {
  const promoted = [
    {server: 'g', to: 'serving'},
    {server: 'b', to: 'draining'},
  ] as const
  expect(changeFor(PAIR, promoted, cluster(undefined, {b: 20, g: 2}), 20)).toEqual({
    before: [{deployment: 'g', replicas: 20}],
    select: 'green',
    after: [],
  })
  const back = [
    {server: 'g', to: 'draining', weight: 'own'},
    {server: 'b', to: 'serving', weight: 'own'},
  ] as const
  expect(changeFor(PAIR, back, cluster(undefined, {b: 20, g: 2}), 20)).toEqual({before: [], select: 'blue', after: []})
})

test('a plain switch touches no pods: their number is that of the slot, or of an autoscaler', () => {
  const moves = [
    {server: 'g', to: 'serving'},
    {server: 'b', to: 'draining'},
  ] as const
  expect(changeFor(PAIR, moves, cluster('blue', {b: 31, g: 12}), 20)).toEqual({before: [], select: 'green', after: []})
})

test('a selector of one label is never emptied: it would select nothing', () => {
  const alone = {...cluster('blue', {b: 20, g: 20}), hasOthers: false}
  expect(() => changeFor(PAIR, weighted({b: 95, g: 5}), alone, 20)).toThrow('would select nothing')
})
