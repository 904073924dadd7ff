import {byUrgency} from '../../alerts/alert-order.ts'
import {labelWords} from '../../alerts/label-words.ts'
import {foldByCause} from '../../alerts/fold-by-cause.ts'
import type {Line, Tone} from '../layout/line.ts'
import {blank, line, SPOKEN, span} from '../layout/line.ts'
import {moment, shortAge, shortDuration} from '../components/age.ts'
import {facts, heading, twoParts} from '../components/facts.ts'
import {statusGlyph, statusTone, statusWord} from '../components/status-word.ts'
import {targetName} from '../components/target-name.ts'
import type {Column} from '../components/table.ts'
import type {World} from '../state/world.ts'
import {AROUND, figurePart} from '../components/figure-chart.ts'
import {chartRows} from '../components/latency-chart.ts'
import {wrapLine} from '../layout/wrap-line.ts'
import {type DetailsView, definePane} from './pane.ts'
import {type AlertPaneRow, letterDetails, letterRow} from './undelivered.ts'

/** Severity while it fires; otherwise its state, which then matters more. */
function stateCell(row: AlertPaneRow): Line {
  if (row.state !== 'firing') return statusWord(row.state, row.ending ?? row.state)
  return row.acknowledged ? statusWord('acknowledged', `${row.severity}, ack`) : statusWord(row.severity)
}

const firedText = (row: AlertPaneRow, now: number): string => {
  if (row.firedAt !== undefined) return moment(row.firedAt, now)
  return row.firesAt === undefined ? 'pending' : `pending, fires in ${shortDuration(Math.max(0, row.firesAt - now))}`
}

/** A symptom stands under its cause, and is not what to look at first. */
const subject = (row: AlertPaneRow): Line =>
  row.cause === undefined
    ? [span(targetName(row.target), row.state === 'firing' ? 'bold' : 'plain')]
    : [span(`└ ${targetName(row.target)}`, 'dim')]

/** So many columns have room for more than a word of a summary. */
const SENTENCE = 20

/** Where of a sentence no more than its beginning would be said, the name of the rule says more. */
const summary = (row: AlertPaneRow, width: number): Line => [
  span(width < SENTENCE ? row.rule : row.summary, row.state === 'resolved' ? 'dim' : 'plain'),
]

const columns: readonly Column<AlertPaneRow>[] = [
  {title: 'SEVERITY', width: 15, rank: 1, cell: stateCell},
  {
    title: 'SUBJECT',
    name: true,
    width: 16,
    grow: 1,
    max: 32,
    rank: 1,
    cell: row => subject(row),
  },
  {
    title: 'SUMMARY',
    width: 12,
    // Who has it, and the runbook that its details name, give way to what is wrong.
    wants: 52,
    grow: 12,
    rank: 1,
    cell: (row, _now, width) => summary(row, width),
  },
  {
    title: 'FOR',
    width: 4,
    align: 'right',
    rank: 1,
    cell: (row, now) => shortAge(row.state === 'resolved' ? row.resolvedAt : row.since, now),
  },
  {title: 'ACK', width: 8, grow: 1, max: 16, rank: 5, cell: row => row.acknowledged?.by ?? '–'},
  {
    title: 'RUNBOOK',
    width: 10,
    max: 18,
    grow: 1,
    rank: 6,
    cell: row => [span(row.runbook?.name ?? '–', row.runbook ? 'accent' : 'dim')],
  },
]

const compact: readonly Column<AlertPaneRow>[] = [
  {
    title: '',
    width: 1,
    rank: 1,
    cell: row => [
      row.state === 'firing' && !row.acknowledged
        ? statusGlyph(row.severity)
        : statusGlyph(row.acknowledged ? 'acknowledged' : row.state),
    ],
  },
  {
    title: 'SUBJECT',
    name: true,
    width: 12,
    rank: 1,
    cell: row => subject(row),
  },
  {
    title: 'SUMMARY',
    width: 10,
    grow: 4,
    rank: 1,
    cell: (row, _now, width) => summary(row, width),
  },
  {
    title: 'STATE',
    width: 8,
    rank: 6,
    cell: row => [
      span(
        row.state === 'firing' ? row.severity : row.letter ? 'not told' : row.state,
        row.state === 'firing' ? statusTone(row.severity) : 'dim',
      ),
    ],
  },
  {
    title: 'FOR',
    width: 4,
    align: 'right',
    rank: 5,
    cell: (row, now) => shortAge(row.state === 'resolved' ? row.resolvedAt : row.since, now),
  },
]

const EVENT_TONES: Readonly<Record<string, Tone>> = {sent: 'ok', failed: 'bad', dropped: 'warn', 'given up': 'bad'}

/** What happened to it, and who was, or was not, notified and why; the newest first. */
function timelinePart(row: AlertPaneRow, view: DetailsView): readonly Line[] {
  const {timeline = [], acknowledged} = row
  const taken =
    acknowledged === undefined
      ? []
      : [{at: acknowledged.at, kind: 'state' as const, text: `acknowledged by ${acknowledged.by}`}]
  const events = [...timeline, ...taken].toSorted((a, b) => b.at - a.at)
  if (events.length === 0) return []
  return [
    blank,
    heading('Timeline', `${events.length}`),
    ...events.flatMap(({at, kind, text, ...event}) => {
      const told = [
        span(`${moment(at, view.now)}  `, 'dim'),
        ...('channel' in event && event.channel !== undefined
          ? [
              span(`${event.channel} ${kind === 'sent' ? 'notified' : kind}`, EVENT_TONES[kind] ?? 'dim'),
              span(': ', 'dim'),
            ]
          : []),
        span(text),
      ]
      return wrapLine(told, view.width)
    }),
  ]
}

/** Rows without which a drawing says nothing. */
const LEAST_ROWS = 3

/** What is known of it, what its rule judges, who was notified, what happened: the chart where there is room for it. */
function alertDetails(row: AlertPaneRow, view: DetailsView): readonly Line[] {
  const isWide = view.width >= 96 && view.width !== SPOKEN
  const part = isWide ? Math.floor((view.width - 4) / 2) : view.width
  const left = alertFacts(row, view.now, part)
  const right = [...runbookLines(row), blank, ...deliveryLines(row, view.now, part)]
  const [above, rest] = [twoParts(left, right, view.width), timelinePart(row, view)]
  const height = view.height ?? Number.POSITIVE_INFINITY
  const rowsBelow = (lines: readonly Line[]): number => Math.min(chartRows(view.height), height - lines.length - AROUND)
  if (view.series?.figure === undefined || rowsBelow(above) >= LEAST_ROWS)
    return [...above, ...figurePart(view, Math.max(LEAST_ROWS, rowsBelow(above))), ...rest]
  if (rowsBelow(left) < LEAST_ROWS) return [...above, ...figurePart(view), ...rest]
  const charted = [...left, ...figurePart({...view, width: part}, rowsBelow(left))]
  return [...twoParts(charted, right, view.width), ...rest]
}

function alertFacts(row: AlertPaneRow, now: number, width: number): readonly Line[] {
  const {acknowledged} = row
  return facts(
    [
      ['state', [...stateCell(row), span(`  since ${moment(row.resolvedAt ?? row.since, now)}`, 'dim')]],
      ['summary', row.summary],
      ['reason', row.state === 'resolved' ? row.reason : undefined],
      ['source', row.source],
      ['target', row.target],
      ['put down to', row.cause === undefined ? undefined : targetName(row.cause)],
      ['rule', row.rule],
      ['labels', labelWords(row.labels ?? {})],
      ['fired', firedText(row, now)],
      ['resolved', row.resolvedAt === undefined ? undefined : moment(row.resolvedAt, now)],
      [
        'acknowledged',
        acknowledged
          ? `by ${acknowledged.by} ${moment(acknowledged.at, now)}${acknowledged.note ? `: ${acknowledged.note}` : ''}`
          : [span('not yet', row.state === 'firing' ? 'warn' : 'dim')],
      ],
    ],
    width,
  )
}

function runbookLines({runbook}: AlertPaneRow): readonly Line[] {
  const params = Object.entries(runbook?.params ?? {}).map(([key, value]) => `${key}=${value}`)
  return [
    heading('Suggested runbook'),
    runbook
      ? [span(runbook.name, 'accent bold'), span(` ${params.join(' ')}`), span('  Enter shows its plan', 'dim')]
      : line('None for this rule.', 'dim'),
  ]
}

/** What needs somebody first. */
const DELIVERY_ORDER: readonly (readonly [begins: RegExp, tone: Tone])[] = [
  [/^failed/, 'bad'],
  [/^(given up|dropped)/, 'warn'],
  [/^(delivered|sent by)/, 'plain'],
]
const placeOf = (state: string): number => {
  const at = DELIVERY_ORDER.findIndex(([begins]) => begins.test(state))
  return at < 0 ? DELIVERY_ORDER.length : at
}

/** Channels of which the same is true stand together: what holds one back mostly holds all. */
function deliveryLines({deliveries}: AlertPaneRow, now: number, width: number): readonly Line[] {
  const same = Map.groupBy(deliveries, ({state, at}) => JSON.stringify([state, moment(at, now)]))
  const groups = [...same.values()]
    .flatMap(([first, ...others]) => (first ? [{...first, others: others.map(({channel}) => channel)}] : []))
    .toSorted((one, other) => placeOf(one.state) - placeOf(other.state))
  return [
    heading('Deliveries', deliveries.length === 0 ? 'none' : ''),
    ...groups.flatMap(({channel, others, state, at}) => {
      const [, tone] = DELIVERY_ORDER[placeOf(state)] ?? ['', 'warn' as const]
      const ok = tone === 'plain'
      const told = [
        span(ok ? '✓ ' : '▲ ', ok ? 'ok' : tone),
        span(`${[channel, ...others].join(', ')}  `),
        span(state, tone),
        span(`  ${moment(at, now)}`, 'dim'),
      ]
      return wrapLine(told, width)
    }),
  ]
}

export const alertsPane = definePane({
  noun: 'alerts',
  title: 'Alerts',
  letter: 'a',
  aliases: ['alert'],
  one: 'alert',
  empty: 'No alerts in this environment.',
  rows: ({snapshot: {alerts, undelivered = []}}: World): readonly AlertPaneRow[] => {
    const rows = foldByCause(alerts.toSorted(byUrgency)).map(({row}) => row)
    const [open, over] = [
      rows.filter(({state}) => state !== 'resolved'),
      rows.filter(({state}) => state === 'resolved'),
    ]
    return undelivered.length === 0 ? rows : [...open, ...undelivered.map(letterRow).toReversed(), ...over]
  },
  id: row => row.id,
  name: ({letter, rule, target}) =>
    letter ? `undelivered to ${letter.channel}: ${targetName(target)}` : `${rule}: ${targetName(target)}`,
  search: row =>
    `${row.rule} ${row.severity} ${row.state} ${row.target} ${row.summary} ${row.source ?? ''} ${row.acknowledged?.by ?? ''} ${labelWords(row.labels ?? {})}`,
  columns,
  compact,
  note: rows => {
    const firing = rows.filter(row => row.state === 'firing')
    const worst = firing.some(row => row.severity === 'critical') ? 'critical' : firing.length > 0 ? 'warning' : ''
    const undelivered = rows.filter(({letter}) => letter !== undefined).length
    if (worst !== '') return statusWord(worst, `${firing.length} firing`)
    return undelivered === 0 ? [span('none firing', 'dim')] : statusWord('undelivered', `${undelivered} undelivered`)
  },
  copy: row => `${row.id} ${row.severity} ${row.target} ${row.summary}`,
  values: {
    name: row => row.target.split('/').slice(2).join('/'),
    kind: row => row.target.split('/')[0],
    target: row => row.target,
    rule: row => row.rule,
  },
  details: (row, view) => (row.letter ? letterDetails(row.letter, view) : alertDetails(row, view)),
})
