import {OpsError} from '../../errors.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Runs `work` with a signal that Ctrl-C, TERM and a closed terminal abort, so that it can stop what it started. A
 * second Ctrl-C ends the process at once; what it leaves is found by the next lab command.
 */
export async function withInterrupt<T>(outer: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController()
  const onSignal = (name: NodeJS.Signals): void => {
    for (const signal of SIGNALS) process.off(signal, onSignal)
    stop.abort(new OpsError('cancelled/interrupted', `stopped by ${name}`))
  }
  // A closed terminal breaks standard error; that must not break the clean-up.
  const ignore = (): void => {}
  for (const signal of SIGNALS) process.on(signal, onSignal)
  process.stderr.on('error', ignore)
  try {
    return await work(AbortSignal.any([outer, stop.signal]))
  } finally {
    for (const signal of SIGNALS) process.off(signal, onSignal)
    process.stderr.off('error', ignore)
  }
}
