import type {AlertsConfig} from '../alerts/config.ts'
import {handMaintenanceOf, maintenanceOf} from '../alerts/routing/in-maintenance.ts'
import type {Silence} from '../alerts/routing/silence.ts'
import {alertSeriesReader} from '../monitors/alert-series.ts'
import type {History} from '../monitors/history.ts'
import {type Target, targetId} from '../monitors/sample.ts'
import {type RangeName, type Series, seriesReader} from '../monitors/series.ts'
import type {Clock} from '../units/clock.ts'
import type {Snapshot} from './snapshot.ts'

interface ShownFrom {
  readonly history: () => History
  readonly clock: Clock
  readonly config: () => {readonly alerts: AlertsConfig}
  readonly targets: () => readonly Target[]
  /** Those that have not ended by then. */
  readonly silences: (endedAfter: number) => readonly Silence[]
  /** In view. */
  readonly environment: () => string
  readonly last: () => Pick<Snapshot, 'services' | 'databases' | 'alerts'> | undefined
}

/** No window of a rule that is drawn probe by probe looks further back. */
const LONGEST_MS = 14_400_000

/** The charts of a console: latencies of services and databases by name, figures of alerts by id. */
export function shownSeries(from: ShownFrom) {
  const latencies = seriesReader(from.history())
  const byHand = handMaintenanceOf(() => from.silences(from.clock.now() - LONGEST_MS))
  const figures = alertSeriesReader({
    history: from.history(),
    rules: () => from.config().alerts,
    targets: from.targets,
    maintenance: () => {
      const byConfig = maintenanceOf(from.config().alerts.maintenance)
      return (target, at) => byConfig(target, at) || byHand(target, at)
    },
  })
  return (noun: 'services' | 'databases' | 'alerts', name: string, range: RangeName): Series | undefined => {
    const shown = from.last()
    const now = from.clock.now()
    if (noun === 'alerts') {
      const alert = shown?.alerts.find(({id}) => id === name)
      const service = shown?.services.find(each => alert?.target === targetId('service', each.environment, each.name))
      return alert && figures(alert, {range, now, degradedAboveMs: service?.degradedAboveMs})
    }
    const row = shown?.[noun].find(each => each.name === name)
    if (!row) return undefined
    const target = targetId(noun === 'services' ? 'service' : 'database', from.environment(), name)
    return latencies(target, row.at, {range, now, intervalMs: row.intervalMs})
  }
}
