import type {BackupOps} from '../../backups/ops.ts'
import {backupSources} from '../../backups/source.ts'
import {OpsError} from '../../errors.ts'
import type {CommandInput, FlagSpec, CommandContext} from '../command.ts'

/** The flag by which commands that take an id are told which configuration it is of. */
export const backupFlag = {
  type: 'string',
  value: 'NAME',
  completes: 'backup',
  description: 'Which backup of the configuration; optional when there is only one',
} as const satisfies FlagSpec

export const nameArgument = {
  name: 'name',
  required: false,
  completes: 'backup',
  description: 'Which backup of the configuration; optional when there is only one',
} as const

/** The named backup of the environment, or its only one. */
export async function chooseBackup(context: CommandContext, name: string | undefined): Promise<BackupOps> {
  const {loadBackupOps} = await import('../../backups/ops.ts')
  const create = await loadBackupOps(context.config().backups)
  return create(context.config(), context.opsTools(), name)
}

/** Every backup of the environment, or the named one. */
export async function chooseBackups(context: CommandContext, name: string | undefined): Promise<readonly BackupOps[]> {
  if (name !== undefined) return [await chooseBackup(context, name)]
  const sources = backupSources(context.config(), context.environment().name)
  return Promise.all(sources.map(({backup}) => chooseBackup(context, backup.name)))
}

/** The configured backup that holds this id; looked for in all of them when no name is given. */
export async function chooseById(context: CommandContext, id: string, name: string | undefined): Promise<BackupOps> {
  for (const ops of await chooseBackups(context, name))
    if ((await ops.list()).some(entry => entry.id === id)) return ops
  throw new OpsError(
    'backup/missing',
    `no catalogue of ${context.environment().name} holds a backup ${JSON.stringify(id)}`,
    {
      hint: '`opsconsole backup list` shows what is there.',
    },
  )
}

export const textFlag = (flags: CommandInput['flags'], name: string): string | undefined => {
  const value = flags[name]
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}
