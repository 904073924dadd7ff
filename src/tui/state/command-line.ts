import type {Noun} from '../panes/pane.ts'
import {NOUNS} from '../panes/pane.ts'
import {switchEnvironment} from './confirm.ts'
import {rank} from './filter.ts'
import {chooseRunbook} from './form.ts'
import {listNoun, settle, withPlace} from './lists.ts'
import {openNoun, openOverview, openRun, push} from './navigate.ts'
import {edit} from './typing.ts'
import type {Change, Overlay, UiState} from './ui.ts'
import {telling, unchanged, withEffects} from './ui.ts'

type CommandLine = Extract<Overlay, {kind: 'command'}>

/** What can be typed after `:`, with what it does. */
export interface Completion {
  readonly text: string
  readonly description: string
}

export function completions(state: UiState, typed: string): readonly Completion[] {
  const {world} = state
  const all: readonly Completion[] = [
    {text: 'overview', description: 'everything at a glance'},
    ...NOUNS.map(noun => ({text: noun, description: `all ${noun === 'audit' ? 'audit records' : noun}`})),
    ...world.runbooks.map(book => ({text: `run ${book.name}`, description: book.summary})),
    ...world.snapshot.environments.map(name => ({text: `env ${name}`, description: 'switch to this environment'})),
    ...world.snapshot.runs
      .slice(0, 20)
      .map(run => ({text: `watch ${run.id}`, description: `${run.runbook}, ${run.state}`})),
    {text: 'runbooks', description: 'choose a runbook'},
    {text: 'filter', description: 'filter WORDS: filter the list'},
    {text: 'refresh', description: 'look at everything now'},
    {text: 'help', description: 'what can be pressed here'},
    {text: 'quit', description: 'leave the console; runs go on'},
  ]
  if (typed === '') return all
  const starting = all.filter(each => each.text.startsWith(typed))
  const others = rank(all, typed, each => each.text).filter(each => !starting.includes(each))
  return [...starting, ...others]
}

export function commandKey(state: UiState, overlay: CommandLine, key: string): Change {
  const found = completions(state, overlay.text)
  const set = (change: Partial<CommandLine>): Change => unchanged({...state, overlay: {...overlay, ...change}})
  if (key === 'esc' || (key === 'backspace' && overlay.text === '')) return unchanged({...state, overlay: undefined})
  if (key === 'down' || key === 'ctrl-n') return set({index: Math.min(found.length - 1, overlay.index + 1)})
  if (key === 'up' || key === 'ctrl-p') return set({index: Math.max(0, overlay.index - 1)})
  if (key === 'tab' || key === 'right') return set({text: found[overlay.index]?.text ?? overlay.text, index: 0})
  if (key === 'enter') {
    const exact = /^(filter|env|run|watch)\s+\S/.test(overlay.text)
    const text = overlay.text.trim()
    const meant = exact || found.some(each => each.text === text) ? text : (found[overlay.index]?.text ?? text)
    return runCommand({...state, overlay: undefined}, meant)
  }
  const text = edit(overlay.text, key)
  return text === undefined ? unchanged(state) : set({text, index: 0})
}

export function runCommand(state: UiState, command: string): Change {
  const [verb = '', ...rest] = command.split(/\s+/)
  const argument = rest.join(' ')
  if ((NOUNS as readonly string[]).includes(verb)) return openNoun(state, verb as Noun)
  switch (verb) {
    case '':
      return unchanged(state)
    case 'overview':
      return openOverview(state)
    case 'run':
      return runNamed(state, argument)
    case 'runbooks':
      return push(state, {kind: 'runbooks', query: '', index: 0})
    case 'watch':
      return openRun(state, argument, {started: false})
    case 'env':
      return switchEnvironment(state, argument)
    case 'filter':
      return filterTo(state, argument)
    case 'refresh':
      return withEffects(telling(state, 'Looking at everything now.'), {type: 'refresh'})
    case 'help':
      return push(state, {kind: 'help', scroll: 0})
    case 'quit':
    case 'q':
      return withEffects(state, {type: 'quit'})
    default:
      return unchanged(telling(state, `There is no command ${JSON.stringify(verb)}; ? shows what there is.`, 'bad'))
  }
}

function runNamed(state: UiState, name: string): Change {
  const book = state.world.runbooks.find(each => each.name === name)
  if (!book) return unchanged(telling(state, `There is no runbook named ${JSON.stringify(name)}; r lists them.`, 'bad'))
  return chooseRunbook(state, book, {}, 0)
}

function filterTo(state: UiState, words: string): Change {
  const noun = listNoun(state)
  if (noun === undefined) return unchanged(telling(state, 'There is no list to filter on this screen.'))
  const opened = openNoun(state, noun)
  return {...opened, state: settle(withPlace(opened.state, noun, {filter: words}), noun)}
}
