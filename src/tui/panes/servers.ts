import type {WatchedRow} from '../../monitors/rows.ts'
import type {ReleaseInstanceRow, ReleaseRow} from '../../releases/rows.ts'
import {formatCount} from '../../units/number.ts'
import {isStale} from '../components/age.ts'
import {alertLines} from '../components/alert-lines.ts'
import {twoParts} from '../components/facts.ts'
import {statusWord} from '../components/status-word.ts'
import type {Column} from '../components/table.ts'
import {blank, type Line, line, span} from '../layout/line.ts'
import type {World} from '../state/world.ts'
import {type DetailsView, definePane} from './pane.ts'
import {controlLine} from './release-controls.ts'
import {withRequests} from './releases.ts'
import {serverNeighbours} from './server-neighbours.ts'
import {watchedFacts} from './services.ts'

/** One server as the load balancer of a release has it, with how old that knowledge is. */
interface ServerRow extends WatchedRow {
  readonly release: ReleaseRow
  readonly slot: string
  readonly server: ReleaseInstanceRow
}

const serversOf = (release: ReleaseRow): readonly ServerRow[] =>
  release.slots.flatMap(slot =>
    slot.instances.map(server => ({
      name: server.name,
      environment: release.environment,
      state: server.health,
      reason: server.reason,
      since: undefined,
      at: release.at,
      intervalMs: release.intervalMs,
      release,
      slot: slot.name,
      server,
    })),
  )

/** What nobody counts is a dash: a zero would be a lie. */
const count = (value: number | undefined): string => (value === undefined ? '–' : formatCount(value))

const alarming = (value: number | undefined): Line => line(count(value), (value ?? 0) > 0 ? 'bad bold' : 'plain')

const columns: readonly Column<ServerRow>[] = [
  {title: 'SERVER', name: true, width: 10, grow: 2, max: 26, rank: 1, cell: row => row.name},
  {title: 'TRAFFIC', width: 10, grow: 1, max: 18, rank: 1, cell: row => row.server.traffic},
  {title: 'HEALTH', width: 8, rank: 4, cell: row => statusWord(row.server.health)},
  {title: 'SESS', width: 6, align: 'right', rank: 2, cell: row => count(row.server.sessions)},
  {title: 'QUEUE', width: 6, align: 'right', rank: 2, cell: row => alarming(row.server.queued)},
  {title: 'CONN', width: 6, align: 'right', rank: 5, cell: row => count(row.server.connections)},
  {title: 'REQ/S', width: 6, align: 'right', rank: 3, cell: row => count(row.server.requestsPerSecond)},
  {title: '5XX/S', width: 6, align: 'right', rank: 2, cell: row => alarming(row.server.errorsPerSecond)},
  {title: 'SLOT', width: 7, rank: 6, cell: row => row.slot},
  {title: 'RELEASE', width: 8, grow: 1, max: 18, rank: 7, cell: row => row.release.name},
  {title: 'CHECK', width: 10, grow: 2, rank: 8, cell: row => [span(row.server.check ?? '–', 'dim')]},
]

function details(row: ServerRow, view: DetailsView): readonly Line[] {
  const {release, server} = row
  const {now, width} = view
  const part = width < 96 ? width : Math.floor((width - 4) / 2)
  const left = watchedFacts(row, view, [
    ['release', `${release.name}, ${row.slot}, ${server.version ?? 'no version'}`],
    ['load balancer', server.traffic],
    ['its check', server.check ?? 'not known'],
    ['sessions', `${count(server.sessions)}, ${count(server.queued)} waiting for it`],
    ['connections', count(server.connections)],
    [
      'answers',
      [
        span(`${count(server.requestsPerSecond)} a second, `),
        ...alarming(server.errorsPerSecond),
        span(' of them 5xx'),
      ],
    ],
    ['url', server.url],
    ...(release.controls ?? []).map(one => ['control', controlLine(one, now)] as const),
  ])
  const right = [
    ...serverNeighbours(release, server.name, {width: part, now}),
    blank,
    ...alertLines(view.alerts ?? [], `release/${release.environment}/${release.name}`, {now, width: part}),
  ]
  const figure = view.series?.figure
  // What is drawn are the requests of all of them.
  const series =
    view.series && figure
      ? {...view.series, figure: {...figure, title: `${figure.title} of ${release.name}`}}
      : view.series
  return withRequests(release, twoParts(left, right, width), {...view, series})
}

export const serversPane = definePane({
  noun: 'servers',
  title: 'Load balancer',
  letter: 'l',
  aliases: ['server', 'lb', 'balancer'],
  one: 'server',
  many: 'servers of load balancers',
  empty: 'No release is configured in this environment, so no load balancer is known.',
  onOverview: false,
  rows: (world: World): readonly ServerRow[] => world.snapshot.releases.flatMap(serversOf),
  id: row => `${row.release.name}/${row.name}`,
  name: row => row.name,
  search: row => `${row.name} ${row.slot} ${row.release.name} ${row.server.traffic} ${row.server.check ?? ''}`,
  columns,
  stale: isStale,
  note: rows => {
    const total = (of: (server: ReleaseInstanceRow) => number | undefined): number =>
      rows.reduce((sum, {server}) => sum + (of(server) ?? 0), 0)
    const queued = total(server => server.queued)
    return [
      span(`${formatCount(total(server => server.sessions))} sessions`, 'dim'),
      ...(queued === 0 ? [] : [span(` · ${formatCount(queued)} queued`, 'bad bold')]),
    ]
  },
  details,
  copy: row => row.name,
  values: {release: row => row.release.name, slot: row => row.slot, url: row => row.server.url},
})
