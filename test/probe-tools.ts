import type {ProbeTools} from '../src/probes/probe.ts'
import {execProgram} from '../src/processes/run.ts'
import {openMatcher} from '../src/text/matcher.ts'
import {systemClock} from '../src/units/clock.ts'

/** Real tools for probes under test; a secret is the string itself. */
export const probeTools: ProbeTools = {
  clock: systemClock,
  exec: execProgram,
  matcher: openMatcher(systemClock),
  secret: ref => (typeof ref === 'string' ? Promise.resolve(ref) : Promise.reject(new Error('no such secret'))),
}

/** A signal that is aborted with a reason after `ms`. */
export function deadline(ms: number): AbortSignal {
  const abort = new AbortController()
  setTimeout(() => abort.abort(new Error(`no answer within ${ms} ms`)), ms).unref()
  return abort.signal
}

/** Waits until `check` holds, at most `ms`; the last error or a plain one when it never does. */
export async function eventually<T>(check: () => Promise<T> | T, ms = 20_000): Promise<T> {
  const end = performance.now() + ms
  for (;;) {
    try {
      return await check()
    } catch (thrown) {
      if (performance.now() > end) throw thrown
      await new Promise(resolve => setTimeout(resolve, 25))
    }
  }
}
