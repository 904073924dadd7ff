import {countPoint, emptyHistogram, type Histogram} from './histogram.ts'
import {HEALTH, LATENCY_SCALE, pointWriter} from './recent-points.ts'
import type {Health, Point} from './sample.ts'

type Values = Point['values']

/** Room for so many at first. */
const FIRST = 16
const GROWTH = 1.5

/**
 * Probes of one target in memory, oldest first: 16 bytes each instead of some 90 as objects, for 5,200 targets have more than
 * a million in an hour. Latencies are kept to a hundredth of a millisecond, as everywhere.
 */
export class PointSeries {
  /** Two numbers a point: when, and its latency with its status. */
  #numbers = new Float64Array(2 * FIRST)
  #start = 0
  #end = 0
  /** Beside them, once one has measurements. */
  #values: Values[] | undefined

  push({at, status, latencyMs, values}: Point): void {
    if (2 * this.#end === this.#numbers.length) this.#makeRoom()
    if (values !== undefined) this.#values ??= Array.from<Values>({length: this.#end})
    this.#values?.push(values)
    this.#put(this.#end++, at, Math.round(latencyMs * LATENCY_SCALE) * HEALTH.length + HEALTH.indexOf(status))
  }

  /** Forgets those of this moment and before. */
  dropUntil(moment: number): void {
    while (this.#start < this.#end && this.#at(this.#start) <= moment) this.#start += 1
  }

  /** Those whose moment is wanted. */
  where(isWanted: (at: number) => boolean): readonly Point[] {
    const found: Point[] = []
    for (let index = this.#start; index < this.#end; index += 1)
      if (isWanted(this.#at(index))) found.push(this.#point(index))
    return found
  }

  /** The same counted, without a point made of each: it is done at every probe. */
  countWhere(isWanted: (at: number) => boolean): Histogram {
    const histogram = emptyHistogram()
    for (let index = this.#start; index < this.#end; index += 1)
      if (isWanted(this.#at(index))) countPoint(histogram, this.#status(index), this.#latency(index))
    return histogram
  }

  last(count: number): readonly Point[] {
    const points: Point[] = []
    for (let index = this.#beginOf(count); index < this.#end; index += 1) points.push(this.#point(index))
    return points
  }

  /** The same in the form in which they are kept; undefined where one has measurements. */
  encodeLast(count: number): Uint8Array | undefined {
    const writer = pointWriter(count)
    for (let index = this.#beginOf(count); index < this.#end; index += 1) {
      if (this.#values?.[index] !== undefined) return undefined
      const both = this.#both(index)
      writer.put(this.#at(index), both % HEALTH.length, Math.floor(both / HEALTH.length))
    }
    return writer.bytes()
  }

  /** The wall clock was set by so much. */
  shift(byMs: number): void {
    for (let index = this.#start; index < this.#end; index += 1)
      this.#put(index, this.#at(index) + byMs, this.#both(index))
  }

  #makeRoom(): void {
    const kept = this.#numbers.subarray(2 * this.#start, 2 * this.#end)
    // Where a quarter is free, there is no need for more.
    const enough = 4 * this.#start >= this.#end
    const next = enough ? this.#numbers : new Float64Array(2 * Math.ceil((this.#end - this.#start) * GROWTH))
    next.set(kept)
    this.#numbers = next
    this.#values?.splice(0, this.#start)
    this.#end -= this.#start
    this.#start = 0
  }

  #beginOf(count: number): number {
    return Math.max(this.#start, this.#end - count)
  }

  #at(index: number): number {
    return this.#numbers[2 * index] ?? 0
  }

  #both(index: number): number {
    return this.#numbers[2 * index + 1] ?? 0
  }

  #put(index: number, at: number, both: number): void {
    this.#numbers[2 * index] = at
    this.#numbers[2 * index + 1] = both
  }

  #status(index: number): Health {
    return HEALTH[this.#both(index) % HEALTH.length] ?? 'down'
  }

  #latency(index: number): number {
    return Math.floor(this.#both(index) / HEALTH.length) / LATENCY_SCALE
  }

  #point(index: number): Point {
    const point = {at: this.#at(index), status: this.#status(index), latencyMs: this.#latency(index)}
    const values = this.#values?.[index]
    return values === undefined ? point : {...point, values}
  }
}
