import type {RunsContext} from './context.ts'

const HEARTBEAT_MS = 5000

/** Local locks are held by this process whatever happens: their heartbeat is for people. Shared ones would expire. */
export function renewLocks(context: Pick<RunsContext, 'locks' | 'sharedLocks'>, run: string): () => void {
  const heartbeat = setInterval(() => {
    try {
      context.locks().heartbeat(run)
    } catch {
      // On a full disk the age of the last one is all that people see.
    }
  }, HEARTBEAT_MS)
  const shared = context.sharedLocks()
  const renewal = shared && setInterval(() => shared.renew(), shared.renewEveryMs)
  return () => {
    clearInterval(heartbeat)
    clearInterval(renewal)
  }
}
