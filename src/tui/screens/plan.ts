import {coveredCode} from '../../runbooks/covered-code.ts'
import type {Plan, PlannedGuard, PlannedStep} from '../../runbooks/plan.ts'
import {formatDuration} from '../../units/duration.ts'
import type {Block, Line} from '../layout/line.ts'
import {line, lineWidth, span} from '../layout/line.ts'
import {shortDuration} from '../components/age.ts'
import {facts} from '../components/facts.ts'
import {pane} from '../components/pane.ts'
import {statusWord} from '../components/status-word.ts'
import type {Column} from '../components/table.ts'
import {table} from '../components/table.ts'
import type {UiState} from '../state/ui.ts'
import {environmentBadge} from './header.ts'
import {bodyOf} from '../layout/body.ts'
import {titlesApart} from '../layout/titles-apart.ts'
import {defineScreen, type ScreenOf} from './screen.ts'

/** The widths are those of this plan, which stands still: what no step has, takes no room from what all have, a title. */
export function planColumns({steps}: Plan): readonly Column<PlannedStep>[] {
  const widest = Math.max(...steps.map(step => lineWidth(forecast(step))), FORECAST.length)
  const usual = steps.some(step => step.usualMs !== undefined)
  const title = titlesApart(steps.map(each => each.title))
  return [
    {title: '#', width: 2, align: 'right', rank: 1, cell: step => [span(String(step.index + 1), 'dim')]},
    {
      title: 'STEP',
      name: true,
      width: 26,
      grow: 3,
      max: 64,
      rank: 1,
      cell: (step, _now, width) => [span(title(step.title, width), step.skipped === undefined ? 'plain' : 'dim')],
    },
    {title: FORECAST, width: widest, rank: 1, cell: forecast},
    {title: 'CONFIRM', width: 7, rank: 2, cell: asks},
    {title: 'UNDO', width: 5, rank: 3, cell: undo},
    ...(usual ? [usualColumn] : []),
    {title: 'TOUCHES', width: 12, grow: 2, rank: 6, cell: step => [span(step.targets.join(', '), 'dim')]},
  ]
}

const FORECAST = 'FORECAST'

/** Gives way to titles that would be cut: that it is late is said while it runs. */
const usualColumn: Column<PlannedStep> = {
  title: 'USUAL',
  width: 6,
  align: 'right',
  rank: 5,
  cell: step => shortDuration(step.usualMs),
}

/** A forecast that only the run itself can give. */
const UNKNOWN = 'unknown until run'

function forecast(step: PlannedStep): Line {
  if (step.skipped !== undefined) return statusWord('skipped')
  if (step.readOnly) return [span('○ ', 'dim'), span('read-only', 'dim')]
  return step.forecast === 'done'
    ? statusWord('already done', 'nothing to do')
    : statusWord(step.forecast, step.forecast === 'cannot know' ? UNKNOWN : step.forecast)
}

function asks(step: PlannedStep): Line {
  if (step.manual !== undefined) return line('manual', 'warn')
  if (!step.confirm) return line('–', 'dim')
  return step.confirm.type === undefined ? line('yes', 'warn') : line('typed', 'warn bold')
}

function undo(step: PlannedStep): Line {
  if (step.readOnly) return line('–', 'dim')
  return step.undo ? [span('↩', 'ok'), span(' yes')] : line('no', 'warn')
}

/** The frozen plan: what would happen, to what, for how long, and what can be taken back. Nothing has happened yet. */
export const planScreen = defineScreen<'plan'>({view})

function view(state: UiState, screen: ScreenOf<'plan'>): Block {
  const {width, height} = bodyOf(state)
  const {plan} = screen
  const step = plan.steps[screen.index]
  const about = aboutPlan(plan, width - 4)
  const aboutHeight = Math.min(about.length + 2, Math.max(3, Math.floor(height * 0.35)))
  const tableWant = plan.steps.length + 3
  const detail = step ? stepFacts(step, width - 4) : []
  const detailHeight =
    height - aboutHeight >= 13 ? Math.min(detail.length + 2, Math.max(5, Math.floor((height - aboutHeight) * 0.5))) : 0
  const tableHeight = height - aboutHeight - detailHeight
  const steps = pane(
    table({
      columns: planColumns(plan),
      rows: plan.steps,
      width: width - 4,
      height: Math.max(1, tableHeight - 2),
      now: state.now,
      selected: screen.index,
    }),
    {
      title: 'Steps',
      note: stepsNote(plan, {index: screen.index, shown: tableHeight - 3}),
      width,
      height: Math.min(tableHeight, Math.max(tableWant, tableHeight)),
      focused: true,
    },
  )
  return [
    ...pane(about, {
      title: `Plan: ${plan.runbook}`,
      note: environmentBadge(state),
      width,
      height: aboutHeight,
      border: plan.protected ? 'bad' : 'dim',
    }),
    ...steps,
    ...(step && detailHeight > 0
      ? pane(detail, {title: `${step.index + 1} ${step.title}`, width, height: detailHeight})
      : []),
  ]
}

/** Where the steps are more than there is room for, which of how many are in sight. */
function stepsNote(plan: Plan, {index, shown}: {readonly index: number; readonly shown: number}): Line {
  const all = plan.steps.length
  const note = forecastNote(plan)
  if (shown < 1 || all <= shown) return note
  const top = Math.min(Math.max(0, index - shown + 1), all - shown)
  return [span(`${top + 1}–${top + shown} of ${all} · `, 'dim'), ...note]
}

function forecastNote(plan: Plan): Line {
  const working = plan.steps.filter(step => step.skipped === undefined && !step.readOnly)
  const of = (word: PlannedStep['forecast']): number => working.filter(step => step.forecast === word).length
  const parts = [
    of('would change') > 0 ? `${of('would change')} would change` : '',
    of('cannot know') > 0 ? `${of('cannot know')} ${UNKNOWN}` : '',
    of('done') > 0 ? `${of('done')} nothing to do` : '',
  ].filter(Boolean)
  return line(parts.length === 0 ? 'read-only' : parts.join(' · '), 'dim')
}

export function aboutPlan(plan: Plan, width: number): readonly Line[] {
  const params = Object.entries(plan.params).map(([key, value]) => `${key}=${String(value)}`)
  const without = plan.steps.filter(step => !step.undo && !step.readOnly && step.skipped === undefined).length
  const failure = plan.steps.every(step => step.readOnly)
    ? 'the run stops there; it changes nothing'
    : plan.onFailure === 'undo'
      ? `completed steps are undone${without > 0 ? `, except ${without} that cannot be` : ''}`
      : 'the run stops there and undoes nothing'
  return [
    [...statusWord(plan.danger), span('  '), span(plan.summary)],
    ...facts(
      [
        ['parameters', params.join('  ') || undefined],
        ['to start', startText(plan)],
        ['usually takes', plan.usualMs === undefined ? 'unknown: it has never run here' : formatDuration(plan.usualMs)],
        ...plan.steps.flatMap(({title, estimate}) =>
          estimate === undefined ? [] : [['will take', `${estimate}: ${title}`] as const],
        ),
        ['if a step fails', failure],
        ...(plan.guards ?? []).map(guard => ['guard', guardText(guard)] as const),
        ['locks', plan.locks.join(', ') || 'none'],
        ['code', coveredCode(plan)],
      ],
      width,
    ),
  ]
}

function guardText({title, everyMs, after}: PlannedGuard): string {
  const when = after === undefined ? '' : ` once ${after} is done`
  return `${title}: checked every ${formatDuration(everyMs)}${when}; the run stops if it fails`
}

/** What must be said to start, and why. */
export function startText(plan: Plan): Line {
  switch (plan.start.kind) {
    case 'none':
      return [span('Enter', 'accent bold'), span(` (${plan.start.reason})`, 'dim')]
    case 'yes':
      return [span('confirm', 'warn bold'), span(` (${plan.start.reason})`, 'dim')]
    default:
      return [span(`type ${plan.start.text}`, 'bad bold'), span(` (${plan.start.reason})`, 'dim')]
  }
}

export function stepFacts(step: PlannedStep, width: number): readonly Line[] {
  return [
    ...facts(
      [
        ['why', step.why],
        ['touches', step.targets.join(', ')],
        ['forecast', step.skipped === undefined ? forecast(step) : `skipped: ${step.skipped}`],
        ['question', step.confirm?.text ?? (step.manual === undefined ? undefined : `manual: ${step.manual}`)],
        ['confirmed', step.confirm?.touches.join(', ')],
        ['undo', step.readOnly ? undefined : step.undo ? 'can be undone' : 'cannot be undone'],
        ['verified', step.verify ? 'yes' : undefined],
        ['timeout', `${formatDuration(step.timeoutMs)}${step.retries > 0 ? `, ${step.retries} retries` : ''}`],
        ['if stopped here', step.stopCost],
      ],
      width,
    ),
  ]
}
