import {expect, test} from 'vitest'
import {addedBytes} from './sizes.ts'

test.each([
  ['{"message_type":"status"}\n{"message_type":"summary","data_added":301056}\n', 301056],
  ['{"message_type":"summary"}', null],
  ['{"data_added":-1}', null],
  ['{"data_added":"12"}', null],
  ['null', null],
  ['', null],
  ['Fatal: unable', null],
])('what came with a snapshot is read of the last line: %j', (stdout, added) => {
  expect(addedBytes(stdout)).toBe(added)
})
