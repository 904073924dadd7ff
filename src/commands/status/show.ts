import {EXIT} from '../../errors.ts'
import type {Snapshot} from '../../overview/snapshot.ts'
import {formatBytes} from '../../units/bytes.ts'
import {formatAge} from '../../units/duration.ts'
import {formatCount, formatShare} from '../../units/number.ts'
import {alertsText} from '../alerts/list.ts'
import type {Command} from '../command.ts'
import {alignColumns} from '../runs/table.ts'
import {ageWords, durationOrDash, orDash, stateWords} from './state-words.ts'

export const command: Command = {
  name: 'status',
  summary: 'Show everything at a glance: services, databases, caches, backups, releases, alerts, runs',
  help: 'When nobody watches, everything is looked at once first. The exit code is 0 whatever is down, unless --check.',
  flags: {
    check: {type: 'boolean', description: 'Exit code 1 when something is down or has no data, or an alert fires'},
  },
  async run({flags}, context) {
    const snapshot = await context.snapshot()
    const exitCode = flags['check'] === true && isWrong(snapshot) ? EXIT.failed : EXIT.done
    return {data: snapshot, text: statusText(snapshot), exitCode}
  },
}

function isWrong({services, databases, caches, backups, releases, alerts}: Snapshot): boolean {
  const watched = [...services, ...databases, ...caches, ...backups, ...releases]
  return (
    watched.some(row => row.state === 'down' || row.state === 'no data') ||
    alerts.some(alert => alert.state === 'firing')
  )
}

export function statusText(snapshot: Snapshot): string {
  const {project, environment, monitor, notices, at} = snapshot
  const open = snapshot.alerts.filter(alert => alert.state !== 'resolved')
  const sections: readonly (readonly [string, string])[] = [
    ['SERVICES', table(serviceCells(snapshot))],
    ['DATABASES', table(databaseCells(snapshot))],
    ['CACHES', table(cacheCells(snapshot))],
    ['BACKUPS', table(backupCells(snapshot))],
    ['RELEASES', table(releaseCells(snapshot))],
    ['ALERTS', open.length === 0 ? '' : alertsText(open, at)],
    ['RUNS', table(runCells(snapshot))],
  ]
  return [
    `${project} · ${environment.name}${environment.protected ? ' (protected)' : ''} · ${new Date(at).toISOString()}`,
    watchLine(monitor, at),
    ...notices.map(({level, text}) => `${level}: ${text}`),
    ...sections.filter(([, text]) => text !== '').flatMap(([title, text]) => ['', title, indent(text)]),
    ...(open.length === 0 ? ['', 'No alert.'] : []),
  ].join('\n')
}

function watchLine(monitor: Snapshot['monitor'], at: number): string {
  const last =
    monitor.lastSampleAt === undefined ? 'nothing seen yet' : `last look ${formatAge(monitor.lastSampleAt, at)}`
  return monitor.state === 'nobody' ? `nobody watches · ${last}` : `${monitor.holder} watches · ${last}`
}

const table = (rows: readonly (readonly string[])[]): string => (rows.length === 0 ? '' : alignColumns(rows))
const indent = (text: string): string => text.replaceAll(/^/gm, '  ')

const serviceCells = ({services, at}: Snapshot): readonly (readonly string[])[] =>
  services.map(row => [
    stateWords(row.state),
    row.name,
    ageWords(row.since, at),
    durationOrDash(row.latencyMs),
    row.version ?? '–',
    row.reason,
  ])

const databaseCells = ({databases, at}: Snapshot): readonly (readonly string[])[] =>
  databases.map(row => [
    stateWords(row.state),
    row.name,
    ageWords(row.since, at),
    row.connections === undefined ? '–' : `${row.connections}/${row.maxConnections ?? '?'} connections`,
    orDash(row.sizeBytes, formatBytes),
    row.reason,
  ])

const cacheCells = ({caches, at}: Snapshot): readonly (readonly string[])[] =>
  caches.map(row => [
    stateWords(row.state),
    row.name,
    ageWords(row.since, at),
    `hit rate ${orDash(row.hitRate, formatShare)}`,
    `${orDash(row.opsPerSecond, formatCount)} ops/s`,
    orDash(row.usedBytes, formatBytes),
    row.reason,
  ])

const backupCells = ({backups, at}: Snapshot): readonly (readonly string[])[] =>
  backups.map(row => [
    stateWords(row.state),
    row.name,
    ageWords(row.since, at),
    row.ageMs === undefined ? 'no good backup' : `newest ${durationOrDash(row.ageMs)} old`,
    `objective ${durationOrDash(row.rpoMs)}`,
    row.reason,
  ])

const releaseCells = ({releases, at}: Snapshot): readonly (readonly string[])[] =>
  releases.map(row => [
    stateWords(row.state),
    row.name,
    ageWords(row.since, at),
    row.live === undefined ? 'no live slot' : `${row.live} ${row.version ?? ''}`.trim(),
    row.rollback.ready ? `rollback to ${row.rollback.version ?? row.rollback.slot ?? '?'}` : 'no rollback',
    row.reason,
  ])

const runCells = ({runs, at}: Snapshot): readonly (readonly string[])[] =>
  runs.slice(0, 5).map(run => [run.state, run.runbook, run.id, formatAge(run.startedAt, at), run.actor, run.reason])
