import type {ReleaseInstanceRow, ReleaseRow} from '../../releases/rows.ts'
import {formatCount} from '../../units/number.ts'
import {heading} from '../components/facts.ts'
import {progressBar} from '../components/progress-bar.ts'
import {statusWord} from '../components/status-word.ts'
import {type Column, table} from '../components/table.ts'
import {type Line, SPOKEN, span} from '../layout/line.ts'

interface Neighbour {
  readonly slot: string
  readonly server: ReleaseInstanceRow
  /** Of the requests of all of them; undefined: nobody counts them. */
  readonly share: number | undefined
}

/** All servers of one release beside each other, with the share of the requests that each answers. */
export function serverNeighbours(
  {name, slots}: ReleaseRow,
  chosen: string,
  {width, now}: {readonly width: number; readonly now: number},
): readonly Line[] {
  const all = slots.flatMap(slot => slot.instances.map(server => ({slot: slot.name, server})))
  const total = all.reduce((sum, {server}) => sum + (server.requestsPerSecond ?? 0), 0)
  const rows = all.map(({slot, server}): Neighbour => {
    const {requestsPerSecond: own} = server
    return {slot, server, share: own === undefined || total === 0 ? undefined : own / total}
  })
  return [
    heading(`Servers of ${name}`, total === 0 ? '' : `${formatCount(total)} requests a second`),
    ...table({columns: columnsWith(chosen), rows, width, height: rows.length + 1, now}),
  ]
}

const columnsWith = (chosen: string): readonly Column<Neighbour>[] => [
  {
    title: 'SERVER',
    name: true,
    width: 10,
    max: 22,
    grow: 1,
    rank: 1,
    cell: ({server: {name}}) => [span(name, name === chosen ? 'accent bold' : 'plain')],
  },
  {title: 'STATE', width: 6, rank: 4, cell: ({server}) => statusWord(server.health)},
  {title: 'SLOT', width: 7, rank: 3, cell: ({slot}) => [span(slot, 'dim')]},
  {title: 'VERSION', width: 8, max: 14, grow: 1, rank: 2, cell: ({server}) => server.version ?? '–'},
  {title: 'SHARE', width: 8, grow: 2, max: 20, rank: 5, cell: ({share}, _now, width) => shareCell(share, width)},
]

/** A bar, and its figure behind it. */
function shareCell(share: number | undefined, width: number): Line {
  if (share === undefined) return [span('–', 'dim')]
  const words = `${Math.round(share * 100)}%`.padStart(5)
  return width === SPOKEN
    ? [span(words.trim())]
    : [...progressBar(share, Math.max(1, width - words.length)), span(words)]
}
