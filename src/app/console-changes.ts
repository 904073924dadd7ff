import type {Change} from '../admission/change.ts'
import {type ConsoleAnswers, consoleAnswers} from '../alerts/console-answers.ts'
import type {Plan} from '../runbooks/plan.ts'
import {startChange} from '../runs/changes.ts'
import {timelines} from '../store/timelines.ts'
import type {AppContext} from './context.ts'
import {handOver} from '../runs/hand-over.ts'
import {openAnswering} from './alertmanagers.ts'

/** Changes that a console makes in its own process. All others go through the engine, which asks the gate as well. */
export interface ConsoleChanges extends ConsoleAnswers {
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
    ...consoleAnswers({
      ...app,
      carryOut: (change, work) => app.gate.carryOut(intended(change), work),
      answering: () => openAnswering(app),
      timelines: () => timelines(app.store().database),
      by: () => app.actor().name,
    }),
    admitStart: (plan, reason) => app.gate.admit({...startChange(app.actor(), plan, reason), via: 'console'}),
    handOver: (environment, argv) => {
      const command = argv.join(' ')
      // Its intent is in the trail since the run asked for it.
      app.gate.admit(intended({action: 'command in a terminal', target: command, environment, command}))
      return handOver(app, argv)
    },
  }
}
