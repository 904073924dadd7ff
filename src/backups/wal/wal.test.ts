import {expect, test} from 'vitest'
import {findHoles, indexWal, missingBetween, parseHistory, reachFrom} from './continuity.ts'
import {parseLsn, parseSegment, segmentBytesOf, segmentName, segmentOf} from './segment.ts'

const MB = 1024 * 1024

test.each([
  ['000000010000000000000012', 16 * MB, 0x12],
  ['0000000100000001000000FF', 16 * MB, 0x1ff],
  ['00000001000000010000000F', 256 * MB, 0x1f],
  ['0000000100000000000003FF', 4 * MB, 0x3ff],
])('the segment %s of %d bytes is number %d, and back', (name, bytes, number) => {
  expect(parseSegment(name, bytes)).toEqual({timeline: 1, number})
  expect(segmentName({timeline: 1, number}, bytes)).toBe(name)
})

test('what is not a segment is not taken for one', () => {
  for (const name of ['00000001000000000000001', '00000002.history', '0000000100000000000001FF', ''])
    expect(parseSegment(name, 16 * MB)).toBeUndefined()
})

test('a position lies in its segment, beyond four gigabytes too', () => {
  expect(segmentOf(parseLsn('16/B374D848') ?? 0n, 16 * MB)).toBe(0x16 * 256 + 0xb3)
  expect(parseLsn('16-B3')).toBeUndefined()
  expect(segmentBytesOf([{lsn: '1/40000028', segment: '000000010000000100000004'}])).toBe(256 * MB)
})

const line = (timeline: number, numbers: readonly number[]) =>
  numbers.map(number => ({timeline, number, archivedAt: number, file: `${timeline}/${number}`}))

test('a recovery follows a timeline from its parent, up to where it was left', () => {
  const switches = [{timeline: 2, parent: 1, at: 5}]
  const index = indexWal([...line(1, [1, 2, 3, 4, 5, 6, 7]), ...line(2, [5, 6])], 16 * MB, switches)
  expect(reachFrom(index, 1, 2)).toMatchObject({timeline: 1, number: 7})
  expect(reachFrom(index, 2, 2)).toMatchObject({timeline: 2, number: 6})
  expect(findHoles(index)).toEqual([])
})

test('every stretch that is missing is one hole', () => {
  const index = indexWal(line(1, [2, 3, 6, 9]), 16 * MB)
  expect(findHoles(index).map(({count}) => count)).toEqual([2, 2])
  expect(missingBetween(index, 1, 1, 4).map(({from, to}) => [from.slice(-2), to.slice(-2)])).toEqual([
    ['01', '01'],
    ['04', '04'],
  ])
})

test('the history of a timeline says which parent it left, and where', () => {
  const text = '1\t0/50000A0\tno recovery target specified\n\n2\t0/7000100\tbefore 2026-11-26\n'
  expect(parseHistory(3, text, 16 * MB)).toEqual({timeline: 3, parent: 2, at: 7})
  expect(parseHistory(3, '', 16 * MB)).toBeUndefined()
})
