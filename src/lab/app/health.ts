import {messageOf} from '../../errors.ts'

export interface Check {
  readonly status: 'ok' | 'degraded' | 'down'
  readonly latencyMs?: number
  readonly reason?: string
  readonly usedBytes?: number
  readonly limitBytes?: number
}

export interface HealthDocument {
  readonly status: 'ok' | 'degraded' | 'down'
  readonly version: string
  readonly instance: string
  /** Seconds since the process started. */
  readonly uptime: number
  readonly checks: {readonly database: Check; readonly redis: Check; readonly memory: Check}
}

const MEMORY_LIMIT = 512 * 1024 * 1024
const FRESH_MS = 250

/** Without the database nothing new can be served: down. Without Redis everything is served slower: degraded. */
export function overall(checks: HealthDocument['checks']): HealthDocument['status'] {
  if (checks.database.status === 'down') return 'down'
  return Object.values(checks).some(check => check.status !== 'ok') ? 'degraded' : 'ok'
}

export interface Pings {
  readonly database: () => Promise<void>
  readonly redis: () => Promise<void>
}

/** Looks at both servers at most four times a second however many ask. */
export function createHealth(identity: {version: string; instance: string}, pings: Pings) {
  let last: {at: number; document: Promise<HealthDocument>} | undefined
  const look = async (): Promise<HealthDocument> => {
    const [database, redis] = await Promise.all([timed(pings.database), timed(pings.redis)])
    const usedBytes = process.memoryUsage.rss()
    const memory: Check = {
      status: usedBytes < MEMORY_LIMIT ? 'ok' : 'degraded',
      usedBytes,
      limitBytes: MEMORY_LIMIT,
    }
    const checks = {database, redis, memory}
    return {status: overall(checks), ...identity, uptime: Math.round(process.uptime()), checks}
  }
  return (): Promise<HealthDocument> => {
    const now = performance.now()
    if (last === undefined || now - last.at > FRESH_MS) last = {at: now, document: look()}
    return last.document
  }
}

async function timed(ping: () => Promise<void>): Promise<Check> {
  const start = performance.now()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('no answer within 3 s')), 3000)
  })
  try {
    await Promise.race([ping(), late])
    return {status: 'ok', latencyMs: Math.round((performance.now() - start) * 10) / 10}
  } catch (error) {
    return {status: 'down', reason: messageOf(error) || 'no answer'}
  } finally {
    clearTimeout(timer)
  }
}
