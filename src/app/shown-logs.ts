import path from 'node:path'
import {followLogs} from '../releases/instances/follow-logs.ts'
import {openLogSpool} from '../store/log-spool.ts'
import type {LogPlace, LogsView} from '../tui/state/world.ts'
import type {AppContext} from './context.ts'

/** The logs that the console looks at: of one instance at a time. */
export function shownLogs(app: AppContext, changed: () => void) {
  let place: (LogPlace & {readonly environment: string}) | undefined
  let followed: ReturnType<typeof follow> | undefined
  const follow = ({environment, release: name, instance}: LogPlace & {readonly environment: string}) =>
    followLogs({
      stream: async (signal, take) => {
        const config = app.config()
        const release = config.releases.find(each => each.name === name && each.environment === environment)
        if (!release) throw new Error(`release ${name} is no longer configured`)
        await app.rememberDeclared()
        const {streamLogs} = await import('../releases/instance-logs.ts')
        await streamLogs(release, instance, {exec: app.exec, directory: path.dirname(config.file), signal, take})
      },
      openSpool: () => openLogSpool(app.stateDir),
      redactor: app.redactor,
      changed,
      monotonic: () => performance.now(),
    })
  const stop = (): void => {
    followed?.stop()
    followed = undefined
    place = undefined
  }
  return {
    show(environment: string, wanted: LogPlace | undefined, newest: boolean): LogsView | undefined {
      const same = place?.environment === environment && place.release === wanted?.release
      if (!same || place?.instance !== wanted?.instance) {
        stop()
        if (!wanted) return undefined
        place = {environment, release: wanted.release, instance: wanted.instance}
        followed = follow(place)
      }
      const known = followed?.now(newest)
      return known && {pages: known.spool.pages, reading: known.reading, trouble: known.trouble}
    },
    close: stop,
  }
}
