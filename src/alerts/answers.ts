import type {Clock} from '../units/clock.ts'
import {acknowledgeAlert} from './acknowledge.ts'
import type {AlertStore} from './alert-store.ts'
import type {AlertmanagerDesk} from './alertmanagers/desk.ts'
import {findAnyAlert} from './alertmanagers/find-any.ts'
import {silenceOf} from './routing/silences.ts'
import type {SilenceStore} from './routing/silence-store.ts'

/** One open alert, and what people can do about it, wherever it is kept. Raises `alert/alertmanager`. */
export interface Answerable {
  readonly id: string
  /** The Alertmanager whose it is. */
  readonly source: string | undefined
  acknowledge(said: {readonly by: string; readonly note: string}, signal: AbortSignal): Promise<void>
  /** Gives the id of the silence. `forMs` undefined: until it resolves. */
  silence(
    said: {readonly by: string; readonly reason: string; readonly forMs: number | undefined},
    signal: AbortSignal,
  ): Promise<string>
}

export interface Answering {
  readonly alertStore: AlertStore
  readonly silences: () => SilenceStore
  readonly desk: AlertmanagerDesk
  readonly clock: Clock
}

/** An open alert of ours, or of an Alertmanager, by its id or a part that only it has. Raises `alert/unknown`. */
export function answerable(parts: Answering, text: string, environment: string): Answerable {
  const {alertStore, silences, desk, clock} = parts
  const {theirs, ours} = findAnyAlert(parts, text, environment)
  if (theirs)
    return {
      id: theirs.id,
      source: theirs.source,
      acknowledge: async (said, signal) => void (await desk.acknowledge(theirs.id, said, signal)),
      silence: (said, signal) => desk.silence(theirs.id, said, signal),
    }
  return {
    id: ours.id,
    source: undefined,
    acknowledge: async said => acknowledgeAlert(alertStore, ours.id, {...said, at: clock.now()}),
    silence: async ({by, reason, forMs}) => {
      const silence = silenceOf(ours, {author: by, reason, forMs}, clock.now())
      silences().add(silence)
      return silence.id
    },
  }
}
