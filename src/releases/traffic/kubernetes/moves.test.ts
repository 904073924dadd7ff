import {expect, test} from 'vitest'
import {changeFor} from './moves.ts'

const SERVERS = {b1: 'blue', b2: 'blue', g1: 'green', g2: 'green'}
const cluster = (selected: string | undefined) => ({selected, deployments: new Map()})

test('a whole slot in, the other one out, is one new selector', () => {
  const moves = [
    {server: 'g1', to: 'serving'},
    {server: 'g2', to: 'serving'},
    {server: 'b1', to: 'draining'},
    {server: 'b2', to: 'draining'},
  ] as const
  expect(changeFor(SERVERS, moves, cluster('blue'), undefined)).toEqual({select: 'green', scale: []})
  expect(changeFor(SERVERS, moves, cluster('green'), undefined)).toEqual({scale: []})
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

test('weights become pods, at least one for whoever serves', () => {
  const weights = {b1: 99, b2: 99, g1: 1, g2: 1}
  const moves = Object.entries(weights).map(([server, weight]) => ({server, to: 'serving', weight}) as const)
  expect(changeFor(SERVERS, moves, cluster('blue'), 20)).toEqual({
    select: null,
    scale: [
      {deployment: 'b1', replicas: 10},
      {deployment: 'b2', replicas: 10},
      {deployment: 'g1', replicas: 1},
      {deployment: 'g2', replicas: 1},
    ],
  })
})
