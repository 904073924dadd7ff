import type {Worker} from 'node:worker_threads'
import {OpsError} from '../errors.ts'

/** A runbook's own code may keep this process from doing anything else for so long: then it is taken to hang. */
export const STALLED_AFTER_MS = 30_000
const BEAT_MS = 200

/**
 * Looks at this process from a thread of its own, since code that loops leaves no timer and no signal a chance. It counts
 * its own ticks, not time: a machine that was asleep is no stall. Stops the JavaScript of the main thread; where that is stuck in a
 * system call, the process.
 */
const WATCHER = `
const {parentPort, workerData: {beats, beatMs}} = require('node:worker_threads')
const works = new Map()
const state = {seen: -1, ticks: 0, timer: undefined}
function tick() {
  const now = Atomics.load(beats, 0)
  state.ticks = now === state.seen ? state.ticks + 1 : 0
  state.seen = now
  const stalled = [...works.values()].filter(({limit}) => state.ticks === limit)
  for (const {flag} of stalled) Atomics.store(flag, 0, 1)
  if (stalled.length > 0) {
    const session = new (require('node:inspector').Session)()
    session.connectToMainThread()
    session.post('Runtime.terminateExecution', () => session.disconnect())
  }
  const hanging = [...works.values()].find(({limit}) => state.ticks > limit + 5000 / beatMs)
  if (hanging) {
    require('node:fs').writeSync(2, hanging.what + ' hangs in a system call: killed\\n')
    process.kill(process.pid, 'SIGKILL')
  }
}
parentPort.on('message', ({id, work}) => {
  work ? works.set(id, work) : works.delete(id)
  clearInterval(state.timer)
  if (works.size > 0) state.timer = setInterval(tick, beatMs)
})`

export interface StallWatch {
  /**
   * Runs code that is not ours and may loop for ever. Raises `runbook/invalid` when it kept this process busy for too long;
   * waiting, as for a command or a server, is not being busy.
   */
  readonly watch: <T>(what: string, work: () => Promise<T>, limitMs?: number) => Promise<T>
  close(): void
}

/** How long a thread that watches nothing is kept: one work follows another, and each fork copies what a thread holds. */
const IDLE_MS = 50

/** The watching thread begins with the first work, and is shared: to start one costs more than most work. */
export function openStallWatch(): StallWatch {
  const beats = new Int32Array(new SharedArrayBuffer(4))
  const works = new Set<number>()
  let [last, thread, idle]: [number, Worker | undefined, NodeJS.Timeout | undefined] = [0, undefined, undefined]
  const close = (): void => {
    clearTimeout(idle)
    void thread?.terminate()
    thread = undefined
  }
  const begin = (work: Work): number => {
    clearTimeout(idle)
    thread ??= startThread(beats, () => (thread = undefined))
    works.add((last += 1))
    thread.postMessage({id: last, work})
    return last
  }
  const end = (id: number): void => {
    works.delete(id)
    thread?.postMessage({id})
    if (works.size === 0) idle = setTimeout(close, IDLE_MS).unref()
  }
  return {
    watch: async (what, work, limitMs = STALLED_AFTER_MS) => {
      const flag = new Int32Array(new SharedArrayBuffer(4))
      const id = begin({flag, what, limit: Math.ceil(limitMs / BEAT_MS)})
      const beating = beat(beats, flag, `${what} was stopped: it kept the process busy for ${limitMs / 1000} s`)
      // Stopping takes all that is on the stack with it, so the work has a turn of its own.
      const working = new Promise(resolve => setImmediate(resolve)).then(work)
      try {
        return await Promise.race([beating.stalled, working])
      } finally {
        beating.end()
        end(id)
      }
    },
    close,
  }
}

/** What the thread is told of a work. Works of the same time are stopped together: whose the loop is shows nowhere. */
interface Work {
  /** Becomes 1 when it was stopped. */
  readonly flag: Int32Array
  readonly what: string
  /** In ticks of the thread. */
  readonly limit: number
}

/** Without it the work is only not watched. */
function startThread(beats: Int32Array, failed: () => void): Worker {
  const threads = process.getBuiltinModule('node:worker_threads')
  const thread = new threads.Worker(WATCHER, {
    eval: true,
    execArgv: [],
    env: threads.SHARE_ENV,
    workerData: {beats, beatMs: BEAT_MS},
  })
  thread.unref()
  thread.on('error', failed)
  return thread
}

/** Shows the thread that this process is not busy, and hears from it when it was. */
function beat(beats: Int32Array, flag: Int32Array, why: string): {readonly stalled: Promise<never>; end(): void} {
  const {promise, reject} = Promise.withResolvers<never>()
  const timer = setInterval(() => {
    Atomics.add(beats, 0, 1)
    if (Atomics.load(flag, 0) === 1)
      reject(
        new OpsError('runbook/invalid', why, {
          hint: 'Look for a loop that never ends. What waits must await, what takes long belongs in a step.',
        }),
      )
  }, BEAT_MS)
  return {stalled: promise, end: () => clearInterval(timer)}
}

/** While it runs, Ctrl-C and TERM end the process at once: there is nothing yet to be put in order. */
export async function endedBySignals<T>(work: () => Promise<T>): Promise<T> {
  const names = ['SIGINT', 'SIGTERM'] as const
  const kept = names.map(name => ({name, listeners: process.listeners(name)}))
  for (const {name} of kept) process.removeAllListeners(name)
  try {
    return await work()
  } finally {
    for (const {name, listeners} of kept) for (const listener of listeners) process.on(name, listener)
  }
}
