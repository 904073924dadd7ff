import {mapStrings} from '../text/map-strings.ts'
import type {ProbeResult, Target} from './sample.ts'

/** How text that came from outside becomes text that may be kept and shown. */
export interface Cleaning {
  /** Secrets that the configuration declares are known by value when this resolves. */
  readonly ready: () => Promise<void>
  /** Takes secrets out of one line and escapes it. */
  readonly clean: (text: string) => string
}

/**
 * The one door for what a probe of any driver brings back: what a server, a driver or a command says passes here before
 * it is stored, shown, exported or sent to anybody.
 */
export const cleanTarget = (target: Target, {ready, clean}: Cleaning): Target => ({
  ...target,
  probe: async signal => {
    await ready()
    return cleanResult(await target.probe(signal), clean)
  },
})

export const cleanResult = (found: ProbeResult, clean: (text: string) => string): ProbeResult =>
  mapStrings(found, clean)
