import {drillReport} from '../../drills/report.ts'
import {OpsError} from '../../errors.ts'
import {backupFlag, chooseBackups, textFlag} from '../backup/choose.ts'
import type {Command} from '../command.ts'

export const command: Command = {
  name: 'drill report',
  summary: 'Print the report of a restore drill: measurements, phases, formula (markdown; JSON with --json)',
  arguments: [
    {name: 'run', required: false, completes: 'run', description: 'Run of the drill; the newest when left out'},
  ],
  flags: {backup: backupFlag},
  run: async ({args, flags}, context) => {
    const found = await Promise.all((await chooseBackups(context, textFlag(flags, 'backup'))).map(ops => ops.drills()))
    const drills = found.flat().sort((left, right) => right.startedAt - left.startedAt)
    const drill = args[0] === undefined ? drills[0] : drills.find(candidate => candidate.run === args[0])
    if (drill === undefined)
      throw new OpsError(
        'run/unknown',
        args[0] === undefined ? 'no drill has been run yet' : `no drill ran as ${args[0]}`,
        {
          hint: '`opsconsole drill list` shows what was recorded.',
        },
      )
    const {markdown, json} = drillReport(drill)
    return {data: json, text: markdown.trimEnd()}
  },
}
