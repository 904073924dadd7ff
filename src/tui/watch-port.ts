import type {ConsolePort} from './port.ts'

/** Calls at a steady pace until it is stopped. */
export function every(ms: number, work: () => void): () => void {
  const timer = setInterval(work, ms)
  return () => clearInterval(timer)
}

/** Reads when something may have changed, at most once a frame, and once a second for the clock and the ages. */
export function watchPort(port: Pick<ConsolePort, 'subscribe'>, read: () => void, frameMs: number): () => void {
  let pending: NodeJS.Timeout | undefined
  let lastRead = Number.NEGATIVE_INFINITY
  const readNow = (): void => {
    clearTimeout(pending)
    pending = undefined
    lastRead = performance.now()
    read()
  }
  const soon = (): void => {
    pending ??= setTimeout(readNow, Math.max(0, frameMs - (performance.now() - lastRead)))
  }
  const tick = setInterval(readNow, Math.max(1000, frameMs))
  const unsubscribe = port.subscribe(soon)
  return () => {
    clearInterval(tick)
    clearTimeout(pending)
    unsubscribe()
  }
}
