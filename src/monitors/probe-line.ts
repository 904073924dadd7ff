import type {Clock} from '../units/clock.ts'
import type {Timers} from './timers.ts'

/** After so long a probe waits for its target and does nothing else: its place is somebody else's. */
export const AT_WORK_MS = 100
/** A timer that is later tells of a process that is paused, or has no processor. */
const LATE_MS = 50

export interface ProbeLineOptions<One> {
  readonly clock: Clock
  readonly timers: Timers
  /** Probes at work at most. */
  readonly places: number
  /** Probes under way at most, also those that wait for a target that does not answer: each holds a descriptor. */
  readonly most: number
  /** False: there is nothing to begin any more. */
  readonly begin: (one: One) => boolean
}

/**
 * Probes in the order in which they became due. So many are at work at once that this host is not overrun, and no more; a
 * target that does not answer keeps nobody waiting, for a rack that is gone may be a thousand of them.
 */
export class ProbeLine<One> {
  readonly #options: ProbeLineOptions<One>
  readonly #line: One[] = []
  /** Since when, the oldest first. */
  readonly #atWork = new Map<One, number>()
  #underWay = 0
  #forget: (() => void) | undefined

  constructor(options: ProbeLineOptions<One>) {
    this.#options = options
  }

  get underWay(): number {
    return this.#underWay
  }

  get waiting(): number {
    return this.#line.length
  }

  join(one: One): void {
    this.#line.push(one)
    this.#move()
  }

  /** What began has ended. */
  leave(one: One): void {
    this.#underWay -= 1
    this.#atWork.delete(one)
    this.#move()
  }

  /** Nothing begins any more. */
  close(): void {
    this.#forget?.()
    this.#forget = undefined
    this.#line.length = 0
  }

  #move(): void {
    const {clock, places, most, begin} = this.#options
    while (this.#line.length > 0 && this.#underWay < most) {
      if (this.#atWork.size >= places) return this.#waitForPlace()
      const one = this.#line.shift() as One
      if (!begin(one)) continue
      this.#underWay += 1
      this.#atWork.set(one, clock.monotonic())
    }
  }

  /** Until the one that has been at work longest does nothing but wait. */
  #waitForPlace(): void {
    const [oldest = 0] = this.#atWork.values()
    this.#forget ??= this.#lookAt(oldest + AT_WORK_MS)
  }

  #lookAt(due: number): () => void {
    const {clock, timers} = this.#options
    return timers.after(Math.max(0, due - clock.monotonic()), () => {
      const now = clock.monotonic()
      // It is this process that is slow: answers may have come, and more probes at once would make it slower.
      const isLate = now - due > LATE_MS
      this.#forget = isLate ? this.#lookAt(now + AT_WORK_MS) : undefined
      if (isLate) return
      for (const [one, since] of this.#atWork) if (since + AT_WORK_MS <= now) this.#atWork.delete(one)
      this.#move()
    })
  }
}
