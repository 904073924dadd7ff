import {Agent, get} from 'node:http'
import {waitFor} from '../../src/lab/wait.ts'

export interface Visits {
  readonly sent: number
  readonly good: number
  /** What was not good, with counts: `503`, `ECONNRESET`, `timeout`. */
  readonly bad: Readonly<Record<string, number>>
}

export interface Visitors {
  /** What happened so far. */
  visits(): Visits
  /** No more requests; resolves when all have their answer. */
  stop(): Promise<Visits>
}

/** So many requests a second to each path in turn, whatever the answers do; counted by status. */
export function startVisitors(origin: string, paths: readonly string[], rps: number): Visitors {
  const agent = new Agent({keepAlive: true})
  const bad: Record<string, number> = {}
  let [sent, good, open] = [0, 0, 0]
  const visit = (path: string): void => {
    sent += 1
    open += 1
    let over = false
    const end = (wrong?: string): void => {
      if (over) return
      over = true
      open -= 1
      if (wrong === undefined) good += 1
      else bad[wrong] = (bad[wrong] ?? 0) + 1
    }
    const request = get(`${origin}${path}`, {agent, timeout: 20_000}, response => {
      response.resume()
      response.on('end', () => end(response.statusCode === 200 ? undefined : String(response.statusCode)))
      response.on('error', error => end(error.message))
    })
    request.on('timeout', () => request.destroy(new Error('timeout')))
    request.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message))
  }
  const timer = setInterval(() => visit(paths[sent % paths.length] as string), 1000 / rps)
  const visits = (): Visits => ({sent, good, bad: {...bad}})
  return {
    visits,
    stop: async () => {
      clearInterval(timer)
      await waitFor(async () => open === 0, {timeoutMs: 30_000})
      agent.destroy()
      return visits()
    },
  }
}
