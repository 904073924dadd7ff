import {type Answerable, answerable, type Answering} from './answers.ts'
import type {LetterName} from './letters.ts'
import {CHOICE_MS, type SilenceWish} from './routing/silences.ts'
import type {SendAgainTools} from './send-again.ts'

/** How a console answers alerts, each change through the gate. */
export interface ConsoleAnswers {
  acknowledge(environment: string, alert: string, note: string): Promise<void>
  silence(environment: string, alert: string, wish: SilenceWish): Promise<void>
  /** Sends what was given up, now and once. Raises `alert/unknown` when somebody has done so, `alert/not-taken`. */
  sendAgain(environment: string, letters: readonly LetterName[], reason: string): Promise<void>
}

interface Intended {
  readonly action: string
  readonly target: string
  readonly environment: string
  readonly reason?: string
}

export interface AnswerTools extends Omit<SendAgainTools, 'channels' | 'clean' | 'carryOut' | 'fetch' | 'by'> {
  readonly carryOut: (intended: Intended, work: () => Promise<void>) => Promise<void>
  readonly answering: () => Answering
  readonly config: () => {readonly alerts: Pick<SendAgainTools, 'channels'>}
  readonly cleaning: Pick<SendAgainTools, 'clean'>
  readonly by: () => string
}

/** It has its own deadline, and an answer under way is waited for. */
const NEVER = new AbortController().signal

export function consoleAnswers(tools: AnswerTools): ConsoleAnswers {
  const {carryOut, answering, by} = tools
  const found = (text: string, environment: string): Answerable => answerable(answering(), text, environment)
  return {
    acknowledge: async (environment, text, note) => {
      const alert = found(text, environment)
      await carryOut({action: 'alert acknowledged', target: `alert ${alert.id}`, environment, reason: note}, () =>
        alert.acknowledge({by: by(), note}, NEVER),
      )
    },
    silence: async (environment, text, {reason, for: choice}) => {
      const alert = found(text, environment)
      const said = {by: by(), reason, forMs: CHOICE_MS[choice]}
      await carryOut(
        {action: 'alerts silenced', target: `alerts ${alert.id}`, environment, reason},
        async () => void (await alert.silence(said, NEVER)),
      )
    },
    sendAgain: async (environment, letters, reason) => {
      const {sendNamed} = await import('./send-again.ts')
      const sending = {
        ...tools,
        ...tools.cleaning,
        fetch,
        channels: tools.config().alerts.channels,
        alertStore: answering().alertStore,
        by: by(),
        carryOut: (intended: Pick<Intended, 'action' | 'target'>, work: () => Promise<void>) =>
          carryOut({...intended, environment, reason}, work),
      }
      await sendNamed(environment, letters, sending, NEVER)
    },
  }
}
