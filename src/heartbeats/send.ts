import {reasonOf} from '../connections/reason.ts'
import type {ResolveSecret} from '../config/fields.ts'
import type {Records} from '../kinds/records.ts'
import type {Clock} from '../units/clock.ts'
import {heartbeatId, type PlacedHeartbeat} from './config.ts'
import {keepBeat} from './receive.ts'
import {afterBeat, type HeartbeatRecord} from './record.ts'

export interface SendTools {
  readonly heartbeats: () => readonly PlacedHeartbeat[]
  readonly records: Records
  readonly secret: ResolveSecret
  readonly clock: Clock
  readonly clean: (text: string) => string
  readonly fetch: typeof fetch
}

const ANSWER_WITHIN_MS = 10_000

/** Keeps heartbeats: expects those that are heard from now on, and sends those that are due. For the agent that watches. */
export function heartbeatKeeper(tools: SendTools): {
  /** Sends what is due in the background. */
  tend(signal: AbortSignal): void
  idle(): Promise<void>
} {
  const next = new Map<string, number>()
  const busy = new Map<string, Promise<void>>()
  const {records, clock} = tools
  return {
    tend(signal) {
      for (const heartbeat of tools.heartbeats()) {
        const id = heartbeatId(heartbeat)
        if (heartbeat.send === undefined) expect(records, id, clock.now())
        else if (!busy.has(id) && clock.monotonic() >= (next.get(id) ?? 0)) {
          next.set(id, clock.monotonic() + (heartbeat.every ?? 0))
          busy.set(
            id,
            send(heartbeat, tools, signal).finally(() => busy.delete(id)),
          )
        }
      }
    },
    idle: async () => void (await Promise.all(busy.values())),
  }
}

/** From when it is expected is kept, so that one that never comes is missing, through restarts. */
function expect(records: Records, id: string, now: number): void {
  if (records.read(id) !== undefined) return
  records.change(id, before => {
    const kept: HeartbeatRecord = (before as HeartbeatRecord | undefined) ?? {since: now}
    return {kept, result: undefined}
  })
}

async function send(heartbeat: PlacedHeartbeat, tools: SendTools, signal: AbortSignal): Promise<void> {
  const {records, clock, secret} = tools
  const failed = (message: string): void =>
    void keepBeat(records, heartbeat, {says: 'failure', message: tools.clean(message)}, clock.now())
  try {
    const url = await secret(heartbeat.send ?? '')
    const within = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)])
    const response = await tools.fetch(url, {redirect: 'manual', signal: within})
    await response.body?.cancel()
    if (!response.ok) return failed(`the switch answered ${response.status}`)
    records.change(heartbeatId(heartbeat), before => ({
      kept: afterBeat(before as HeartbeatRecord | undefined, {says: 'success'}, clock.now()),
      result: undefined,
    }))
  } catch (error) {
    if (!signal.aborted) failed(reasonOf(error))
  }
}
