import {pushNumber, readNumber} from '../units/base128.ts'
import type {Health, Point} from './sample.ts'

const HEALTH: readonly Health[] = ['up', 'degraded', 'down']
/** As finely as latencies are kept elsewhere: a hundredth of a millisecond. */
const LATENCY_SCALE = 100

/**
 * The last probes of a target in some five bytes each: the milliseconds since the one before, with the status, then the
 * latency. Undefined where a point has measurements, which have no such form.
 */
export function encodePoints(points: readonly Point[]): Uint8Array | undefined {
  const bytes: number[] = []
  let before = 0
  for (const {at, status, latencyMs, values} of points) {
    if (values !== undefined) return undefined
    const step = at - before
    // A clock that was set back makes a step below nothing.
    const distance = step < 0 ? -2 * step - 1 : 2 * step
    pushNumber(bytes, distance * HEALTH.length + HEALTH.indexOf(status))
    pushNumber(bytes, Math.round(latencyMs * LATENCY_SCALE))
    before = at
  }
  return Uint8Array.from(bytes)
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
