import type {RunbookRow} from '../../runbooks/rows.ts'
import {closest} from '../../text/closest.ts'
import {fill, wordsIn} from '../../text/fill.ts'
import type {Hotkey} from '../keymap/keymap.ts'
import {rowValues} from '../keymap/row-values.ts'
import {commandNamed, runCommand} from '../overlays/command-line.ts'
import {chooseRunbook} from '../state/form.ts'
import {listNoun, selectedRow} from '../state/lists.ts'
import type {Change, UiState} from '../state/ui.ts'
import {unchanged} from '../state/ui.ts'
import {type Action, BROWSING, defineAction} from './action.ts'
import {ACTIONS} from './registry.ts'

/** Before what leads away. */
const PLACE_IN_FOOTER = 6.5

/** A key of one's own as an action. It opens a plan or does what can be typed: everything after that is as always. */
export function hotkeyAction(state: UiState, hotkey: Hotkey): Action {
  const {key, label, description, pane} = hotkey
  return defineAction({
    id: `hotkey ${key}`,
    keys: [key],
    label,
    description,
    where: pane === undefined ? BROWSING : ['overview', 'list', 'details'],
    footer: PLACE_IN_FOOTER,
    configured: true,
    changes: mayChange(state, hotkey),
    visible: now => pane === undefined || listNoun(now) === pane,
    disabled: now => whyNot(now, hotkey),
    act: (now, at) => carryOut(now, hotkey, at),
  })
}

const runbookOf = ({world}: UiState, name: string): RunbookRow | undefined =>
  world.runbooks.find(each => each.name === name)

/** A plan alone changes nothing; but where nothing may be changed, nobody needs one of what would. */
function mayChange(state: UiState, {task}: Hotkey): boolean {
  if (task.kind === 'command') return commandNamed(task.text.split(/\s/)[0] ?? '', ACTIONS)?.changes ?? false
  return (runbookOf(state, task.runbook)?.danger ?? 'safe') !== 'safe'
}

function valuesOf(state: UiState, {pane}: Hotkey): Readonly<Record<string, string | undefined>> {
  const noun = listNoun(state)
  const row = noun !== undefined && noun === pane ? selectedRow(state, noun) : undefined
  return rowValues(state.world, pane, row)
}

function whyNot(state: UiState, hotkey: Hotkey): string | undefined {
  const {task} = hotkey
  const values = valuesOf(state, hotkey)
  const texts = task.kind === 'command' ? [task.text] : Object.values(task.params)
  const lacking = texts.flatMap(wordsIn).find(word => values[word] === undefined)
  if (lacking !== undefined) return 'id' in values ? `the selected row has no ${lacking}` : 'nothing is selected'
  if (task.kind === 'command') {
    const unquotable = wordsIn(task.text).find(word => quoted(values[word] ?? '') === undefined)
    return unquotable && `${unquotable} has quotes of both kinds`
  }
  const runbook = runbookOf(state, task.runbook)
  if (!runbook) return noRunbook(state, task.runbook)
  if (runbook.problem !== undefined) return runbook.problem
  const known = runbook.params.map(({name}) => name)
  const unknown = Object.keys(task.params).find(name => !known.includes(name))
  return unknown && `${runbook.name} has no parameter ${JSON.stringify(unknown)}${meant(unknown, known)}`
}

const noRunbook = ({world}: UiState, name: string): string => {
  const names = world.runbooks.map(each => each.name)
  return `there is no runbook named ${name}${meant(name, names)}`
}

function meant(word: string, candidates: readonly string[]): string {
  const near = closest(word, candidates)
  return near === undefined ? '' : `, did you mean ${near}?`
}

function carryOut(state: UiState, hotkey: Hotkey, at: number): Change {
  const {task} = hotkey
  const values = valuesOf(state, hotkey)
  if (task.kind === 'command') {
    const words = Object.entries(values).map(([name, value]) => [name, value && quoted(value)])
    return runCommand(state, fill(task.text, Object.fromEntries(words)), {at, actions: ACTIONS})
  }
  const runbook = runbookOf(state, task.runbook)
  if (!runbook) return unchanged(state)
  const params = Object.entries(task.params).map(([name, text]) => [name, fill(text, values)])
  return chooseRunbook(state, runbook, Object.fromEntries(params), at)
}

/** A value as one word of a command; undefined: it cannot be one. */
function quoted(value: string): string | undefined {
  if (/^[\w.:/@%+-]+$/.test(value)) return value
  const quote = ['"', "'"].find(each => !value.includes(each))
  return quote && `${quote}${value}${quote}`
}
