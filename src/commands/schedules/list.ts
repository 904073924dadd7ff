import {formatAge} from '../../units/duration.ts'
import {formatMoment} from '../../units/moment.ts'
import type {Command} from '../command.ts'
import {alignColumns} from '../runs/table.ts'
import {schedulesOf, type ShownSchedule, shownSchedule} from '../schedule/find.ts'

const NEXT = 5

export const command: Command = {
  name: 'schedules',
  summary: 'Show the runbooks that an agent starts by itself: when, what became of the last run, what comes next',
  help: 'Of all environments, or of that of --env. With --json the next 5 times of each.',
  run: async (_input, context) => {
    const shown = schedulesOf(context).map(schedule => shownSchedule(schedule, context, NEXT))
    return {data: shown, text: schedulesText(shown, context.clock.now())}
  },
}

function schedulesText(shown: readonly ShownSchedule[], now: number): string {
  if (shown.length === 0) return 'No schedule is configured.'
  return alignColumns([
    ['SCHEDULE', 'ENV', 'STATE', 'RUNBOOK', 'WHEN', 'LAST', 'NEXT', 'REASON'],
    ...shown.map(({name, environment, state, runbook, when, record, next, reason}) => [
      name,
      environment,
      state,
      runbook,
      when,
      record?.last === undefined ? 'never' : formatAge(record.last.begunAt, now),
      next[0] === undefined ? '–' : formatMoment(next[0].at, now),
      reason,
    ]),
  ])
}
