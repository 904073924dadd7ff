import type {Command} from '../command.ts'
import {directoryFlag, labDirectory} from './directory.ts'

export const command: Command = {
  name: 'lab down',
  summary: 'Stop the lab and remove everything it made',
  help: `Works after a crash of "lab up" at any moment. Processes are stopped by pid and start time, never by name.

With --keep only the processes end: the next "lab up" continues with the same data, ports and backups.`,
  flags: {...directoryFlag, keep: {type: 'boolean', description: 'Keep data, logs and backups for the next lab up'}},
  changes: 'files',
  run: async (input, context) => {
    const {labDown} = await import('../../lab/down.ts')
    const keep = input.flags['keep'] === true
    const result = await labDown({dir: labDirectory(input, context), keep}, line => context.err(`${line}\n`))
    if (result.orphans.length > 0)
      return {data: result, text: `Still running: ${result.orphans.join(', ')}`, exitCode: 1}
    return {data: result, text: keep ? `The lab is down; its data is kept in ${result.dir}.` : 'The lab is down.'}
  },
}
