import {nameWith} from '../../identity/named.ts'
import {kinds, rowsOf} from '../../config/kinds.ts'
import {EXIT} from '../../errors.ts'
import type {AnyKind} from '../../kinds/define-kind.ts'
import type {Snapshot} from '../../overview/snapshot.ts'
import {oneLine} from '../../text/escape.ts'
import {formatAge} from '../../units/duration.ts'
import {formatMoment} from '../../units/moment.ts'
import {alertsText, causesFirst, withElsewhere} from '../alerts/list.ts'
import type {Command} from '../command.ts'
import {alignColumns} from '../runs/table.ts'
import {ageWords, stateWords} from './state-words.ts'

export const command: Command = {
  name: 'status',
  summary: `Show everything at a glance: ${kinds.map(({section}) => section).join(', ')}, alerts, runs`,
  help: 'When nobody watches, everything is probed once first. The exit code is 0 whatever is down, unless --check.',
  flags: {
    check: {
      type: 'boolean',
      description:
        'Exit code 1 when something is down or has no data, an alert fires, or opsconsole itself has a problem, as with a broken trail',
    },
  },
  async run({flags}, context) {
    const snapshot = await context.snapshot()
    const exitCode = flags['check'] === true && isWrong(snapshot) ? EXIT.failed : EXIT.done
    return {data: snapshot, text: statusText(snapshot), exitCode}
  },
}

function isWrong(snapshot: Snapshot): boolean {
  return (
    kinds.flatMap(kind => rowsOf(snapshot, kind)).some(row => row.state === 'down' || row.state === 'no data') ||
    snapshot.alerts.some(alert => alert.state === 'firing') ||
    snapshot.notices.some(({level}) => level === 'critical')
  )
}

export function statusText(snapshot: Snapshot): string {
  const {project, environment, monitor, notices, at} = snapshot
  const open = snapshot.alerts.filter(alert => alert.state !== 'resolved')
  const sections: readonly (readonly [string, string])[] = [
    ...kinds.map(kind => [kind.section.toUpperCase(), table(cells(kind, snapshot))] as const),
    ['ALERTS', open.length === 0 ? '' : alertsText(causesFirst(open), at, environment.name)],
    ['RUNS', table(runCells(snapshot))],
  ]
  return [
    `${project} · ${environment.name}${environment.protected ? ' (protected)' : ''} · ${new Date(at).toISOString()}`,
    watchLine(monitor, at),
    ...(snapshot.freeze === undefined ? [] : [`${snapshot.freeze}: nothing disruptive begins`]),
    ...(snapshot.maintenance === undefined ? [] : [`${snapshot.maintenance}: nobody is notified`]),
    ...notices.map(({level, text}) => `${level}: ${oneLine(text)}`),
    ...sections.filter(([, text]) => text !== '').flatMap(([title, text]) => ['', title, indent(text)]),
    ...(open.length === 0 ? ['', withElsewhere(`No alert in ${environment.name}.`, snapshot.firingElsewhere)] : []),
    ...(open.length > 0 ? [withElsewhere('', snapshot.firingElsewhere)].filter(text => text !== '') : []),
  ].join('\n')
}

function watchLine(monitor: Snapshot['monitor'], at: number): string {
  const last =
    monitor.lastSampleAt === undefined ? 'nothing seen yet' : `last probe ${formatAge(monitor.lastSampleAt, at)}`
  const by =
    monitor.inForce === undefined ? '' : ` · by the configuration of ${formatMoment(monitor.inForce.writtenAt, at)}`
  return monitor.state === 'nobody' ? `nobody watches · ${last}` : `${monitor.holder} watches · ${last}${by}`
}

const table = (rows: readonly (readonly string[])[]): string => (rows.length === 0 ? '' : alignColumns(rows))
const indent = (text: string): string => text.replaceAll(/^/gm, '  ')

const cells = (kind: AnyKind, snapshot: Snapshot): readonly (readonly string[])[] =>
  rowsOf(snapshot, kind).map(row => [
    stateWords(row.state),
    row.name,
    ageWords(row.since, snapshot.at),
    ...kind.glance(row),
    row.reason,
  ])

const runCells = ({runs, at}: Snapshot): readonly (readonly string[])[] =>
  runs
    .slice(0, 5)
    .map(run => [
      run.state,
      run.runbook,
      run.id,
      formatAge(run.startedAt, at),
      nameWith(run.actor, run.noLogin),
      run.reason,
    ])
