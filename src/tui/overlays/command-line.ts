import type {Action, Completion} from '../actions/action.ts'
import {dialog} from '../components/dialog.ts'
import {typedLine} from '../components/input-line.ts'
import type {Line} from '../layout/line.ts'
import {fitLine, line, span} from '../layout/line.ts'
import {rank} from '../state/filter.ts'
import type {Typed} from '../state/typing.ts'
import {edit, nothingTyped, pasted, typedText} from '../state/typing.ts'
import type {Change, UiState} from '../state/ui.ts'
import {telling, unchanged} from '../state/ui.ts'
import {refusalOf} from '../actions/refusal.ts'
import {DIALOG_WIDTH} from './dialog-parts.ts'
import {changed, closed, defineOverlay} from './overlay.ts'

export interface CommandLine {
  readonly field: Typed
  /** Which of the completions is selected. */
  readonly index: number
  /** How far ↑ has gone back in what was typed before; 0: not at all. */
  readonly back: number
}

/** What is typed after `:`. The list above it is made from the actions. */
export const commandLine = defineOverlay<CommandLine, undefined>({
  id: 'command',
  open: () => ({field: nothingTyped, index: 0, back: 0}),
  key: (state, data, key, {at, actions}) => {
    const {field} = data
    const found = completions(state, field.text, actions)
    const picked = found[data.index]?.text
    const atEnd = field.cursor === field.text.length
    if (key === 'esc' || (key === 'backspace' && field.text === '')) return unchanged(closed(state))
    if ((key === 'up' && data.index === 0) || (key === 'down' && data.back > 0)) {
      return changed(state, recalled(state, data, key === 'up' ? 1 : -1))
    }
    if (key === 'down' || key === 'ctrl-n') {
      return changed(state, {...data, index: Math.max(0, Math.min(found.length - 1, data.index + 1))})
    }
    if (key === 'up' || key === 'ctrl-p') return changed(state, {...data, index: Math.max(0, data.index - 1)})
    if (key === 'tab' || (key === 'right' && atEnd)) {
      return changed(state, {field: picked === undefined ? field : typedText(picked), index: 0, back: 0})
    }
    if (key === 'enter') {
      const text = meant(field.text, found[data.index], actions)
      return runCommand(closed(remembering(state, text)), text, {at, actions})
    }
    const next = edit(field, key)
    return next
      ? changed(state, {field: next, index: next.text === field.text ? data.index : 0, back: 0})
      : unchanged(state)
  },
  paste: (state, data, text) => changed(state, {field: pasted(data.field, text), index: 0, back: 0}),
  view: (state, {field, index}, screen, actions) => {
    const found = completions(state, field.text, actions)
    const room = Math.max(1, Math.min(10, state.rows - 10))
    const top = Math.max(0, Math.min(index - room + 1, found.length - room))
    const lines = found.slice(top, top + room).map((each, offset) => completionLine(each, top + offset === index))
    return dialog(screen, {
      title: 'Go to',
      note: [span(`${found.length}`, 'dim')],
      tone: 'accent',
      // What it does is read beside the command: whole where there is room.
      width: Math.max(DIALOG_WIDTH, Math.min(110, state.columns - 10)),
      body: lines.length === 0 ? [line(`No match for ${field.text}.`, 'dim')] : lines,
    })
  },
  footer: (_state, {field}) => [
    span(' :', 'accent bold'),
    ...typedLine(field),
    span('   Tab completes, ↑ recalls, Enter runs, Esc closes', 'dim'),
  ],
})

/** Commands that ↑ leads back to. */
const REMEMBERED = 50

const remembering = (state: UiState, text: string): UiState =>
  text === '' || text === state.commands[0]
    ? state
    : {...state, commands: [text, ...state.commands.filter(each => each !== text)].slice(0, REMEMBERED)}

/** The command before, or after, the one that was recalled last; before the first one the line is empty. */
function recalled(state: UiState, data: CommandLine, by: number): CommandLine {
  const back = Math.max(0, Math.min(state.commands.length, data.back + by))
  return {field: back === data.back ? data.field : typedText(state.commands[back - 1] ?? ''), index: 0, back}
}

function completionLine({text, description}: Completion, selected: boolean): Line {
  const name = fitLine([span(` ${text}`)], 26)
  return [span(name.map(part => part.text).join(''), selected ? 'selected' : 'plain'), span(`  ${description}`, 'dim')]
}

/** What can be typed after `:`, with what it does; what starts with the text first, then what is like it. */
export function completions(state: UiState, typed: string, actions: readonly Action[]): readonly Completion[] {
  const commands = actions.flatMap(({command}) => (command ? [command] : []))
  const all: readonly (Completion & {readonly aliases?: readonly string[] | undefined})[] = [
    ...commands
      .filter(each => !each.offers)
      .map(({name, description, aliases}) => ({text: name, description, aliases})),
    ...commands.flatMap(each => each.offers?.(state, typed) ?? []),
  ]
  if (typed === '') return all
  const starting = all.filter(each => each.text.startsWith(typed))
  const byAlias = all.filter(each => !starting.includes(each) && each.aliases?.some(alias => alias.startsWith(typed)))
  const others = rank(all, typed, each => each.text).filter(each => !starting.includes(each) && !byAlias.includes(each))
  return [...starting, ...byAlias, ...others]
}

/** A command by its name, an alias, or with something after it is meant as it stands; else the selected completion is. */
function meant(typed: string, picked: Completion | undefined, actions: readonly Action[]): string {
  const text = typed.trim()
  // What begins a parameter is not all of it.
  const whole = /\s\S/.test(text) || commandNamed(text, actions)?.command?.offers === undefined
  return whole && commandNamed(text.split(/\s/)[0] ?? '', actions) ? text : (picked?.text ?? text)
}

export const commandNamed = (name: string, actions: readonly Action[]): Action | undefined =>
  actions.find(({command}) => command?.name === name || command?.aliases?.includes(name))

/** Carries out what was typed. */
export function runCommand(
  state: UiState,
  typed: string,
  {at, actions}: {readonly at: number; readonly actions: readonly Action[]},
): Change {
  const text = typed.trim()
  const [verb = ''] = text.split(/\s/)
  if (verb === '') return unchanged(state)
  const action = commandNamed(verb, actions)
  if (!action) {
    return unchanged(telling(state, `There is no command ${JSON.stringify(verb)}; :help shows what there is.`, 'bad'))
  }
  const refused = refusalOf(state, action)
  if (refused !== undefined) return unchanged(telling(state, refused))
  return action.command?.run ? action.command.run(state, text.slice(verb.length).trim(), at) : action.act(state, at)
}
