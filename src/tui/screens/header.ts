import {nameWith} from '../../identity/named.ts'
import {elsewhereWords} from '../../alerts/firing-elsewhere.ts'
import {kinds, rowsOf} from '../../config/kinds.ts'
import type {RunRow} from '../../runbooks/rows.ts'
import {worstSlo} from '../../monitors/objectives/budget.ts'
import {formatDuration} from '../../units/duration.ts'
import type {Block, Line, Tone} from '../layout/line.ts'
import {blank, fitLine, line, lineWidth, span, spread} from '../layout/line.ts'
import {clockTime, shortAge, shortDuration, shownState} from '../components/age.ts'
import {sloBar} from '../components/objectives.ts'
import {progressBar} from '../components/progress-bar.ts'
import {statusWord} from '../components/status-word.ts'
import {controlBadge} from '../panes/release-controls.ts'
import {isActive} from '../panes/runs.ts'
import type {UiState} from '../state/ui.ts'
import {currentScreen, forbidden} from '../state/ui.ts'
import {bodyOf} from '../layout/body.ts'

/** In this order: where am I, is anything on fire, since when, what is changing right now. */
export function header(state: UiState): Block {
  const {width, header: height} = bodyOf(state)
  const first = firstLine(state, width)
  if (height === 1) return [first]
  const second = secondLine(state, width)
  if (height === 2) return [first, second ?? rule(state, width)]
  return [first, second ?? calmOrBudget(state, width), rule(state, width)]
}

/** The frame's colour: red where changes hurt, so that production is never mistaken for anything else. */
export const environmentTone = (state: UiState): Tone => (state.world.snapshot.environment.protected ? 'bad' : 'dim')

export const rule = (state: UiState, width: number): Line =>
  line((state.world.snapshot.environment.protected ? '━' : '─').repeat(width), environmentTone(state))

export function environmentBadge(state: UiState): Line {
  const {name, protected: isProtected} = state.world.snapshot.environment
  return line(` ${name.toUpperCase()} `, isProtected ? 'badge protected' : 'badge')
}

function firstLine(state: UiState, width: number): Line {
  const {snapshot} = state.world
  const readOnly = forbidden(state) !== undefined ? [span(' '), span(' READ-ONLY ', 'badge warn')] : []
  const frozen = snapshot.freeze === undefined ? [] : [span(' '), span(' FROZEN ', 'badge warn')]
  const control = controlBadge(snapshot.releases, state.now)
  const worked = snapshot.maintenance === undefined ? [] : [span(' '), span(' MAINTENANCE ', 'badge warn')]
  const left = [
    ...environmentBadge(state),
    ...readOnly,
    ...frozen,
    ...(control === undefined || width < 60 ? [] : [span(' '), span(control, 'badge warn')]),
    ...worked,
    ...(width >= 70 ? [span(`  ${snapshot.project}`, 'bold')] : []),
    span('  '),
    ...fire(state, width >= 70),
  ]
  const clock = [span(` ${clockTime(state.now)} `, 'dim')]
  const nobody = state.world.snapshot.monitor.state === 'nobody' ? statusWord('degraded', 'not monitored') : []
  // The longest that fits; that nobody monitors is told before the time of day.
  const choices: readonly Line[] = [
    [...monitorWords(state), span(' ·', 'dim'), ...clock],
    nobody.length > 0 ? [...nobody, span(' ')] : clock,
    nobody,
  ]
  const right = choices.find(each => lineWidth(left) + lineWidth(each) + 1 <= width) ?? []
  return spread(left, right, width)
}

/** What is on fire, and since when; else a calm word, but only when that is really known. */
export function fire(state: UiState, long: boolean): Line {
  const {snapshot} = state.world
  const firing = snapshot.alerts.filter(alert => alert.state === 'firing')
  const bySeverity = (['critical', 'warning', 'info'] as const).flatMap(severity => {
    const count = firing.filter(alert => alert.severity === severity).length
    return count === 0 ? [] : [statusWord(severity, `${count} ${severity}`)]
  })
  if (bySeverity.length > 0) {
    const since = Math.min(...firing.map(alert => alert.since))
    const parts = bySeverity.flatMap((words, index) => [...(index > 0 ? [span('  ')] : []), ...words])
    return [...parts, ...(long ? [span(`  for ${shortAge(since, state.now)}`, 'dim')] : [])]
  }
  const watched = kinds.flatMap(kind => rowsOf(snapshot, kind))
  const states = watched.map(row => shownState(row, state.now))
  const bad = (['down', 'degraded', 'no data'] as const).flatMap(word => {
    const count = states.filter(each => each === word).length
    return count === 0 ? [] : [statusWord(word, `${count} ${word}`)]
  })
  if (bad.length > 0) return bad.flatMap((words, index) => [...(index > 0 ? [span('  ')] : []), ...words])
  const elsewhere = elsewhereWords(snapshot.firingElsewhere)
  const there = elsewhere === undefined ? [] : [span(long ? '  firing in ' : '  '), span(elsewhere, 'bad bold')]
  if (watched.length === 0) return [...line('nothing is monitored here', 'dim'), ...there]
  if (elsewhere !== undefined) return [...statusWord('up', long ? 'No alerts firing here' : 'fine here'), ...there]
  return statusWord('up', long ? 'No alerts firing' : 'All healthy')
}

function monitorWords(state: UiState): Line {
  const {monitor} = state.world.snapshot
  const late =
    monitor.lastSampleAt === undefined ? 'never probed' : `last probe ${shortAge(monitor.lastSampleAt, state.now)} ago`
  switch (monitor.state) {
    case 'here':
      return line('monitoring', 'dim')
    case 'elsewhere':
      return line(`monitored by ${monitor.holder}`, 'dim')
    default:
      return statusWord('degraded', `not monitored, ${late}`)
  }
}

/** A notice of the console itself, or the run in progress; critical notices come before everything. */
function secondLine(state: UiState, width: number): Line | undefined {
  const {notices, runs} = state.world.snapshot
  const critical = notices.find(notice => notice.level === 'critical')
  if (critical)
    return fitLine([span(' ✘ ', 'bad bold'), span(critical.text, 'bad bold'), ...more(notices.length)], width)
  const here = currentScreen(state)
  // The run whose screen is open tells more about itself below.
  const active = runs.filter(row => isActive(row) && !(here.kind === 'run' && here.id === row.id))
  const run = active.find(row => row.state === 'waiting') ?? active[0]
  if (run) return runLine(state, run, {width, others: active.length - 1})
  const notice = notices.find(each => each.level === 'warning') ?? notices[0]
  if (!notice) return undefined
  const tone: Tone = notice.level === 'warning' ? 'warn' : 'dim'
  return fitLine(
    [span(notice.level === 'warning' ? ' ▲ ' : ' ○ ', tone), span(notice.text, tone), ...more(notices.length)],
    width,
  )
}

const more = (count: number): Line => (count > 1 ? [span(`  and ${count - 1} more`, 'dim')] : [])

/** The run in sight wherever one is: what, which step, how far, how long against usual. */
function runLine(
  state: UiState,
  run: RunRow,
  {width, others}: {readonly width: number; readonly others: number},
): Line {
  const elapsed = Math.max(0, state.now - run.startedAt)
  const word = run.state === 'waiting' ? 'waiting for an answer' : run.state === 'lost' ? 'runner lost' : 'running'
  const step = `${Math.min(run.stepIndex + 1, run.stepCount)}/${run.stepCount}`
  const share = run.stepCount === 0 ? 0 : run.stepIndex / run.stepCount
  const usual = run.usualMs === undefined ? '' : ` of about ${shortDuration(run.usualMs)}`
  const hint = [span('  R', 'accent bold'), span(' opens ', 'dim')]
  const left = [
    span(' '),
    ...statusWord(run.state, word),
    span(`  ${run.runbook}`, 'bold'),
    span(run.dryRun ? ' (dry run)' : '', 'dim'),
    span(`  ${step} `, 'dim'),
    span(run.stepTitle),
    span(others > 0 ? `  and ${others} more` : '', 'warn'),
  ]
  const right = [
    ...(width >= 100 ? [...progressBar(share, 14), span('  ')] : []),
    span(width >= 70 ? `${formatDuration(elapsed)}${usual}` : shortDuration(elapsed), 'dim'),
    ...(width >= 80 ? hint : [span(' ')]),
  ]
  return spread(left, right, width)
}

/** The budget of which the least is left, where there is room for it. */
function worstBudget(state: UiState, width: number): Line {
  if (width < 100) return []
  const promised = state.world.snapshot.services.flatMap(({name, slos = []}) => slos.map(slo => ({name, slo})))
  const worst = worstSlo(promised.map(({slo}) => slo))
  const name = promised.find(({slo}) => slo === worst)?.name
  if (worst?.left === undefined) return []
  return [span(`${name} `, 'dim'), ...sloBar(worst, Math.floor(width / 3)), span(' ')]
}

/** A budget that is well keeps back where it would cut what else is said. */
function calmOrBudget(state: UiState, width: number): Line {
  const budget = worstBudget(state, width)
  const loud = budget.some(({tone}) => /^(bad|warn)/.test(tone))
  const room = width - (loud ? lineWidth(budget) + 1 : 0)
  const choices = calmLines(state)
  const calm = choices.find(each => lineWidth(each) <= room) ?? choices.at(-1) ?? blank
  return spread(calm, loud || lineWidth(calm) + lineWidth(budget) < width ? budget : [], width)
}

/** What is said where nothing is in progress, the longest first: who one is stays out where it would be cut. */
function calmLines(state: UiState): readonly Line[] {
  const active = state.world.snapshot.runs.some(isActive)
  if (active) return [line(' No other runs in progress', 'dim')]
  const last = state.world.snapshot.runs.toSorted((a, b) => (b.endedAt ?? 0) - (a.endedAt ?? 0))[0]
  const {actor} = state.world.snapshot
  const you = actor?.noLogin ? [` · you are ${nameWith(actor.name, true)}`] : []
  const choices = (text: string): readonly Line[] =>
    [...you.map(each => `${text}${each}`), text].map(each => line(each, 'dim'))
  if (!last?.endedAt) return choices(' No runs in progress')
  const age = shortAge(last.endedAt, state.now)
  const what = `${last.runbook} ${last.state} ${age === 'now' ? 'just now' : `${age} ago`} by ${nameWith(last.actor, last.noLogin)}`
  return choices(` No runs in progress · last: ${what}`)
}
