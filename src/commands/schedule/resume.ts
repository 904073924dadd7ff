import {changeRecord} from '../../runs/start-due.ts'
import type {Command} from '../command.ts'
import {findSchedule} from './find.ts'

export const command: Command = {
  name: 'schedule resume',
  summary: 'Let a paused schedule start its runs again, from its next time on',
  arguments: [{name: 'name', required: true, completes: 'schedule', description: 'Name of the schedule'}],
  flags: {reason: {type: 'string', value: 'TEXT', description: 'Why; kept in the audit trail'}},
  changes: true,
  run: async ({args, flags}, context) => {
    const schedule = findSchedule(context, args[0] as string)
    const reason = typeof flags['reason'] === 'string' ? flags['reason'] : ''
    const target = `schedule ${schedule.name}`
    const record = await context.change({action: 'schedule resumed', target, reason}, () =>
      changeRecord(context, schedule, before => ({
        ...before,
        paused: undefined,
        ...(before.paused === undefined ? {} : {settledUntil: context.clock.now()}),
      })),
    )
    return {data: {name: schedule.name, ...record}, text: `${schedule.name} starts its runs again.`}
  },
}
