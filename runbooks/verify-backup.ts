import {runbook, step, z} from 'opsconsole'

/** Reads backups to their end. Nothing is restored, nothing is touched but the record beside each backup. */
export default runbook({
  name: 'verify-backup',
  summary: 'Read backups completely and say which can be restored',
  description:
    'Checksum of the stored bytes, decryption, decompression, and the content to its end: every row by pg_restore, every ' +
    'page, key or file of the other methods. What is wrong is named: missing, truncated, altered, wrongly keyed, ' +
    'unreadable. The result is kept beside the backup.',
  params: z.object({
    backup: z.string().optional().describe('Which backup configuration; optional when there is only one'),
    id: z.string().optional().describe('One backup by its id; the newest when left out'),
    all: z.stringbool().or(z.boolean()).default(false).describe('Every backup in the catalogue'),
  }),
  danger: 'safe',

  facts: async ({ops, params}) => {
    const backup = ops.backup(params.backup)
    await backup.requireReady('verification')
    const whole = (await backup.list()).filter(entry => entry.state !== 'incomplete').map(entry => entry.id)
    const ids = params.all ? whole : params.id === undefined ? whole.slice(0, 1) : [params.id]
    return {name: backup.name, location: backup.location, ids}
  },

  plan: ({facts}) => [
    ...facts.ids.map(id =>
      step({
        id: `verify ${id}`,
        title: `Read backup ${id} completely`,
        why: 'A size and a date say nothing about the bytes',
        targets: [`${facts.location}/${id}`],
        timeout: '6h',
        idempotent: true,
        onUnknown: 'rerun',
        run: async ({ops, save}) => {
          const {ok, fault, reason} = await ops.backup(facts.name).verdict(id)
          save(id, ok ? '' : `${fault ?? 'bad'}: ${reason}`)
        },
      }),
    ),

    step({
      id: 'judge',
      title: 'Fail if any is bad',
      why: 'All of them are read first, so that one bad backup does not hide another',
      readOnly: true,
      run: async ({saved, log}) => {
        const faults = saved as Readonly<Record<string, string | undefined>>
        const bad = facts.ids.filter(id => faults[id] !== '')
        if (facts.ids.length === 0) throw new Error(`there is no backup in ${facts.location}`)
        if (bad.length > 0) throw new Error(bad.map(id => `${id} is ${faults[id]}`).join('; '))
        log(`${facts.ids.length} read, all good`)
      },
    }),
  ],
  onFailure: 'leave',
})
