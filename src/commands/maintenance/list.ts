import type {Maintenance} from '../../alerts/routing/config.ts'
import {matcherWords} from '../../alerts/routing/matcher.ts'
import {endOfHand, type Silence} from '../../alerts/routing/silence.ts'
import {matchesGlob} from '../../alerts/rules/names.ts'
import {nextDue, parseCron} from '../../units/cron.ts'
import {formatMoment} from '../../units/moment.ts'
import type {Command} from '../command.ts'
import {alignColumns} from '../runs/table.ts'

/** One maintenance as it is shown. */
interface MaintenanceRow {
  /** Of the configuration: its name. */
  readonly id: string
  readonly state: 'open' | 'ended' | 'planned'
  readonly what: string
  /** When it begins, or began; undefined: it never begins again. */
  readonly from: number | undefined
  readonly until: number | undefined
  /** Undefined: the configuration says so. */
  readonly by: string | undefined
  readonly reason: string
}

const ENDED_SHOWN_MS = 86_400_000

export const command: Command = {
  name: 'maintenance list',
  summary: 'Show maintenance: what is open, what the configuration plans, who began it and why',
  flags: {all: {type: 'boolean', description: 'Also what ended within a day'}},
  async run({flags}, context) {
    const now = context.clock.now()
    const here = context.environment().name
    const isHere = (names: readonly string[] | undefined): boolean =>
      names?.some(each => matchesGlob(here, each)) ?? true
    const byHand = context
      .silences()
      .since(now - ENDED_SHOWN_MS)
      .filter(({maintenance, matcher}) => maintenance && isHere(matcher.environments))
    const planned = context.config().alerts.maintenance.filter(({environments}) => isHere(environments))
    const rows = [...byHand.map(each => handRow(each, now)), ...planned.map(each => plannedRow(each, now))]
    const shown = flags['all'] === true ? rows : rows.filter(({state}) => state !== 'ended')
    return {data: shown, text: listText(shown, now)}
  },
}

function handRow(silence: Silence, now: number): MaintenanceRow {
  const {id, matcher, createdAt, author, reason, expired} = silence
  const until = endOfHand(silence)
  return {
    id,
    state: now < until ? 'open' : 'ended',
    what: matcherWords(matcher),
    from: createdAt,
    until,
    by: author,
    reason: expired === undefined ? reason : `${reason} (ended by ${expired.by})`,
  }
}

function plannedRow(window: Maintenance, now: number): MaintenanceRow {
  const cron = parseCron(window.cron)
  // The first that is not over yet: it may have begun.
  const from = cron && nextDue(cron, window.zone, {after: now - window.for, count: 1})[0]
  return {
    id: window.name,
    state: from !== undefined && from <= now ? 'open' : 'planned',
    what: matcherWords(window),
    from,
    until: from === undefined ? undefined : from + window.for,
    by: undefined,
    reason: `${window.cron} ${window.zone}`,
  }
}

function listText(rows: readonly MaintenanceRow[], now: number): string {
  if (rows.length === 0) return 'No maintenance.'
  const moment = (at: number | undefined): string => (at === undefined ? 'never' : formatMoment(at, now))
  return alignColumns([
    ['ID', 'STATE', 'FROM', 'UNTIL', 'WHAT', 'BY', 'REASON'],
    ...rows.map(({id, state, from, until, what, by, reason}) => [
      id,
      state,
      moment(from),
      moment(until),
      what,
      by ?? 'configuration',
      reason,
    ]),
  ])
}
