import type {AlertRow} from '../../alerts/rows.ts'
import type {ReleaseRow} from '../../releases/rows.ts'
import type {RunRow} from '../../runbooks/rows.ts'
import {needsAnswer} from './start-rule.ts'
import type {Action} from '../bindings.ts'
import {NOUNS} from '../panes/pane.ts'
import {PANES} from '../panes/registry.ts'
import {isActive} from '../panes/runs.ts'
import {bodyOf, listLayout, runLayout} from '../layout/body.ts'
import {arrangement} from '../screens/overview.ts'
import {chooseRunbook} from './form.ts'
import {chosenRows, listNoun, listed, move, scrollDetails, select, selectedRow, withPlace} from './lists.ts'
import {back, last, openNoun, openOverview, openRun, push} from './navigate.ts'
import {GUARD_MS, openPrompt} from './prompts.ts'
import type {Change, UiState} from './ui.ts'
import {beginStart, currentScreen, placeOf, telling, unchanged, withEffects, withScreen} from './ui.ts'

/** Carries out what a key means. `at` is the monotonic clock, for the guard of questions that open. */
export function act(state: UiState, action: Action, at: number): Change {
  if ((NOUNS as readonly string[]).includes(action)) return openNoun(state, action as (typeof NOUNS)[number])
  const scrolled = scroll(state, action)
  if (scrolled) return unchanged(scrolled)
  switch (action) {
    case 'open':
      return open(state, at)
    case 'details':
      return details(state)
    case 'back':
      return clearOrBack(state)
    case 'last screen':
      return last(state)
    case 'quit':
      return withEffects(state, {type: 'quit'})
    case 'overview':
      return openOverview(state)
    case 'next pane':
      return unchanged(movePane(state, 1))
    case 'previous pane':
      return unchanged(movePane(state, -1))
    case 'filter':
      return openFilter(state)
    case 'command':
      return unchanged({...state, overlay: {kind: 'command', text: '', index: 0}})
    case 'help':
      return currentScreen(state).kind === 'help' ? unchanged(state) : push(state, {kind: 'help', scroll: 0})
    case 'mark':
      return unchanged(mark(state))
    case 'copy':
      return copy(state)
    case 'runbooks':
      return push(state, {kind: 'runbooks', query: '', index: 0})
    case 'rollback':
      return rollback(state)
    case 'active run':
      return goToActiveRun(state)
    case 'environment':
      return unchanged({
        ...state,
        overlay: {
          kind: 'environment',
          index: Math.max(0, state.world.snapshot.environments.indexOf(state.world.snapshot.environment.name)),
        },
      })
    case 'refresh':
      return withEffects(telling(state, 'Looking at everything now.'), {type: 'refresh'})
    default:
      return actOnRun(state, action, at)
  }
}

function actOnRun(state: UiState, action: Action, at: number): Change {
  const screen = currentScreen(state)
  if (screen.kind === 'plan' && (action === 'start' || action === 'dry run')) {
    return start(state, screen.plan, {dryRun: action === 'dry run', at})
  }
  if (action === 'acknowledge') {
    const alerts = (chosenRows(state, 'alerts') as readonly AlertRow[]).filter(
      row => !row.acknowledged && row.state !== 'resolved',
    )
    return unchanged({...state, overlay: {kind: 'acknowledge', alerts: alerts.map(row => row.id), note: ''}})
  }
  if (screen.kind !== 'run') return unchanged(state)
  if (action === 'abort') {
    return unchanged({
      ...state,
      guardUntil: at + GUARD_MS,
      overlay: {kind: 'abort', run: screen.id, focus: 'cancel', reason: ''},
    })
  }
  if (action === 'detach') return detach(state)
  if (action === 'follow') return unchanged(withScreen(state, {...screen, back: 0}))
  if (action === 'other half') {
    return unchanged(withScreen(state, {...screen, half: screen.half === 'steps' ? 'output' : 'steps'}))
  }
  const prompt = state.world.run?.state?.prompt
  return action === 'answer' && prompt ? unchanged(openPrompt(state, prompt, at)) : unchanged(state)
}

function start(
  state: UiState,
  plan: Extract<ReturnType<typeof currentScreen>, {kind: 'plan'}>['plan'],
  {dryRun, at}: {readonly dryRun: boolean; readonly at: number},
): Change {
  const asks = needsAnswer(plan, dryRun)
  if (!asks) return withEffects(beginStart(state, plan), {type: 'start', plan, reason: '', typed: undefined, dryRun})
  return unchanged({
    ...state,
    guardUntil: at + GUARD_MS,
    overlay: {
      kind: 'start',
      plan,
      dryRun,
      focus: plan.start.kind === 'type' ? 'typed' : 'cancel',
      typed: '',
      reason: '',
    },
  })
}

function detach(state: UiState): Change {
  const change = back(state)
  const ended = state.world.run?.state?.outcome !== undefined
  return {...change, state: ended ? change.state : telling(change.state, 'The run goes on; R leads back to it.')}
}

/** Up, down, pages, ends: rows of a list, lines of details, output of a run. Undefined: not a scroll key. */
function scroll(state: UiState, action: Action): UiState | undefined {
  const page = Math.max(1, bodyOf(state).height - 4)
  const steps: Partial<Record<Action, number>> = {
    up: -1,
    down: 1,
    'page up': -page,
    'page down': page,
    first: -1e9,
    last: 1e9,
  }
  const by = steps[action]
  if (by === undefined) return undefined
  const screen = currentScreen(state)
  if (screen.kind === 'details' || screen.kind === 'help') return scrollDetails(state, by, 1000)
  if (screen.kind === 'plan') {
    const index = Math.max(0, Math.min(screen.plan.steps.length - 1, screen.index + by))
    return withScreen(state, {...screen, index})
  }
  if (screen.kind === 'run') return scrollOutput(state, screen, by)
  const noun = listNoun(state)
  if (noun === undefined) return state
  const inPage = Math.max(1, listLayout(state, listed(state, noun).rows.length).tableRows - 1)
  const rows = Math.abs(by) === page ? Math.sign(by) * inPage : by
  return Math.abs(by) >= 1e9 ? select(state, noun, by < 0 ? 0 : Number.MAX_SAFE_INTEGER) : move(state, noun, rows)
}

/** Scrolling up stops following; reaching the end follows again. */
function scrollOutput(
  state: UiState,
  screen: Extract<ReturnType<typeof currentScreen>, {kind: 'run'}>,
  by: number,
): UiState {
  const run = state.world.run
  const total = run?.total ?? 0
  const known = run?.lines.length ?? 0
  const visible = runLayout(state).outputRows
  const moved = screen.back === 0 ? 0 : total - screen.anchor
  const back = Math.max(0, Math.min(Math.max(0, known - visible), screen.back + moved - by))
  return withScreen(state, {...screen, back, anchor: total})
}

function open(state: UiState, at: number): Change {
  const noun = listNoun(state)
  if (noun === undefined) return unchanged(state)
  const row = selectedRow(state, noun)
  if (noun === 'runs') return openRun(state, (row as RunRow).id, {started: false})
  if (currentScreen(state).kind === 'overview') return openNoun(state, noun)
  if (noun === 'alerts') {
    const suggested = (row as AlertRow).runbook
    const book = suggested && state.world.runbooks.find(each => each.name === suggested.name)
    if (suggested && book) return chooseRunbook(state, book, suggested.params, at)
  }
  return details(state)
}

function details(state: UiState): Change {
  const noun = listNoun(state)
  const row = noun === undefined ? undefined : selectedRow(state, noun)
  if (noun === undefined || row === undefined) return unchanged(state)
  return push(state, {kind: 'details', noun, id: PANES[noun].id(row), scroll: 0})
}

/** Esc first takes away the filter, then the marks, then the screen. */
function clearOrBack(state: UiState): Change {
  const screen = currentScreen(state)
  if (screen.kind === 'run') return detach(state)
  const noun = screen.kind === 'list' ? screen.noun : undefined
  if (noun !== undefined && placeOf(state, noun).filter !== '') return unchanged(withPlace(state, noun, {filter: ''}))
  if (noun !== undefined && placeOf(state, noun).marks.length > 0) return unchanged(withPlace(state, noun, {marks: []}))
  return back(state)
}

function movePane(state: UiState, by: number): UiState {
  const order = arrangement(state).flat()
  const index = order.indexOf(state.focus)
  return {...state, focus: order[(index + by + order.length) % order.length] ?? 'services'}
}

function openFilter(state: UiState): Change {
  const noun = listNoun(state)
  if (noun === undefined) return unchanged(state)
  const original = placeOf(state, noun).filter
  return unchanged({...state, overlay: {kind: 'filter', noun, text: original, original}})
}

function mark(state: UiState): UiState {
  const noun = listNoun(state)
  const row = noun === undefined ? undefined : selectedRow(state, noun)
  if (noun === undefined || row === undefined) return state
  const id = PANES[noun].id(row)
  const {marks} = placeOf(state, noun)
  const next = marks.includes(id) ? marks.filter(each => each !== id) : [...marks, id]
  return move(withPlace(state, noun, {marks: next}), noun, 1)
}

function copy(state: UiState): Change {
  const screen = currentScreen(state)
  if (screen.kind === 'run') return withEffects(state, {type: 'copy', text: screen.id, what: 'the run id'})
  if (screen.kind === 'plan') {
    const steps = screen.plan.steps.map(
      (step, index) => `${index + 1}. ${step.title} (${step.skipped ?? step.forecast})`,
    )
    const text = [`${screen.plan.runbook} in ${screen.plan.environment}`, ...steps].join('\n')
    return withEffects(state, {type: 'copy', text, what: 'the plan'})
  }
  const noun = listNoun(state)
  const rows = noun === undefined ? [] : chosenRows(state, noun)
  if (noun === undefined || rows.length === 0) return unchanged(telling(state, 'There is nothing to copy here.'))
  const what = rows.length === 1 ? `the ${PANES[noun].one}` : `${rows.length} rows`
  return withEffects(state, {type: 'copy', text: rows.map(PANES[noun].copy).join('\n'), what})
}

/** The rollback of the selected release, or of the only one; else its form. Only its plan: starting asks. */
function rollback(state: UiState): Change {
  const book = state.world.runbooks.find(row => row.name === 'rollback')
  if (!book) return unchanged(state)
  const releases = state.world.snapshot.releases
  const selected =
    listNoun(state) === 'releases' ? (selectedRow(state, 'releases') as ReleaseRow | undefined) : undefined
  const release = selected ?? (releases.length === 1 ? releases[0] : undefined)
  const param = book.params.find(each => each.name === 'release' || each.name === 'service')
  return chooseRunbook(state, book, release && param ? {[param.name]: release.name} : {}, 0)
}

function goToActiveRun(state: UiState): Change {
  const run = state.world.snapshot.runs.find(row => row.state === 'waiting') ?? state.world.snapshot.runs.find(isActive)
  return run ? openRun(state, run.id, {started: false}) : unchanged(state)
}
