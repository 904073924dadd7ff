import type {LetterName} from '../../alerts/letters.ts'
import {targetName} from '../components/target-name.ts'
import type {AlertPaneRow} from '../panes/undelivered.ts'
import {chosenRows, listNoun} from './lists.ts'
import type {UiState} from './ui.ts'

/** A notification that was given up, with what it said and why nobody took it. */
export interface ChosenLetter extends LetterName {
  readonly what: string
  readonly why: string
}

/** What can be sent again of the marked rows, or of the selected one: of alerts, and of runs. */
export const chosenLetters = (state: UiState): readonly ChosenLetter[] =>
  listNoun(state) === 'alerts' ? (chosenRows(state, 'alerts') as readonly AlertPaneRow[]).flatMap(lettersOf) : []

function lettersOf({letter, id, rule, target, deliveries, state}: AlertPaneRow): readonly ChosenLetter[] {
  if (letter)
    return [{id: letter.id, channel: letter.channel, at: letter.at, what: letter.notification.text, why: letter.why}]
  return deliveries.flatMap(({channel, undelivered: at, state: why}) =>
    at === undefined ? [] : [{id, channel, at, what: `${rule} of ${targetName(target)} ${state}`, why}],
  )
}
