import {named} from '../../identity/named.ts'
import {formatWhole} from '../../units/number.ts'
import {actionsHere} from '../actions/keys.ts'
import {moment} from '../components/age.ts'
import {paramText} from '../components/param-text.ts'
import {rowWords} from '../components/row-words.ts'
import {SPOKEN, span} from '../layout/line.ts'
import {spokenLines, spokenText} from '../layout/spoken-text.ts'
import {openOverlay} from '../overlays/registry.ts'
import type {Noun} from '../panes/registry.ts'
import {NOUNS, PANES} from '../panes/registry.ts'
import {isActive} from '../panes/runs.ts'
import {fire} from '../screens/header.ts'
import {aboutPlan, planColumns, stepFacts} from '../screens/plan.ts'
import {definitionOf} from '../screens/registry.ts'
import {runbookColumns} from '../screens/runbooks.ts'
import {outcomeMeaning, runWord} from '../screens/run.ts'
import {matchingRunbooks} from '../state/form.ts'
import {listed, selectedIndex} from '../state/lists.ts'
import type {Screen, UiState} from '../state/ui.ts'
import {currentScreen, forbidden, placeOf} from '../state/ui.ts'
import {alertWords, activeRunWords} from './news.ts'
import {outputWords, stepWords} from './run-words.ts'

/** Everything that the screen, or the question on top of it, says; a line a thing, the most important first. */
export function screenWords(state: UiState): readonly string[] {
  const open = openOverlay(state)
  if (!open) return wordsOf(state, currentScreen(state))
  const dialog = open.overlay.content?.(state, open.data)
  const title = dialog ? [`${dialog.title} ${spokenText(dialog.note ?? [])}`.trim()] : []
  return [...title, ...spokenLines(dialog?.body ?? []), open.overlay.prompt?.(state, open.data) ?? ''].filter(Boolean)
}

function wordsOf(state: UiState, screen: Screen): readonly string[] {
  switch (screen.kind) {
    case 'overview':
      return [...overviewWords(state), possible(state)]
    case 'list':
      return listWords(state, screen.noun)
    case 'plan':
      return [
        `Plan: ${screen.plan.runbook} in ${screen.plan.environment}`,
        ...spokenLines(aboutPlan(screen.plan, SPOKEN)),
        ...screen.plan.steps.map(
          step => `${step.index + 1} ${rowWords(planColumns(screen.plan).slice(1), step, state.now)}`,
        ),
        possible(state),
      ]
    case 'run':
      return runWords(state, screen.id)
    case 'runbooks':
      return pickerWords(state, screen.query.text)
    case 'params':
      return [
        `${screen.runbook.name}: ${screen.runbook.summary}`,
        `${screen.runbook.danger}. cancel goes back. The plan comes after the last value; it changes nothing yet.`,
      ]
    case 'planning':
      return [`Planning ${screen.runbook}. Nothing is changed. cancel goes back.`]
    case 'help':
      return helpWords(state)
    default:
      return [...spokenLines(definitionOf(screen).view(state, screen)), possible(state)]
  }
}

/** Where one is, what is on fire, what is changing, and every pane in a line. */
function overviewWords(state: UiState): readonly string[] {
  const {snapshot} = state.world
  const {name, protected: isProtected} = snapshot.environment
  const reason = forbidden(state)?.reason
  const firing = PANES.alerts.rows(state.world) as typeof snapshot.alerts
  return [
    `${name}${isProtected ? ', protected' : ''}, ${snapshot.project}${reason === undefined ? '' : `. Read-only: ${reason}`}`,
    spokenText(fire(state, true)),
    ...(snapshot.monitor.state === 'nobody' ? ['not monitored: nobody probes'] : []),
    ...snapshot.notices.map(notice => `${notice.level}: ${notice.text}`),
    ...firing.flatMap((row, index) => (row.state === 'firing' ? [`${index + 1} ${alertWords(row, state.now)}`] : [])),
    ...snapshot.runs.filter(isActive).map(row => activeRunWords(row)),
    ...NOUNS.filter(noun => noun !== 'alerts' && PANES[noun].onOverview !== false).map(noun => paneWords(state, noun)),
  ]
}

function paneWords(state: UiState, noun: Noun): string {
  const rows = PANES[noun].rows(state.world)
  const note = spokenText(PANES[noun].note?.(rows, state.now) ?? [span(String(rows.length))])
  return `${noun}: ${rows.length === 0 ? 'none' : note}`
}

function listWords(state: UiState, noun: Noun): readonly string[] {
  const {rows, total} = listed(state, noun)
  const pane = PANES[noun]
  const {filter, marks} = placeOf(state, noun)
  const counts = rows.length === total ? `${total}` : `${rows.length} of ${total}, filtered by ${filter}`
  const {reach} = state.world
  const older =
    reach?.noun === noun && reach.read < reach.total
      ? `the newest of ${formatWhole(reach.total)} that are kept`
      : undefined
  return [
    `${pane.title}: ${counts}${older === undefined ? '' : `, ${older}`}`,
    ...(rows.length === 0
      ? [filter === '' ? pane.empty : `No match for ${filter}. filter without words shows all.`]
      : []),
    ...rows.map((row, index) => {
      const mark = marks.includes(pane.id(row)) ? ', marked' : ''
      const old = pane.stale?.(row, state.now) ? ', old' : ''
      return `${index + 1} ${rowWords(pane.columns, row, state.now)}${mark}${old}`
    }),
    possible(state),
  ]
}

/** All that is known of the selected row, step or line; said when another one is selected. */
export function selectionWords(state: UiState): readonly string[] {
  const screen = currentScreen(state)
  if (screen.kind === 'plan') {
    const step = screen.plan.steps[screen.index]
    return step ? [`${step.index + 1} ${step.title}`, ...spokenLines(stepFacts(step, SPOKEN))] : []
  }
  const noun = screen.kind === 'list' ? screen.noun : screen.kind === 'overview' ? state.focus : undefined
  if (noun === undefined) return []
  const pane = PANES[noun]
  const {rows} = listed(state, noun)
  const index = selectedIndex(rows, noun, placeOf(state, noun))
  const row = rows[index]
  const title = screen.kind === 'overview' ? [paneWords(state, noun)] : []
  if (row === undefined) return title
  return [
    ...title,
    `${index + 1} ${(pane.name ?? pane.id)(row)}`,
    ...spokenLines(pane.details(row, {now: state.now, width: SPOKEN})),
  ]
}

/** Lines of output that are said when the screen of a run is opened; what comes later is said as it comes. */
const NEWEST = 5

function runWords(state: UiState, id: string): readonly string[] {
  const open = state.world.run?.id === id ? state.world.run : undefined
  const run = open?.state
  if (!open || !run) return [`Reading run ${id}.`]
  const word = run.outcome === undefined && run.abortRequested ? 'stopping' : runWord(run)
  const head = `${word}, ${run.plan?.runbook ?? id} ${paramText(run.plan?.params ?? {})}${run.dryRun ? ', dry run' : ''}`
  const since = run.startedAt === undefined ? '' : `, started ${moment(run.startedAt, state.now)}`
  const end =
    run.outcome === undefined
      ? []
      : [`${run.endReason || outcomeMeaning(run)}, exit ${run.exitCode ?? 'unknown'}`, ...run.afterwards]
  return [
    `${head.trim()}, by ${run.actor ? named(run.actor) : 'unknown'}${since}`,
    ...run.steps.map(view => stepWords(view, run.steps.length)),
    ...open.lines.slice(-NEWEST).map(outputWords),
    ...end,
    possible(state),
  ]
}

function pickerWords(state: UiState, query: string): readonly string[] {
  const found = matchingRunbooks(state, query)
  return [
    query === '' ? `Runbooks: ${found.length}` : `Runbooks like ${query}: ${found.length}`,
    ...found.map((row, index) => `${index + 1} ${rowWords(runbookColumns, row, state.now)}`),
  ]
}

function helpWords(state: UiState): readonly string[] {
  const below: UiState = {...state, screens: state.screens.slice(0, -1)}
  return [
    'Help. Type the word of an action, or its key, and Enter. After the word a number says which row.',
    'A number alone selects. Enter alone repeats this screen. A colon before a command is not needed.',
    ...actionsHere(below).map(action => {
      const why = action.disabled(below)
      return `${action.label}: ${action.description}${why === undefined ? '' : `, not now: ${why}`}`
    }),
  ]
}

/** What can be done here, by its words. */
function possible(state: UiState): string {
  const labels = actionsHere(state)
    .filter(action => action.id !== 'command' && action.footer !== undefined && action.disabled(state) === undefined)
    .toSorted((a, b) => (a.footer ?? 0) - (b.footer ?? 0))
    .map(action => action.label)
  return `You can type: ${[...new Set(labels)].join(', ')}.`
}
