import {onCallAt} from '../../alerts/routing/on-call.ts'
import {formatMoment} from '../../units/moment.ts'
import type {Command} from '../command.ts'
import {alignColumns} from '../runs/table.ts'

export const command: Command = {
  name: 'alerts oncall',
  summary: 'Show who is on call, until when, and who is next',
  async run(_input, context) {
    const {onCall, people} = context.config().alerts
    const now = context.clock.now()
    const rows = onCall.map(schedule => {
      const current = onCallAt(schedule, now)
      const channels = people.find(({name}) => name === current.person)?.channels ?? []
      return {schedule: schedule.name, ...current, channels, next: onCallAt(schedule, current.until).person}
    })
    const text =
      rows.length === 0
        ? 'No schedule of on-call: see onCall under alerts in the configuration.'
        : alignColumns([
            ['SCHEDULE', 'ON CALL', 'UNTIL', 'NEXT', 'CHANNELS'],
            ...rows.map(({schedule, person, until, next, channels, override}) => [
              schedule,
              override ? `${person} (stands in)` : person,
              formatMoment(until, now),
              next,
              channels.join(', '),
            ]),
          ])
    return {data: rows, text}
  },
}
