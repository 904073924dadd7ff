import type {PlacedLine} from '../../runs/ports.ts'
import {bodyOf} from '../layout/body.ts'
import type {Block, Line} from '../layout/line.ts'
import {blank, fitBlock, line, span, spread} from '../layout/line.ts'
import {parseLog} from '../layout/log-line.ts'
import {outputSpans, pagerRoom, rowsFor} from '../layout/pager-lines.ts'
import {wrap} from '../layout/text.ts'
import {type Fact, facts} from '../components/facts.ts'
import {statusWord} from '../components/status-word.ts'
import {instancesOf} from '../state/pager-logs.ts'
import {lineAt} from '../state/pager.ts'
import type {PagerScreen, PagerSource, UiState} from '../state/ui.ts'
import {defineScreen} from './screen.ts'

/** Output, a text or logs on the whole screen, without a frame: what is marked with the mouse is text and nothing else. */
export const pagerScreen = defineScreen<'pager'>({view})

function view(state: UiState, screen: PagerScreen): Block {
  const {width, height} = bodyOf(state)
  const content = screen.whole ? wholeLine(lineAt(state), width) : linesInSight(state, screen)
  return fitBlock([titleLine(state, screen, width), ...content], width, height)
}

function titleLine(state: UiState, screen: PagerScreen, width: number): Line {
  const page = state.world.page
  const current = lineAt(state)
  const share = page && page.size > 0 ? Math.round(((current?.next ?? 0) / page.size) * 100) : 100
  const right = [
    ...(screen.search === '' ? [] : [span(`/${screen.search}  `, 'accent')]),
    ...(screen.side > 0 ? [span(`column ${screen.side + 1}  `, 'dim')] : []),
    ...(screen.wrap ? [span('wrapped  ', 'dim')] : []),
    screen.follow ? span(isGrowing(state) ? 'following ' : 'end ', 'accent') : span(`${share} % `, 'dim'),
  ]
  return spread(sourceTitle(state, screen.source, current), right, width)
}

const isGrowing = ({world}: UiState): boolean =>
  world.logs !== undefined || (world.run !== undefined && world.run.state?.outcome === undefined)

function logsTitle(state: UiState, {release, instance}: Extract<PagerSource, {kind: 'logs'}>): Line {
  const all = instancesOf(state.world.snapshot.releases.find(each => each.name === release))
  const at = all.findIndex(each => each.name === instance)
  const row = all[at]
  const {trouble, reading} = state.world.logs ?? {}
  return [
    span(' Logs ', 'accent bold'),
    span(`${release} `),
    span(instance, 'bold'),
    span(`  ${at + 1}/${all.length} `, 'dim'),
    ...(row ? statusWord(row.health) : []),
    ...(row?.version === undefined ? [] : [span(`  ${row.version}`, 'dim')]),
    ...(trouble === undefined ? [span(reading ? '  reading' : '', 'dim')] : [span(`  ✘ ${trouble}`, 'bad')]),
  ]
}

function sourceTitle(state: UiState, source: PagerSource, current: PlacedLine | undefined): Line {
  if (source.kind === 'text')
    return [
      span(` ${source.title} `, 'accent bold'),
      span(source.name, 'bold'),
      ...(current && current.step !== '' ? [span('  '), span(current.step)] : []),
    ]
  if (source.kind === 'logs') return logsTitle(state, source)
  const run = state.world.run?.state
  const step = run?.steps.find(each => each.step.id === current?.step)?.step
  return [
    span(' Output ', 'accent bold'),
    span(run?.plan?.runbook ?? source.run, 'bold'),
    ...(step ? [span(`  step ${step.index + 1}/${run?.steps.length ?? '?'} `, 'dim'), span(step.title)] : []),
  ]
}

function linesInSight(state: UiState, screen: PagerScreen): readonly Line[] {
  const {width, height} = pagerRoom(state)
  const lines = state.world.page?.lines ?? []
  if (lines.length === 0)
    return [blank, line(state.world.logs?.reading === false ? '  Nothing was printed.' : '  No output yet.', 'dim')]
  const rows: Line[] = []
  for (
    let index = Math.max(
      0,
      lines.findIndex(each => each.at === screen.top),
    );
    rows.length < height;
    index++
  ) {
    const each = lines[index]
    if (!each) break
    const sign = span(each.at === screen.at ? '▸ ' : '  ', 'accent bold')
    const spans = marked(spansOf(screen.source, each), screen.search)
    rows.push(...rowsFor(spans, width, screen).map((row, part): Line => [part === 0 ? sign : span('  '), ...row]))
  }
  return rows
}

/** The heading of a part of a text stands out; all else looks as in the output. */
const spansOf = ({kind}: PagerSource, each: PlacedLine): Line =>
  kind === 'text' && each.step !== '' && each.text.endsWith(each.step) ? line(each.text, 'bold') : outputSpans(each)

/** What was searched for stands out wherever it is. */
function marked(spans: Line, search: string): Line {
  if (search === '') return spans
  const wanted = search.toLowerCase()
  return spans.flatMap(each => {
    const parts: Line[number][] = []
    const lower = each.text.toLowerCase()
    let from = 0
    for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, from)) {
      parts.push({text: each.text.slice(from, at), tone: each.tone})
      parts.push({text: each.text.slice(at, at + wanted.length), tone: 'badge warn'})
      from = at + wanted.length
    }
    return [...parts, {text: each.text.slice(from), tone: each.tone}]
  })
}

/** One line with nothing cut off; of JSON every field. */
function wholeLine(each: PlacedLine | undefined, width: number): readonly Line[] {
  if (!each) return [blank, line('  No line.', 'dim')]
  const entry = each.stream === 'out' ? parseLog(each.text) : undefined
  const rows = (text: string): readonly Line[] => wrap(text, width - 4).map(part => line(`  ${part}`))
  if (!entry) return [blank, ...rows(each.text)]
  const fields: readonly Fact[] = [['time', entry.time], ['level', entry.level], ...entry.rest]
  return [blank, ...rows(entry.message), blank, ...facts(fields, width - 4).map((row): Line => [span('  '), ...row])]
}
