import {targetId} from '../monitors/sample.ts'
import {seriesReader} from '../monitors/series.ts'
import type {Snapshot} from '../overview/snapshot.ts'
import {shownLogs} from '../releases/shown-logs.ts'
import type {Engine} from '../runs/engine.ts'
import {openLogSpool} from '../store/log-spool.ts'
import type {ConsolePort} from '../tui/port.ts'
import type {AppContext} from './context.ts'

interface Looked {
  readonly engine: Engine
  /** In view. */
  readonly environment: () => string
  readonly last: () => Snapshot | undefined
  readonly changed: () => void
}

/** What a console reads beside the snapshot, for the one screen that shows it: histories, charts, logs. */
export function consoleLooks(
  app: AppContext,
  {engine, environment, last, changed}: Looked,
): Pick<ConsolePort, 'runs' | 'series' | 'logs'> {
  const series = seriesReader(app.history())
  const logs = shownLogs({...app, openSpool: () => openLogSpool(app.stateDir), changed})
  return {
    runs: limit => ({
      rows: engine.list(limit).filter(row => row.environment === environment()),
      total: engine.total(),
    }),
    series: (noun, name, range) => {
      const row = last()?.[noun].find(each => each.name === name)
      if (!row) return undefined
      const target = targetId(noun === 'services' ? 'service' : 'database', environment(), name)
      return series(target, row.at, {range, now: app.clock.now(), intervalMs: row.intervalMs})
    },
    logs: (place, follow) => {
      const shown = logs.show(environment(), place, follow)
      return shown && {...shown, pages: shown.spool.pages}
    },
  }
}
