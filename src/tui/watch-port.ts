import type {ConsolePort} from './port.ts'

/** Does the work again and again until it is stopped. */
export function every(ms: number, work: () => void): () => void {
  const timer = setInterval(work, ms)
  return () => clearInterval(timer)
}

/**
 * Reads when something may have changed, at most once a frame, and with each second for the clock and the ages. A frame
 * that is not in a hurry ends with the second or a part of it, so that one reading serves both.
 */
export function watchPort(
  port: Pick<ConsolePort, 'subscribe'>,
  read: () => void,
  frameMs: number | (() => number),
): () => void {
  const pace = typeof frameMs === 'number' ? () => frameMs : frameMs
  let pending: NodeJS.Timeout | undefined
  let ticking: NodeJS.Timeout | undefined
  let lastRead = Number.NEGATIVE_INFINITY
  const readNow = (): void => {
    clearTimeout(pending)
    clearTimeout(ticking)
    pending = undefined
    lastRead = performance.now()
    tick()
    read()
  }
  const tick = (): void => {
    ticking = setTimeout(readNow, untilNext(Math.max(1000, pace())))
  }
  const soon = (): void => {
    const ms = pace()
    pending ??= setTimeout(readNow, ms >= CALM_MS ? untilNext(ms) : Math.max(0, ms - (performance.now() - lastRead)))
  }
  tick()
  const unsubscribe = port.subscribe(soon)
  return () => {
    clearTimeout(ticking)
    clearTimeout(pending)
    unsubscribe()
  }
}

/** From here on nobody waits for a frame. */
const CALM_MS = 200

/** Until the wall clock comes to the next multiple; a little later, so that it is surely there. */
const untilNext = (ms: number): number => ms - (Date.now() % ms) + 2
