import {expect, test} from 'vitest'
import {foldByCause} from './fold-by-cause.ts'

const row = (target: string, cause?: string, state: 'firing' | 'pending' | 'resolved' = 'firing') => ({
  target,
  cause,
  state,
})
const folded = (...rows: readonly ReturnType<typeof row>[]) =>
  foldByCause(rows).map(({row: {target}, depth}) => `${'>'.repeat(depth)}${target}`)

test('symptoms stand under their cause, the root first, chains as deep as they are', () => {
  expect(folded(row('front', 'app'), row('app', 'db'), row('other'), row('db'), row('api', 'db', 'pending'))).toEqual([
    'other',
    'db',
    '>app',
    '>>front',
    '>api',
  ])
})

test('what is over, what has no cause here, and two that blame each other stand for themselves', () => {
  expect(folded(row('db'), row('app', 'db', 'resolved'), row('web', 'elsewhere'))).toEqual(['db', 'app', 'web'])
  expect(folded(row('a', 'b'), row('b', 'a'))).toEqual(['a', '>b'])
})
