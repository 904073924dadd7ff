import type {HotkeyConfig, KeysConfig} from '../../config/console-keys.ts'
import {type Issue, issuesAt, oneOf, type Path} from '../../kinds/issue.ts'
import {wordsIn} from '../../text/fill.ts'
import type {ScreenKind} from '../state/ui.ts'
import type {Action} from '../actions/action.ts'
import {BROWSING} from '../actions/action.ts'
import {ACTIONS} from '../actions/registry.ts'
import {commandNamed} from '../overlays/command-line.ts'
import {NOUNS} from '../panes/registry.ts'
import {readKey} from './key-name.ts'
import {keyLabel} from './key-label.ts'
import {actionName, type Hotkey, type Keymap} from './keymap.ts'
import {valueNames} from './row-values.ts'

/** What the configuration says of keys. */
export interface KeySettings {
  readonly keys: KeysConfig
  readonly hotkeys: readonly HotkeyConfig[]
}

/** Keys with which questions are answered and left. Whoever still presses one when a question has gone must not change anything. */
const ANSWERING: ReadonlySet<string> = new Set(
  'enter esc tab shift-tab space backspace delete up down left right y n'.split(' '),
)
/** Without these nobody finds the way on, the way out, or the way to stop a run. */
const NEEDED: ReadonlySet<string> = new Set(['open', 'answer', 'abort', 'back', 'command', 'help', 'quit'])
/** Esc leads back from everywhere, whatever else does. */
const ALWAYS: Readonly<Record<string, readonly string[]>> = {back: ['esc']}
/** Words that have a meaning in plain mode. */
const TAKEN_LABELS: ReadonlySet<string> = new Set([
  'cancel',
  'esc',
  'back',
  ...ACTIONS.flatMap(({id, label, command}) => [id, label, command?.name ?? '', ...(command?.aliases ?? [])]),
])

/** Something that a key does somewhere, and where the configuration says so. */
interface Binding {
  readonly name: string
  readonly keys: readonly string[]
  readonly where: readonly ScreenKind[]
  readonly pane: string | undefined
  /** Undefined: a key that it has by itself. */
  readonly path: Path | undefined
}

/** The keymap, and everything that is wrong with it; undefined when the configuration says nothing of keys. */
export function keymapOf(settings: KeySettings): {
  readonly keymap: Keymap | undefined
  readonly issues: readonly Issue[]
} {
  if (Object.keys(settings.keys).length === 0 && settings.hotkeys.length === 0) return {keymap: undefined, issues: []}
  const named = Object.entries(settings.keys).map(([name, written]) => remapped(name, [written].flat()))
  const own = settings.hotkeys.map((hotkey, index) => hotkeyOf(hotkey, ['hotkeys', index]))
  const keys = Object.fromEntries(named.flatMap(({action, keys: read}) => (action ? [[action.id, read]] : [])))
  const hotkeys = own.map(each => each.hotkey)
  const issues = [...named, ...own].flatMap(each => each.issues)
  return {keymap: {keys, hotkeys}, issues: issues.length > 0 ? issues : conflicts(bindings(keys, hotkeys))}
}

/** The keys of one action, as they are written. */
function remapped(name: string, written: readonly string[]) {
  const path = ['keys', name]
  const action = ACTIONS.find(({id}) => actionName(id) === name)
  if (!action) {
    const issue: Issue = {
      path,
      about: 'key',
      message: () =>
        oneOf(
          name,
          ACTIONS.map(({id}) => actionName(id)),
        ),
    }
    return {action, keys: [], issues: [issue]}
  }
  const read = written.map(readKey)
  const keys = [...new Set([...(ALWAYS[action.id] ?? []), ...read.flatMap(each => ('key' in each ? [each.key] : []))])]
  const issues = read.flatMap((each, index): readonly Issue[] => {
    if ('wrong' in each) return [{path, message: () => notKey(written[index] ?? '', each.wrong)}]
    return dangerous(action, each.key) ? [{path, message: () => answers(each.key, name)}] : []
  })
  if (written.length === 0 && NEEDED.has(action.id)) {
    issues.push({path, message: () => `should be a key: without one nobody could ${action.label} any more`})
  }
  return {action, keys, issues}
}

const notKey = (written: string, wrong: string): string => `should be a key, got ${JSON.stringify(written)}: ${wrong}`

const answers = (key: string, what: string): string =>
  `should be another key: questions are answered with ${keyLabel(key)}, so it cannot be ${what}`

/** Two keys after each other are never an answer. */
const dangerous = ({changes, keys}: Action, key: string): boolean =>
  changes && ANSWERING.has(key) && !keys.includes(key)

function hotkeyOf(config: HotkeyConfig, path: Path) {
  const {label, pane, params, runbook, command} = config
  const read = readKey(config.key)
  const task: Hotkey['task'] =
    command === undefined ? {kind: 'runbook', runbook: runbook ?? '', params} : {kind: 'command', text: command.trim()}
  const description = config.description ?? (command === undefined ? `Plan ${runbook ?? ''}` : `Do :${command.trim()}`)
  const hotkey: Hotkey = {key: 'key' in read ? read.key : '', label, description, pane, task}
  const issues = [...keyFaults(config, read), ...taskFaults(config), ...wordFaults(config)]
  return {hotkey, issues: issuesAt(path, issues)}
}

const fault = (at: string, message: () => string): Issue => ({path: [at], message})

function keyFaults({key, label, pane}: HotkeyConfig, read: ReturnType<typeof readKey>): readonly Issue[] {
  const issues: Issue[] = []
  if ('wrong' in read) issues.push(fault('key', () => notKey(key, read.wrong)))
  else if (ANSWERING.has(read.key)) issues.push(fault('key', () => answers(read.key, 'a key of your own')))
  if (!/[a-z]/i.test(label)) issues.push(fault('label', () => `should have a letter, got ${JSON.stringify(label)}`))
  if (TAKEN_LABELS.has(label.toLowerCase()))
    issues.push(fault('label', () => `should be another word: ${JSON.stringify(label)} is what an action is called`))
  if (pane !== undefined && !isNoun(pane)) issues.push(fault('pane', () => oneOf(pane, NOUNS)))
  return issues
}

const isNoun = (pane: string): boolean => (NOUNS as readonly string[]).includes(pane)

function taskFaults({runbook, command, params}: HotkeyConfig): readonly Issue[] {
  const issues: Issue[] = []
  if ((runbook === undefined) === (command === undefined))
    issues.push(
      fault(command === undefined ? 'key' : 'command', () => 'should open a runbook or do a command, one of the two'),
    )
  if (command === undefined) return issues
  if (Object.keys(params).length > 0)
    issues.push(fault('params', () => 'are those of a runbook; a command has them in its text'))
  const [verb = ''] = command.trim().split(/\s/)
  if (!commandNamed(verb, ACTIONS)) issues.push(fault('command', () => oneOf(verb, COMMANDS)))
  return issues
}

/** Words in braces that the rows of the pane do not have. */
function wordFaults({pane, params, command = ''}: HotkeyConfig): readonly Issue[] {
  if (pane !== undefined && !isNoun(pane)) return []
  const known = valueNames(pane)
  const unknown = (at: string, text: string): readonly Issue[] =>
    wordsIn(text)
      .filter(word => !known.includes(word))
      .map(word => fault(at, () => `{${word}} ${oneOf(word, known)}`))
  return [...Object.values(params).flatMap(text => unknown('params', text)), ...unknown('command', command)]
}

const COMMANDS = ACTIONS.flatMap(({command}) => (command ? [command.name, ...(command.aliases ?? [])] : []))

function bindings(keys: Keymap['keys'], hotkeys: readonly Hotkey[]): readonly Binding[] {
  const usual = ACTIONS.map((action): Binding => {
    const own = keys[action.id]
    const name = actionName(action.id)
    const path = own && ['keys', name]
    return {name, keys: own ?? action.keys, where: action.where, pane: undefined, path}
  })
  const added = hotkeys.map(
    ({key, label, pane}, index): Binding => ({
      name: `hotkey ${label}`,
      keys: [key],
      where: pane === undefined ? BROWSING : ['overview', 'list', 'details'],
      pane,
      path: ['hotkeys', index, 'key'],
    }),
  )
  // What the configuration says comes last, so that it is what a conflict is told of.
  return [...usual.filter(({path}) => !path), ...usual.filter(({path}) => path), ...added]
}

/** Keys that would mean two things on one screen, each told where the later of the two stands. */
function conflicts(all: readonly Binding[]): readonly Issue[] {
  return all.flatMap((one, index) => {
    const {path} = one
    if (!path) return []
    return one.keys.flatMap(key => {
      const other = all.slice(0, index).find(each => meet(one, each) && each.keys.some(own => clash(own, key)))
      return other ? [{path, message: () => taken(key, other)}] : []
    })
  })
}

function taken(key: string, other: Binding): string {
  const its = other.keys.find(own => clash(own, key)) ?? key
  const begins = its === key ? '' : ` (${keyLabel(its)})`
  return `should be another key: ${keyLabel(key)} is ${other.name}${begins} already; give that one another key first, or an empty list`
}

const meet = (one: Binding, other: Binding): boolean =>
  one.where.some(kind => other.where.includes(kind)) &&
  (one.pane === undefined || other.pane === undefined || one.pane === other.pane)

/** The same key, or one that begins the other. */
const clash = (one: string, other: string): boolean =>
  one === other || one.startsWith(`${other} `) || other.startsWith(`${one} `)
