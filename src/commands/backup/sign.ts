import type {Command} from '../command.ts'
import {confirmFlag} from '../consent-flags.ts'
import {backupFlag, chooseById, textFlag} from './choose.ts'

export const command: Command = {
  name: 'backup sign',
  summary: "Sign a backup's manifest with this host's key, in place of the signature that is there",
  help: 'For backups that were taken before signatures were configured, and before a key is replaced. One that is not signed, or by a key that is not allowed, needs --accept with exactly that fault: `unsigned`, or the key as it is shown. Whoever does that answers for it; it is in the audit trail. One whose manifest was changed after it was signed can never be accepted.',
  arguments: [{name: 'id', required: true, completes: 'backup id', description: 'Id from `opsconsole backup list`'}],
  flags: {
    backup: backupFlag,
    accept: {
      type: 'string',
      value: 'FAULT',
      description: 'unsigned, or SHA256:… of the unknown key, typed as it is shown',
    },
    confirm: confirmFlag,
  },
  changes: true,
  // From now on it is believed.
  danger: 'disruptive',
  run: async ({args, flags}, context) => {
    const id = args[0] as string
    const ops = await chooseById(context, id, textFlag(flags, 'backup'))
    await ops.sign(id, textFlag(flags, 'accept'))
    const signature = await ops.signature(id)
    const by = signature?.ok === true ? `${signature.key}, as ${signature.signer}` : 'nobody that is allowed'
    return {data: {backup: ops.name, id, signature}, text: `${id} is signed by ${by}`}
  },
}
