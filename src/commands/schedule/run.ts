import {changeRecord} from '../../runs/start-due.ts'
import {OpsError} from '../../errors.ts'
import {requireConsent} from '../../runbooks/consent.ts'
import {planText} from '../../runbooks/plan-text.ts'
import {scheduleParams} from '../../runs/schedule-params.ts'
import {isUnderWay} from '../../schedules/record.ts'
import {textFor} from '../../text/workflow-commands.ts'
import type {Command} from '../command.ts'
import {findSchedule} from './find.ts'

export const command: Command = {
  name: 'schedule run',
  summary: 'Start the run of a schedule now, with its parameters and what it confirms beforehand',
  help: 'Without waiting for its time, and without an agent. It is the run of the schedule: while it runs, no other begins.',
  arguments: [{name: 'name', required: true, completes: 'schedule', description: 'Name of the schedule'}],
  flags: {reason: {type: 'string', value: 'TEXT', description: 'Why; kept in the audit trail'}},
  changes: true,
  run: async ({args, flags}, context) => {
    const schedule = findSchedule(context, args[0] as string)
    const before = changeRecord(context, schedule, record => record)
    if (isUnderWay(before) && context.engine().state(before.last?.run ?? '').outcome === undefined)
      throw new OpsError('run/held', `run ${before.last?.run} of this schedule still runs`, {
        hint: `Watch it with \`opsconsole runs attach ${before.last?.run}\`.`,
      })
    const params = await scheduleParams(schedule.params, context.secret)
    const {runbook, environment, yes, confirm: typed} = schedule
    const plan = await context.engine().plan({runbook, environment, params}, context.signal)
    if (!context.json) context.out(`${textFor(context.env, planText(plan))}\n\n`)
    requireConsent(plan, {yes, typed})
    const own = typeof flags['reason'] === 'string' ? flags['reason'] : (schedule.reason ?? '')
    const run = await context.engine().start({
      plan: plan.run,
      reason: `${own === '' ? '' : `${own} `}(schedule ${schedule.name}, by hand)`,
      dryRun: false,
      yes,
      typed,
      via: 'flag',
      started: plan.start.kind !== 'type' ? plan.start.kind === 'none' || yes : typed.includes(plan.start.text),
      lockWaitMs: 0,
      unattended: false,
    })
    changeRecord(context, schedule, record => ({
      ...record,
      last: {run, by: context.actor().name, begunAt: context.clock.now()},
    }))
    return {data: {run}, text: `run ${run} has started; watch it with \`opsconsole runs attach ${run}\``}
  },
}
