import {Worker} from 'node:worker_threads'
import {OpsError} from '../errors.ts'

/** A runbook's own code may keep this process from doing anything else for so long: then it is taken to hang. */
export const STALLED_AFTER_MS = 30_000
const BEAT_MS = 200
const [BEATS, STALLED] = [0, 1]

/**
 * Looks at this process from a thread of its own, since code that loops leaves no timer and no signal a chance. It counts
 * its own looks, not time: a machine that was asleep is no stall. Stops the JavaScript of the main thread; where that is stuck in a
 * system call, the process.
 */
const WATCHER = `
const {workerData: {shared, limit, beat, what}} = require('node:worker_threads')
const seen = {beats: -1, looks: 0}
setInterval(() => {
  const beats = Atomics.load(shared, ${BEATS})
  seen.looks = beats === seen.beats ? seen.looks + 1 : 0
  seen.beats = beats
  if (seen.looks === limit) {
    Atomics.store(shared, ${STALLED}, 1)
    const session = new (require('node:inspector').Session)()
    session.connectToMainThread()
    session.post('Runtime.terminateExecution', () => session.disconnect())
  }
  if (seen.looks > limit + 5000 / beat) {
    require('node:fs').writeSync(2, what + ' hangs in a system call: killed\\n')
    process.kill(process.pid, 'SIGKILL')
  }
}, beat)`

/**
 * Runs code that is not ours and may loop for ever. Raises `runbook/invalid` when it kept this process busy for too long;
 * waiting, as for a command or a server, is not being busy.
 */
export async function watchStall<T>(what: string, work: () => Promise<T>, limitMs = STALLED_AFTER_MS): Promise<T> {
  const shared = new Int32Array(new SharedArrayBuffer(8))
  const limit = Math.ceil(limitMs / BEAT_MS)
  const watcher = new Worker(WATCHER, {
    eval: true,
    execArgv: [],
    workerData: {shared, limit, beat: BEAT_MS, what},
  })
  watcher.unref()
  watcher.on('error', () => {}) // without it the work is only not watched
  let beat: NodeJS.Timeout | undefined
  const stalled = new Promise<never>((_, reject) => {
    beat = setInterval(() => {
      Atomics.add(shared, BEATS, 1)
      if (Atomics.load(shared, STALLED) === 1)
        reject(
          new OpsError('runbook/invalid', `${what} was stopped: it kept the process busy for ${limitMs / 1000} s`, {
            hint: 'Look for a loop that never ends. What waits must await, what takes long belongs into a step.',
          }),
        )
    }, BEAT_MS)
  })
  // Stopping takes all that is on the stack with it, so the work has a turn of its own.
  const working = new Promise(resolve => setImmediate(resolve)).then(work)
  try {
    return await Promise.race([stalled, working])
  } finally {
    clearInterval(beat)
    void watcher.terminate()
  }
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
