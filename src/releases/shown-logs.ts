import path from 'node:path'
import type {Exec} from '../processes/exec.ts'
import type {Redactor} from '../text/redact.ts'
import type {ReleaseConfig} from './config.ts'
import {type FollowedLogs, followLogs, type Spool} from './instances/follow-logs.ts'

/** One instance of a release. */
export interface LogPlace {
  readonly release: string
  readonly instance: string
}

export interface ShownLogsTools<Kept extends Spool> {
  readonly config: () => {
    readonly releases: readonly (ReleaseConfig & {readonly environment: string})[]
    readonly file: string
  }
  /** Reads every secret that is declared, so that none is shown. */
  readonly rememberDeclared: () => Promise<void>
  readonly exec: Exec
  readonly redactor: Redactor
  readonly openSpool: () => Kept
  readonly changed: () => void
}

/** The logs that somebody looks at: of one instance at a time. */
export function shownLogs<Kept extends Spool>(tools: ShownLogsTools<Kept>) {
  let shown: (LogPlace & {readonly environment: string}) | undefined
  let followed: ReturnType<typeof followLogs<Kept>> | undefined
  const follow = (place: LogPlace, environment: string): ReturnType<typeof followLogs<Kept>> =>
    followLogs({
      ...tools,
      stream: async (signal, take) => {
        const {releases, file} = tools.config()
        const release = releases.find(each => each.name === place.release && each.environment === environment)
        if (!release) throw new Error(`release ${place.release} is no longer configured`)
        await tools.rememberDeclared()
        const {streamLogs} = await import('./instance-logs.ts')
        await streamLogs(release, place.instance, {exec: tools.exec, directory: path.dirname(file), signal, take})
      },
      monotonic: () => performance.now(),
    })
  const stop = (): void => {
    followed?.stop()
    followed = undefined
    shown = undefined
  }
  return {
    /** Undefined: nobody looks any more. `newest`: what is added meanwhile is wanted. */
    show(environment: string, place: LogPlace | undefined, newest: boolean): FollowedLogs<Kept> | undefined {
      const same =
        shown?.environment === environment && shown.release === place?.release && shown.instance === place.instance
      if (!same) {
        stop()
        if (!place) return undefined
        shown = {environment, release: place.release, instance: place.instance}
        followed = follow(place, environment)
      }
      return followed?.now(newest)
    },
    stop,
  }
}
