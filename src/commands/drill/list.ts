import type {DrillRecord} from '../../backups/records.ts'
import {formatAge, formatDuration} from '../../units/duration.ts'
import {chooseBackups, nameArgument} from '../backup/choose.ts'
import type {Command} from '../command.ts'
import {alignColumns} from '../runs/table.ts'

export const command: Command = {
  name: 'drill list',
  summary: 'Show the restore drills: verdict, RTO and RPO against their objectives',
  arguments: [nameArgument],
  run: async ({args}, context) => {
    const found = await Promise.all((await chooseBackups(context, args[0])).map(ops => ops.drills()))
    const drills = found.flat().sort((left, right) => right.startedAt - left.startedAt)
    return {data: drills, text: drillsText(drills, context.clock.now())}
  },
}

/** One line a drill, newest first. */
export function drillsText(drills: readonly DrillRecord[], now: number): string {
  if (drills.length === 0) return 'No drill has been run yet: `opsconsole run dr-drill`.'
  const against = (value: number | null, target: number): string =>
    `${value === null ? '–' : formatDuration(value)} of ${formatDuration(target)}`
  return alignColumns([
    ['DRILL', 'WHEN', 'VERDICT', 'RTO', 'RPO', 'BACKUP', 'REASON'],
    ...drills.map(drill => [
      drill.run,
      formatAge(drill.startedAt, now),
      drill.ok ? 'passed' : 'failed',
      against(drill.rtoMs, drill.targets.rtoMs),
      against(drill.rpoMs, drill.targets.rpoMs),
      `${drill.id} (${drill.pick})`,
      drill.reason,
    ]),
  ])
}
