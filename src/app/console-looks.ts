import {shownSeries} from '../overview/shown-series.ts'
import type {Snapshot} from '../overview/snapshot.ts'
import {shownLogs} from '../releases/shown-logs.ts'
import type {Engine} from '../runs/engine.ts'
import {openLogSpool} from '../store/log-spool.ts'
import {silenceStore} from '../store/silences.ts'
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
  const kept = silenceStore(app.store().database)
  const series = shownSeries({...app, silences: since => kept.since(since), environment, last})
  const logs = shownLogs({...app, openSpool: () => openLogSpool(app.stateDir), changed})
  return {
    series,
    runs: limit => ({
      rows: engine.list(limit).filter(row => row.environment === environment()),
      total: engine.total(),
    }),
    logs: (place, follow) => {
      const shown = logs.show(environment(), place, follow)
      return shown && {...shown, pages: shown.spool.pages}
    },
  }
}
