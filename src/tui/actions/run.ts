import {knownValues} from '../state/known-values.ts'
import {chooseRunbook} from '../state/form.ts'
import {push} from '../state/navigate.ts'
import {nothingTyped} from '../state/typing.ts'
import type {Change, UiState} from '../state/ui.ts'
import {telling, unchanged} from '../state/ui.ts'
import {BROWSING, type Completion, defineAction} from './action.ts'

export const run = defineAction({
  id: 'run',
  keys: [],
  label: 'run',
  description: 'Plan the runbook of this name, with parameters as key=value',
  where: BROWSING,
  act: unchanged,
  command: {
    name: 'run',
    description: 'run NAME KEY=VALUE: plan this runbook',
    offers: offered,
    run: runNamed,
  },
})

/** The runbooks; once one is named, its parameters that are not given yet, and the values that are known of the last one. */
function offered({world}: UiState, typed: string): readonly Completion[] {
  const names = world.runbooks.map(({name, summary}) => ({text: `run ${name}`, description: summary}))
  const [, before = '', name, last = ''] = /^(run (\S+)(?: \S+)*? )(\S*)$/.exec(typed) ?? []
  const runbook = world.runbooks.find(each => each.name === name)
  if (!runbook) return names
  const free = runbook.params.filter(param => !before.includes(` ${param.name}=`))
  const valued = free.find(param => last.startsWith(`${param.name}=`))
  if (!valued) return free.map(param => ({text: `${before}${param.name}=`, description: param.description}))
  return knownValues(world, valued).map(value => ({text: `${before}${valued.name}=${value}`, description: ''}))
}

/** `deploy version=1.2.0 note="two words"`: with everything that is required the plan is shown at once, else the form. */
function runNamed(state: UiState, argument: string, at: number): Change {
  const [name = '', ...given] = wordsOf(argument)
  if (name === '') return push(state, {kind: 'runbooks', query: nothingTyped, index: 0})
  const runbook = state.world.runbooks.find(each => each.name === name)
  if (!runbook) return refuse(state, `There is no runbook named ${JSON.stringify(name)}; :runbooks lists them.`)
  const params: Record<string, string> = {}
  for (const word of given) {
    const [, key = '', value = ''] = /^([^=]*)=(.*)$/s.exec(word) ?? []
    if (key === '') return refuse(state, `${JSON.stringify(word)} is not a parameter; write name=value.`)
    if (!runbook.params.some(param => param.name === key)) {
      const known = runbook.params.map(param => param.name).join(', ')
      return refuse(state, `${name} has no parameter ${JSON.stringify(key)}; it has ${known === '' ? 'none' : known}.`)
    }
    params[key] = value
  }
  return chooseRunbook(state, runbook, params, at)
}

const refuse = (state: UiState, text: string): Change => unchanged(telling(state, text, 'bad'))

/** Words as a shell would split them, without any of its expansions. */
const wordsOf = (text: string): readonly string[] =>
  [...text.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) => word.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'))
