import {expect, test} from 'vitest'
import {paceOf} from './pace.ts'

test('a sender is held to its bytes a second, and never when there is no limit', async () => {
  let now = 1000
  const waits: number[] = []
  const tools = {
    monotonic: () => now,
    wait: (ms: number) => {
      waits.push(ms)
      now += ms
      return Promise.resolve()
    },
  }
  const paced = paceOf(1000, tools)
  for (let bytes = 500; bytes <= 5000; bytes += 500) await paced(bytes)
  expect([now, waits.length]).toEqual([6000, 10])
  now += 10_000
  await paced(6000)
  await paceOf(undefined, tools)(1e12)
  expect([now, waits.length]).toEqual([16_000, 10])
})
