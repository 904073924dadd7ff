import type {Change} from '../admission/change.ts'
import {answerable, type Answering} from '../alerts/answers.ts'
import {CHOICE_MS, type SilenceWish} from '../alerts/routing/silences.ts'
import type {Plan} from '../runbooks/plan.ts'
import {startChange} from '../runs/changes.ts'
import type {AppContext} from './context.ts'
import {handOver} from '../runs/hand-over.ts'
import {openAnswering} from './alertmanagers.ts'

/** It has its own deadline, and an answer under way is waited for. */
const NEVER = new AbortController().signal

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
  const answering = (): Answering => openAnswering(app)
  return {
    acknowledge: async (environment, text, note) => {
      const alert = answerable(answering(), text, environment)
      const change = intended({action: 'alert acknowledged', target: `alert ${alert.id}`, environment, reason: note})
      await app.gate.carryOut(change, () => alert.acknowledge({by: app.actor().name, note}, NEVER))
    },
    silence: async (environment, text, {reason, for: choice}) => {
      const alert = answerable(answering(), text, environment)
      const change = intended({action: 'alerts silenced', target: `alerts ${alert.id}`, environment, reason})
      const said = {by: app.actor().name, reason, forMs: CHOICE_MS[choice]}
      await app.gate.carryOut(change, async () => void (await alert.silence(said, NEVER)))
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
