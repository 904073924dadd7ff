import type {AlertsConfig} from '../alerts/config.ts'
import {handMaintenanceOf, maintenanceOf} from '../alerts/routing/in-maintenance.ts'
import type {Silence} from '../alerts/routing/silence.ts'
import type {Figure} from '../alerts/rules/figure.ts'
import type {HeartbeatRow} from '../heartbeats/rows.ts'
import {alertSeriesReader} from '../monitors/alert-series.ts'
import type {History} from '../monitors/history.ts'
import {measuredReader} from '../monitors/measured-series.ts'
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
  readonly last: () => Pick<Snapshot, 'services' | 'databases' | 'alerts' | 'releases' | 'heartbeats'> | undefined
}

type Charted = 'services' | 'databases' | 'alerts' | 'releases' | 'servers' | 'heartbeats'

/** No window of a rule that is drawn probe by probe looks further back. */
const LONGEST_MS = 14_400_000

const REQUESTS: Figure = {title: 'Requests a second', measurement: 'requestsPerSecond', worse: 'above'}
const silent = ({missingAfterMs: limit}: HeartbeatRow): Figure => ({
  title: 'Time since the last success',
  measurement: 'sinceSuccessMs',
  limit,
  worse: 'above',
})

/** The charts of a console: latencies of services and databases by name, figures of alerts by id, of others by their probes. */
export function shownSeries(from: ShownFrom) {
  const latencies = seriesReader(from.history())
  const measured = measuredReader(from.history())
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
  const targetOf = (kind: string, name: string) => targetId(kind, from.environment(), name)
  const ofRelease = (name: string | undefined, range: RangeName): Series | undefined => {
    const row = from.last()?.releases.find(each => each.name === name)
    const asked = row && {range, now: from.clock.now(), intervalMs: row.intervalMs}
    return asked && measured(targetOf('release', row.name), REQUESTS, row.at, asked)
  }
  return (noun: Charted, name: string, range: RangeName): Series | undefined => {
    const shown = from.last()
    const now = from.clock.now()
    switch (noun) {
      case 'alerts': {
        const alert = shown?.alerts.find(({id}) => id === name)
        const service = shown?.services.find(each => alert?.target === targetId('service', each.environment, each.name))
        return alert && figures(alert, {range, now, degradedAboveMs: service?.degradedAboveMs})
      }
      case 'releases':
        return ofRelease(name, range)
      case 'servers':
        return ofRelease(shown?.releases.find(each => name.startsWith(`${each.name}/`))?.name, range)
      case 'heartbeats': {
        const row = shown?.heartbeats.find(each => each.name === name)
        const asked = row && {range, now, intervalMs: row.intervalMs}
        return asked && measured(targetOf('heartbeat', name), silent(row), row.at, asked)
      }
      default: {
        const row = shown?.[noun].find(each => each.name === name)
        const target = targetOf(noun === 'services' ? 'service' : 'database', name)
        return row && latencies(target, row.at, {range, now, intervalMs: row.intervalMs})
      }
    }
  }
}
