import {named} from '../../identity/named.ts'
import type {RunState, StepView} from '../../runbooks/state.ts'
import {hostsToShow} from '../../runbooks/host-words.ts'
import {stepAtHand, stepsBehind} from '../../runbooks/state.ts'
import {formatDuration} from '../../units/duration.ts'
import type {Block, Line, Tone} from '../layout/line.ts'
import {beside, blank, fitBlock, line, lineWidth, span, spread} from '../layout/line.ts'
import {outputSpans} from '../layout/pager-lines.ts'
import {truncateMiddle, widthOf, wrap} from '../layout/text.ts'
import {titlesApart} from '../layout/titles-apart.ts'
import {wrapLine} from '../layout/wrap-line.ts'
import {shortDuration} from '../components/age.ts'
import {comparisonPanel} from '../components/comparison-panel.ts'
import {pane} from '../components/pane.ts'
import {paramText} from '../components/param-text.ts'
import {progressBar, progressWords} from '../components/progress-bar.ts'
import {statusGlyph, statusTone, statusWord} from '../components/status-word.ts'
import type {OpenRun, ShownRun} from '../state/world.ts'
import type {UiState} from '../state/ui.ts'
import {bodyOf, runLayout} from '../layout/body.ts'
import {defineScreen, type ScreenOf} from './screen.ts'

type RunScreen = ScreenOf<'run'>

/** A run: steps with their states on the left, live output on the right, what it means above. */
export const runScreen = defineScreen<'run'>({view})

function view(state: UiState, screen: RunScreen): Block {
  const {width, height} = bodyOf(state)
  const layout = runLayout(state)
  const open = state.world.run?.id === screen.id ? state.world.run : undefined
  const run = open?.state
  if (!open || !run) {
    const text = open ? 'There is no record of this run.' : 'Reading the run…'
    return pane([blank, line(text, 'dim')], {title: `run ${screen.id}`, width, height, focused: true})
  }
  const summary = fitBlock(summaryLines(state, run, width), width, layout.summary)
  const todo = afterwardsPane(run, width, height)
  const rest = Math.max(0, height - layout.summary - todo.length)
  const steps = (own: number): Block => stepsPane(state, open, run, {width: own, height: rest})
  const output = (own: number): Block => {
    const live = livePane(open, run, {width: own, height: rest})
    return [...live, ...outputPane(open, run, screen, {width: own, height: rest - live.length})]
  }
  if (!layout.split) return [...summary, ...(screen.half === 'steps' ? steps(width) : output(width)), ...todo]
  const main = beside([
    {block: steps(layout.stepsWidth), width: layout.stepsWidth},
    {block: output(width - layout.stepsWidth), width: width - layout.stepsWidth},
  ])
  return [...summary, ...main, ...todo]
}

/** One word for the whole run. */
export function runWord(run: ShownRun): string {
  if (run.outcome !== undefined) return run.outcome
  if (run.lost) return 'lost'
  if (run.prompt) return 'waiting'
  return run.startedAt === undefined ? 'pending' : 'running'
}

function summaryLines(state: UiState, run: ShownRun, width: number): readonly Line[] {
  const behind = stepsBehind(run)
  const at = run.outcome === undefined ? Math.min(behind + 1, run.steps.length) : behind
  const elapsed = run.durationMs ?? (run.startedAt === undefined ? 0 : Math.max(0, state.now - run.startedAt))
  const usual = run.plan?.usualMs
  const late = usual !== undefined && run.outcome === undefined && elapsed > usual * 1.5
  const word = runWord(run)
  const shown =
    word === 'lost'
      ? 'runner lost'
      : run.abortRequested && run.outcome === undefined
        ? 'stopping'
        : word === 'waiting'
          ? 'waiting for you'
          : word
  const left = [
    span(' '),
    ...statusWord(word, shown),
    span(`  ${run.plan?.runbook ?? run.run}`, 'bold'),
    ...(run.dryRun ? [span('  '), span(' DRY RUN ', 'badge warn')] : []),
    span(`  ${paramText(run.plan?.params ?? {})}`, 'dim'),
  ]
  const right = [
    ...progressBar(
      run.steps.length === 0 ? 0 : behind / run.steps.length,
      Math.min(20, Math.floor(width / 8)),
      statusTone(word).startsWith('bad') ? 'bad' : 'accent',
    ),
    span(`  ${at}/${run.steps.length}  `),
    span(formatDuration(elapsed), late ? 'warn bold' : 'plain'),
    span(usual === undefined ? ' ' : ` of about ${shortDuration(usual)} `, 'dim'),
  ]
  const second: Line =
    run.outcome === undefined
      ? [span(whoseRun(run, width), 'dim')]
      : [
          span(
            ` ${run.endReason === '' ? outcomeMeaning(run) : run.endReason}`,
            statusTone(word).startsWith('bad') ? 'bad' : 'plain',
          ),
          span(` · exit ${run.exitCode ?? '–'} · run ${run.run}`, 'dim'),
        ]
  return [spread(left, right, width), second]
}

function whoseRun(run: ShownRun, width: number): string {
  const reason = run.reason === '' ? '' : `: ${run.reason}`
  const words = ` by ${run.actor ? named(run.actor) : '?'}${reason} · run ${run.run}`
  const calming = ' · leaving this screen does not stop it'
  return words.length + calming.length <= width ? words + calming : words
}

export const outcomeMeaning = (run: RunState): string =>
  run.outcome === 'done'
    ? run.dryRun
      ? 'dry run: nothing was touched'
      : 'all steps are done'
    : run.outcome === 'unproven'
      ? 'all steps are done, but nothing proves that it is good'
      : `ended: ${run.outcome ?? ''}`

interface Room {
  readonly width: number
  readonly height: number
}

/** The steps, scrolled so that the current one and a little of what comes next are visible. */
function stepsPane(state: UiState, open: OpenRun, run: RunState, room: Room): Block {
  const inner = room.width - 4
  const space = Math.max(1, room.height - 2)
  const index = run.steps.indexOf(stepAtHand(run) ?? (run.steps.at(-1) as StepView))
  const shorten = titlesApart(run.steps.map(({step}) => step.title))
  const groupsOf = (wrapped: boolean): readonly (readonly Line[])[] =>
    run.steps.map(view => stepLines(state, open, {view, current: run.current, ...(wrapped ? {} : {shorten})}, inner))
  const groups = wholeWhereRoom(groupsOf(false), groupsOf(true), {from: index, space})
  const end = groups.slice(0, index + 3).flat().length
  const all = groups.flat()
  const top = Math.max(0, Math.min(end - space, all.length - space))
  const undoable = run.steps.filter(step => step.step.undo && step.state === 'done').length
  const note = undoable > 0 && run.outcome === undefined ? [span(`↩ ${undoable} can be undone`, 'dim')] : []
  return pane(all.slice(top, top + space), {title: 'Steps', note, ...room})
}

/** Titles are whole as far as there is room: that of the step at hand first, then what comes, then what was. */
function wholeWhereRoom(
  cut: readonly (readonly Line[])[],
  whole: readonly (readonly Line[])[],
  {from, space}: {readonly from: number; readonly space: number},
): readonly (readonly Line[])[] {
  const groups = [...cut]
  let left = space - cut.flat().length
  for (const at of [...cut.keys()].toSorted((a, b) => Number(a < from) - Number(b < from) || a - b)) {
    const [short = [], long = []] = [cut[at], whole[at]]
    left -= long.length - short.length
    if (left < 0) break
    groups[at] = long
  }
  return groups
}

/** What stands under a title begins where it does. */
const INDENT = '     '

interface ShownStep {
  readonly view: StepView
  readonly current: string | undefined
  /** Puts a title into one line; left out: it is whole. */
  readonly shorten?: (title: string, width: number) => string
}

function stepLines(state: UiState, open: OpenRun, {view, current, shorten}: ShownStep, width: number): readonly Line[] {
  const active = view.state === 'running' || view.state === 'undoing' || view.state === 'waiting'
  const took = active && view.startedAt !== undefined ? Math.max(0, state.now - view.startedAt) : view.durationMs
  const number = String(view.step.index + 1).padStart(2)
  const tone: Tone = active ? 'bold' : view.state === 'pending' || view.state === 'skipped' ? 'dim' : 'plain'
  const full = stepWord(view)
  // Where titles would be cut for it, the word stands below the title.
  const narrow = width < 44 && !active
  const word = narrow ? '' : full
  const time =
    took !== undefined
      ? shortDuration(took)
      : view.step.usualMs === undefined
        ? ''
        : `~${shortDuration(view.step.usualMs)}`
  const right = [
    ...(word === '' ? [] : [span(` ${word}`, statusTone(view.state))]),
    span(view.step.undo && view.state === 'done' ? ' ↩' : '', 'dim'),
    span(` ${time.padStart(5)}`, active ? 'plain' : 'dim'),
  ]
  const room = width - INDENT.length - lineWidth(right) - 1
  const {title} = view.step
  const titles = shorten ? [line(shorten(title, room), tone)] : wrapLine(line(title, tone), room, 3)
  const first = spread([statusGlyph(view.state), span(` ${number} `, 'dim'), ...(titles[0] ?? blank)], right, width)
  const more: Line[] = titles.slice(1).map(rest => [span(INDENT), ...rest])
  if (narrow && full !== '') more.push([span(INDENT), span(full, statusTone(view.state))])
  if (active && view.step.id === current && open.progress && open.progress.total > 0) {
    const {done, total, unit} = open.progress
    more.push([
      span(INDENT),
      ...progressBar(done / total, Math.max(4, Math.min(16, width - 24))),
      span(` ${progressWords({done, total, unit})}`, 'dim'),
    ])
  }
  more.push(...hostLines(view, active, width))
  const reason =
    view.reason === '' || view.state === 'pending' ? [] : wrap(view.reason, Math.max(8, width - INDENT.length), 3)
  more.push(
    ...reason.map((text): Line => [span(INDENT), span(text, statusTone(view.state).startsWith('bad') ? 'bad' : 'dim')]),
  )
  return [first, ...more]
}

/** A line or two a host: of the step at hand all, of the others those that need a look. */
function hostLines({hosts = []}: StepView, active: boolean, width: number): readonly Line[] {
  return hostsToShow(hosts, active).flatMap(({host, state, durationMs, reason}): readonly Line[] => {
    const right = durationMs === undefined ? blank : [span(` ${shortDuration(durationMs)}`, 'dim')]
    const word = state === 'done' || state === 'running' || state === 'pending' ? '' : ` ${state}`
    const room = width - INDENT.length - 3 - lineWidth(right)
    const left = [
      span(INDENT),
      statusGlyph(state),
      span(` ${truncateMiddle(host, Math.max(8, room - word.length))}`),
      span(word, statusTone(state)),
    ]
    if (lineWidth(left) + widthOf(reason) + 2 <= width - lineWidth(right))
      return [spread([...left, span(reason === '' ? '' : `  ${reason}`, 'dim')], right, width)]
    // What is wrong with a host is said whole, under its name.
    const below = wrap(reason, Math.max(8, width - INDENT.length - 2), 6)
    return [spread(left, right, width), ...below.map((text): Line => [span(`${INDENT}  `), span(text, 'dim')])]
  })
}

/** Words for states whose glyph alone would leave a doubt. */
function stepWord(view: StepView): string {
  if (view.state === 'running' && view.attempt > 1) return `attempt ${view.attempt}`
  return view.state === 'pending' || view.state === 'done' || view.state === 'running' ? '' : view.state
}

/** Output keeps at least so many rows, frame included. */
const LEAST_OUTPUT = 6

/** Live figures beside a change, as long as its step is at hand. */
function livePane({progress}: OpenRun, run: RunState, {width, height}: Room): Block {
  if (progress?.comparison === undefined || run.outcome !== undefined) return []
  const room = height - LEAST_OUTPUT
  const lines = comparisonPanel(progress.comparison, {width: width - 4, height: room - 2})
  return lines.length + 2 > room ? [] : pane(lines, {title: 'Comparison', width, height: lines.length + 2})
}

function outputPane(open: OpenRun, run: RunState, screen: RunScreen, room: Room): Block {
  const inner = room.width - 4
  const space = Math.max(1, room.height - 2)
  const {lines} = open
  const back =
    screen.back === 0 ? 0 : Math.min(Math.max(0, lines.length - space), screen.back + (open.total - screen.anchor))
  const end = Math.max(0, lines.length - back)
  const shown = lines.slice(Math.max(0, end - space), end)
  const note =
    back > 0
      ? [span(`▲ ${back} newer lines below`, 'warn'), span('  f', 'accent bold'), span(' follows', 'dim')]
      : [span(run.outcome === undefined ? `following · ${open.total} lines` : `${open.total} lines`, 'dim')]
  // The newest lines are whole. Whoever scrolls back goes by lines; the pager has all of each.
  const rows =
    back > 0 ? shown.map(outputSpans) : shown.flatMap(each => wholeLine(outputSpans(each), inner)).slice(-space)
  const content = rows.length === 0 ? [line(run.outcome === undefined ? 'No output yet.' : 'No output.', 'dim')] : rows
  return pane(content, {title: 'Output', note, ...room, focused: true})
}

/** What does not fit goes on below, set in, so that each line is seen to begin. */
const wholeLine = (spans: Line, width: number): readonly Line[] =>
  lineWidth(spans) <= width
    ? [spans]
    : wrapLine(spans, width - 2).map((part, row) => (row === 0 ? part : [span('  '), ...part]))

/** What a person should do after the run; the report has all of what there is no room for. */
function afterwardsPane(run: RunState, width: number, height: number): Block {
  if (run.outcome === undefined || run.afterwards.length === 0 || height < 14) return []
  const room = Math.floor(height * 0.4) - 2
  const linesOf = (most: number): readonly Line[] =>
    run.afterwards.flatMap(text =>
      wrap(text, width - 6, most).map((part, index) => line(`${index === 0 ? '· ' : '  '}${part}`)),
    )
  // Each is whole, or as long as lets all of them in.
  const lines = [6, 5, 4, 3, 2].map(linesOf).find(each => each.length <= room) ?? linesOf(2)
  const isCut = lines.length > room || lines.some(each => each.at(-1)?.text.endsWith('…'))
  return pane(lines, {
    title: 'Follow-up',
    ...(isCut ? {note: [span('O', 'accent bold'), span(' has all of it', 'dim')]} : {}),
    width,
    height: Math.min(lines.length, room) + 2,
    border: 'warn',
  })
}
