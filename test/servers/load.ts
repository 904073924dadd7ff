import {Agent, get} from 'node:http'

export interface LoadResult {
  readonly sent: number
  readonly slow: number
  readonly failed: number
  /** What went wrong, with counts: `503`, `ECONNRESET`. */
  readonly why: Readonly<Record<string, number>>
  readonly byServer: Readonly<Record<string, number>>
}

/** One that was answered, as its client saw it. */
export interface Answer {
  readonly server: string
  readonly version: string
  readonly status: number
  readonly ms: number
}

/** After a pause of this process no more is made up for at once: a flood would measure the machine. */
const CATCH_UP_MS = 250

export interface LoadOptions {
  /** Requests a second, always or at the moment. */
  readonly rps: number | (() => number)
  readonly slowShare: number
  readonly slowMs: number
  readonly heard?: (answer: Answer) => void
}

/** Open-loop load: `rps` requests a second whatever the answers do, a share of them slow. Stop it for the result. */
export function startLoad(
  url: string,
  options: LoadOptions,
): {stop(): Promise<LoadResult>; readonly sent: () => number} {
  // Its idle connections end long before a proxy ends them: a request on one that is just being closed is reset, and no fault.
  const agent = new Agent({keepAlive: true, maxSockets: 512, timeout: 5_000})
  const why: Record<string, number> = {}
  const byServer: Record<string, number> = {}
  let [sent, slow, failed, open] = [0, 0, 0, 0]
  const fail = (reason: string): void => {
    failed += 1
    why[reason] = (why[reason] ?? 0) + 1
  }
  const one = (): void => {
    sent += 1
    open += 1
    const isSlow = sent % Math.round(1 / options.slowShare) === 0
    if (isSlow) slow += 1
    let over = false
    const began = performance.now()
    const end = (reason?: string): void => {
      if (over) return
      over = true
      open -= 1
      if (reason !== undefined) fail(reason)
    }
    const request = get(`${url}/${isSlow ? `slow?ms=${options.slowMs}` : 'fast'}`, {agent}, response => {
      const server = String(response.headers['x-server'] ?? 'none')
      byServer[server] = (byServer[server] ?? 0) + 1
      response.resume()
      response.on('end', () => {
        const status = response.statusCode ?? 0
        options.heard?.({
          server,
          version: String(response.headers['x-version'] ?? 'none'),
          status,
          ms: performance.now() - began,
        })
        end(status >= 500 ? String(status) : undefined)
      })
      response.on('error', error => end(error.message))
    })
    request.setTimeout(20_000, () => request.destroy(new Error('timeout')))
    request.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message))
  }
  let [last, owed] = [performance.now(), 0]
  const timer = setInterval(() => {
    const now = performance.now()
    const rps = typeof options.rps === 'number' ? options.rps : options.rps()
    owed += (Math.min(now - last, CATCH_UP_MS) / 1000) * rps
    last = now
    for (; owed >= 1; owed -= 1) one()
  }, 2)
  return {
    sent: () => sent,
    async stop() {
      clearInterval(timer)
      await new Promise<void>(resolve => {
        const poll = setInterval(() => {
          if (open > 0) return
          clearInterval(poll)
          resolve()
        }, 20)
      })
      agent.destroy()
      return {sent, slow, failed, why, byServer}
    },
  }
}
