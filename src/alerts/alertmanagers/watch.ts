import {reasonOf} from '../../connections/reason.ts'
import type {Clock} from '../../units/clock.ts'
import type {AlertmanagerTools} from './client.ts'
import type {AlertmanagerSpec} from './config.ts'
import type {Reading, ReadingStore} from './reading.ts'

export interface AlertmanagerWatch {
  /** Begins to read what is due; called every few seconds by whoever watches. */
  tick(specs: readonly AlertmanagerSpec[], now: number): void
  /** Gives readings up that are under way. */
  letGo(): void
  stop(): Promise<void>
}

/** Reads each Alertmanager once an interval, one reading at a time, and keeps what it says. */
export function watchAlertmanagers(options: {
  readonly tools: AlertmanagerTools
  readonly store: ReadingStore
  readonly clock: Clock
  /** False: another process watches by now, and what it reads counts. */
  readonly mayWrite: () => boolean
}): AlertmanagerWatch {
  const {tools, store, clock, mayWrite} = options
  const running = new Map<string, Promise<void>>()
  const begunAt = new Map<string, number>()
  let term = new AbortController()
  const read = async (spec: AlertmanagerSpec, signal: AbortSignal): Promise<void> => {
    const before = store.all().find(({source}) => source === spec.name)
    const reading = await readAlertmanager(spec, {tools, clock, before}, signal)
    if (!signal.aborted && mayWrite()) store.save(reading)
  }
  return {
    tick(specs, now) {
      for (const spec of specs) {
        const waited = now - (begunAt.get(spec.name) ?? -Infinity)
        // A clock that was set back waits for nothing.
        if (running.has(spec.name) || (waited >= 0 && waited < spec.interval)) continue
        begunAt.set(spec.name, now)
        const done = read(spec, term.signal)
          .catch(() => undefined)
          .finally(() => running.delete(spec.name))
        running.set(spec.name, done)
      }
    },
    letGo() {
      term.abort(new Error('another process watches'))
      term = new AbortController()
      begunAt.clear()
    },
    async stop() {
      term.abort(new Error('the monitor stopped'))
      await Promise.all(running.values())
    },
  }
}

/** Never rejects: what does not answer is a reading that says so, with what was known before. */
export async function readAlertmanager(
  spec: AlertmanagerSpec,
  {
    tools,
    clock,
    before,
  }: {readonly tools: AlertmanagerTools; readonly clock: Clock; readonly before: Reading | undefined},
  signal: AbortSignal,
): Promise<Reading> {
  const {openAlertmanager} = await import('./client.ts')
  const source = spec.name
  try {
    const found = await openAlertmanager(spec, tools).read(signal)
    const at = clock.now()
    return {source, at, triedAt: at, problem: undefined, ...found}
  } catch (thrown) {
    return {
      version: undefined,
      alerts: [],
      silences: [],
      silencesProblem: undefined,
      unreadable: 0,
      more: 0,
      at: undefined,
      ...before,
      source,
      triedAt: clock.now(),
      problem: reasonOf(thrown),
    }
  }
}
