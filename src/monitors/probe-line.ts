import type {Clock} from '../units/clock.ts'
import type {Timers} from './timers.ts'

/** After so long a probe waits for its target and does nothing else: its place is somebody else's. */
export const AT_WORK_MS = 100

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
      const now = clock.monotonic()
      if (this.#atWork.size >= places && !this.#freePlace(now)) return
      const one = this.#line.shift() as One
      if (!begin(one)) continue
      this.#underWay += 1
      this.#atWork.set(one, now)
    }
  }

  /** Takes the place of the one that has been at work longest, or comes back when that may be taken. */
  #freePlace(now: number): boolean {
    for (const [one, since] of this.#atWork) {
      const left = since + AT_WORK_MS - now
      if (left <= 0) return this.#atWork.delete(one)
      this.#forget ??= this.#options.timers.after(left, () => {
        this.#forget = undefined
        this.#move()
      })
      return false
    }
    return true
  }
}
