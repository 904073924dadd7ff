import {backupLock, runbook, step, z} from 'opsconsole'

/** Takes a backup, reads it back to its end, and only then, if asked, removes what retention no longer keeps. */
export default runbook({
  name: 'backup',
  summary: 'Take a backup, read it back completely, and verify it',
  description:
    'Of a PostgreSQL database or cluster, a SQLite file, a Redis or a directory, as the configuration says; compressed ' +
    'and encrypted on the way, without a plain file. The manifest beside it says which moment the copy shows and what is ' +
    'in it. With prune=true the oldest ones are removed afterwards, but never one under hold and never the newest good one.',
  params: z.object({
    backup: z.string().optional().describe('Which backup; optional when there is only one'),
    prune: z
      .stringbool()
      .or(z.boolean())
      .default(false)
      .describe('Afterwards remove what is beyond the number to keep'),
    kind: z
      .enum(['full', 'diff', 'incr'])
      .default('incr')
      .describe('How much pgBackRest copies; the other methods copy all'),
  }),
  danger: 'safe',
  locks: context => [backupLock('backup', context)],

  facts: async ({ops, params}) => {
    const backup = ops.backup(params.backup)
    await backup.requireReady('backup')
    const {name: database, noun = 'database'} = await backup.live()
    return {name: backup.name, location: backup.location, keep: backup.keep, noun, database}
  },

  plan: ({params, facts}) => [
    step({
      id: 'take',
      title: `Back up ${facts.noun} ${facts.database}`,
      why:
        facts.noun === 'cluster'
          ? 'pgBackRest takes it; its catalogue is read afterwards, for its exit code says little'
          : 'One moment serves the copy and the measurements in its manifest',
      targets: [`${facts.noun} ${facts.database}`, facts.location],
      timeout: '6h',
      // A second copy does no harm, and a half one is never listed as good.
      idempotent: true,
      onUnknown: 'rerun',
      run: async ({ops, save}) => {
        const entry = await ops.backup(facts.name).create('regular', params.kind)
        save('backup', entry.id)
        save('storedBytes', entry.storedBytes)
        save('takenAt', entry.takenAt)
      },
    }),

    step({
      id: 'verify',
      title: 'Read the new backup completely',
      why: 'A backup that was never read is a hope: its checksum, decryption, decompression and content, to the end',
      targets: [facts.location],
      timeout: '6h',
      idempotent: true,
      onUnknown: 'rerun',
      run: async ({ops, saved, save}) => {
        const found = await ops.backup(facts.name).requireSound(saved['backup'] as string)
        save('verified', found.reason)
      },
    }),

    step({
      id: 'prune',
      title: `Remove what is beyond the newest ${facts.keep}`,
      why: 'Only now: a backup that turned out bad must not push a good one out',
      targets: [facts.location],
      when: {ok: params.prune, reason: 'not asked for (prune=true)'},
      timeout: '30m',
      idempotent: true,
      onUnknown: 'rerun',
      run: async ({ops, log}) => {
        const backup = ops.backup(facts.name)
        const plan = await backup.prunePlan()
        for (const {id, action, reason} of plan.decisions) log(`${action} ${id}: ${reason}`)
        await backup.prune(plan.remove)
      },
    }),
  ],

  afterwards: ({facts, saved}) => {
    const {backup, verified} = saved as {readonly backup?: string; readonly verified?: string}
    return [`Backup ${backup} is in ${facts.location}: ${verified}.`]
  },
})
