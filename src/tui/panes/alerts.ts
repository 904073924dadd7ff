import {byUrgency} from '../../alerts/alert-order.ts'
import {foldByCause} from '../../alerts/fold-by-cause.ts'
import type {Line, Tone} from '../layout/line.ts'
import {blank, line, span} from '../layout/line.ts'
import {moment, shortAge, shortDuration} from '../components/age.ts'
import {facts, heading, twoParts} from '../components/facts.ts'
import {statusGlyph, statusTone, statusWord} from '../components/status-word.ts'
import {targetName} from '../components/target-name.ts'
import type {Column} from '../components/table.ts'
import type {World} from '../state/world.ts'
import {figurePart} from '../components/figure-chart.ts'
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
    `${row.rule} ${row.severity} ${row.state} ${row.target} ${row.summary} ${row.source ?? ''} ${row.acknowledged?.by ?? ''}`,
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
  details: (row, view) => {
    if (row.letter) return letterDetails(row.letter, view)
    const part = view.width < 96 ? view.width : Math.floor((view.width - 4) / 2)
    const left = facts(
      [
        ['state', [...stateCell(row), span(`  since ${moment(row.resolvedAt ?? row.since, view.now)}`, 'dim')]],
        ['summary', row.summary],
        ['reason', row.state === 'resolved' ? row.reason : undefined],
        ['source', row.source],
        ['target', row.target],
        ['put down to', row.cause === undefined ? undefined : targetName(row.cause)],
        ['rule', row.rule],
        ['fired', firedText(row, view.now)],
        ['resolved', row.resolvedAt === undefined ? undefined : moment(row.resolvedAt, view.now)],
        [
          'acknowledged',
          row.acknowledged
            ? `by ${row.acknowledged.by} ${moment(row.acknowledged.at, view.now)}${row.acknowledged.note ? `: ${row.acknowledged.note}` : ''}`
            : [span('not yet', row.state === 'firing' ? 'warn' : 'dim')],
        ],
      ],
      part,
    )
    const params = Object.entries(row.runbook?.params ?? {}).map(([key, value]) => `${key}=${value}`)
    const right: readonly Line[] = [
      heading('Suggested runbook'),
      row.runbook
        ? [span(row.runbook.name, 'accent bold'), span(` ${params.join(' ')}`), span('  Enter shows its plan', 'dim')]
        : line('None for this rule.', 'dim'),
      blank,
      heading('Deliveries', row.deliveries.length === 0 ? 'none' : ''),
      ...row.deliveries.flatMap(delivery => {
        const ok = delivery.state === 'delivered' || delivery.state.startsWith('sent by')
        const tone = ok ? 'plain' : delivery.state.startsWith('failed') ? 'bad' : 'warn'
        const told = [
          span(ok ? '✓ ' : '▲ ', ok ? 'ok' : tone),
          span(`${delivery.channel}  `),
          span(delivery.state, tone),
          span(`  ${moment(delivery.at, view.now)}`, 'dim'),
        ]
        return wrapLine(told, part)
      }),
    ]
    return [...twoParts(left, right, view.width), ...figurePart(view), ...timelinePart(row, view)]
  },
})
