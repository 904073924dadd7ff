import {expect, test} from 'vitest'
import deploy from '../../../runbooks/deploy.ts'
import end from '../../../runbooks/end-traffic-control.ts'
import put from '../../../runbooks/traffic-control.ts'
import {CONTROLS} from './control.ts'

const held = (locks: unknown): readonly string[] =>
  (locks as (context: object) => readonly string[])({environment: 'production', params: {}})

const asked = (locks: unknown, params: object): readonly string[] =>
  (locks as (context: object) => readonly string[])({environment: 'production', params})

test.each(CONTROLS)('%s waits for a deploy only where it moves servers, and so does its end', control => {
  const moves = control === 'drain' || control === 'weigh'
  const expected = moves ? held(deploy.locks) : []
  expect(asked(put.locks, {control})).toEqual(expected)
  const id = moves
    ? `${control}:blue1`
    : control === 'block' || control === 'limit'
      ? `${control}:/drain:blue1`
      : control
  expect(asked(end.locks, {control: id})).toEqual(expected)
})
