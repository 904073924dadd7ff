import {getHeapStatistics} from 'node:v8'
import {expect, test} from 'vitest'
import {isDue, trimHeap} from './heap-trim.ts'

const MB = 1024 * 1024

test.each([
  [85 * MB, 70 * MB, false],
  [87 * MB, 70 * MB, true],
  [60 * MB, 70 * MB, false],
])('of %i bytes, %i of them left by the last collection: due is %s', (used, left, due) => {
  expect(isDue(used, left)).toBe(due)
})

test('garbage does not lie about for long', async () => {
  const trimmed = trimHeap(5)
  try {
    let garbage: string[][] | undefined = Array.from({length: 200}, (_, at) =>
      Array.from({length: 2000}, (_, each) => `${at} ${each}`.repeat(8)),
    )
    const full = getHeapStatistics().used_heap_size
    expect(garbage.length).toBe(200)
    garbage = undefined
    await expect
      .poll(() => getHeapStatistics().used_heap_size, {timeout: 30_000})
      .toBeLessThan(Math.max(full - 20 * MB, 1))
  } finally {
    trimmed.stop()
  }
})
