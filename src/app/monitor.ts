import type {AlertStore} from '../alerts/alert-store.ts'
import {cleanChannel} from '../alerts/channels/clean-channel.ts'
import {openChannels} from '../alerts/channels/open-channels.ts'
import {createAlertEngine} from '../alerts/engine.ts'
import {createMonitor, type Monitor} from '../monitors/monitor.ts'
import {alertStore} from '../store/alerts.ts'
import {monitorLease} from '../store/lease.ts'
import type {AppContext} from './context.ts'

export const openAlertStore = (base: AppContext): AlertStore => alertStore(base.store().database)

/** The monitor of this process, not started: probes, history, lease and alerts put together. */
export function openMonitor(base: AppContext, role: 'agent' | 'console', onChange?: () => void): Monitor {
  const config = base.config()
  const {database} = base.store()
  const alerts = createAlertEngine({
    config: config.alerts,
    alertStore: alertStore(database),
    channels: openChannels(config.alerts.channels, {secret: base.secret, fetch}).map(channel =>
      cleanChannel(channel, base.cleaning.clean),
    ),
    clock: base.clock,
    // What the rules decide is not the doing of whoever has the console open.
    record: entry =>
      void base.audit().append(entry, {...base.actor(), name: 'monitor', from: `${role} of ${base.actor().name}`}),
  })
  return createMonitor({
    targets: base.targets(),
    history: base.history(),
    lease: monitorLease(database, role),
    alerts,
    clock: base.clock,
    ...(onChange === undefined ? {} : {onChange}),
  })
}
