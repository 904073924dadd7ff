import type {RunbookParam, RunbookRow} from '../../runbooks/rows.ts'
import {rank} from './filter.ts'
import {knownValues, nextKnown} from './known-values.ts'
import {back, push, replace} from './navigate.ts'
import type {Plan} from '../../runbooks/plan.ts'
import type {Typed} from './typing.ts'
import {edit, nothingTyped, pasted, typedText} from './typing.ts'
import type {Change, Screen, UiState} from './ui.ts'
import {currentScreen, telling, unchanged, withEffects, withScreen} from './ui.ts'

type Params = Extract<Screen, {kind: 'params'}>
type Picker = Extract<Screen, {kind: 'runbooks'}>

/** The runbooks that match what was typed, the best first. */
export function matchingRunbooks(state: UiState, query: string): readonly RunbookRow[] {
  const wanted = query.trim().toLowerCase()
  const found = rank(state.world.runbooks, query, row => `${row.name} ${row.summary}`)
  if (wanted === '') return found
  // Whoever types the name of a runbook means that one, whatever the summaries of others say.
  const likeness = ({name}: RunbookRow): number => (name === wanted ? 0 : name.startsWith(wanted) ? 1 : 2)
  return found.toSorted((a, b) => likeness(a) - likeness(b))
}

/** Keys of the picker: everything that can be typed goes into its query. */
export function pickerKey(state: UiState, screen: Picker, key: string): Change {
  const found = matchingRunbooks(state, screen.query.text)
  const index = Math.min(screen.index, Math.max(0, found.length - 1))
  const moved = (by: number): Change =>
    unchanged(withScreen(state, {...screen, index: Math.max(0, Math.min(found.length - 1, index + by))}))
  if (key === 'esc')
    return screen.query.text === ''
      ? back(state)
      : unchanged(withScreen(state, {...screen, query: nothingTyped, index: 0}))
  if (key === 'up' || key === 'ctrl-p') return moved(-1)
  if (key === 'down' || key === 'ctrl-n') return moved(1)
  if (key === 'pgup') return moved(-10)
  if (key === 'pgdn') return moved(10)
  if (key === 'enter') {
    const runbook = found[index]
    return runbook ? chooseRunbook(state, runbook, {}, 0) : unchanged(state)
  }
  const query = edit(screen.query, key)
  return query === undefined ? unchanged(state) : unchanged(withScreen(state, {...screen, query, index: 0}))
}

/** A line in plain mode: the name or the number of a runbook chooses it, everything else looks for it. */
export function pickerLine(state: UiState, screen: Picker, text: string): Change {
  const found = matchingRunbooks(state, screen.query.text)
  const wanted = text.trim()
  if (wanted === '') return unchanged(state)
  const runbook = state.world.runbooks.find(({name}) => name === wanted) ?? found[Number(wanted) - 1]
  if (runbook) return chooseRunbook(state, runbook, {}, 0)
  return unchanged(withScreen(state, {...screen, query: typedText(wanted), index: 0}))
}

/** The end of a value, however long it is. */
const END = Number.MAX_SAFE_INTEGER

/** Opens the form of a runbook, or plans at once when nothing is left to fill in. */
export function chooseRunbook(
  state: UiState,
  runbook: RunbookRow,
  given: Readonly<Record<string, string>>,
  at: number,
): Change {
  if (runbook.problem !== undefined)
    return unchanged(telling(state, `${runbook.name} cannot be used: ${runbook.problem}`, 'bad'))
  const values = firstValues(state, runbook, given)
  const filled = Object.keys(given).length > 0 && missing(runbook.params, values) === undefined
  if (runbook.params.length === 0 || filled) return planNow(state, runbook, values, at)
  const field = Math.max(
    0,
    runbook.params.findIndex(param => values[param.name] === ''),
  )
  return push(state, {kind: 'params', runbook: runbook, values, field, cursor: END, error: ''})
}

/** What an alert suggests: planned at once when nothing that must be said is missing, for then there is nothing to ask. */
export function chooseSuggested(
  state: UiState,
  runbook: RunbookRow,
  given: Readonly<Record<string, string>>,
  at: number,
): Change {
  const values = firstValues(state, runbook, given)
  return runbook.problem === undefined && missing(runbook.params, values) === undefined
    ? planNow(state, runbook, values, at)
    : chooseRunbook(state, runbook, given, at)
}

const firstValues = (
  state: UiState,
  {params}: RunbookRow,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    params.map(param => [param.name, given[param.name] ?? firstValue(param, knownValues(state.world, param))]),
  )

/** What stands in a field at first: its default, or the only thing that it can be. */
const firstValue = (param: RunbookParam, known: readonly string[]): string => {
  if (param.fallback !== undefined) return param.fallback
  if (param.type === 'boolean') return param.required ? 'false' : ''
  return param.required && known.length === 1 ? (known[0] ?? '') : ''
}

/** What keeps the form from being planned, in words; undefined: nothing. */
function missing(
  params: readonly RunbookParam[],
  values: Readonly<Record<string, string>>,
): {readonly index: number; readonly why: string} | undefined {
  for (const [index, param] of params.entries()) {
    const why = wrongWith(param, values[param.name] ?? '')
    if (why !== undefined) return {index, why}
  }
  return undefined
}

/** Why a value cannot be that of the field, in words; undefined: it can. */
export function wrongWith(param: RunbookParam, value: string): string | undefined {
  if (value === '') return param.required ? `${param.name} is required` : undefined
  if (param.type === 'number' && !Number.isFinite(Number(value))) return `${param.name} should be a number`
  const choices = choicesOf(param)
  return choices && !choices.includes(value) ? `${param.name} should be one of ${choices.join(', ')}` : undefined
}

function planNow(state: UiState, runbook: RunbookRow, values: Readonly<Record<string, string>>, at: number): Change {
  const params = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''))
  const screen: Screen = {kind: 'planning', runbook: runbook.name, params, since: at === 0 ? state.now : at}
  const change = push(state, screen)
  return {...change, effects: [...change.effects, {type: 'plan', runbook: runbook.name, params}]}
}

/** Keys of the parameter form: Enter goes on to the next field, and on the button shows the plan, which changes nothing. */
export function formKey(state: UiState, screen: Params, key: string): Change {
  const {params} = screen.runbook
  const go = (field: number): Change =>
    unchanged(withScreen(state, {...screen, field: (field + params.length + 1) % (params.length + 1), cursor: END}))
  if (key === 'esc') return back(state)
  if (key === 'up' || key === 'shift-tab') return go(screen.field - 1)
  if (key === 'down' || key === 'tab') return go(screen.field + 1)
  const param = params[screen.field]
  if (key === 'enter') return param ? go(screen.field + 1) : submit(state, screen)
  if (!param) return unchanged(state)
  const choices = choicesOf(param)
  const value = screen.values[param.name] ?? ''
  const next = choices
    ? typedChoice(turnedChoice(choices, {value, required: param.required, key}))
    : (takenKnown(state, param, {field: fieldOf(screen, value), key}) ?? edit(fieldOf(screen, value), key))
  return next === undefined ? unchanged(state) : unchanged(withValue(state, screen, {param, next}))
}

const typedChoice = (value: string | undefined): Typed | undefined =>
  value === undefined ? undefined : {text: value, cursor: END}

/** → at the end of a text takes the next value that the configuration knows. */
function takenKnown(
  state: UiState,
  param: RunbookParam,
  {field, key}: {readonly field: Typed; readonly key: string},
): Typed | undefined {
  if (key !== 'right' || field.cursor < field.text.length) return undefined
  return typedChoice(nextKnown(knownValues(state.world, param), field.text))
}

/** The field that has the focus, with its cursor. */
export const fieldOf = (screen: Params, value: string): Typed => ({
  text: value,
  cursor: Math.min(screen.cursor, value.length),
})

/** The values that a field can have, where they are known. */
export const choicesOf = (param: RunbookParam): readonly string[] | undefined =>
  param.type === 'boolean' ? ['false', 'true'] : param.type === 'choice' ? param.choices : undefined

export function withValue(
  state: UiState,
  screen: Params,
  {param, next}: {readonly param: RunbookParam; readonly next: Typed},
): UiState {
  const values = {...screen.values, [param.name]: next.text}
  return withScreen(state, {...screen, values, cursor: next.cursor, error: ''})
}

/** Plans with what stands in the form, or says at the field what is wrong. */
export function submit(state: UiState, screen: Params): Change {
  const wrong = missing(screen.runbook.params, screen.values)
  if (wrong) return unchanged(withScreen(state, {...screen, field: wrong.index, error: wrong.why}))
  return planNow(state, screen.runbook, screen.values, 0)
}

/** Choices and switches are turned with the arrows and Space. */
function turnedChoice(
  choices: readonly string[],
  {value, required, key}: {readonly value: string; readonly required: boolean; readonly key: string},
): string | undefined {
  const options = required ? choices : ['', ...choices]
  const index = options.indexOf(value)
  if (key === 'right' || key === 'space' || key === 'l') return options[(index + 1) % options.length]
  if (key === 'left' || key === 'h') return options[(Math.max(index, 0) - 1 + options.length) % options.length]
  if (key === 'backspace') return required ? undefined : ''
  return options.find(option => option !== '' && option.toLowerCase().startsWith(key.toLowerCase()))
}

export function pasteInto(state: UiState, screen: Params | Picker, text: string): Change {
  if (screen.kind === 'runbooks') {
    return unchanged(withScreen(state, {...screen, query: pasted(screen.query, text), index: 0}))
  }
  const param = screen.runbook.params[screen.field]
  if (!param || choicesOf(param)) return unchanged(state)
  const next = pasted(fieldOf(screen, screen.values[param.name] ?? ''), text)
  return unchanged(withValue(state, screen, {param, next}))
}

/** The plan is there: it takes the place of the waiting screen, unless somebody has left that in the meantime. */
export function showPlan(
  state: UiState,
  event: {readonly plan: Plan; readonly params: Readonly<Record<string, string>>},
): Change {
  if (currentScreen(state).kind !== 'planning') return unchanged(state)
  return replace(state, {kind: 'plan', plan: event.plan, params: event.params, index: 0})
}

/** Whether a message speaks of the field; then it is shown there. */
const namesField = (text: string, name: string): boolean =>
  new RegExp(`(^|[^\\w-])${name.replaceAll(/[^\w-]/g, '\\$&')}($|[^\\w-])`).test(text)

export function planFailed(state: UiState, text: string): Change {
  if (currentScreen(state).kind !== 'planning') return unchanged(state)
  const change = withEffects({...state, screens: state.screens.slice(0, -1)}, {type: 'read'})
  const screen = currentScreen(change.state)
  if (screen.kind === 'params') {
    const named = screen.runbook.params.findIndex(({name}) => namesField(text, name))
    const field = named < 0 ? screen.field : named
    return {...change, state: withScreen(change.state, {...screen, field, cursor: END, error: text})}
  }
  return {...change, state: telling(change.state, text, 'bad')}
}
