import {changeRecord} from '../../runs/start-due.ts'
import {OpsError} from '../../errors.ts'
import {parseDuration} from '../../units/duration.ts'
import {formatMoment} from '../../units/moment.ts'
import type {Command} from '../command.ts'
import {findSchedule} from './find.ts'

export const command: Command = {
  name: 'schedule pause',
  summary: 'Let a schedule start nothing, until it is resumed or for a while; times that pass meanwhile are not missed',
  arguments: [{name: 'name', required: true, completes: 'schedule', description: 'Name of the schedule'}],
  flags: {
    reason: {type: 'string', value: 'TEXT', description: 'Why; required'},
    for: {type: 'string', value: 'DUR', description: 'How long, such as 2h; until it is resumed when left out'},
  },
  changes: true,
  run: async ({args, flags}, context) => {
    const schedule = findSchedule(context, args[0] as string)
    const reason = String(flags['reason'] ?? '').trim()
    if (reason === '') throw new OpsError('usage/arguments', 'pausing a schedule needs --reason')
    const forMs = flags['for'] === undefined ? undefined : parseDuration(String(flags['for']))
    if (flags['for'] !== undefined && (forMs === undefined || forMs <= 0))
      throw new OpsError('usage/arguments', '--for should be a duration such as 30m or 4h')
    const now = context.clock.now()
    const until = forMs === undefined ? undefined : now + forMs
    const paused = {by: context.actor().name, reason, at: now, until}
    const target = `schedule ${schedule.name}`
    const record = await context.change({action: 'schedule paused', target, reason}, () =>
      changeRecord(context, schedule, before => ({...before, paused})),
    )
    const end = until === undefined ? 'until it is resumed' : `until ${formatMoment(until, now)}`
    return {data: {name: schedule.name, ...record}, text: `${schedule.name} is paused ${end}.`}
  },
}
