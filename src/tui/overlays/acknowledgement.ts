import {shortAge} from '../components/age.ts'
import {statusWord} from '../components/status-word.ts'
import {targetName} from '../components/target-name.ts'
import {inputLine} from '../components/input-line.ts'
import {blank, fitLine, span} from '../layout/line.ts'
import type {Typed} from '../state/typing.ts'
import {edit, nothingTyped, pasted, typedText} from '../state/typing.ts'
import type {Change, UiState} from '../state/ui.ts'
import {unchanged, withEffects} from '../state/ui.ts'
import {actorLine, DIALOG_WIDTH, innerWidth, questionLook, words} from './dialog-parts.ts'
import {changed, closed, defineOverlay} from './overlay.ts'

export interface Acknowledgement {
  readonly alerts: readonly string[]
  readonly note: Typed
}

/** Which alerts are acknowledged, with a note. There is one field, so Enter is the answer. */
export const acknowledgement = defineOverlay<Acknowledgement, readonly string[]>({
  id: 'acknowledgement',
  open: (_state, alerts) => ({alerts, note: nothingTyped}),
  hints: [
    {key: 'Enter', label: 'acknowledge'},
    {key: 'Esc', label: 'close'},
  ],
  key: (state, data, key) => {
    if (key === 'esc') return unchanged(closed(state))
    if (key === 'enter') return acknowledge(state, data)
    return changed(state, {...data, note: edit(data.note, key) ?? data.note})
  },
  paste: (state, data, text) => changed(state, {...data, note: pasted(data.note, text)}),
  prompt: () => 'Type a note, or nothing, and Enter: it is acknowledged. cancel leaves it.',
  line: (state, data, text) => acknowledge(state, {...data, note: typedText(text)}),
  content: (state, data) => {
    const alerts = state.world.snapshot.alerts.filter(alert => data.alerts.includes(alert.id))
    return {
      ...questionLook(state),
      title: alerts.length === 1 ? 'Acknowledge this alert?' : `Acknowledge ${alerts.length} alerts?`,
      width: DIALOG_WIDTH,
      body: [
        blank,
        ...alerts.flatMap(alert => [
          [
            ...statusWord(alert.severity),
            span(`  ${targetName(alert.target)}`, 'bold'),
            span(`  in ${alert.environment}, ${alert.state} for ${shortAge(alert.since, state.now)}`),
          ],
          ...words(state, alert.summary, 'dim', 2),
          blank,
        ]),
        ...words(state, 'Others will see that you are on it. It keeps firing until the cause is gone.', 'dim'),
      ],
      fields: [
        blank,
        [
          ...fitLine([span('note', 'accent bold')], 10),
          ...inputLine(data.note, innerWidth(state) - 10, {focused: true, empty: 'optional'}),
        ],
        ...actorLine(state),
        blank,
        [
          span('Enter', 'accent bold'),
          span(' acknowledges   ', 'dim'),
          span('Esc', 'accent bold'),
          span(' cancels', 'dim'),
        ],
      ],
    }
  },
})

const acknowledge = (state: UiState, {alerts, note}: Acknowledgement): Change =>
  withEffects(closed(state), {type: 'acknowledge', alerts, note: note.text.trim()})
