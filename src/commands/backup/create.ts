import type {PhysicalKind} from '../../backups/methods/repository.ts'
import {OpsError} from '../../errors.ts'
import {reasonWithClock} from '../../backups/moment.ts'
import {formatBytes} from '../../units/bytes.ts'
import {formatDuration} from '../../units/duration.ts'
import type {Command} from '../command.ts'
import {damagedError} from '../../backups/verify.ts'
import {chooseBackup, nameArgument, textFlag} from './choose.ts'

export const command: Command = {
  name: 'backup create',
  summary: 'Take a backup and read it back completely',
  help: 'Streamed: pg_dump, zstd, age, file. Nothing plain touches the disk. With --no-verify the backup stays unchecked, and so does not count as good. A backup by pgBackRest goes into its own repository; nothing expires with it.',
  arguments: [nameArgument],
  flags: {
    'no-verify': {type: 'boolean', description: 'Do not read it back'},
    kind: {type: 'string', value: 'KIND', description: 'full, diff or incr, where the method knows them (incr)'},
  },
  changes: true,
  run: async ({args, flags}, context) => {
    const ops = await chooseBackup(context, args[0])
    const taken = await ops.create('regular', kindOf(textFlag(flags, 'kind')))
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

function kindOf(text: string | undefined): PhysicalKind | undefined {
  const kind = KINDS.find(each => each === text)
  if (kind !== undefined || text === undefined) return kind
  throw new OpsError('usage/arguments', `--kind should be full, diff or incr, got ${JSON.stringify(text)}`)
}
const KINDS: readonly PhysicalKind[] = ['full', 'diff', 'incr']
