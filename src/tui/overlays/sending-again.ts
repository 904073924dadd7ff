import {blank} from '../layout/line.ts'
import type {ChosenLetter} from '../state/chosen-letters.ts'
import {telling, unchanged, withEffects} from '../state/ui.ts'
import type {AnswerForm, FormShape} from './answer-form.ts'
import {openForm} from './answer-form.ts'
import {DIALOG_WIDTH, formParts, listed, questionLook, words} from './dialog-parts.ts'
import {closed} from './overlay.ts'
import {defineQuestion} from './question-form.ts'

export interface SendingAgain {
  readonly letters: readonly ChosenLetter[]
  readonly form: AnswerForm
}

const SHAPE: FormShape = {
  wanted: undefined,
  buttons: [
    {id: 'leave', label: 'Leave it', key: 'n'},
    {id: 'send', label: 'Send it now', key: 'y'},
  ],
}

/** Whether what was given up is sent all the same, to whom, and what they make of it. */
export const sendingAgain = defineQuestion<SendingAgain, readonly ChosenLetter[]>({
  id: 'sending again',
  open: (_state, letters) => ({letters, form: openForm(SHAPE)}),
  shape: () => SHAPE,
  decide: (state, {letters, form}, decision) => {
    if (decision.kind === 'not the text') return unchanged(telling(state, 'Type leave it, or send it now.'))
    if (decision.kind !== 'button' || decision.id !== 'send') return unchanged(closed(state))
    return withEffects(telling(closed(state), 'Sending…'), {
      type: 'send again',
      letters: letters.map(({id, channel, at}) => ({id, channel, at})),
      reason: form.reason.text.trim(),
    })
  },
  content: (state, {letters, form}) => ({
    ...questionLook(state),
    title: letters.length === 1 ? 'Send this notification again?' : `Send ${letters.length} notifications again?`,
    width: DIALOG_WIDTH,
    body: [
      ...letters.flatMap(({channel, what, why}) => [
        blank,
        ...words(state, `${channel}: ${what}`, 'bold', 3),
        ...words(state, why, 'dim', 2),
      ]),
      ...listed(
        state,
        [
          'each is sent once, now, with the words that it had then: who gets it may take it for news',
          'what a channel does not take stays here, and can be tried again',
        ],
        {heading: 'What this leads to', mark: '·'},
      ),
    ],
    ...formParts(state, {shape: SHAPE, form}),
  }),
})
