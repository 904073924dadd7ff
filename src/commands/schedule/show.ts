import {formatMoment} from '../../units/moment.ts'
import type {Command} from '../command.ts'
import {alignColumns} from '../runs/table.ts'
import {findSchedule, type ShownSchedule, shownSchedule} from './find.ts'

const NEXT = 5

export const command: Command = {
  name: 'schedule show',
  summary: 'Show one schedule: its last run, what was missed, its next 5 times',
  arguments: [{name: 'name', required: true, completes: 'schedule', description: 'Name of the schedule'}],
  run: async ({args}, context) => {
    const schedule = findSchedule(context, args[0] as string)
    const shown = shownSchedule(schedule, context, NEXT)
    const {params, yes, confirm, catchUp} = schedule
    const data = {...shown, params: Object.keys(params), yes, confirm, catchUp}
    return {data, text: showText(shown, context.clock.now())}
  },
}

function showText({record, next, ...shown}: ShownSchedule, now: number): string {
  const {last, missed, pending} = record ?? {}
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['schedule', `${shown.name} in ${shown.environment}`],
    ['starts', shown.runbook],
    ['when', shown.when],
    ['state', `${shown.state}: ${shown.reason}`],
    [
      'last run',
      last &&
        `${last.run}, ${last.ended?.outcome ?? last.state ?? 'running'}, begun ${formatMoment(last.begunAt, now)}`,
    ],
    ['missed', missed && `${missed.count}, the last ${formatMoment(missed.due, now)}: ${missed.reason}`],
    [
      'being started',
      pending && `due ${formatMoment(pending.due, now)}, tried until ${formatMoment(pending.deadline, now)}`,
    ],
    ...next.map(({at}, index) => [index === 0 ? 'next' : '', formatMoment(at, now)] as const),
  ]
  return alignColumns(facts.flatMap(([label, value]) => (value === undefined ? [] : [[label, value]])))
}
