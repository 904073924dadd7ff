import {listNoun, selectedRow} from './lists.ts'
import {PANES} from '../panes/registry.ts'
import type {UiState} from './ui.ts'
import {currentScreen} from './ui.ts'
import type {ChartedNoun} from './world.ts'

const CHARTED: readonly string[] = [
  'services',
  'databases',
  'alerts',
  'releases',
  'servers',
  'heartbeats',
] satisfies readonly ChartedNoun[]
const isCharted = (noun: string | undefined): noun is ChartedNoun => noun !== undefined && CHARTED.includes(noun)

/** The one of which a chart is drawn: what is selected in a list, or whose details are open. */
export function charted(state: UiState): {readonly noun: ChartedNoun; readonly name: string} | undefined {
  const screen = currentScreen(state)
  if (screen.kind !== 'list' && screen.kind !== 'details') return undefined
  const noun = listNoun(state)
  if (!isCharted(noun)) return undefined
  if (screen.kind === 'details') return {noun, name: screen.id}
  const row = selectedRow(state, noun)
  return row === undefined ? undefined : {noun, name: PANES[noun].id(row)}
}
