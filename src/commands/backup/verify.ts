import type {BackupOps} from '../../backups/ops.ts'
import type {Verdict} from '../../backups/verdict.ts'
import {EXIT, OpsError} from '../../errors.ts'
import type {Command} from '../command.ts'
import {alignColumns} from '../runs/table.ts'
import {backupFlag, chooseBackup, chooseById, textFlag} from './choose.ts'

export const command: Command = {
  name: 'backup verify',
  summary: 'Read backups completely and say which can be restored',
  help: 'Digest, decryption, decompression, and pg_restore reading every row. The newest one when no id is given. Exit code 1 when any is bad.',
  arguments: [
    {
      name: 'id',
      required: false,
      variadic: true,
      completes: 'backup id',
      description: 'Ids from `opsconsole backup list`',
    },
  ],
  flags: {backup: backupFlag, all: {type: 'boolean', description: 'Every backup in the catalogue'}},
  changes: true,
  run: async ({args, flags}, context) => {
    const name = textFlag(flags, 'backup')
    const wanted: {readonly ops: BackupOps; readonly id: string}[] = []
    for (const id of args) wanted.push({ops: await chooseById(context, id, name), id})
    if (args.length === 0) {
      const ops = await chooseBackup(context, name)
      const entries = (await ops.list()).filter(entry => entry.state !== 'incomplete')
      for (const {id} of flags['all'] === true ? entries : entries.slice(0, 1)) wanted.push({ops, id})
      if (wanted.length === 0) throw new OpsError('backup/missing', `there is no backup in ${ops.location}`)
    }
    const verdicts: (Verdict & {readonly id: string})[] = []
    for (const {ops, id} of wanted) {
      const verdict = await ops.verdict(id)
      // Alone it is refused, with how a person may answer for it.
      if (wanted.length === 1 && verdict.fault === 'not trusted') await ops.verify(id)
      verdicts.push({id, ...verdict})
    }
    const rows = verdicts.map(verdict => [verdict.id, verdict.ok ? 'good' : (verdict.fault ?? 'bad'), verdict.reason])
    return {
      data: verdicts,
      text: alignColumns([['BACKUP', 'STATE', 'REASON'], ...rows]),
      exitCode: verdicts.every(verdict => verdict.ok) ? EXIT.done : EXIT.failed,
    }
  },
}
