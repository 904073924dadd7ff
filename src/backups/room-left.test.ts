import {describe, expect, test} from 'vitest'
import {roomLeft} from './room-left.ts'

const DAY = 86_400_000
const GB = 1_000_000_000
/** Daily ones of these sizes, the oldest first. */
const daily = (...gigabytes: readonly number[]) =>
  gigabytes.map((size, at) => ({takenAt: at * DAY, storedBytes: size * GB, state: 'good' as const}))
const days = (entries: ReturnType<typeof daily>, freeGigabytes: number, keep = 100): number | undefined => {
  const found = roomLeft(entries, {freeBytes: freeGigabytes * GB, keep})
  return found && found.fullInMs / DAY
}

describe('the room of a storage', () => {
  test('is full when the next backups do not fit any more', () => {
    expect(days(daily(1, 1, 1), 9.5)).toBe(10)
    expect(days(daily(1, 1, 1), 0.5)).toBe(1)
    expect(roomLeft(daily(1, 1, 1), {freeBytes: 9.5 * GB, keep: 100})?.bytesPerDay).toBe(GB)
  })

  test('is full sooner when they grow', () => {
    expect(days(daily(1, 2, 3), 9.5)).toBe(3)
  })

  test('lasts when the oldest are removed, unless each is larger', () => {
    expect(days(daily(1, 1, 1, 1), 2, 4)).toBe(365)
    expect(days(daily(1, 1.1, 1.2, 1.3), 8, 4)).toBe(15)
    // Far more than are to be kept: nobody removes them.
    expect(days(daily(...Array.from({length: 12}, () => 1)), 5.5, 4)).toBe(6)
  })

  test('is not known of too few, or where the storage does not tell', () => {
    expect(days(daily(1, 1), 5)).toBeUndefined()
    expect(roomLeft(daily(1, 1, 1), {freeBytes: undefined, keep: 4})).toBeUndefined()
    expect(
      days(
        daily(1, 1, 1).map(one => ({...one, takenAt: 5})),
        5,
      ),
    ).toBeUndefined()
  })
})
