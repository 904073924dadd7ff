import {messageOf} from '../errors.ts'
import type {Monitor} from './monitor-port.ts'
import type {WatcherStatus} from './lease.ts'

/** The monitor of a console, which has something to show before it watches. */
export interface LateMonitor extends Pick<Monitor, 'refresh' | 'stop'> {
  readonly status: () => WatcherStatus
}

export interface LateOptions {
  /** Loads and makes it; it is started when it is there. */
  readonly open: () => Promise<Pick<Monitor, 'start' | 'status' | 'refresh' | 'stop'>>
  /** What is known of whoever watches until then. */
  readonly before: () => WatcherStatus
  readonly changed: () => void
}

/** Opens the monitor when everything at hand is done: what there is to show is on the screen by then. */
export function lateMonitor({open, before, changed}: LateOptions): LateMonitor {
  let monitor: Awaited<ReturnType<typeof open>> | undefined
  let trouble: string | undefined
  let stopped = false
  const begin = async (): Promise<void> => {
    if (stopped) return
    const opened = await open()
    monitor = opened
    if (!stopped) opened.start()
    changed()
  }
  const begun = new Promise<void>(resolve => setImmediate(resolve)).then(begin).catch((error: unknown) => {
    trouble = messageOf(error)
    changed()
  })
  return {
    status: () => monitor?.status() ?? {...before(), ...(trouble === undefined ? {} : {state: 'nobody', trouble})},
    refresh: () => monitor?.refresh(),
    stop: async () => {
      stopped = true
      await begun
      return (await monitor?.stop()) ?? []
    },
  }
}
