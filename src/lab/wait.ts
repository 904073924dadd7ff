import {connect} from 'node:net'
import {sleep} from '../units/clock.ts'

export interface WaitOptions {
  readonly timeoutMs: number
  /** Time between two tries; 50 ms when left out. */
  readonly everyMs?: number
  readonly signal?: AbortSignal
}

/** True as soon as `condition` is, false when it was not in time. A condition that throws counts as false. */
export async function waitFor(condition: () => Promise<boolean>, options: WaitOptions): Promise<boolean> {
  const end = performance.now() + options.timeoutMs
  for (;;) {
    options.signal?.throwIfAborted()
    if (await condition().catch(() => false)) return true
    if (performance.now() >= end) return false
    await sleep(options.everyMs ?? 50, options.signal)
  }
}

/** Whether something accepts connections on that loopback port. */
export function listening(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({port, host: '127.0.0.1'})
    const finish = (answer: boolean): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(1000, () => finish(false))
    socket.once('connect', () => finish(true))
    socket.once('error', () => finish(false))
  })
}
