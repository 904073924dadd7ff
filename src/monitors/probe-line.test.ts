import {expect, test} from 'vitest'
import {fakeTime} from '../../test/fake-time.ts'
import {AT_WORK_MS, ProbeLine} from './probe-line.ts'

const open = (places: number, most: number, isWanted = (_one: number): boolean => true) => {
  const time = fakeTime()
  const begun: {one: number; at: number}[] = []
  const line = new ProbeLine<number>({
    clock: time,
    timers: time,
    places,
    most,
    begin: one => {
      if (isWanted(one)) begun.push({one, at: time.monotonic()})
      return isWanted(one)
    },
  })
  const join = (count: number, from = 0): void => {
    for (let one = from; one < from + count; one += 1) line.join(one)
  }
  return {time, begun, line, join}
}

test('as many begin as there are places, the others when one of them ends, in order', async () => {
  const {time, begun, line, join} = open(2, 10)
  join(4)
  expect(begun.map(({one}) => one)).toEqual([0, 1])
  expect(line).toMatchObject({underWay: 2, waiting: 2})
  await time.advance(10)
  line.leave(1)
  expect(begun.at(-1)).toEqual({one: 2, at: 10})
  line.leave(0)
  line.leave(2)
  line.leave(3)
  expect(line).toMatchObject({underWay: 0, waiting: 0})
})

test('one that waits for its target gives its place to another', async () => {
  const {time, begun, line, join} = open(10, 1000)
  join(100)
  await time.advance(AT_WORK_MS - 1)
  expect(begun).toHaveLength(10)
  await time.advance(AT_WORK_MS * 9 + 1)
  expect(begun).toHaveLength(100)
  expect(begun.at(-1)?.at).toBe(9 * AT_WORK_MS)
  expect(line.underWay).toBe(100)
})

test('while this process stands still itself, nobody gives a place away', async () => {
  const {time, begun, line, join} = open(10, 1000)
  join(100)
  for (let turn = 0; turn < 20; turn += 1) {
    time.stall(500)
    await time.advance(1)
  }
  expect(begun).toHaveLength(10)
  expect(line.underWay).toBe(10)
  await time.advance(AT_WORK_MS * 10)
  expect(begun).toHaveLength(100)
})

test('no more are under way than may be, however long they wait', async () => {
  const {time, begun, line, join} = open(10, 25)
  join(100)
  await time.advance(AT_WORK_MS * 100)
  expect(begun).toHaveLength(25)
  for (let one = 0; one < 5; one += 1) line.leave(one)
  await time.advance(AT_WORK_MS)
  expect(begun).toHaveLength(30)
})

test('a thousand that are wanted no more take no place, and nothing begins after the end', async () => {
  const {time, begun, line, join} = open(1, 1, one => one === 0 || one > 20_000)
  join(20_001)
  join(1, 30_000)
  line.leave(0)
  expect(begun.map(({one}) => one)).toEqual([0, 30_000])
  join(5, 40_000)
  line.close()
  line.leave(30_000)
  await time.advance(AT_WORK_MS * 10)
  expect(begun).toHaveLength(2)
})
