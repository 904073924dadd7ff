import {messageOf, toOpsError} from '../errors.ts'
import {clipboardSequence} from './clipboard.ts'
import {createSearcher} from './find-in-output.ts'
import type {OutputPages} from '../runs/ports.ts'
import {textPages} from '../runs/text-pages.ts'
import type {ConsolePort} from './port.ts'
import type {Effect, PagerSource, Screen, UiEvent, UiState} from './state/ui.ts'
import {charted} from './state/charted.ts'
import {openHistory, wantedReach} from './state/reach.ts'
import {currentScreen} from './state/ui.ts'
import type {World} from './state/world.ts'

/** Lines of output that are held: a screenful while following, more once somebody scrolls up. */
const FOLLOWED_LINES = 400
const SCROLLED_LINES = 5000

/** Reads what the current screen needs to know. Raises what the port raises. */
export function readWorld(port: ConsolePort, state: UiState | undefined): World {
  const screen = state ? currentScreen(state) : undefined
  return {
    snapshot: port.snapshot(),
    runbooks: port.runbooks(),
    keymap: port.keymap(),
    audit: [],
    ...readHistory(port, state),
    run:
      screen?.kind === 'run'
        ? readRun(port, screen.id, screen.back > 0)
        : screen?.kind === 'pager'
          ? readSource(port, screen.source)
          : undefined,
    ...readPager(port, state, screen),
    series: state && readSeries(port, state),
  }
}

function readSeries(port: ConsolePort, state: UiState): World['series'] {
  const wanted = charted(state)
  const series = wanted && port.series(wanted.noun, wanted.name, state.range)
  return wanted && series && {...series, ...wanted, range: state.range}
}

/** The newest part of the history whose list is open. */
function readHistory(
  port: ConsolePort,
  state: UiState | undefined,
): Pick<World, 'audit' | 'runs' | 'reach'> | undefined {
  const noun = state && openHistory(state)
  if (state === undefined || noun === undefined) return undefined
  const limit = wantedReach(state, noun)
  if (noun === 'audit') {
    const audit = port.audit({limit}).toReversed()
    // Records are numbered without a gap from 1, so the newest says how many there are.
    return {audit, reach: {noun, asked: limit, read: audit.length, total: audit[0]?.seq ?? 0}}
  }
  const {rows, total} = port.runs(limit)
  return {audit: [], runs: rows, reach: {noun, asked: limit, read: Math.min(limit, total), total}}
}

/** Lines that are read on each side of the one that the keys are on: some screens full. */
const PAGE_LINES = 200

function readPager(
  port: ConsolePort,
  state: UiState | undefined,
  screen: Screen | undefined,
): Pick<World, 'page' | 'logs'> {
  // Also below a screen that is soon left again, such as the help.
  const looked = state?.screens.findLast(each => each.kind === 'pager' && each.source.kind === 'logs')
  const place = looked?.kind === 'pager' && looked.source.kind === 'logs' ? looked.source : undefined
  const logs = port.logs(place, screen?.kind === 'pager' && screen.follow)
  if (screen?.kind !== 'pager') return {}
  const {source, at, follow} = screen
  const page = pagesOf(port, source).page({at: follow ? 'end' : at, before: PAGE_LINES, after: PAGE_LINES})
  return {page, logs: logs && {reading: logs.reading, trouble: logs.trouble}}
}

function pagesOf(port: ConsolePort, source: PagerSource): OutputPages {
  switch (source.kind) {
    case 'output':
      return port.pages(source.run)
    case 'text':
      return textPages(source.lines)
    default:
      return port.logs(source, false)?.pages ?? textPages([])
  }
}

/** The run whose output it is. */
const readSource = (port: ConsolePort, source: PagerSource): World['run'] =>
  source.kind === 'output'
    ? {id: source.run, state: port.run(source.run), lines: [], total: 0, progress: undefined}
    : undefined

function readRun(port: ConsolePort, id: string, scrolled: boolean): World['run'] {
  const state = port.run(id)
  const {lines, total} = state
    ? port.output(id, {last: scrolled ? SCROLLED_LINES : FOLLOWED_LINES})
    : {lines: [], total: 0}
  return {id, state, lines, total, progress: state ? port.progress(id) : undefined}
}

export interface EffectTools {
  readonly port: ConsolePort
  readonly dispatch: (event: UiEvent) => void
  /** Monotonic clock, ms. */
  readonly monotonic: () => number
  /** Reads the world at once and shows it. */
  readonly read: () => void
  /** Writes straight to the terminal; for sequences that draw nothing. */
  readonly write: (sequence: string) => void
  /** Inside of tmux: gives it a text for its buffer and the clipboard of the terminal outside; whether it took it. */
  readonly tmux: ((text: string) => boolean) | undefined
  readonly quit: () => void
  /** Gives the terminal up for the time of the work, and takes it back. */
  readonly suspended: (work: () => void) => Promise<void>
}

/** Carries out effects. Whatever fails is told at the bottom of the screen; nothing is thrown at the terminal. */
export function createPerformer(tools: EffectTools): {perform(effect: Effect): void; stop(): void} {
  const {port, dispatch} = tools
  const planner = createPlanner(tools)

  const tell = (text: string, tone: 'info' | 'good' | 'bad' = 'good'): void => dispatch({type: 'told', text, tone})
  const searcher = createSearcher(
    source => pagesOf(port, source),
    (source, at) => dispatch({type: 'found', source, at}),
    text => tell(text, 'info'),
  )
  const attempt = (work: () => Promise<void>, done: () => void): void => {
    work().then(done, (error: unknown) => tell(explain(error), 'bad'))
  }

  const act = (effect: Effect): void => {
    switch (effect.type) {
      case 'quit':
        return tools.quit()
      case 'read':
        return tools.read()
      case 'refresh':
        port.refresh()
        return tools.read()
      case 'terminal':
        return runInTerminal(tools, effect.argv, tell)
      case 'environment':
        port.selectEnvironment(effect.name)
        return tools.read()
      case 'report':
        return showReport(tools, effect.run, tell)
      case 'plan':
        return planner.plan(effect)
      case 'forget plan':
        return planner.forget()
      case 'start':
        port.start(effect.plan, {reason: effect.reason, typed: effect.typed, dryRun: effect.dryRun}).then(
          run => dispatch({type: 'started', run}),
          (error: unknown) => dispatch({type: 'start failed', text: explain(error)}),
        )
        return
      case 'answer':
        return attempt(
          () => port.answer(effect.run, effect.prompt, effect.answer, effect.reason),
          () => tell(`Answered: ${effect.answer}.`),
        )
      case 'decide':
        return attempt(...decision(port, effect, tell))
      case 'abort':
        return attempt(
          () => port.abort(effect.run, effect.reason),
          () => tell('Stop requested.'),
        )
      case 'acknowledge':
      case 'silence':
      case 'send again':
        return attempt(...alertAnswer(port, effect, tell))
      case 'find':
        return searcher.find(effect.source, effect.what)
      case 'copy':
        return copy(tools, effect, tell)
    }
  }

  return {
    perform(effect) {
      try {
        act(effect)
      } catch (error) {
        tell(explain(error), 'bad')
      }
    },
    stop: () => {
      planner.forget()
      searcher.stop()
    },
  }
}

async function eachAlert(alerts: readonly string[], work: (alert: string) => Promise<void>): Promise<void> {
  for (const alert of alerts) await work(alert)
}

const alertsDone = (alerts: readonly string[], word: string): string =>
  alerts.length === 1 ? `${word[0]?.toUpperCase()}${word.slice(1)}.` : `${alerts.length} alerts ${word}.`

/** Asks for one plan at a time; what was asked before is forgotten. */
function createPlanner({port, dispatch, monotonic}: EffectTools) {
  let planning = new AbortController()
  return {
    plan(effect: Extract<Effect, {type: 'plan'}>): void {
      planning.abort()
      planning = new AbortController()
      const {signal} = planning
      port.plan(effect.runbook, effect.params, signal).then(
        made => {
          if (!signal.aborted) dispatch({type: 'planned', plan: made, params: effect.params, at: monotonic()})
        },
        (error: unknown) => {
          if (!signal.aborted) dispatch({type: 'plan failed', text: explain(error)})
        },
      )
    },
    forget: () => planning.abort(),
  }
}

function showReport({port, dispatch}: EffectTools, run: string, tell: Tell): void {
  const text = port.report(run)
  if (text === undefined) tell('Its report is written when the run has ended.', 'info')
  else dispatch({type: 'report', run, text})
}

type Tell = (text: string, tone?: 'info' | 'good' | 'bad') => void

/** What is decided of a step, and what is said when the run has it. */
const decision = (
  port: ConsolePort,
  {run, step, choice, reason}: Extract<Effect, {type: 'decide'}>,
  tell: Tell,
): [work: () => Promise<void>, done: () => void] => [
  () => port.decide(run, {step, choice, reason}),
  () => tell(`Decided: ${choice}.`),
]

/** How alerts are answered, and what is said when it is done. */
function alertAnswer(
  port: ConsolePort,
  effect: Extract<Effect, {type: 'acknowledge' | 'silence' | 'send again'}>,
  tell: Tell,
): [work: () => Promise<void>, done: () => void] {
  switch (effect.type) {
    case 'acknowledge':
      return [
        () => eachAlert(effect.alerts, alert => port.acknowledge(alert, effect.note)),
        () => tell(alertsDone(effect.alerts, 'acknowledged')),
      ]
    case 'silence':
      return [
        () => eachAlert(effect.alerts, alert => port.silence(alert, effect)),
        () => tell(alertsDone(effect.alerts, 'silenced')),
      ]
    default: {
      const {letters, reason} = effect
      return [
        () => port.sendAgain(letters, reason),
        () => tell(letters.length === 1 ? 'Sent.' : `${letters.length} notifications sent.`),
      ]
    }
  }
}

/** The screens give the terminal up, the program has it, and the screens come back with how it ended. */
function runInTerminal(tools: EffectTools, argv: readonly string[], tell: Tell): void {
  let code = 127
  tools
    .suspended(() => void (code = tools.port.handOver(argv)))
    .then(
      () => tell(`It exited with code ${code}; answer done, or run it again.`, code === 0 ? 'good' : 'bad'),
      (error: unknown) => tell(explain(error), 'bad'),
    )
}

function copy(tools: EffectTools, effect: Extract<Effect, {type: 'copy'}>, tell: Tell): void {
  if (tools.tmux?.(effect.text)) return tell(`Copied ${effect.what} to tmux, and on if your terminal allows it.`)
  const sequence = clipboardSequence(effect.text, tools.tmux !== undefined)
  if (sequence === undefined) return tell('Too long for the clipboard of a terminal.', 'bad')
  tools.write(sequence)
  tell(`Copied ${effect.what}, if your terminal allows it.`)
}

/** What happened, and what to do next. */
function explain(error: unknown): string {
  const {message, hint} = toOpsError(error)
  const what = message || messageOf(error)
  return hint ? `${what}${/[.!?…]$/.test(what) ? '' : '.'} ${hint}` : what
}
