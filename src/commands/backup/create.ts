import {reasonWithClock} from '../../backups/moment.ts'
import {formatBytes} from '../../units/bytes.ts'
import {formatDuration} from '../../units/duration.ts'
import type {Command} from '../command.ts'
import {damagedError} from '../../backups/verify.ts'
import {chooseBackup, nameArgument} from './choose.ts'

export const command: Command = {
  name: 'backup create',
  summary: 'Take a backup and read it back completely',
  help: 'Streamed: pg_dump, zstd, age, file. Nothing plain touches the disk. With --no-verify the backup stays unchecked, and so does not count as good.',
  arguments: [nameArgument],
  flags: {'no-verify': {type: 'boolean', description: 'Do not read it back'}},
  changes: true,
  run: async ({args, flags}, context) => {
    const ops = await chooseBackup(context, args[0])
    const taken = await ops.create()
    const verification = flags['no-verify'] === true ? undefined : await ops.verify(taken.id)
    if (verification?.ok === false) throw damagedError(taken.id, verification)
    const entry = await ops.pick({id: taken.id})
    const size = `${formatBytes(entry.databaseBytes)} → ${formatBytes(entry.storedBytes)}`
    return {
      data: {backup: ops.name, environment: ops.environment, location: ops.location, entry, verification},
      text: `${entry.id}  ${entry.state}  ${size} in ${formatDuration(entry.durationMs)}  ${reasonWithClock(entry, context.clock.now())}`,
    }
  },
}
