import {cleanChannel} from '../alerts/channels/clean-channel.ts'
import {createAlertEngine} from '../alerts/engine.ts'
import type {Outward} from '../alerts/outward.ts'
import type {Config} from '../config/schema.ts'
import {createMonitor} from '../monitors/monitor.ts'
import type {Monitor} from '../monitors/monitor-port.ts'
import type {InForce} from '../monitors/in-force.ts'
import type {Log} from '../monitors/log.ts'
import {alertLine, attemptLine, configLine} from '../overview/log-lines.ts'
import type {AuditEntry} from '../audit/record.ts'
import {dependenciesOf} from '../services/dependencies.ts'
import {alertStore} from '../store/alerts.ts'
import {keepConfig} from '../store/kept-config.ts'
import {timelines} from '../store/timelines.ts'
import {reportedStore} from '../store/reported.ts'
import {readingStore} from '../store/readings.ts'
import {monitorLease} from '../store/lease.ts'
import {silenceStore} from '../store/silences.ts'
import {mapStrings} from '../text/map-strings.ts'
import type {AppContext} from './context.ts'

/** A maintenance that has ended is still in the hours that are counted. */
const ENDED_COUNT_MS = 3 * 3_600_000

/** The monitor of this process, not started: probes, history, lease and alerts put together. Without ways outward it only looks. */
export function openMonitor(
  base: AppContext,
  role: 'agent' | 'console',
  {
    outward,
    onChange,
    log = () => {},
  }: {readonly outward?: Outward; readonly onChange?: () => void; readonly log?: Log} = {},
): Monitor {
  const {database} = base.store()
  const {clean} = base.cleaning
  const tools = {...base, fetch, clean}
  const alerting = (whole: Config) => ({
    config: whole.alerts,
    dependencies: dependenciesOf(whole),
    channels: (outward?.openChannels(whole.alerts.channels, tools) ?? []).map(each => cleanChannel(each, clean)),
  })
  // What the rules decide is not the doing of whoever has the console open.
  const record = (entry: AuditEntry): void =>
    void base.audit().append(entry, {...base.actor(), name: 'monitor', from: `${role} of ${base.actor().name}`})
  const lease = monitorLease(database, role)
  const publish = (now: InForce): void => {
    if (!lease.holds()) return
    lease.publish(now)
    const kept = base.live.toKeep()
    if (kept) keepConfig(base.stateDir, kept)
  }
  const inForce = (): InForce => mapStrings(base.live.inForce(), clean)
  const silences = silenceStore(database)
  const alerts = createAlertEngine({
    ...alerting(base.config()),
    alertStore: alertStore(database, lease.holds),
    timelines: timelines(database),
    reports: outward?.openReports(reportedStore(database), base.records),
    theirs: outward?.watchAlertmanagers({...base, tools, store: readingStore(database), mayWrite: lease.holds}),
    silences: () => silences.since(base.clock.now() - ENDED_COUNT_MS),
    mayAct: lease.holds,
    clock: base.clock,
    record: entry => {
      log(alertLine(entry))
      record(entry)
    },
    onAttempt: (alert, attempt) => log(attemptLine(alert, attempt)),
  })
  return createMonitor({
    targets: base.targets(),
    config: {
      inForce,
      reload: now => {
        const reloaded = base.live.reload(now, next => {
          const targets = base.targets(next)
          alerts.configure(alerting(next))
          return targets
        })
        if (reloaded.outcome !== 'same') log(configLine(inForce(), reloaded, base.clock.now()))
        return reloaded
      },
    },
    history: base.history(),
    lease: {...lease, publish},
    alerts,
    clock: base.clock,
    ...(onChange === undefined ? {} : {onChange}),
  })
}
