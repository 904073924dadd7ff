import {freezeHere} from '../admission/freezes/in-force.ts'
import {knownAs} from '../identity/named.ts'
import type {AlertmanagerDesk} from '../alerts/alertmanagers/desk.ts'
import {alertRows} from '../alerts/alert-rows.ts'
import {KEPT_MS, keptLetters, unsentOfRuns} from '../alerts/letters.ts'
import {maintenanceHere} from '../alerts/routing/maintenance.ts'
import {firingElsewhere} from '../alerts/firing-elsewhere.ts'
import {configNotices} from '../overview/config-notices.ts'
import {ownNotices} from '../overview/own-notices.ts'
import {rowsOf} from '../overview/since-changed.ts'
import {watchNotices} from '../overview/watch-notices.ts'
import {kinds, type Rows} from '../config/kinds.ts'
import type {WatcherStatus} from '../monitors/lease.ts'
import {watchAt} from '../monitors/view.ts'
import type {Snapshot} from '../overview/snapshot.ts'
import type {Engine} from '../runs/engine.ts'
import {certificatesUnchecked} from '../processes/environment.ts'
import type {AppContext} from './context.ts'
import {forbiddenIn} from './forbidden.ts'
import {alertStore} from '../store/alerts.ts'
import {silenceStore} from '../store/silences.ts'
import {timelines} from '../store/timelines.ts'
import {once} from '../units/once.ts'
import {createEngine} from '../runs/create-engine.ts'
import {chooseEnvironment} from '../config/choose-environment.ts'

/** Alerts that were resolved longer ago than this are for the audit trail. */
const RESOLVED_SHOWN_MS = 24 * 3_600_000
const RUNS_SHOWN = 30

export interface SnapshotSource {
  /** Everything of one environment at this moment, from what is stored. Probes nothing itself. */
  read(environment: string): Snapshot
}

export interface SnapshotParts {
  readonly monitor: {readonly status: () => WatcherStatus}
  readonly engine: Engine
  /** Left out: none is configured. */
  readonly theirs?: AlertmanagerDesk | undefined
}

export function snapshotSource(base: AppContext, parts: SnapshotParts): SnapshotSource {
  const alerting = once(() => alertStore(base.store().database))
  const silencing = once(() => silenceStore(base.store().database))
  const events = once(() => timelines(base.store().database))
  return {
    read: name => {
      const config = base.config()
      const now = base.clock.now()
      const environment = chooseEnvironment(config, name)
      const here = <Row extends {readonly environment: string}>(rows: readonly Row[]): readonly Row[] =>
        rows.filter(row => row.environment === environment.name)
      const known = base.history()
      const watch = watchAt(known, now)
      const status = parts.monitor.status()
      const {state, holder, lastSampleAt, inForce} = status
      const runs = parts.engine.list(RUNS_SHOWN + 1)
      const letters = keptLetters(base.records, now - KEPT_MS)
      const ours = alertRows(alerting(), now - RESOLVED_SHOWN_MS, events(), letters.sent)
      const alerts = [...ours, ...(parts.theirs?.rows(now) ?? [])]
      const forbidden = forbiddenIn(base, environment.name)
      return {
        project: config.project,
        environment: {name: environment.name, protected: environment.protected},
        environments: config.environments.map(each => each.name),
        at: now,
        readOnly: forbidden !== undefined,
        actor: knownAs(base.actor()),
        forbidden,
        freeze: freezeHere(config.freezes, environment.name, now),
        maintenance: maintenanceHere(config.alerts.maintenance, silencing().since(now), environment.name, now),
        monitor: {state, holder, lastSampleAt, inForce},
        ...(Object.fromEntries(kinds.map(kind => [kind.section, here(rowsOf(kind, base, watch))])) as unknown as Rows),
        alerts: here(alerts),
        undelivered: unsentOfRuns(letters, environment.name),
        firingElsewhere: firingElsewhere(alerts, environment.name),
        runs: here(runs.slice(0, RUNS_SHOWN)),
        olderRuns: runs.length > RUNS_SHOWN,
        notices: [
          ...ownNotices({
            ...base.store(),
            trouble: status.trouble,
            certificatesUnchecked: certificatesUnchecked(base.options.env),
            brokenTrail: base.brokenTrail(),
            shortSecrets: [...base.shortSecrets],
          }),
          ...configNotices(base.live.inForce(), status, now),
          ...(parts.theirs?.notices(now) ?? []),
          ...watchNotices(config.alerts.channels, {
            ...base,
            alertStore: alerting(),
            letters,
            environment,
            history: known,
            now,
          }),
        ],
      }
    },
  }
}

/** For one command: what is known, after everything was probed once, when nobody else watches; `kept`: as it is kept. */
export async function takeSnapshot(
  base: AppContext,
  environmentName: string | undefined,
  {signal, from = 'probes'}: {readonly signal: AbortSignal; readonly from?: 'probes' | 'kept' | undefined},
): Promise<Snapshot> {
  const config = base.live.configOrKept()
  const {name} = chooseEnvironment(config, environmentName ?? config.environments[0]?.name)
  const monitor = (await import('./monitor.ts')).openMonitor(base, 'console')
  try {
    const configured = config.alerts.alertmanagers.length > 0
    const theirs = configured ? (await import('./alertmanagers.ts')).openAlertmanagers(base) : undefined
    const unwatched = from === 'probes' && monitor.status().state === 'nobody'
    if (from === 'probes') await Promise.all([monitor.once(signal), unwatched && theirs?.readNow(signal)])
    return snapshotSource(base, {monitor, engine: createEngine(base), theirs}).read(name)
  } finally {
    await monitor.stop()
  }
}
