import type {Change} from '../admission/change.ts'
import {acknowledgeAlert, findOpenAlert} from '../alerts/acknowledge.ts'
import {silenceAsWished, type SilenceWish} from '../alerts/routing/silences.ts'
import type {Plan} from '../runbooks/plan.ts'
import {startChange} from '../runs/changes.ts'
import {silenceStore} from '../store/silences.ts'
import type {AppContext} from './context.ts'
import {handOver} from './hand-over.ts'
import {openAlertStore} from './monitor.ts'

/** Changes that a console makes in its own process. All others go through the engine, which asks the gate as well. */
export interface ConsoleChanges {
  acknowledge(environment: string, alert: string, note: string): Promise<void>
  silence(environment: string, alert: string, wish: SilenceWish): Promise<void>
  /** A start is refused here, before a process is started that would refuse it too. */
  admitStart(plan: Plan, reason: string): void
  /** Runs the program of a run's question in this terminal. */
  handOver(environment: string, argv: readonly string[]): number
}

export function consoleChanges(app: AppContext): ConsoleChanges {
  const intended = (change: Pick<Change, 'action' | 'target' | 'environment' | 'reason' | 'command'>): Change => ({
    ...change,
    danger: 'safe',
    actor: app.actor(),
    via: 'console',
    consent: 'asked',
  })
  return {
    acknowledge: async (environment, alert, note) => {
      const alerts = openAlertStore(app)
      const {id} = findOpenAlert(alerts, alert)
      const change = intended({action: 'alert acknowledged', target: `alert ${id}`, environment, reason: note})
      const by = app.actor().name
      await app.gate.carryOut(change, () => acknowledgeAlert(alerts, id, {by, at: app.clock.now(), note}))
    },
    silence: async (environment, id, wish) => {
      const alert = findOpenAlert(openAlertStore(app), id)
      const {reason} = wish
      const change = intended({action: 'alerts silenced', target: `alerts ${alert.id}`, environment, reason})
      const silence = silenceAsWished(alert, app.actor().name, wish, app.clock.now())
      await app.gate.carryOut(change, () => silenceStore(app.store().database).add(silence))
    },
    admitStart: (plan, reason) => app.gate.admit({...startChange(app.actor(), plan, reason), via: 'console'}),
    handOver: (environment, argv) => {
      const command = argv.join(' ')
      // Its intent is in the trail since the run asked for it.
      app.gate.admit(intended({action: 'command in a terminal', target: command, environment, command}))
      return handOver(app, argv)
    },
  }
}
