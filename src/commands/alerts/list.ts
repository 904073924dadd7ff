import {byUrgency} from '../../alerts/alert-order.ts'
import {foldByCause} from '../../alerts/fold-by-cause.ts'
import {elsewhereWords, type FiringElsewhere} from '../../alerts/firing-elsewhere.ts'
import type {AlertRow} from '../../alerts/rows.ts'
import type {Command} from '../command.ts'
import {pageFlags, pageWords, readPageOfAll, rowsOfPage, withPageWords} from '../page.ts'
import {alignColumns} from '../runs/table.ts'
import {ageWords} from '../status/state-words.ts'

export const command: Command = {
  name: 'alerts list',
  summary: 'Show alerts: firing, pending, and with --all those resolved recently',
  flags: {all: {type: 'boolean', description: 'Also those that are resolved'}, ...pageFlags('all when left out')},
  async run({flags}, context) {
    const {alerts, at, environment, firingElsewhere} = await context.snapshot()
    const chosen = flags['all'] === true ? alerts : alerts.filter(alert => alert.state !== 'resolved')
    const wanted = causesFirst(chosen)
    const page = readPageOfAll(flags, wanted.length)
    const shown = rowsOfPage(wanted, page)
    const text = withPageWords(alertsText(shown, at, environment.name), pageWords(page, shown.length, wanted.length))
    return {data: shown, text: withElsewhere(text, firingElsewhere)}
  },
}

/** In the order of the console: what is put down to something stands after it. */
export const causesFirst = (rows: readonly AlertRow[]): readonly AlertRow[] =>
  foldByCause(rows.toSorted(byUrgency)).map(({row}) => row)

/** With what fires in other environments, wherever there is: no alert here is not no alert. */
export function withElsewhere(text: string, elsewhere: readonly FiringElsewhere[] | undefined): string {
  const words = elsewhereWords(elsewhere)
  return words === undefined ? text : `${text}\nFiring in other environments: ${words}.`
}

export function alertsText(rows: readonly AlertRow[], now: number, environment: string): string {
  if (rows.length === 0) return `No alert in ${environment}.`
  return alignColumns([
    ['STATE', 'SEVERITY', 'SINCE', 'ID', 'ACKNOWLEDGED', 'NOTIFIED', 'WHAT'],
    ...rows.map(row => [
      row.state === 'firing' ? '✘ firing' : row.state === 'pending' ? '▲ pending' : `● ${row.ending ?? 'resolved'}`,
      row.severity,
      ageWords(row.resolvedAt ?? row.since, now),
      row.id,
      row.acknowledged?.by ?? '–',
      deliveriesText(row.deliveries),
      row.state === 'resolved' ? `${row.reason ?? ''} (it was ${row.summary})` : row.summary,
    ]),
  ])
}

/** Channels of which the same is true stand together: what holds one back mostly holds all. */
export function deliveriesText(deliveries: AlertRow['deliveries']): string {
  const channels = Map.groupBy(
    deliveries.toSorted((one, other) => (one.channel < other.channel ? -1 : 1)),
    ({state}) => state,
  )
  return [...channels].map(([state, of]) => `${of.map(({channel}) => channel).join(', ')}: ${state}`).join('; ') || '–'
}
