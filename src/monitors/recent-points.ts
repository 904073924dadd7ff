import {putNumber, readNumber} from '../units/base128.ts'
import type {Health, Point} from './sample.ts'

export const HEALTH: readonly Health[] = ['up', 'degraded', 'down']
/** As finely as latencies are kept elsewhere: a hundredth of a millisecond. */
export const LATENCY_SCALE = 100
/** Of two numbers. */
const LONGEST = 16

/**
 * The last probes of a target in some five bytes each: the milliseconds since the one before, with the status, then the
 * latency. Undefined where a point has measurements, which have no such form.
 */
export function encodePoints(points: readonly Point[]): Uint8Array | undefined {
  const writer = pointWriter(points.length)
  for (const {at, status, latencyMs, values} of points) {
    if (values !== undefined) return undefined
    writer.put(at, HEALTH.indexOf(status), Math.round(latencyMs * LATENCY_SCALE))
  }
  return writer.bytes()
}

/** Writes so many at most, one after the other. */
export function pointWriter(most: number) {
  const room = Buffer.allocUnsafe(most * LONGEST)
  let length = 0
  let before = 0
  return {
    /** `status` by its place in the list, the latency in its smallest parts. */
    put(at: number, status: number, latency: number): void {
      const step = at - before
      // A clock that was set back makes a step below nothing.
      const distance = step < 0 ? -2 * step - 1 : 2 * step
      length = putNumber(room, length, distance * HEALTH.length + status)
      length = putNumber(room, length, latency)
      before = at
    },
    bytes: (): Uint8Array => room.subarray(0, length),
  }
}

export function decodePoints(bytes: Uint8Array): readonly Point[] {
  const reader = {bytes, at: 0}
  const points: Point[] = []
  let at = 0
  while (reader.at < bytes.length) {
    const both = readNumber(reader)
    const distance = Math.floor(both / HEALTH.length)
    at += distance % 2 === 0 ? distance / 2 : -(distance + 1) / 2
    points.push({at, status: HEALTH[both % HEALTH.length] ?? 'down', latencyMs: readNumber(reader) / LATENCY_SCALE})
  }
  return points
}
