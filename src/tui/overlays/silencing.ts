import {SILENCE_CHOICES, type SilenceChoice} from '../../alerts/routing/silences.ts'
import {shortAge} from '../components/age.ts'
import {inputLine} from '../components/input-line.ts'
import {statusWord} from '../components/status-word.ts'
import {targetName} from '../components/target-name.ts'
import {blank, fitLine, span} from '../layout/line.ts'
import type {Typed} from '../state/typing.ts'
import {edit, nothingTyped, pasted, typedText} from '../state/typing.ts'
import type {Change, UiState} from '../state/ui.ts'
import {telling, unchanged, withEffects} from '../state/ui.ts'
import {DIALOG_WIDTH, innerWidth, questionLook, words} from './dialog-parts.ts'
import {changed, closed, defineOverlay} from './overlay.ts'

export interface Silencing {
  readonly alerts: readonly string[]
  readonly for: SilenceChoice
  readonly reason: Typed
}

/** Which alerts nobody is notified of for a while, and why: what is typed is the reason, Tab goes through the times. */
export const silencing = defineOverlay<Silencing, readonly string[]>({
  id: 'silencing',
  open: (_state, alerts) => ({alerts, for: '1h', reason: nothingTyped}),
  hints: [
    {key: 'Tab', label: 'how long'},
    {key: 'Enter', label: 'silence'},
    {key: 'Esc', label: 'close'},
  ],
  key: (state, data, key) => {
    if (key === 'esc') return unchanged(closed(state))
    if (key === 'enter') return silence(state, data)
    const by = key === 'tab' || key === 'down' ? 1 : key === 'shift-tab' || key === 'up' ? -1 : 0
    if (by !== 0) return changed(state, {...data, for: after(data.for, by)})
    return changed(state, {...data, reason: edit(data.reason, key) ?? data.reason})
  },
  paste: (state, data, text) => changed(state, {...data, reason: pasted(data.reason, text)}),
  prompt: () => `Type how long (${SILENCE_CHOICES.join(', ')}) and the reason, such as 1h moving; cancel leaves it.`,
  line: (state, data, text) => {
    const choice = SILENCE_CHOICES.find(each => text.trim().startsWith(each))
    const reason = text.trim().slice(choice?.length ?? 0)
    return silence(state, {...data, for: choice ?? data.for, reason: typedText(reason.trim())})
  },
  content: (state, data) => {
    const alerts = state.world.snapshot.alerts.filter(alert => data.alerts.includes(alert.id))
    return {
      ...questionLook(state),
      title: alerts.length === 1 ? 'Silence this alert?' : `Silence ${alerts.length} alerts?`,
      width: DIALOG_WIDTH,
      body: [
        blank,
        ...alerts.map(alert => [
          ...statusWord(alert.severity),
          span(`  ${targetName(alert.target)}`, 'bold'),
          span(`  ${alert.rule} in ${alert.environment}, ${alert.state} for ${shortAge(alert.since, state.now)}`),
        ]),
        blank,
        ...words(
          state,
          'Nobody is notified until then. Probing continues, and who was notified hears when it is resolved.',
          'dim',
        ),
      ],
      fields: [
        blank,
        [
          ...fitLine([span('for', 'accent bold')], 8),
          ...SILENCE_CHOICES.flatMap(each => [
            span(each === data.for ? `▸ ${each} ` : `  ${each} `, each === data.for ? 'selected' : 'plain'),
          ]),
        ],
        [
          ...fitLine([span('reason', 'accent bold')], 10),
          ...inputLine(data.reason, innerWidth(state) - 10, {focused: true, empty: 'others must know why'}),
        ],
      ],
    }
  },
})

function after(choice: SilenceChoice, by: number): SilenceChoice {
  const count = SILENCE_CHOICES.length
  return SILENCE_CHOICES[(SILENCE_CHOICES.indexOf(choice) + by + count) % count] ?? choice
}

function silence(state: UiState, data: Silencing): Change {
  const reason = data.reason.text.trim()
  if (reason === '') return unchanged(telling(state, 'Type a reason: others must know why nobody is notified.', 'bad'))
  return withEffects(closed(state), {type: 'silence', alerts: data.alerts, for: data.for, reason})
}
