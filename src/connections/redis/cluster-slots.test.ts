import {expect, test} from 'vitest'
import {keySlot, readRedirect, readSlots, unservedSlots} from './cluster-slots.ts'

const asked = {host: 'here', port: 7000}

// Slots as `CLUSTER KEYSLOT` of Redis 7.0 gives them.
test.each([
  ['123456789', 12_739],
  ['user:7:cart', 5_538],
  ['{user:7}:cart', 2_780],
  ['user:7', 2_780],
  ['a{}b', 13_694],
  ['', 0],
])('the slot of %j is %i', (key, slot) => expect(keySlot(key)).toBe(slot))

test('masters and slots are read from CLUSTER SLOTS; a node without a name is the one that was asked', () => {
  const ranges = readSlots(
    [
      [5461, 16_383, ['10.0.0.2', 7001, 'b']],
      [0, 5000, ['', 7000, 'a'], ['10.0.0.9', 7009, 'c']],
    ],
    asked,
  )
  expect(ranges).toEqual([
    {from: 0, to: 5000, master: {host: 'here', port: 7000}},
    {from: 5461, to: 16_383, master: {host: '10.0.0.2', port: 7001}},
  ])
  expect(unservedSlots(ranges)).toBe(460)
  expect(unservedSlots(readSlots('nonsense', asked))).toBe(16_384)
})

test.each([
  ['MOVED 3999 127.0.0.1:6381', {kind: 'MOVED', address: {host: '127.0.0.1', port: 6381}}],
  ['ASK 3999 ::1:6381', {kind: 'ASK', address: {host: '::1', port: 6381}}],
  ['MOVED 3999 :6381', {kind: 'MOVED', address: {host: 'here', port: 6381}}],
  ['ERR something else', undefined],
])('%s is a redirection to %j', (message, redirect) => {
  expect(readRedirect(new Error(message), asked)).toEqual(redirect)
})
