import {spawnSync} from 'node:child_process'
import {expect, test} from 'vitest'
import {GROWTH_FLAG} from './small-heap.ts'

test('V8 knows the flag by which an agent keeps its heap small', () => {
  const {status, stderr} = spawnSync(process.execPath, [GROWTH_FLAG, '-e', '0'], {encoding: 'utf8'})
  expect({status, stderr}).toEqual({status: 0, stderr: ''})
})
